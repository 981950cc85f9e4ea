"""Opening hours in the routing config: the week, public holidays, named closures."""

from datetime import date
from typing import Annotated, Self

import holidays
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from config.kinds import Hours, Region, Section, Text


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
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
    closures: Annotated[tuple[Closure, ...], Field(strict=False)] = ()
