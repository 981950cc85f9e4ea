"""The kinds of values in the routing config, each with the sentence that a wrong one gets."""

import re
from calendar import monthrange
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import phonenumbers
from opening_hours import OpeningHours
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


class Section(BaseModel):
    """A part of the config: nothing unknown in it, no type guessed, and nobody changes it after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def empty_is(empty: object, kind: Any) -> BeforeValidator:
    """A key with nothing after it stands for `empty`: a list or a section of comments only."""
    return BeforeValidator(
        lambda value: empty if value is None else value, json_schema_input_type=kind | None
    )


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
    try:
        read = str(OpeningHours(value)) if value.strip() else ""  # nothing at all is read as always
    except Exception:
        read = ""
    if not read:
        raise ValueError(f'"{value[:60]}" are not opening hours; write them such as Mo-Fr 09:00-17:00')
    read = _COMMENT.sub("", read)
    if read.count(";") >= MAX_RULES or len(set(_YEAR.findall(read))) > MAX_YEARS:
        most = f"{MAX_RULES} rules and {MAX_YEARS} years"
        raise ValueError(f"holds more than {most}; name single days under `closures:`")
    if _CALENDAR.search(read):
        raise ValueError("PH and SH are not known here; name the country under `holidays:` beside `open:`")
    if _SUN.search(read):
        raise ValueError("a line has no sunrise and no sunset; write the time, such as 07:30")
    for year, month, day in _DATE.findall(read):
        if int(day) > (monthrange(int(year), _MONTHS.index(month) + 1)[1] if year else _DAYS[month]):
            raise ValueError(f"{f'{year} {month} {day}'.strip()} is not a day that exists")
    return value


# What opening hours mean is looked up rule by rule, over years.
MAX_RULES, MAX_YEARS = 20, 5
_YEAR = re.compile(r"\b20[0-9]{2}\b")
_COMMENT = re.compile(r'"[^"]*"')
_CALENDAR = re.compile(r"\b(PH|SH)\b")
_SUN = re.compile(r"\b(sunrise|sunset|dawn|dusk)\b")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_DAYS = dict(zip(_MONTHS, (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), strict=True))
_DATE = re.compile(rf"(?:(?<![-,0-9])([0-9]{{4}}) )?\b({'|'.join(_DAYS)}) ([0-9]{{1,2}})\b(?!:)")


def _region(value: str) -> str:
    if value not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(f'"{value}" is not a country; write its two capital letters, such as US')
    return value


def _written(pattern: str, in_words: str, longest: int | None = None) -> Any:
    IN_WORDS[pattern] = in_words
    return Field(pattern=pattern, max_length=longest)


# What each pattern asks for, said to somebody who does not read patterns.
IN_WORDS: dict[str, str] = {}

PhoneNumber = Annotated[str, BeforeValidator(_number), AfterValidator(_e164)]
Zone = Annotated[str, AfterValidator(_zone)]
Hours = Annotated[str, Field(max_length=500), AfterValidator(_hours)]
Region = Annotated[str, AfterValidator(_region)]
Key = Annotated[str, _written(r"^[0-9*]$", "one digit or *, in quotes")]
Id = Annotated[
    str, _written(r"^[a-z][a-z0-9_]{0,39}$", "up to 40 small letters, digits and _, a letter first")
]
Email = Annotated[str, _written(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "an address such as support@example.com")]
LanguageCode = Annotated[
    str, _written(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", "one of Twilio's codes, such as en-US")
]
Url = Annotated[
    str,
    _written(r"^https?://[^\s/]+\S*$", "an address such as https://example.com/welcome.mp3", longest=2000),
]
Seconds = Annotated[int, Field(ge=0, le=86400)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Days = Annotated[int, Field(ge=0, le=3660)]
WallTime = Annotated[str, _written(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", "hours and minutes, such as 08:00")]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
