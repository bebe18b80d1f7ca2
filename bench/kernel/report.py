"""Judge what was measured, and tell it to a person, a program and a page of the documentation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
import json
import statistics
from typing import Any

from bench.figures import machine

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


def as_json(rows: Sequence[Row], conditions: Mapping[str, Any]) -> str:
    """Return one object with everything: the machine, what ran, and every row with its raw numbers."""
    told = [{**asdict(row), "met": row.met} for row in rows]
    return json.dumps({"bench": "kernel", "machine": machine(), "conditions": conditions, "rows": told}, indent=2)


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


def with_table(page: str, table: str) -> str:
    """Return a page with the table between its marks, in the place of what stood there."""
    head, begin, rest = page.partition(_BEGIN)
    _, end, tail = rest.partition(_END)
    if not (begin and end):
        raise ValueError(f"the page lacks the marks {_BEGIN} and {_END}")
    return f"{head}{_BEGIN}\n\n{table}\n\n{_END}{tail}"


_BEGIN = "<!-- written by script/bench kernel --write -->"
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
        f"{here['processor']}, {here['cores']} cores, load {here['load']} at the end; {conditions['model']}; "
        f"{conditions['rounds']} rounds; {versions}."
    )
