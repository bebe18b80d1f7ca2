"""Define what every way to write tool calls must offer, and read calls that stand in brackets."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
import json
import re
from typing import Any

from hearthd.engine.formats.grammar import Grammar
from hearthd.engine.formats.json_schema import Schema
from hearthd.engine.formats.notation import literal
from hearthd.engine.formats.reply import BrokenCallPart, CallPart, CallReader, ReplyPart, find_mark

# A tool's name and the schema of its arguments.
type Signature = tuple[str, Schema]
# A call's name and arguments.
type Call = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class CallSyntax(ABC):
    """One way to write tool calls: to read it, to write it and to hold a model to it.

    `opens` are the marks behind which calls begin, the first of them the one to be written; `close` stands behind
    them, `inner` inside. `bare` means that a reply which begins with a brace is a call too.
    """

    opens: tuple[str, ...]
    close: str = ""
    inner: tuple[str, ...] = ()
    bare: bool = False

    @property
    def strays(self) -> tuple[str, ...]:
        """Return the marks that say nothing outside a call, and are never shown."""
        return (*self.inner, *([self.close] if self.close else []))

    @abstractmethod
    def reader(self, tools: Sequence[Signature], mark: str) -> CallReader:
        """Return a reader of what follows one of the marks that open calls."""

    @abstractmethod
    def write(self, calls: Sequence[Call]) -> str:
        """Return calls as a model writes them, for templates that do not."""

    @abstractmethod
    def grammar(self, grammar: Grammar, tools: Sequence[Signature], *, several: bool) -> str:
        """Add rules and return the expression of what follows the mark, with more calls behind it if `several`."""

    def with_more(self, call: str, *, several: bool) -> str:
        """Return the expression of a call, with more of them, each behind its own mark, if `several`."""
        return f"{call} (space {literal(self.opens[0])} {call})*" if several else call


@dataclass(frozen=True, slots=True)
class Brackets:
    """How to find the end of a body in brackets: which of them open it, and what delimits its strings.

    `head` is what may stand between the mark and the body.
    """

    opening: str = "{["
    quotes: tuple[str, ...] = ('"',)
    escape: str = "\\"
    head: re.Pattern[str] = re.compile(r"\s*")


class BracketReader:
    """Follow a body in brackets, so that marks and brackets inside its strings end nothing."""

    def __init__(
        self, brackets: Brackets, close: str, parse: Callable[[str, str], list[ReplyPart]], opens: tuple[str, ...] = ()
    ) -> None:
        """Read one body and then the closing mark, if there is one; `parse` gets what stands before it and the body.

        Behind a whole body, one of `opens` ends the calls as well as the closing mark does.
        """
        self.closed = False
        self._brackets = brackets
        self._close = close
        self._parse = parse
        self._opens = opens
        self._head = self._body = self._tail = self._quote = ""
        self._escaped = False
        self._depth = 0
        self._complete = self._broken = False

    def feed(self, text: str) -> tuple[list[ReplyPart], str]:
        """Read on; return the calls that are whole now, and the text behind the end."""
        was_complete = self._complete
        position = 0
        while position < len(text) and not self._is_over:
            self._follow(text[position])
            position += 1
        parts = self._parse(self._head, self._body) if self._complete and not was_complete else []
        rest = self._feed_tail(text[position:]) if self._is_over else ""
        return [BrokenCallPart()] if self.closed and self._broken else parts, rest

    def finish(self) -> list[ReplyPart]:
        """End the reply; a body that is not whole is broken."""
        return [] if self._complete else [BrokenCallPart()]

    @property
    def _is_over(self) -> bool:
        """Return whether the body has ended, or was none."""
        return self._complete or self._broken

    def _follow(self, character: str) -> None:
        """Advance by one character."""
        if self._depth:
            self._body += character
            self._follow_body(character)
        elif character in self._brackets.opening:
            if self._brackets.head.fullmatch(self._head):
                self._body = character
                self._depth = 1
            else:
                self._broken, self._tail = True, self._head
        else:
            self._head += character
            self._broken = bool(self._close) and self._head.endswith(self._close)
            self._tail = self._head if self._broken else ""

    def _follow_body(self, character: str) -> None:
        """Advance by one character inside the brackets."""
        if self._quote:
            if self._escaped:
                self._escaped = False
            elif character == self._brackets.escape:
                self._escaped = True
            elif self._body.endswith(self._quote):
                self._quote = ""
        elif quote := next((quote for quote in self._brackets.quotes if self._body.endswith(quote)), ""):
            self._quote = quote
        elif character in "([{":
            self._depth += 1
        elif character in ")]}":
            self._depth -= 1
            self._complete = not self._depth

    def _feed_tail(self, text: str) -> str:
        """Drop what follows, up to the closing mark."""
        if not self._close:
            self.closed = self._complete
            return text if self._complete else ""
        self._tail += text
        words = self._tail.lstrip()
        if self._complete and any(words.startswith(mark) for mark in self._opens):
            self.closed = True
            return words
        position, mark = find_mark(self._tail, (self._close,))
        if mark is None:
            if not any(mark.startswith(words) for mark in self._opens):
                self._opens = ()
                self._tail = self._tail[position:]
            return ""
        self.closed = True
        return self._tail[position + len(mark) :]


def read_json(text: str) -> Any:
    """Return JSON as a value; NaN and infinities are none.

    Raises:
        ValueError: the text is not JSON, or is nested beyond reason.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as err:
        raise ValueError("too deep") from err


def _refuse_constant(name: str) -> None:
    """Refuse what Python reads as JSON but nobody else does."""
    raise ValueError(name)


def call_part(name: Any, arguments: Any) -> ReplyPart:
    """Return a call whose arguments are an object, or JSON of one in a string."""
    try:
        arguments = read_json(arguments) if isinstance(arguments, str) else arguments
        # A lone surrogate is legal in JSON but cannot be encoded on the wire; a number too large has become infinite.
        written = json.dumps(arguments, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace").decode()
    except ValueError:
        return BrokenCallPart()
    if not isinstance(name, str) or not isinstance(arguments, dict):
        return BrokenCallPart()
    return CallPart(name, written)
