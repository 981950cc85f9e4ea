"""The kinds of values in the routing config, each with the sentence that a wrong one gets."""

import re
from typing import Annotated
from zoneinfo import ZoneInfo

import phonenumbers
from opening_hours import OpeningHours
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


class Section(BaseModel):
    """A part of the config: nothing unknown in it, no type guessed, and nobody changes it after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _number(value: object) -> object:
    if isinstance(value, int):
        raise ValueError(  # noqa: TRY004 - pydantic turns only a ValueError into a refusal
            f'should be in quotes: "+{value}"; without them YAML reads a sum, not a number'
        )
    return value


def _e164(value: str) -> str:
    try:
        parsed = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_valid_number(parsed):
        raise ValueError(f'"{value}" is not a telephone number in the form "+12125550100"')
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, KeyError, OSError):
        raise ValueError(f'"{value}" is not a time zone; write one such as America/New_York') from None
    return value


def _hours(value: str) -> str:
    if _CALENDAR.search(value):
        raise ValueError("PH and SH are not known here; name the country under `holidays:` beside `open:`")
    for month, day in _DATE.findall(value):
        if int(day) > _DAYS[month]:
            raise ValueError(f"{month} {day} is not a day that exists")
    try:
        OpeningHours(value)
    except Exception as refused:
        raise ValueError(
            f'"{value}" are not opening hours; write them such as Mo-Fr 09:00-17:00'
        ) from refused
    return value


_CALENDAR = re.compile(r"\b(PH|SH)\b")
_DAYS = dict(
    zip(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
        (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31),
        strict=True,
    )
)
_DATE = re.compile(rf"\b({'|'.join(_DAYS)}) +([0-9]{{1,2}})\b(?!:)")


def _region(value: str) -> str:
    if value not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(f'"{value}" is not a country; write its two capital letters, such as US')
    return value


PhoneNumber = Annotated[str, BeforeValidator(_number), AfterValidator(_e164)]
Zone = Annotated[str, AfterValidator(_zone)]
Hours = Annotated[str, AfterValidator(_hours)]
Region = Annotated[str, AfterValidator(_region)]
Key = Annotated[str, Field(pattern=r"^[0-9*]$")]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Seconds = Annotated[int, Field(ge=0, le=86400)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Days = Annotated[int, Field(ge=0, le=3660)]
WallTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
