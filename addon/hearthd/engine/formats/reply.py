"""Take a model's reply apart while it streams: text, reasoning and tool calls.

Pure: no model, no grammar, no clock. The result does not depend on where the text was cut into pieces.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Phase(StrEnum):
    """What the next character of the reply belongs to; a header tells what follows and is never shown."""

    TEXT = "text"
    REASONING = "reasoning"
    CALL = "call"
    HEADER = "header"


@dataclass(frozen=True, slots=True)
class TextPart:
    """Words that are meant to be read or spoken."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningPart:
    """Words that the model says to itself."""

    text: str


@dataclass(frozen=True, slots=True)
class CallPart:
    """One whole tool call; `arguments` is a JSON object as text."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class BrokenCallPart:
    """A tool call that cannot be read; what it said is dropped."""


type ReplyPart = TextPart | ReasoningPart | CallPart | BrokenCallPart


class CallReader(Protocol):
    """Reads what stands between the mark that opens calls and their end; `closed` once that has been reached."""

    closed: bool

    def feed(self, text: str) -> tuple[list[ReplyPart], str]:
        """Read on; return the calls that are whole now, and the text behind the end."""
        ...

    def finish(self) -> list[ReplyPart]:
        """End the reply; return what becomes of a call that is not whole."""
        ...


@dataclass(frozen=True, slots=True)
class ReplySyntax:
    """What a reply is made of: the marks that open calls, those around reasoning, and others that are never shown.

    `reader` reads calls behind the mark given to it. `bare` means that a reply which begins with a brace is a call
    too. `verbatim` means that text, once begun, is all that follows: JSON that was asked for may mention marks.
    """

    opens: tuple[str, ...] = ()
    reader: Callable[[str], CallReader] | None = None
    reasoning_open: str = "<think>"
    reasoning_close: str = "</think>"
    strays: tuple[str, ...] = ()
    bare: bool = False
    verbatim: bool = False

    @property
    def marks(self) -> tuple[str, ...]:
        """Return every text that must never be shown."""
        return (*self.opens, self.reasoning_open, self.reasoning_close, *self.strays)

    def parser(self, *, in_reasoning: bool = False) -> ReplyParser:
        """Return a parser for one reply, which starts inside reasoning if the prompt has opened it."""
        return ReplyParser(self, in_reasoning=in_reasoning)


class ReplyParser:
    """Split one reply into parts; what might become a mark is held back until it is clear."""

    def __init__(self, syntax: ReplySyntax, *, in_reasoning: bool = False) -> None:
        """Start at the reply's first character, or inside reasoning that the prompt has opened."""
        self.phase = Phase.REASONING if in_reasoning else Phase.TEXT
        self._syntax = syntax
        self._held = ""
        self._blank = True
        self._spoken = False
        self._bare = syntax.bare
        self._call: CallReader | None = None

    def feed(self, text: str) -> tuple[list[ReplyPart], str]:
        """Read text up to the first change of phase; return the parts, and the text behind that change."""
        if self.phase is Phase.CALL:
            return self._feed_call(text)
        if self.phase is Phase.TEXT:
            if self._syntax.verbatim and self._begins_verbatim(text):
                held, self._held = self._held, ""
                return self._said(held + text), ""
            if self._bare and not self._held:
                words = text.lstrip()
                if words.startswith("{"):
                    self._enter(Phase.CALL, "")
                    return [], words
                self._bare = not words
        return self._feed_marked(text)

    def feed_all(self, text: str) -> list[ReplyPart]:
        """Read text through every change of phase."""
        parts: list[ReplyPart] = []
        while text:
            found, text = self.feed(text)
            parts += found
        return parts

    def finish(self) -> list[ReplyPart]:
        """End the reply: give out what was held back, unless it is an unfinished call or most likely a cut mark."""
        held, self._held = self._held, ""
        if self._call is not None:
            return self._call.finish()
        return self._said(held) if len(held) <= 1 else []

    def changes(self) -> dict[str, Phase]:
        """Return the marks that count in the current phase, and what each of them begins."""
        syntax = self._syntax
        if self.phase is Phase.REASONING:
            return {syntax.reasoning_close: Phase.TEXT}
        return (
            dict.fromkeys((*syntax.strays, syntax.reasoning_close), Phase.TEXT)
            | dict.fromkeys(syntax.opens, Phase.CALL)
            | {syntax.reasoning_open: Phase.REASONING}
        )

    def _begins_verbatim(self, text: str) -> bool:
        """Return whether text begins here that nothing can interrupt."""
        words = (self._held + text).lstrip()
        return self._spoken or (
            bool(words) and not any(mark.startswith(words) or words.startswith(mark) for mark in self._syntax.marks)
        )

    def _feed_marked(self, text: str) -> tuple[list[ReplyPart], str]:
        """Read up to the first mark, and change the phase there."""
        changes = self.changes()
        text = self._held + text
        before, mark = find_mark(text, changes)
        if mark is None:
            self._held = text[before:]
            return self._said(text[:before]), ""
        self._held = ""
        parts = self._said(text[:before])
        self._enter(changes[mark], mark)
        return parts, text[before + len(mark) :]

    def _enter(self, phase: Phase, mark: str) -> None:
        """Begin a phase behind a mark; blanks that lead it say nothing."""
        if phase is self.phase:
            return
        self.phase = phase
        self._blank = True
        if phase is Phase.CALL and self._syntax.reader is not None:
            self._call = self._syntax.reader(mark)
        elif phase is Phase.TEXT:
            self._bare = self._syntax.bare and not self._spoken

    def _feed_call(self, text: str) -> tuple[list[ReplyPart], str]:
        """Read calls up to their end."""
        if self._call is None:
            return [], ""
        parts, rest = self._call.feed(text)
        if self._call.closed:
            self._call = None
            self._enter(Phase.TEXT, "")
        return parts, rest

    def _said(self, text: str) -> list[ReplyPart]:
        """Return text as a part of the current phase, without the blanks that lead it."""
        text = text.lstrip() if self._blank else text
        if not text:
            return []
        self._blank = False
        if self.phase is Phase.REASONING:
            return [ReasoningPart(text)]
        self._spoken = True
        return [TextPart(text)]


class StopFilter:
    """Cut a text off before the first of some stop strings, and hold back what might become one."""

    def __init__(self, stops: tuple[str, ...]) -> None:
        """Watch for the stop strings that are not empty."""
        self.stopped = False
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""

    def feed(self, text: str) -> str:
        """Return what may be shown now; nothing once stopped."""
        if self.stopped:
            return ""
        text = self._held + text
        ends = [text.find(stop) for stop in self._stops if stop in text]
        if ends:
            self.stopped = True
            self._held = ""
            return text[: min(ends)]
        shown = len(text) - max((overlap(text, stop) for stop in self._stops), default=0)
        self._held = text[shown:]
        return text[:shown]

    def finish(self) -> str:
        """Return what was held back."""
        held, self._held = self._held, ""
        return held


def find_mark(text: str, marks: Iterable[str]) -> tuple[int, str | None]:
    """Return where the first mark begins, and which: the longest if several begin there.

    Without a whole mark, or while a longer one may still come, return where one may begin at the text's end, and None.
    """
    found = min(((text.find(mark), -len(mark), mark) for mark in marks if mark in text), default=None)
    possible = len(text) - max((overlap(text, mark) for mark in marks), default=0)
    if found is None or (possible <= found[0] and possible < len(text)):
        return possible, None
    return found[0], found[2]


def overlap(text: str, mark: str) -> int:
    """Return how many characters at the end of a text may be the beginning of a mark."""
    return next((size for size in range(min(len(mark) - 1, len(text)), 0, -1) if text.endswith(mark[:size])), 0)
