"""Read CSV: every row becomes a line that says what each column holds."""

import csv
from io import StringIO

from ..document import Document
from .draft import Draft, single_line, table_row
from .encoding import decode

_DELIMITERS = ",;\t|"
# The sniffer's patterns are slow on more.
_SAMPLE = 4096
_MAX_NAME = 80


def read(data: bytes) -> Document:
    """Return the rows as `column: value` lines, or as they are where the first row names no columns.

    Raises:
        UnreadableError: it is no text, or too long.
    """
    text = decode(data)
    rows = [cells for cells in ([single_line(cell) for cell in row] for row in _rows(text)) if any(cells)]
    names = rows.pop(0) if len(rows) > 1 and _is_header(rows[0], rows[1]) else []
    draft = Draft()
    for row in rows:
        draft.block(table_row(names, row) if names else " | ".join(filter(None, row)), "\n")
    return draft.document()


def _rows(text: str) -> list[list[str]]:
    """Return the cells; where quotes are broken they are characters like any other."""
    dialect = _dialect(text[:_SAMPLE])
    try:
        return list(csv.reader(StringIO(text, newline=""), dialect))
    except csv.Error:
        lines = StringIO(text.replace("\r", "\n").replace("\0", ""), newline=None)
        return [line.rstrip("\n").split(dialect.delimiter) for line in lines]


def _dialect(sample: str) -> type[csv.Dialect]:
    try:
        return csv.Sniffer().sniff(sample, _DELIMITERS)
    except csv.Error:
        return csv.excel


def _is_header(first: list[str], second: list[str]) -> bool:
    """Tell whether a row names the columns: short names, each another, none of them a figure, and as many as needed."""
    return (
        len(first) == len(set(first)) >= len(second) - 1
        and first != second
        and all(name and len(name) <= _MAX_NAME and not _is_figure(name) for name in first)
        and len(first) > 1
    )


def _is_figure(cell: str) -> bool:
    """Tell whether a cell holds a number, an amount or a date rather than a name."""
    return sum(character.isdigit() for character in cell) * 2 >= len(cell)
