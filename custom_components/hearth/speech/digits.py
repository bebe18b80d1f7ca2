"""Find a number that is said digit by digit, or in pairs of digits."""

from collections.abc import Iterator
import re
from typing import Final
import unicodedata

from unicode_rbnf import FormatOptions, RbnfEngine

SPELLED_IN: Final = ("de", "en", "es", "fr", "nl")

# What people say besides.
_ALSO: Final = {"oh": "0", "zwo": "2", "één": "1"}
_MOST: Final = 99
_SHORTEST: Final = 4
# Between the parts of "forty-seven", which may also be written as one word or as two.
_JOINT: Final = re.compile(r"[\s\xad-]+")
_WRITTEN_ALSO: Final = {"ß": "(?:ß|ss)", "ü": "(?:ü|ue?)", "ö": "(?:ö|oe?)"}


def _spelled() -> Iterator[tuple[str, str]]:
    """Yield each number up to two digits as it is spelled in each language."""
    for language in SPELLED_IN:
        engine = RbnfEngine.for_language(language)
        for number in range(_MOST + 1):
            yield engine.format_number(number, options=FormatOptions.PRESERVE_SOFT_HYPENS).text, str(number)
    yield from _ALSO.items()


def _pattern(text: str) -> str:
    """Return what finds a spelled number, with accents and without."""
    parts = ("".join(map(_letter, part)) for part in _JOINT.split(text))
    return r"[\s\xad-]*".join(parts)


def _letter(letter: str) -> str:
    plain = _plain(letter)
    return _WRITTEN_ALSO.get(letter) or (letter if plain == letter else f"[{letter}{plain}]")


def _plain(text: str) -> str:
    """Return a text without accents."""
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))


def _key(text: str) -> str:
    """Return what a spelled number is looked up by, however it is written."""
    return _plain(_JOINT.sub("", text).casefold()).replace("ue", "u").replace("oe", "o")


_SPELLED: Final = dict(_spelled())
_FIGURES: Final = {_key(text): figures for text, figures in _SPELLED.items()}
# "Forty-seven" before "forty".
_WORDS: Final = "|".join(map(_pattern, sorted(_SPELLED, key=len, reverse=True)))
_NUMBER: Final = re.compile(rf"\d|\b(?:{_WORDS})\b", re.IGNORECASE)
_RUN: Final = re.compile(rf"(?:{_NUMBER.pattern})(?:[\s.,\-]*(?:{_NUMBER.pattern}))*", re.IGNORECASE)


def find_digits(text: str, mask: str = "••••") -> tuple[str, str] | None:
    """Return the longest run of four digits or more in a text, in figures or words of any of our languages.

    Beside it stands the text with every such run masked; None where there is none.
    """
    found: list[str] = []

    def masked(run: re.Match[str]) -> str:
        digits = "".join(map(_figures, _NUMBER.findall(run[0])))
        if len(digits) < _SHORTEST:
            return run[0]
        found.append(digits)
        return mask

    without = _RUN.sub(masked, text)
    return (max(found, key=len), without) if found else None


def _figures(number: str) -> str:
    """Return a number, whatever it is written or said in, as figures."""
    return _FIGURES.get(_key(number)) or str(int(number))
