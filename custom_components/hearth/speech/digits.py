"""Find a number that is said digit by digit."""

import re
from typing import Final

_WORDS: Final = {
    "0": ("zero", "oh", "null", "cero", "zéro", "nul"),
    "1": ("one", "eins", "uno", "un", "een", "één"),
    "2": ("two", "zwei", "zwo", "dos", "deux", "twee"),
    "3": ("three", "drei", "tres", "trois", "drie"),
    "4": ("four", "vier", "cuatro", "quatre"),
    "5": ("five", "fünf", "fuenf", "cinco", "cinq", "vijf"),
    "6": ("six", "sechs", "seis", "zes"),
    "7": ("seven", "sieben", "siete", "sept", "zeven"),
    "8": ("eight", "acht", "ocho", "huit"),
    "9": ("nine", "neun", "nueve", "neuf", "negen"),
}
_DIGITS: Final = {word: digit for digit, said in _WORDS.items() for word in said}
_DIGIT: Final = re.compile(rf"\d|\b(?:{'|'.join(map(re.escape, _DIGITS))})\b", re.IGNORECASE)
_RUN: Final = re.compile(rf"(?:{_DIGIT.pattern})(?:[\s.,\-]*(?:{_DIGIT.pattern})){{3,}}", re.IGNORECASE)


def find_digits(text: str, mask: str = "••••") -> tuple[str, str] | None:
    """Return the longest run of four digits or more in a text, written or said in any of our languages.

    Beside it stands the text with every such run masked; None where there is none.
    """
    runs = _RUN.findall(text)
    if not runs:
        return None
    found = ["".join(_figure(digit) for digit in _DIGIT.findall(run)) for run in runs]
    return max(found, key=len), _RUN.sub(mask, text)


def _figure(digit: str) -> str:
    """Return a digit, whatever it is written or said in, as a figure."""
    return _DIGITS.get(digit.casefold()) or str(int(digit))
