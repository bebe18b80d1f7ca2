"""Judge what was measured, and tell it to a person, a program and a page of the documentation."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
import json
import statistics
from typing import Any

from demo.home import ROOT

from .figures import machine

OURS, LLAMA_SERVER, LLAMA_CPP_SERVER = "Hearth", "llama-server", "llama_cpp.server"


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure must be: at most `value`, or at least."""

    value: float
    at_least: bool = False

    def admits(self, figure: float) -> bool:
        """Tell whether a figure meets the target."""
        return figure >= self.value if self.at_least else figure <= self.value

    def __str__(self) -> str:
        """Return the target as a table shows it."""
        return f"{'≥' if self.at_least else '≤'} {self.value:.3g}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: ours beside another's, and the figure that is judged.

    `figure` is the ratio of the two, or ours alone where no other is compared; `raw` has every single number behind it.
    """

    name: str
    ours: float
    unit: str
    figure: float
    target: Target | None = None
    other: str | None = None
    theirs: float | None = None
    note: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Tell whether the target is met; None where there is none."""
        return None if self.target is None else self.target.admits(self.figure)


def compared(
    name: str,
    unit: str,
    rounds: Sequence[tuple[float, float]],
    other: str,
    *,
    target: Target | None = None,
    note: str = "",
    raw: Mapping[str, Any] | None = None,
) -> Row:
    """Return the row of pairs, ours and the other's, one a round: medians, and the median of the rounds' ratios."""
    ours, theirs = zip(*rounds, strict=True)
    figure = statistics.median(mine / yours for mine, yours in rounds)
    return Row(
        name,
        statistics.median(ours),
        unit,
        figure,
        target,
        other,
        statistics.median(theirs),
        note,
        {"rounds": [list(pair) for pair in rounds], **(raw or {})},
    )


def add_report_arguments(parser: ArgumentParser) -> None:
    """Add what a benchmark with a table in the documentation can be told about it."""
    parser.add_argument("--markdown", action="store_true", help="print the table of docs/performance.md")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md as well")


def report(bench: str, rows: Sequence[Row], conditions: Mapping[str, Any], options: Namespace) -> tuple[str, bool]:
    """Return what to print, as the options wish it, and whether every target was met; `--write` writes the page.

    `conditions` are what a reader must know to judge or to repeat the figures: `summary`, a phrase, and `versions`,
    by package, stand above the table, and everything is in the JSON.
    """
    if options.write:
        page = _PAGE.read_text("utf-8")
        _PAGE.write_text(with_table(page, bench, as_markdown(rows, conditions)), "utf-8")
    if options.json:
        told = as_json(bench, rows, conditions)
    else:
        told = (as_markdown if options.markdown else as_text)(rows, conditions)
    return told, all(row.met is not False for row in rows)


def as_json(bench: str, rows: Sequence[Row], conditions: Mapping[str, Any]) -> str:
    """Return one object with everything: the machine, what ran, and every row with its raw numbers."""
    told = [{**asdict(row), "met": row.met} for row in rows]
    return json.dumps({"bench": bench, "machine": machine(), "conditions": conditions, "rows": told}, indent=2)


def as_line(row: Row) -> str:
    """Return one row for a person who watches."""
    return "  ".join(cell for cell in _cells(row) if cell)


def as_text(rows: Sequence[Row], conditions: Mapping[str, Any]) -> str:
    """Return the table for a person at a terminal."""
    cells = [_HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEADINGS))]
    lines = [" ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    notes = [f"  {row.name}: {row.note}" for row in rows if row.note]
    return "\n".join([_heading(conditions), "", *lines, "", *notes])


def as_markdown(rows: Sequence[Row], conditions: Mapping[str, Any]) -> str:
    """Return the same as docs/performance.md shows it."""
    lines = [_heading(conditions), "", _line(_HEADINGS), _line(["---"] * len(_HEADINGS))]
    lines += [_line(_cells(row)) for row in rows]
    notes = [f"- *{row.name}*: {row.note}" for row in rows if row.note]
    return "\n".join([*lines, "", *notes])


def with_table(page: str, bench: str, table: str) -> str:
    """Return a page with a benchmark's table between its marks, in the place of what stood there."""
    begin = f"<!-- written by script/bench {bench} --write -->"
    head, found, rest = page.partition(begin)
    _, end, tail = rest.partition(_END)
    if not (found and end):
        raise ValueError(f"the page lacks the marks {begin} and {_END}")
    return f"{head}{begin}\n\n{table}\n\n{_END}{tail}"


_PAGE = ROOT / "docs" / "performance.md"
_END = "<!-- end of what it writes -->"
_HEADINGS = ("figure", "Hearth", "beside", "ratio", "target", "verdict")


def _cells(row: Row) -> tuple[str, ...]:
    beside = "" if row.other is None or row.theirs is None else f"{_number(row.theirs)} {row.unit} ({row.other})"
    verdict = {True: "met", False: "MISSED", None: ""}[row.met]
    ratio = "" if row.other is None else f"{row.figure:.3g}"
    return (row.name, f"{_number(row.ours)} {row.unit}", beside, ratio, str(row.target or ""), verdict)


def _number(value: float) -> str:
    """Return a figure to three digits, and to whole units where it has more."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _heading(conditions: Mapping[str, Any]) -> str:
    here = machine()
    versions = ", ".join(f"{name} {version}" for name, version in conditions["versions"].items())
    return (
        f"{here['processor']}, {here['cores']} cores, load {here['load']} at the end; "
        f"{conditions['summary']}; {versions}."
    )
