"""The time zones in which a number may be: all of them, or none where it is not known (docs/policy.md 22)."""

from functools import lru_cache
from zoneinfo import available_timezones

import phonenumbers
from phonenumbers import timezone
from phonenumbers.tzdata import TIMEZONE_DATA

# For a number that lies nowhere in particular (+1 800, and +1 876 for mobiles) the library names every zone
# of its code: 42 for +1. Russia's and Kazakhstan's +7, the widest that still says something, has 16.
_MOST_ZONES = 20
# Where the library stays behind the world: it names a zone that once kept the same time (Kaliningrad's is
# Bucharest), or one of several. By country code and the zone that it names, those that belong to it.
_ALSO = {
    (7, "Europe/Bucharest"): ("Europe/Kaliningrad",),
    (52, "America/New_York"): ("America/Cancun",),
    (56, "America/Santiago"): ("America/Punta_Arenas", "Pacific/Easter"),
    (62, "Asia/Jakarta"): ("Asia/Makassar", "Asia/Jayapura"),  # mobiles are used on all islands
    (211, "Africa/Nairobi"): ("Africa/Juba",),
    (212, "Atlantic/Canary"): ("Africa/Casablanca",),
    (213, "Europe/Paris"): ("Africa/Algiers",),
    (218, "Europe/Bucharest"): ("Africa/Tripoli",),
    (505, "America/Chicago"): ("America/Managua",),
    (675, "Pacific/Port_Moresby"): ("Pacific/Bougainville",),
}
# Area codes of +1 laid over an older one, of whose zones the library does not know yet.
# https://www.nanpa.com/numbering/area-codes
_LAID_OVER = {
    "236": "250", "257": "250", "364": "270", "367": "418", "448": "850", "458": "541", "581": "418",
    "672": "250", "729": "423", "778": "250", "930": "812",
}  # fmt: skip


@lru_cache(maxsize=4096)
def zones_of(e164: str) -> tuple[str, ...]:
    """Every time zone in which the number may be, in order; () when that is not known."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return ()
    named = set(timezone.time_zones_for_number(number))
    if len(named) > _MOST_ZONES or not named <= _known():
        return ()
    code = number.country_code or 0
    if code == 1:
        named |= _of_area(str(number.national_number)[:3])
    return tuple(sorted(named.union(*(_ALSO.get((code, zone), ()) for zone in named))))


@lru_cache(maxsize=512)
def _of_area(area: str) -> frozenset[str]:
    """All zones of an area code of +1, which many mobiles and new exchanges are not told apart in.

    For 850 555 the library names New York; nearly all of 850 lives by Chicago's clock.
    """
    codes = tuple(f"1{code}" for code in (area, _LAID_OVER.get(area)) if code)
    return frozenset(
        zone for prefix, zones in TIMEZONE_DATA.items() if prefix.startswith(codes) for zone in zones
    )


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(available_timezones()) - {"Etc/Unknown"}
