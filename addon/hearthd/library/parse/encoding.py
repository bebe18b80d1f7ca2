"""Find out which characters a file's bytes stand for."""

import codecs

from ..document import UnreadableError

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16's, which it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 4096
_MANY = 0.3
_UNKNOWN = "\ufffd"


def decode(data: bytes, declared: str | None = None) -> str:
    """Return a text: by its byte order mark, as `declared`, as UTF-8, or as Windows wrote it in western Europe.

    Raises:
        UnreadableError: `damaged` if this is no text at all.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    if declared is not None and (text := _declared(data, declared)) is not None:
        return text
    if (wide := _wide(data[:_SAMPLE])) is not None:
        return data.decode(wide, "replace")
    if b"\x00" in data[:_SAMPLE]:
        raise UnreadableError("damaged", "The file is no text.")
    text = data.decode("utf-8", "replace")
    broken = text.count(_UNKNOWN)
    # A file that was cut, or put together, is still UTF-8 when most of what could be wrong with it is not.
    if broken and broken * 2 > sum(character > "\x7f" for character in text):
        return data.decode("cp1252", "replace")
    return text


def _declared(data: bytes, name: str) -> str | None:
    """Return the text in an encoding that the file names, None if there is no such one or it is plainly not that."""
    try:
        text = data.decode(codecs.lookup(name).name, "replace")
    except LookupError, ValueError, AssertionError:
        return None
    return None if text.count(_UNKNOWN) > len(text) * _MANY else text


def _wide(sample: bytes) -> str | None:
    """Return UTF-16's name if every other byte is mostly null, as in western texts without a mark."""
    if len(sample) < 2:  # noqa: PLR2004 - one character's bytes
        return None
    even, odd = (sample[start::2].count(0) / (len(sample) / 2) for start in (0, 1))
    if odd > _MANY and even < _MANY / 10:
        return "utf-16-le"
    return "utf-16-be" if even > _MANY and odd < _MANY / 10 else None
