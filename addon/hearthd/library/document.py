"""Say what a source is made of, between those who read it, cut it and keep it."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The forms in which a source may come."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    EMAIL = "email"
    ICS = "ics"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document's text that belongs together: `text[start:end]`.

    `headings` are those above it, the outermost first. `time` is its own in Unix seconds, such as an event's start.
    """

    start: int
    end: int
    headings: tuple[str, ...] = ()
    time: float | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A source as plain text: what a person would read, without what only makes it look so.

    Sections lie in order and do not overlap; without any, the text is one section. `title` and `time` (Unix seconds)
    are what the source says of itself, None if it says nothing.
    """

    text: str
    sections: tuple[Section, ...] = ()
    title: str | None = None
    time: float | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage that is found as one: `text` is `document.text[start:end]`, `headings` and `time` are its section's."""

    text: str
    start: int
    end: int
    headings: tuple[str, ...] = ()
    time: float | None = None


class UnreadableError(Exception):
    """A source cannot be read; `code` is stable, the words are for a person and quote nothing of the source."""

    def __init__(self, code: str, words: str) -> None:
        """Describe what is wrong: `damaged`, `encrypted`, `empty`, `too_large`, `too_slow` or `no_text`."""
        super().__init__(words)
        self.code = code
        self.words = words
