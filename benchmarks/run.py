"""`make bench`: measures the rows one after the other, prints the table and writes results.md."""

import argparse
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from benchmarks import lab, row_a, row_b, row_c, row_d, row_e, row_f, row_g, row_h, row_i, row_j, row_l
from benchmarks.load import require_wrk
from benchmarks.machine import facts_of_machine, redis_trip, watch_stolen_time
from benchmarks.product import Product
from benchmarks.report import Figure, not_measured, print_table, write_markdown
from benchmarks.sizes import FULL, QUICK, Sizes

ROWS: dict[str, Callable[[Product, Sizes], list[Figure]]] = {
    "I": row_i.measure,
    "D": row_d.measure,
    "A": row_a.measure,
    "B": row_b.measure,
    "C": row_c.measure,
    "J": row_j.measure,
    "E": row_e.measure,
    "F": row_f.measure,
    "G": row_g.measure,
    "H": row_h.measure,
    "L": row_l.measure,
    "LAB": lab.measure,
}
RESULTS = Path(__file__).with_name("results.md")


def main() -> int:
    """Exit code 1 when a row could not be measured; a missed pass line is told, not an error."""
    options = _options()
    require_wrk()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers are stopped on the way out
    product, sizes = Product(is_control=options.product == "skeleton"), QUICK if options.quick else FULL
    began, facts = time.monotonic(), [*facts_of_machine(), redis_trip()]
    figures = [figure for row in options.rows for figure in _measured(row, product, sizes, facts)]
    figures.sort(key=lambda figure: figure.row[:1])
    facts += [
        f"product: {product.name}; sizes: {sizes}; took {time.monotonic() - began:.0f} s",
        "medians, with the least and the greatest round; ratios are taken within a round, A B A B",
    ]
    print_table(figures, facts)
    if options.out:
        write_markdown(options.out, figures, facts)
        print(f"written: {options.out}")
    return int(any(figure.what.startswith("NOT MEASURED") for figure in figures))


def _measured(row: str, product: Product, sizes: Sizes, facts: list[str]) -> list[Figure]:
    print(f"row {row} …", flush=True)
    try:
        with watch_stolen_time() as stolen:
            figures = ROWS[row](product, sizes)
    except Exception as error:  # one row that fails must not hide the others
        traceback.print_exc()
        return [not_measured(row, f"{type(error).__name__}: {error}")]
    facts.append(f"row {row}: the host took {100 * stolen.share:.0f} % of the processor time asked for")
    return figures


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, for trying; writes no results.md")
    parser.add_argument("--rows", default=",".join(ROWS), help="which, for example A,D")
    parser.add_argument("--product", choices=("calmline", "skeleton"), default="calmline")
    parser.add_argument(
        "--out", type=Path, help="where to write; default benchmarks/results.md for a full run"
    )
    options = parser.parse_args()
    options.rows = options.rows.upper().split(",")
    if unknown := set(options.rows) - set(ROWS):
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    whole = not options.quick and options.product == "calmline" and set(options.rows) == set(ROWS)
    options.out = options.out or (RESULTS if whole else None)
    return options


if __name__ == "__main__":
    sys.exit(main())
