"""Write a document down piece by piece while its file is read."""

from collections.abc import Sequence
from itertools import zip_longest
import re

from ..document import Document, Section, UnreadableError

_MAX_CHARACTERS = 2_000_000
_MAX_COLUMNS = 200
_PARAGRAPH = "\n\n"
# Control characters but tab and newline, what hides or turns text around, and halves of characters.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff]")
_SPACES = re.compile(r"[^\S\n]+")


def visible(text: str) -> str:
    """Return a text without characters that nobody sees; every kind of line end becomes a newline."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    return _UNSEEN.sub("", unified)


def single_line(text: str) -> str:
    """Return a text as one line, its words one space apart."""
    return " ".join(visible(text).split())


def tidy_lines(text: str) -> str:
    """Return a text with single spaces and no blank at the edges of its lines."""
    return "\n".join(_SPACES.sub(" ", line).strip() for line in visible(text).split("\n"))


def table_row(names: Sequence[str], cells: Sequence[str]) -> str:
    """Return a row as `name: value` pairs; what is empty is left out, what has no name stands alone."""
    pairs = zip_longest(names, cells[: max(len(names), _MAX_COLUMNS)], fillvalue="")
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)


class Draft:
    """A document that is being written; its sections lie without a gap."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._pieces: list[str] = []
        self._length = 0
        self._sections: list[Section] = []
        self._started = 0
        self._headings: tuple[str, ...] = ()
        self._levels: list[tuple[int, str]] = []
        self._time: float | None = None
        self._has_headings_only = False

    def heading(self, level: int, text: str) -> None:
        """Begin the part that stands under a heading of a level, 1 being the outermost; the heading is its first line.

        A heading that has nothing but other headings under it is no part of its own.

        Raises:
            UnreadableError: the text is too long.
        """
        line = single_line(text)
        if not line:
            return
        self._levels = [*(outer for outer in self._levels if outer[0] < level), (level, line)]
        if not self._has_headings_only:
            self._close()
        self._headings, self._time = tuple(name for _, name in self._levels), None
        self.block(line)
        self._has_headings_only = True

    def section(self, *headings: str, time: float | None = None) -> None:
        """Begin a part that stands under these headings, the outermost first; its text follows with `block`."""
        self._close()
        self._headings, self._time = headings, time

    def block(self, text: str, gap: str = _PARAGRAPH) -> None:
        """Add a paragraph, a list's item or a table's row; `gap` parts it from what stands before it.

        Raises:
            UnreadableError: the text is too long.
        """
        text = text.strip("\n").rstrip()
        if not text:
            return
        self._has_headings_only = False
        for piece in (gap if self._length else "", text):
            self._pieces.append(piece)
            self._length += len(piece)
        if self._length > _MAX_CHARACTERS:
            raise UnreadableError("too_large", f"The file has more than {_MAX_CHARACTERS:,} characters of text.")

    def include(self, document: Document, *headings: str) -> None:
        """Add a whole document, such as an attachment, under headings of its own.

        Raises:
            UnreadableError: the text is too long.
        """
        for part in document.sections or (Section(0, len(document.text)),):
            self.section(*headings, *part.headings, time=part.time)
            self.block(document.text[part.start : part.end])

    def document(self, title: str | None = None, time: float | None = None) -> Document:
        """Return what has been written."""
        self._close()
        return Document("".join(self._pieces), tuple(self._sections), single_line(title or "") or None, time)

    def _close(self) -> None:
        """End the section that is being written, unless nothing has been."""
        if self._length > self._started:
            self._sections.append(Section(self._started, self._length, self._headings, self._time))
            self._started = self._length
            self._has_headings_only = False
