"""Take a model's reply apart while it streams: text, reasoning and tool calls.

Pure: no model, no grammar, no clock. The result does not depend on where the text was cut into pieces.
"""

from dataclasses import dataclass
from enum import StrEnum
import json
from typing import Any

THINK_OPEN = "<think>"
THINK_CLOSE = "</think>"


@dataclass(frozen=True, slots=True)
class CallSyntax:
    """How a model family writes a tool call: `opens` JSON `close`.

    `bare` means that a reply which begins with a brace is a call too. `arguments_key` names the member that holds
    the arguments in what the model is made to write; a parser accepts either name.
    """

    opens: tuple[str, ...]
    close: str = ""
    arguments_key: str = "arguments"
    bare: bool = False

    @property
    def marks(self) -> tuple[str, ...]:
        """Return every text that must never be shown."""
        return (*self.opens, *([self.close] if self.close else []), THINK_OPEN, THINK_CLOSE)


class Phase(StrEnum):
    """What the next character of the reply belongs to."""

    TEXT = "text"
    REASONING = "reasoning"
    CALL = "call"


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


class ReplyParser:
    """Split one reply into parts; what might become a mark is held back until it is clear."""

    def __init__(self, syntax: CallSyntax, *, in_reasoning: bool = False) -> None:
        """Start at the reply's first character, or inside reasoning that the prompt has opened."""
        self.phase = Phase.REASONING if in_reasoning else Phase.TEXT
        self._syntax = syntax
        self._held = ""
        self._blank = True
        self._spoken = False
        self._bare = syntax.bare
        self._call = _CallReader(syntax.close)

    def feed(self, text: str) -> tuple[list[ReplyPart], str]:
        """Read text up to the first change of phase; return the parts, and the text behind that change."""
        match self.phase:
            case Phase.CALL:
                return self._feed_call(text)
            case Phase.REASONING:
                return self._feed_marked(text, {THINK_CLOSE: Phase.TEXT})
            case Phase.TEXT:
                return self._feed_text(text)

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
        if self.phase is Phase.CALL:
            return [] if self._call.complete else [BrokenCallPart()]
        return self._said(held) if len(held) <= 1 else []

    def _feed_text(self, text: str) -> tuple[list[ReplyPart], str]:
        """Read text that is meant to be read, up to a call or to reasoning."""
        if self._bare and not self._held:
            words = text.lstrip()
            if words.startswith("{"):
                self._enter(Phase.CALL)
                return [], words
            self._bare = not words
        changes = dict.fromkeys(self._syntax.opens, Phase.CALL) | {THINK_OPEN: Phase.REASONING}
        stray = [THINK_CLOSE, *([self._syntax.close] if self._syntax.close else [])]
        return self._feed_marked(text, changes | dict.fromkeys(stray, Phase.TEXT))

    def _feed_marked(self, text: str, marks: dict[str, Phase]) -> tuple[list[ReplyPart], str]:
        """Read up to the first of some marks, and change the phase there."""
        text = self._held + text
        found = min(((text.find(mark), mark) for mark in marks if mark in text), default=None)
        if found is None:
            keep = max(_overlap(text, mark) for mark in marks)
            self._held = text[len(text) - keep :]
            return self._said(text[: len(text) - keep]), ""
        position, mark = found
        self._held = ""
        parts = self._said(text[:position])
        self._enter(marks[mark])
        return parts, text[position + len(mark) :]

    def _enter(self, phase: Phase) -> None:
        """Begin a phase; blanks that lead it say nothing."""
        if phase is self.phase and phase is not Phase.CALL:
            return
        self.phase = phase
        self._blank = True
        match phase:
            case Phase.CALL:
                self._call = _CallReader(self._syntax.close)
            case Phase.TEXT:
                self._bare = self._syntax.bare and not self._spoken
            case Phase.REASONING:
                pass

    def _feed_call(self, text: str) -> tuple[list[ReplyPart], str]:
        """Read a call and its closing mark."""
        was_complete = self._call.complete
        rest = self._call.feed(text)
        parts: list[ReplyPart] = []
        if self._call.complete and not was_complete:
            parts.append(_read_call(self._call.text))
        if self._call.closed:
            if self._call.broken:
                parts.append(BrokenCallPart())
            self._enter(Phase.TEXT)
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


class _CallReader:
    """Follow the JSON of one call, so that a closing mark inside a string ends nothing."""

    def __init__(self, close: str) -> None:
        """Expect one JSON object and then the closing mark, if the syntax has one."""
        self.text = ""
        self.complete = self.broken = self.closed = False
        self._close = close
        self._depth = 0
        self._in_string = self._escaped = False
        self._tail = ""

    def feed(self, text: str) -> str:
        """Read on and return what lies behind the call."""
        position = 0
        while position < len(text) and not self.complete and not self.broken:
            self._follow(text[position])
            position += 1
        rest = text[position:]
        if not self.complete and not self.broken:
            return ""
        return self._feed_tail(rest)

    def _follow(self, character: str) -> None:
        """Advance by one character of JSON."""
        self.text += character
        if self._in_string:
            self._in_string = character != '"' or self._escaped
            self._escaped = character == "\\" and not self._escaped
        elif character == '"' and self._depth:
            self._in_string = True
        elif character == "{":
            self._depth += 1
        elif character == "}" and self._depth:
            self._depth -= 1
            self.complete = not self._depth
        elif not self._depth and not character.isspace():
            self.broken = True
            self._tail = self.text

    def _feed_tail(self, text: str) -> str:
        """Drop what follows the object, up to the closing mark."""
        if not self._close:
            self.closed = self.complete
            return text if self.complete else ""
        self._tail += text
        position = self._tail.find(self._close)
        if position < 0:
            self._tail = self._tail[len(self._tail) - _overlap(self._tail, self._close) :]
            return ""
        self.closed = True
        return self._tail[position + len(self._close) :]


def _overlap(text: str, mark: str) -> int:
    """Return how many characters at the end of a text may be the beginning of a mark."""
    return next((size for size in range(min(len(mark) - 1, len(text)), 0, -1) if text.endswith(mark[:size])), 0)


def _read_call(text: str) -> CallPart | BrokenCallPart:
    """Read a call's JSON; the arguments may be given under either name, and as an object or as JSON in a string."""
    try:
        call: Any = json.loads(text)
        arguments: Any = next((call[key] for key in ("arguments", "parameters") if key in call), {})
        arguments = json.loads(arguments) if isinstance(arguments, str) else arguments
    except ValueError, RecursionError:
        return BrokenCallPart()
    name = call.get("name")
    if not isinstance(name, str) or not isinstance(arguments, dict):
        return BrokenCallPart()
    # A lone surrogate is legal in JSON but cannot be encoded on the wire.
    return CallPart(name, json.dumps(arguments, ensure_ascii=False).encode("utf-8", "replace").decode())


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
        shown = len(text) - max((_overlap(text, stop) for stop in self._stops), default=0)
        self._held = text[shown:]
        return text[:shown]

    def finish(self) -> str:
        """Return what was held back."""
        held, self._held = self._held, ""
        return held
