"""Read sources of every kind as plain text with headings, and never trust one of them."""

from collections.abc import Callable
from importlib import import_module
import warnings

from ..document import Document, Kind, UnreadableError

# Imported when the first of its kind comes: most homes never see every kind, and pypdf is large.
_READERS = {
    Kind.TEXT: "plain",
    Kind.MARKDOWN: "markdown",
    Kind.HTML: "html",
    Kind.PDF: "pdf",
    Kind.EMAIL: "mail",
    Kind.ICS: "ics",
    Kind.CSV: "table",
}


def parse(kind: Kind, data: bytes) -> Document:
    """Return what a source says; the sections of the result follow each other without a gap.

    Time and memory are the caller's to limit: a small file may unfold into a large one.

    Raises:
        UnreadableError: `empty`, `damaged`, `encrypted`, `too_large`, or `no_text` for one that shows no words.
    """
    if not data.strip():
        raise UnreadableError("empty", "The file is empty.")
    read: Callable[[bytes], Document] = import_module(f".{_READERS[kind]}", __name__).read
    try:
        with warnings.catch_warnings(action="ignore"):
            document = read(data)
    except UnreadableError:
        raise
    except Exception as err:  # libraries raise anything when a file is broken on purpose
        raise UnreadableError("damaged", f"The file is damaged: it can't be read as {kind.value}.") from err
    if not document.text.strip():
        raise UnreadableError("no_text", "The file has no text in it.")
    return document
