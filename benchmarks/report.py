"""The table on the terminal and `results.md`: what was measured, beside what, and whether it is reached."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

COLUMNS = ("Row", "Figure", "Measured", "Yardstick", "Pass line", "Reached")


@dataclass(frozen=True)
class Figure:
    """One line of the report; `reached` is None where nothing is demanded."""

    row: str
    what: str
    measured: str
    yardstick: str = ""
    pass_line: str = ""
    reached: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """The line's words, in the order of COLUMNS."""
        verdict = {None: "", True: "yes", False: "**NO**"}[self.reached]
        return self.row, self.what, self.measured, self.yardstick, self.pass_line, verdict


def not_measured(row: str, why: str) -> Figure:
    """A row that could not be measured is not reached, and says why."""
    return Figure(row, "NOT MEASURED: " + " ".join(why.split())[:400], "–", reached=False)


def print_table(figures: Sequence[Figure], facts: Sequence[str]) -> None:
    """Show the figures to the person who asked."""
    table = Table(*COLUMNS, title="calmline: make bench")
    for figure in figures:
        table.add_row(*(cell.replace("**", "") for cell in figure.cells()))
    console = Console(width=None if sys.stdout.isatty() else 170)
    console.print(table)
    for fact in facts:
        console.print(f"- {fact}", markup=False, highlight=False)


def write_markdown(path: Path, figures: Sequence[Figure], facts: Sequence[str]) -> None:
    """Write the same as a page."""
    rows = [COLUMNS, ("---",) * len(COLUMNS), *(figure.cells() for figure in figures)]
    table = ["| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |" for cells in rows]
    heading = [
        "# Speed, as measured",
        "",
        "Written by `make bench`; the rows are those of the speed targets.",
        "",
    ]
    path.write_text("\n".join([*heading, *table, "", *(f"- {fact}" for fact in facts), ""]))
