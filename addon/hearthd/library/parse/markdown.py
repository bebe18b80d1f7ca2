"""Read Markdown, as notes are written in it."""

from collections.abc import Iterator
import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ..document import Document
from .draft import Draft, single_line, table_row, visible
from .encoding import decode
from .html import read_text

# What Obsidian and its kin keep above a note: lines of names and values.
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r"^title:[ \t]*(.{1,500})$", re.MULTILINE)
_MAX_INDENT = 8
_LINKED = ("http:", "https:", "mailto:", "tel:")


def read(data: bytes) -> Document:
    """Return a note's text with its headings; links keep their addresses, emphasis and markup go.

    Raises:
        UnreadableError: it is no text, or too long.
    """
    text = visible(decode(data))
    draft, title = Draft(), None
    if found := _FRONT_MATTER.match(text):
        named = _TITLE.search(found[1])
        title = named[1].strip("\"' ") if named else None
        draft.block(found[1])
        text = text[found.end() :]
    parser = MarkdownIt("commonmark", {"maxNesting": 50}).enable("table")
    _Writer(draft).write(parser.parse(text))
    document = draft.document(title)
    first = document.sections[0].headings if document.sections else ()
    return Document(document.text, document.sections, document.title or (first[0] if first else None))


class _Writer:
    """Writes down what a parser has found, token by token."""

    def __init__(self, draft: Draft) -> None:
        """Write into a draft."""
        self._draft = draft
        self._lists: list[int | None] = []
        self._mark = ""
        self._names: list[str] | None = None
        self._cells: list[str] = []
        self._heading: int | None = None

    def write(self, tokens: list[Token]) -> None:
        """Write all of them."""
        for token in tokens:
            match token.type:
                case "heading_open":
                    self._heading = int(token.tag[1])
                case "inline":
                    self._inline("".join(_words(token.children or [])))
                case "fence" | "code_block":
                    self._block(token.content)
                case "html_block":
                    self._block(read_text(token.content).text)
                case _ if "list" in token.type:
                    self._list(token)
                case _:
                    self._table(token.type)

    def _inline(self, text: str) -> None:
        """Take a heading's, a paragraph's, an item's or a cell's text."""
        if self._heading is not None:
            self._draft.heading(self._heading, text)
            self._heading = None
        elif self._names is not None:
            self._cells.append(single_line(text))
        else:
            self._block(text)

    def _block(self, text: str) -> None:
        mark, self._mark = self._mark, ""
        self._draft.block(f"{mark}{text}", "\n" if mark else "\n\n")

    def _list(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                self._lists.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open":
                indent = "  " * min(len(self._lists) - 1, _MAX_INDENT)
                number = self._lists[-1]
                self._mark = f"{indent}- " if number is None else f"{indent}{number}. "
                if number is not None:
                    self._lists[-1] = number + 1
            case _:
                pass

    def _table(self, name: str) -> None:
        match name:
            case "table_open":
                self._names = []
            case "thead_close":
                self._names, self._cells = self._cells, []
            case "tr_close" if self._names:
                self._draft.block(table_row(self._names, self._cells), "\n")
                self._cells = []
            case "table_close":
                self._names, self._cells = None, []
            case _:
                pass


def _words(tokens: list[Token]) -> Iterator[str]:
    """Yield a paragraph's text without its markup."""
    target: list[str] = []
    text: list[str] = []
    for token in tokens:
        match token.type:
            case "link_open":
                target.append(str(token.attrs.get("href", "")))
                text.clear()
            case "link_close":
                address = target.pop() if target else ""
                if address.startswith(_LINKED) and address.partition(":")[2].strip("/") not in "".join(text):
                    yield f" ({address})"
            case "softbreak":
                yield " "
            case "hardbreak":
                yield "\n"
            case "image" | "text" | "code_inline" | "text_special":
                text.append(token.content)
                yield token.content
            case _:
                pass  # emphasis and its like
