"""Opening hours in the routing config: the week, public holidays, named closures."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Self

import holidays
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from config.kinds import Hours, Region, Section, Text, empty_is

# Without it the library names holidays in the language of the machine that it runs on.
_NAMED_IN = "en_US"
_OBSERVED = re.compile(r" \([^()]*\)$")


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    if not re.fullmatch(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", str(value), re.ASCII):
        raise ValueError(f"{str(value)[:60]} is not a day as it is written here: year-month-day, 2026-12-24")
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{value} is not a day that exists; write it such as 2026-12-24") from None


def _with_holidays(country: str) -> str:
    if country not in holidays.list_supported_countries():
        raise ValueError(f'the holidays of "{country}" are not known here; name the days under `closures:`')
    return country


Day = Annotated[date, BeforeValidator(_day)]


class Holidays(Section):
    """The public holidays of a country, and of one of its parts; `open_on` names those that are worked."""

    country: Annotated[Region, AfterValidator(_with_holidays)]
    subdivision: str | None = None
    open_on: Annotated[tuple[Text, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        known = holidays.list_supported_countries()[self.country]
        if self.subdivision is not None and self.subdivision not in known:
            parts = ", ".join(known) or "none"
            raise ValueError(f"{self.country} has no part {self.subdivision}; it has {parts}")
        return self

    def named(self, year: int) -> Iterator[tuple[date, tuple[str, ...]]]:
        """Every public holiday of a year with its names, as `open_on` writes them.

        The Monday or Friday on which a holiday of a weekend is kept has that holiday's name.
        """
        found = holidays.country_holidays(
            self.country, subdiv=self.subdivision, years=year, language=_NAMED_IN
        )
        for day, names in sorted(found.items()):
            yield day, tuple(_OBSERVED.sub("", name) for name in names.split(holidays.HOLIDAY_NAME_DELIMITER))

    def shut(self, year: int) -> Iterator[tuple[date, str]]:
        """The holidays of a year on which nobody works: any of whose names `open_on` leaves out."""
        for day, names in self.named(year):
            if not set(names) <= set(self.open_on):
                yield day, " and ".join(names)


class Closure(Section):
    """Days on which the line is closed, the last one included."""

    name: Text
    first: Day = Field(alias="from")
    last: Day = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"ends on {self.last}, before it begins on {self.first}")
        return self


class OpenHours(Section):
    """When a line is open: the week in OpenStreetMap's words, less holidays and closures."""

    open: Hours
    holidays: Holidays | None = None
    closures: Annotated[tuple[Closure, ...], Field(strict=False), empty_is((), tuple[Closure, ...])] = ()
