"""Accept one value of a setting, or say in one line what is wrong with it."""

from collections.abc import Callable
from pathlib import Path
import re
from typing import Any
from urllib.parse import urlsplit

_SHOWN_LENGTH = 60


class SettingsError(Exception):
    """A setting is wrong; the message is one line for the person who made it."""


def is_set(value: Any) -> bool:
    """Tell a value from the empty ones that forms and compose files leave behind."""
    return value is not None and value != ""


def text(value: Any) -> str:
    """Accept a text."""
    if not isinstance(value, str) or not value:
        raise SettingsError("a text is expected")
    return value


def token(value: Any) -> str:
    """Accept what can stand in an HTTP header."""
    if not re.fullmatch(r"[!-~]+", text(value)):
        raise SettingsError("letters, digits and signs without spaces are expected")
    return str(value)


def base_url(value: Any) -> str:
    """Accept the address of a server, without a key in it."""
    try:
        parts = urlsplit(text(value))
        _ = parts.port
    except ValueError as err:
        raise SettingsError(f"the address is wrong: {err}") from err
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError(f"{shown(value)} is not an address that begins with http:// or https://")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise SettingsError("the address may have a host, a port and a path only")
    return str(value).rstrip("/")


def switch(value: Any) -> bool:
    """Accept a yes or a no."""
    words = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}
    chosen = value if isinstance(value, bool) else words.get(str(value).strip().lower())
    if chosen is None:
        raise SettingsError(f"{shown(value)} is neither yes nor no")
    return chosen


def path(value: Any) -> Path:
    """Accept a path."""
    return Path(text(value)).expanduser().absolute()


def one_of[T: str](*known: T) -> Callable[[Any], T]:
    """Accept one of some words, in capitals or not."""

    def parse(value: Any) -> T:
        """Find it among the words."""
        word = text(value).lower()
        for one in known:
            if word == one:
                return one
        raise SettingsError(f"{shown(value)} is not one of {', '.join(known)}")

    return parse


def or_auto[T](parse: Callable[[Any], T]) -> Callable[[Any], T | None]:
    """Accept also the word that leaves the choice to the engine."""
    return lambda value: None if str(value).lower() == "auto" else parse(value)


def whole(minimum: int, maximum: int) -> Callable[[Any], int]:
    """Accept a whole number within limits."""

    def parse(value: Any) -> int:
        """Accept it as a number or as digits."""
        is_number = type(value) is int or (isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value.strip()))
        if not is_number or not minimum <= int(value) <= maximum:
            raise SettingsError(f"{shown(value)} is not a whole number from {minimum} to {maximum}")
        return int(value)

    return parse


def shown(value: Any) -> str:
    """Return a wrong value on one line and no longer than one."""
    words = repr(value)
    return words if len(words) <= _SHOWN_LENGTH else f"{words[:_SHOWN_LENGTH]}..."


def parse_value[T](source: str, parse: Callable[[Any], T], value: Any) -> T:
    """Parse a value and say where a wrong one came from."""
    try:
        return parse(value)
    except SettingsError as err:
        raise SettingsError(f"{source}: {err}") from err
