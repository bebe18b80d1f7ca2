"""Read values that are written in Python's notation or in Gemma's."""

import re
from typing import Any

from hearthd.engine.formats.notation import GEMMA_QUOTE

_WORDS = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_WORD = re.compile(r"[A-Za-z]+")
_BLANKS = re.compile(r"\s*")
_ESCAPED = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "\n": ""}
_STRINGS = {
    '"': re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL),
    "'": re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL),
    GEMMA_QUOTE: re.compile(f"{re.escape(GEMMA_QUOTE)}(.*?){re.escape(GEMMA_QUOTE)}", re.DOTALL),
}
_MAX_DEPTH = 64
_MAX_DIGITS = 300


class ValueReader:
    """Read a text from left to right; every method raises ValueError where something else stands there."""

    def __init__(self, text: str, quotes: tuple[str, ...]) -> None:
        """Start at the beginning; strings stand between any of the quotes."""
        self._text = text
        self._quotes = quotes
        self._position = 0
        self._depth = 0

    def take(self, token: str) -> bool:
        """Step over a token if it stands here, and over blanks before it."""
        self._position = self._blank_end()
        if not self._text.startswith(token, self._position):
            return False
        self._position += len(token)
        return True

    def expect(self, token: str) -> None:
        """Step over a token."""
        if not self.take(token):
            raise ValueError(token)

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Step over what a pattern matches here."""
        found = pattern.match(self._text, self._blank_end())
        if found is not None:
            self._position = found.end()
        return found

    def end(self) -> None:
        """Expect nothing more."""
        if self._blank_end() != len(self._text):
            raise ValueError(self._position)

    def value(self) -> Any:
        """Read any value."""
        if self.take("["):
            return self._nested("]", self.value)
        if self.take("{"):
            return dict(self._nested("}", self._member))
        for quote in self._quotes:
            if self._text.startswith(quote, self._blank_end()):
                return self.string()
        if number := self.match(_NUMBER):
            if len(number[0]) > _MAX_DIGITS:
                raise ValueError(number[0])
            return float(number[0]) if number[1] or number[2] else int(number[0])
        word = self.match(_WORD)
        if word is None or word[0] not in _WORDS:
            raise ValueError(self._position)
        return _WORDS[word[0]]

    def string(self) -> str:
        """Read a string."""
        for quote in self._quotes:
            if found := self.match(_STRINGS[quote]):
                return found[1] if quote == GEMMA_QUOTE else _ESCAPED.sub(_unescaped, found[1])
        raise ValueError(self._position)

    def _nested(self, close: str, read: Any) -> list[Any]:
        """Read items up to a bracket."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise ValueError(self._depth)
        items: list[Any] = []
        while not self.take(close):
            if items:
                self.expect(",")
            items.append(read())
        self._depth -= 1
        return items

    def _member(self) -> tuple[str, Any]:
        """Read one member of an object; its name may stand without quotes in Gemma's notation."""
        bare = self.match(_BARE_KEY) if GEMMA_QUOTE in self._quotes else None
        key = bare[0] if bare else self.string()
        self.expect(":")
        return key, self.value()

    def _blank_end(self) -> int:
        """Return where the blanks that stand here end."""
        blanks = _BLANKS.match(self._text, self._position)
        return blanks.end() if blanks else self._position


_BARE_KEY = re.compile(r"[^\s:{}\[\],<]+")


def _unescaped(escape: re.Match[str]) -> str:
    """Return what an escape sequence stands for."""
    code = escape[1]
    if code[0] in "uUx" and len(code) > 1:
        return chr(int(code[1:], 16))
    return _ESCAPES.get(code, code)
