"""Read plain text."""

import re

from ..document import Document
from .draft import Draft, visible
from .encoding import decode

_TRAILING = re.compile(r"[^\S\n]+$", re.MULTILINE)
_PARAGRAPHS = re.compile(r"\n{2,}")


def read(data: bytes) -> Document:
    """Return the text, its paragraphs one blank line apart; lines stay as they are.

    Raises:
        UnreadableError: it is no text, or too long.
    """
    return read_text(decode(data))


def read_text(text: str) -> Document:
    """Return text that is at hand as characters.

    Raises:
        UnreadableError: it is too long.
    """
    draft = Draft()
    for paragraph in _PARAGRAPHS.split(_TRAILING.sub("", visible(text))):
        draft.block(paragraph)
    return draft.document()
