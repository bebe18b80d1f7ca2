"""Guess how many tokens a text will be, rather too many than too few."""

import math
import re

# Digits and punctuation are mostly a token each; letters come in pieces of three bytes or more.
_SINGLES = re.compile(r"[^\w\s]|\d")
_BYTES_PER_TOKEN = 3


def estimate_tokens(text: str) -> int:
    """Return a cautious count of tokens; that of two texts together is never more than the sum of both."""
    singles = _SINGLES.findall(text)
    letters = _bytes("".join(text.split())) - _bytes("".join(singles))
    return len(singles) + math.ceil(letters / _BYTES_PER_TOKEN) + text.count("\n")


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
