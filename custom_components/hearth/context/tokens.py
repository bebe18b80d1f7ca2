"""Guess how many tokens a text will be, rather too many than too few."""

import math
import re

# Digits and punctuation are mostly a token each; letters come in pieces of three bytes or more.
_SINGLES = re.compile(r"[^\w\s]|\d")
_SPACES = re.compile(r"\s+")
_BYTES_PER_TOKEN = 3


def estimate_tokens(text: str) -> int:
    """Return a cautious count of tokens; that of two texts together is never more than the sum of both."""
    singles = len(_SINGLES.findall(text))
    letters = _SPACES.sub("", _SINGLES.sub("", text))
    return singles + math.ceil(len(letters.encode()) / _BYTES_PER_TOKEN) + text.count("\n")
