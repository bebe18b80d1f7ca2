"""Read the words of a PDF, page by page; pictures of words, as scanners make them, have none."""

from io import BytesIO
import logging
import re

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError

from ..document import Document, UnreadableError
from .draft import Draft, tidy_lines

_MAX_PAGES = 1_000
# It quotes what it stumbles over, which is somebody's document.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)
_HYPHENATED = re.compile(r"(?<=[a-zß-ÿ])-\n(?=[a-zß-ÿ])")
# A line that goes on in the next one: it does not end a sentence, and the next does not begin one.
_WRAPPED = re.compile(r"(?<=[^\s.!?:;])\n(?=[a-zß-ÿ(])")


def read(data: bytes) -> Document:
    """Return the text with a section for each page.

    Raises:
        UnreadableError: it is encrypted, has too many pages, is too long, or is damaged.
    """
    try:
        reader = PdfReader(BytesIO(data))
        return _read(reader)
    except (FileNotDecryptedError, DependencyError) as err:
        raise UnreadableError("encrypted", "The PDF is protected by a password.") from err
    except LimitReachedError as err:
        raise UnreadableError("too_large", "The PDF unfolds into more than can be read.") from err


def _read(reader: PdfReader) -> Document:
    if len(reader.pages) > _MAX_PAGES:
        raise UnreadableError("too_large", f"The PDF has more than {_MAX_PAGES:,} pages.")
    draft = Draft()
    for number, page in enumerate(reader.pages, 1):
        draft.section(f"page {number}")
        draft.block(_flowing(page.extract_text()))
    information = reader.metadata
    created = information.creation_date if information else None
    return draft.document(information.title if information else None, created.timestamp() if created else None)


def _flowing(text: str) -> str:
    """Return a page's text with the lines of a sentence joined."""
    return _WRAPPED.sub(" ", _HYPHENATED.sub("", tidy_lines(text)))
