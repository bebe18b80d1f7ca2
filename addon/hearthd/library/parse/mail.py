"""Read an e-mail: who wrote to whom, what it says, and those attachments that can be read."""

from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime

from ..document import Document, Kind, UnreadableError
from . import html, parse, plain
from .draft import Draft, single_line
from .encoding import decode

_MAX_PARTS = 100
_MAX_DEPTH = 10
_MAX_HEADER = 2_000
_SHOWN = ("Subject", "From", "To", "Cc", "Date")
_BY_ENDING = {
    "csv": Kind.CSV,
    "eml": Kind.EMAIL,
    "htm": Kind.HTML,
    "html": Kind.HTML,
    "ics": Kind.ICS,
    "md": Kind.MARKDOWN,
    "pdf": Kind.PDF,
    "txt": Kind.TEXT,
}
_BY_TYPE = {
    "application/ics": Kind.ICS,
    "application/pdf": Kind.PDF,
    "text/calendar": Kind.ICS,
    "text/csv": Kind.CSV,
    "text/html": Kind.HTML,
    "text/markdown": Kind.MARKDOWN,
    "text/plain": Kind.TEXT,
}


def read(data: bytes) -> Document:
    """Return the heads that people look at, the text, and each attachment under its name.

    Raises:
        UnreadableError: it has no heads, or is too long.
    """
    message = message_from_bytes(data.lstrip())
    if not any(message.get(name) for name in _SHOWN):
        raise UnreadableError("damaged", "The file is no e-mail: it does not say from whom it is.")
    letter = _Letter()
    letter.write(message)
    return letter.document(message)


class _Letter:
    """Writes down a message with what it carries; parts are counted, for a mail may hold mails."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._draft = Draft()
        self._parts = 0

    def document(self, message: Message) -> Document:
        """Return what has been written."""
        return self._draft.document(_head(message, "Subject"), _sent(message))

    def write(self, message: Message, *headings: str) -> None:
        """Write a message down: its heads first, then its text, then its attachments."""
        self._draft.section(*headings)
        for name in _SHOWN:
            if value := _head(message, name):
                self._draft.block(f"{name}: {value}", "\n")
        attachments: list[Message] = []
        for text in self._texts(message, attachments, _MAX_DEPTH):
            self._draft.block(text)
        for part in attachments:
            self._attach(part, headings)

    def _texts(self, part: Message, attachments: list[Message], depth: int) -> Iterator[str]:
        """Yield what a message says, and put aside what is attached to it."""
        self._parts += 1
        if self._parts > _MAX_PARTS or not depth:
            return
        if part.get_content_type() == "message/rfc822" or part.get_filename() or _is_attached(part):
            attachments.append(part)
        elif part.get_content_type() == "multipart/alternative":
            yield from self._best(part, attachments, depth)
        elif part.is_multipart():
            for inner in _inner(part):
                yield from self._texts(inner, attachments, depth - 1)
        elif part.get_content_type() in _BY_TYPE or part.get_content_maintype() == "multipart":
            # A multipart one that has no parts is text that somebody packed wrongly.
            yield _text(part)

    def _best(self, part: Message, attachments: list[Message], depth: int) -> Iterator[str]:
        """Yield the first way of saying it that says anything: plain text comes first."""
        for inner in _inner(part):
            found = [text for text in self._texts(inner, attachments, depth - 1) if text.strip()]
            if found:
                yield from found
                return

    def _attach(self, part: Message, headings: tuple[str, ...]) -> None:
        """Write an attachment down; of one that can't be read, the name."""
        name = single_line(_decoded(part.get_filename() or "")) or part.get_content_type()
        under = (*headings, f"Attachment: {name}")
        if part.get_content_type() == "message/rfc822" and (inner := _inner(part)) and len(under) < _MAX_DEPTH:
            self.write(inner[0], *under)
            return
        kind = _BY_ENDING.get(name.rpartition(".")[2].lower()) or _BY_TYPE.get(part.get_content_type())
        self._draft.section(*under)
        self._draft.block(f"Attachment: {name}")
        if kind is None or kind is Kind.EMAIL:
            return
        try:
            self._draft.include(parse(kind, _content(part)), *under)
        except UnreadableError as err:
            if err.code == "too_large":
                raise
            self._draft.block(f"It can't be read. {err.words}")


def _inner(part: Message) -> list[Message]:
    """Return a part's parts; of one that is damaged, none."""
    payload = part.get_payload()
    return [inner for inner in payload if isinstance(inner, Message)] if isinstance(payload, list) else []


def _is_attached(part: Message) -> bool:
    return str(part.get("Content-Disposition", "")).lower().startswith("attachment")


def _content(part: Message) -> bytes:
    """Return a part's bytes without how they travelled."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(part: Message) -> str:
    """Return the text of a part that is none of the attachments."""
    text = decode(_content(part), part.get_content_charset())
    return (html.read_text(text) if part.get_content_subtype() == "html" else plain.read_text(text)).text


def _head(message: Message, name: str) -> str:
    return single_line(_decoded(str(message.get(name, ""))))


def _decoded(value: str) -> str:
    """Return a head's words; one that is written wrongly stays as it is."""
    value = value[:_MAX_HEADER]
    try:
        return str(make_header(decode_header(value)))
    except HeaderParseError, LookupError, ValueError:
        return value


def _sent(message: Message) -> float | None:
    try:
        return parsedate_to_datetime(str(message.get("Date", ""))).timestamp()
    except ValueError, OverflowError, TypeError:
        return None
