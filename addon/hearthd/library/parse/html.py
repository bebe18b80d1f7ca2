"""Read HTML as a person sees it: nothing is fetched, nothing is run, and what is hidden stays out."""

from html.parser import HTMLParser
import re

from ..document import Document
from .draft import Draft, single_line, table_row, tidy_lines
from .encoding import decode

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}["']?([\w-]{1,40})""", re.IGNORECASE)
_HEAD_BYTES = 4096
_HIDING = re.compile(r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden", re.IGNORECASE)
_UNSEEN = frozenset(["script", "style", "template", "nav", "svg", "math", "object", "iframe", "select", "noscript"])
_LISTS = frozenset({"ol", "ul"})
_BLOCKS = frozenset(
    (
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "caption",
            "dd",
            "details",
            "div",
            "dl",
            "dt",
            "fieldset",
        ),
        *(
            "figcaption",
            "figure",
            "footer",
            "form",
            "header",
            "hr",
            "html",
            "legend",
            "main",
            "p",
            "section",
            "summary",
        ),
    )
)
_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_MAX_INDENT = 8


def read(data: bytes) -> Document:
    """Return a page's text with its headings; of a table's row, what each column holds.

    Raises:
        UnreadableError: it is no text, or too long.
    """
    found = _CHARSET.search(data[:_HEAD_BYTES])
    return read_text(decode(data, found[1].decode("ascii", "ignore") if found else None))


def read_text(markup: str) -> Document:
    """Return the text of HTML that is at hand as characters.

    Raises:
        UnreadableError: it is too long.
    """
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.document()


class _Table:
    """The table that is being read."""

    def __init__(self) -> None:
        """Begin without a header."""
        self.open_cell: str | None = None
        self._names: list[str] = []
        self._row: list[tuple[str, str]] = []

    def end_cell(self, text: str) -> None:
        """Take what the open cell holds."""
        if self.open_cell is not None:
            self._row.append((self.open_cell, text))
            self.open_cell = None

    def end_row(self) -> str:
        """Return the row as text; the first one that is all names is the header, and has none."""
        row, self._row = self._row, []
        cells = [single_line(text) for _, text in row]
        if len(cells) > 1 and not self._names and all(tag == "th" for tag, _ in row):
            self._names = cells
            return ""
        if len(row) == 1 and not self._names:
            return row[0][1]  # a table that is there for the looks only, as in most mails
        return table_row(self._names, cells) if self._names else " | ".join(filter(None, cells))


class _Reader(HTMLParser):
    """Follows a page's tags and writes down what would be seen."""

    def __init__(self) -> None:
        """Begin at the top of a page."""
        super().__init__(convert_charrefs=True)
        self._draft = Draft()
        self._text: list[str] = []
        self._title: list[str] | None = None
        self._in_title = False
        self._unseen: tuple[str, int] | None = None
        self._heading: int | None = None
        self._lists: list[int | None] = []
        self._mark = ""
        self._tables: list[_Table] = []
        self._preformatted = 0

    def document(self) -> Document:
        """Return what has been read."""
        while self._tables:
            self._end_table()
        self._flush()
        return self._draft.document("".join(self._title or ()))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an opening tag."""
        if self._unseen is not None:
            self._count(tag, 1)
        elif tag in _UNSEEN or _is_hidden(attrs):
            self._unseen = None if tag in _VOID else (tag, 1)
        else:
            self._open(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Take a closing tag."""
        if self._unseen is not None:
            self._count(tag, -1)
        elif tag == "title":
            self._in_title = False
        elif tag in _HEADINGS:
            self._flush()
            self._heading = None
        elif tag in {"td", "th"}:
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag == "table":
            self._end_table()
        else:
            self._close_block(tag)

    def handle_data(self, data: str) -> None:
        """Take text."""
        if self._unseen is not None:
            return
        if self._in_title and self._title is not None:
            self._title.append(data)
        else:
            # Outside <pre> a line's end is a space like any other.
            self._text.append(data if self._preformatted else data.replace("\n", " "))

    def _count(self, tag: str, change: int) -> None:
        """Keep count of an unseen element's own kind, so that its end is told from one inside it."""
        if self._unseen is not None and tag == self._unseen[0]:
            depth = self._unseen[1] + change
            self._unseen = (tag, depth) if depth else None

    def _open(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        match tag:
            case "title":
                self._in_title = self._title is None
                self._title = self._title or []
            case "br":
                self._text.append("\n")
            case "img":
                self._text.append(f" {dict(attrs).get('alt') or ''} ")
            case "td" | "th" if self._tables:
                self._end_cell()
                self._tables[-1].open_cell = tag
            case "tr":
                self._end_row()
            case "table":
                self._flush()
                self._tables.append(_Table())
            case _:
                self._open_block(tag)

    def _open_block(self, tag: str) -> None:
        if tag in _HEADINGS:
            self._flush()
            self._heading = _HEADINGS[tag]
        elif tag in _LISTS:
            self._flush()
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._flush()
            self._mark = self._next_mark()
        elif tag == "pre":
            self._flush()
            self._preformatted += 1
        elif tag in _BLOCKS:
            self._part()

    def _close_block(self, tag: str) -> None:
        if tag in _LISTS or tag in {"li", "pre"}:
            self._flush()
            if tag in _LISTS and self._lists:
                self._lists.pop()
            elif tag == "pre":
                self._preformatted = max(0, self._preformatted - 1)
        elif tag in _BLOCKS:
            self._part()

    def _part(self) -> None:
        """End a paragraph; inside a table's cell that is only a line."""
        if self._tables:
            self._text.append("\n")
        else:
            self._flush()

    def _next_mark(self) -> str:
        """Return what stands before a list's next item."""
        indent = "  " * min(len(self._lists) - 1, _MAX_INDENT)
        if not self._lists or (number := self._lists[-1]) is None:
            return f"{indent}- "
        self._lists[-1] = number + 1
        return f"{indent}{number + 1}. "

    def _end_cell(self) -> None:
        if self._tables and self._tables[-1].open_cell is not None:
            self._tables[-1].end_cell(self._taken())

    def _end_row(self) -> None:
        if self._tables:
            self._end_cell()
            self._draft.block(self._tables[-1].end_row(), "\n")

    def _end_table(self) -> None:
        if self._tables:
            self._end_row()
            self._tables.pop()
        self._flush()

    def _taken(self) -> str:
        """Return the text since the last block and forget it."""
        text = "".join(self._text)
        self._text.clear()
        return text if self._preformatted else tidy_lines(text).strip("\n")

    def _flush(self) -> None:
        """Write down the text since the last block."""
        text = self._taken()
        if not text.strip():
            return
        if self._heading is not None:
            self._draft.heading(self._heading, text)
        else:
            mark, self._mark = self._mark, ""
            self._draft.block(f"{mark}{text}", "\n" if mark else "\n\n")


def _is_hidden(attrs: list[tuple[str, str | None]]) -> bool:
    return any(name == "hidden" or (name == "style" and _HIDING.search(value or "")) for name, value in attrs)
