"""Read the fields of a JSON object strictly."""

from base64 import b64decode
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import Any

from .errors import EngineProtocolError


class Fields:
    """A JSON object that refuses what is missing or of another type with EngineProtocolError.

    The `optional_` readers take an absent field and null for None: an engine that is older by some additions to the
    protocol is still understood.
    """

    def __init__(self, body: Any) -> None:
        """Take a parsed body; raises EngineProtocolError for anything but an object."""
        if not isinstance(body, dict):
            raise EngineProtocolError("an object was expected")
        self._body: dict[str, Any] = body

    def _read[T](self, name: str, kind: type[T] | tuple[type[T], ...]) -> T:
        value = self._body.get(name)
        if not isinstance(value, kind):
            raise EngineProtocolError(f"field {name} is missing or of the wrong type")
        return value

    def _optional[T](self, name: str, read: Callable[[str], T]) -> T | None:
        return None if self._body.get(name) is None else read(name)

    def text(self, name: str) -> str:
        """Return a text."""
        return self._read(name, str)

    def octets(self, name: str) -> bytes:
        """Return bytes, which are in base64 on the wire."""
        try:
            return b64decode(self.text(name), validate=True)
        except binascii.Error as err:
            raise EngineProtocolError(f"field {name} is not base64") from err

    def whole(self, name: str) -> int:
        """Return a whole number."""
        return self._read(name, int)

    def number(self, name: str) -> float:
        """Return a number."""
        return self._read(name, (int, float))

    def flag(self, name: str) -> bool:
        """Return true or false."""
        return self._read(name, bool)

    def mapping(self, name: str) -> dict[str, Any]:
        """Return an object as it is."""
        return self._read(name, dict)

    def items(self, name: str) -> list[Any]:
        """Return a list as it is."""
        return self._read(name, list)

    def optional_text(self, name: str) -> str | None:
        """Return a text or None."""
        return self._optional(name, self.text)

    def optional_whole(self, name: str) -> int | None:
        """Return a whole number or None."""
        return self._optional(name, self.whole)

    def optional_number(self, name: str) -> float | None:
        """Return a number or None."""
        return self._optional(name, self.number)

    def optional_flag(self, name: str) -> bool | None:
        """Return true, false or None."""
        return self._optional(name, self.flag)

    def optional_time(self, name: str) -> datetime | None:
        """Return a moment with its time zone (ISO 8601 on the wire), or None."""
        if (text := self.optional_text(name)) is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as err:
            raise EngineProtocolError(f"field {name} is no moment") from err
        if moment.tzinfo is None:
            raise EngineProtocolError(f"field {name} has no time zone")
        return moment

    def optional_mapping(self, name: str) -> dict[str, Any] | None:
        """Return an object as it is, or None."""
        return self._optional(name, self.mapping)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, empty where the field is absent."""
        values = self._optional(name, self.items) or []
        if not all(isinstance(value, str) for value in values):
            raise EngineProtocolError(f"field {name} holds something other than texts")
        return tuple(values)
