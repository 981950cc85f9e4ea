"""`calmline figures …`: what a month came to, for people, tables and programs."""

import csv
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import click

from config.settings import load_settings
from ivr.cli.numbers import config_of
from routing.conduct_figures import MonthNotBegun, MonthOfConduct, month_of_conduct
from routing.floor import open_patient_floor
from routing.rules.conduct_figures import A_PATTERN_TAKES, STAGES, Pattern, middle, ninth_tenth
from routing.rules.conduct_words import Finding, Outcome
from routing.store.dossiers import LedgerBroken

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_NAMES_WIDE = 44


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, its name for programs and for people; the value is None where there is nothing to say."""

    name: str
    label: str
    value: float | None
    unit: str


@click.group()
def figures() -> None:
    """What a month came to."""


@figures.command()
@click.option("--month", metavar="YYYY-MM", required=True, help="A month on the default line's clock.")
@click.option("--price-per-minute", type=click.FloatRange(min=0), help="What a minute of waiting costs.")
@click.option("--csv", "as_csv", is_flag=True, help="A table for spreadsheets.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def conduct(month: str, price_per_minute: float | None, as_csv: bool, as_json: bool) -> None:
    """Reports, verdicts, appeals, breaks, repeats and the slow queue's cost in one month."""
    found = _found(month)
    counted = list(_figures(found, price_per_minute))
    if as_json:
        click.echo(json.dumps(_as_json(month, found, counted)))
    elif as_csv:
        _write_csv([*counted, *_of_advisers(found)])
    else:
        click.echo("\n".join(_lines(month, found, counted)))


def _found(month: str) -> MonthOfConduct:
    floor = open_patient_floor(load_settings())
    config_of(floor)
    try:
        return month_of_conduct(floor, *_read(month))
    except MonthNotBegun as wrong:
        raise click.BadParameter(f"{wrong}.", param_hint="--month") from None
    except LedgerBroken as broken:
        click.echo(f"{broken} A broken ledger has no figures; `calmline ledger verify` says more.", err=True)
        sys.exit(1)


def _read(month: str) -> tuple[int, int]:
    """Raises click.BadParameter."""
    written = _MONTH.fullmatch(month)
    if written is None:
        raise click.BadParameter(f'"{month}" is no month; write it such as 2026-11.', param_hint="--month")
    return int(written[1]), int(written[2])


def _figures(found: MonthOfConduct, price: float | None) -> Iterator[Figure]:
    tally, slow = found.tally, found.slow
    yield Figure("reports", "Reports of abuse", tally.reports, "reports")
    yield Figure("upheld", "Upheld", tally.verdicts[Finding.UPHELD], "verdicts")
    yield Figure("not_upheld", "Not upheld", tally.not_upheld, "verdicts")
    yield Figure("inconclusive", "  of these inconclusive", tally.verdicts[Finding.INCONCLUSIVE], "verdicts")
    yield Figure("overturned", "Overturned on appeal", tally.overturned, "appeals")
    yield Figure("quashed", "  of these quashed", tally.appeals[Outcome.QUASHED], "appeals")
    yield Figure("varied", "  of these varied", tally.appeals[Outcome.VARIED], "appeals")
    until = "at the end of the month" if found.is_over else "now"
    yield Figure("open", f"Without a verdict {until}", tally.open, "reports")
    yield Figure("time_to_verdict_median", "Time to verdict, the middle one", middle(tally.hours), "hours")
    yield Figure(
        "time_to_verdict_p90", "Time to verdict, nine in ten within", ninth_tenth(tally.hours), "hours"
    )
    yield Figure("breaks", "Protected breaks", found.breaks.count, "breaks")
    yield Figure("break_minutes", "Protected breaks, together", found.breaks.minutes, "minutes")
    for stage in STAGES:
        yield from _repeats(found, stage)
    yield Figure("overrides", "Treatments set by hand", tally.overrides, "overrides")
    yield Figure("nuisance_reports", "Reports of nuisance calls", tally.nuisance_reports, "reports")
    confirmed = tally.nuisance_verdicts[Finding.UPHELD]
    yield Figure("nuisance_upheld", "Nuisance calls confirmed", confirmed, "verdicts")
    yield Figure("slow_queue_calls", "Calls sent to the slow queue", slow.calls, "calls")
    yield Figure("slow_queue_minutes", "Waited in the slow queue", slow.minutes, "minutes")
    if price is not None:
        yield Figure("slow_queue_cost", "Cost of the slow queue", slow.minutes * price, "money")
    yield Figure("erased_entries", "Erased entries, not in these figures", found.erased, "entries")


def _repeats(found: MonthOfConduct, stage: int) -> Iterator[Figure]:
    after = found.tally.repeat_after(stage)
    yield Figure(f"stage_{stage}_callers", f"Callers who came to stage {stage}", after.callers, "callers")
    yield Figure(f"stage_{stage}_repeated", "  with a further offence since", after.repeated, "callers")
    rate = None if after.rate is None else after.rate * 100
    yield Figure(f"stage_{stage}_repeat_rate", "  repeat rate", rate, "percent")


def _of_advisers(found: MonthOfConduct) -> Iterator[Figure]:
    for one in found.tally.patterns():
        row = _pattern(one)
        for name, unit in (("reports", "reports"), ("upheld", "verdicts"), ("not_upheld", "verdicts")):
            yield Figure(f"adviser_{name}:{one.adviser}", "", row[name], unit)
        yield Figure(
            f"adviser_share_not_upheld:{one.adviser}", "", row["share_not_upheld_percent"], "percent"
        )


def _pattern(one: Pattern) -> dict[str, Any]:
    share = one.share_not_upheld
    return {
        "adviser": one.adviser,
        "reports": one.reports,
        "upheld": one.upheld,
        "not_upheld": one.not_upheld,
        "share_not_upheld_percent": None if share is None else round(share * 100, 1),
    }


def _as_json(month: str, found: MonthOfConduct, counted: list[Figure]) -> dict[str, Any]:
    span = found.tally.month
    head = {
        "month": month,
        "since": span.since.isoformat(),
        "until": span.until.isoformat(),
        "is_over": found.is_over,
        "slow_queue_known_whole": found.slow.is_known_whole,
    }
    values = {one.name: _rounded(one.value) for one in counted}
    return head | values | {"advisers": [_pattern(one) for one in found.tally.patterns()]}


def _write_csv(counted: list[Figure]) -> None:
    table = csv.writer(sys.stdout)
    table.writerow(("figure", "value", "unit"))
    table.writerows((one.name, _rounded(one.value), one.unit) for one in counted)


def _lines(month: str, found: MonthOfConduct, counted: list[Figure]) -> Iterator[str]:
    so_far = "" if found.is_over else ", so far"
    yield f"Conduct in {month} ({found.zone}){so_far}"
    yield ""
    yield from (f"{one.label:<{_NAMES_WIDE}}{_said(one):>12}  {_unit(one)}".rstrip() for one in counted)
    if not found.slow.is_known_whole:
        yield "The call log does not reach back to the whole month: the slow queue may have cost more."
    yield ""
    yield from _pattern_lines(found)


def _pattern_lines(found: MonthOfConduct) -> Iterator[str]:
    patterns = found.tally.patterns()
    last_day = found.tally.month.until - timedelta(days=1)
    yield f"Advisers with {A_PATTERN_TAKES} reports or more in the twelve months to {last_day:%Y-%m}"
    if not patterns:
        yield "  none"
        return
    yield f"  {'adviser':<30}{'reports':>9}{'upheld':>9}{'not upheld':>12}{'share not upheld':>18}"
    for one in patterns:
        share = _pattern(one)["share_not_upheld_percent"]
        said = "-" if share is None else f"{share} %"
        yield f"  {one.adviser[:30]:<30}{one.reports:>9}{one.upheld:>9}{one.not_upheld:>12}{said:>18}"


def _said(one: Figure) -> str:
    value = _rounded(one.value)
    return "-" if value is None else str(value)


def _unit(one: Figure) -> str:
    return {"percent": "%", "money": ""}.get(one.unit, one.unit)


def _rounded(value: float | None) -> float | None:
    return round(value, 2) if isinstance(value, float) else value
