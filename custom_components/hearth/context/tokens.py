"""Guess how many tokens a text will be, rather too many than too few."""

import json
import math
import re
from typing import Any

# Digits and punctuation are mostly a token each; letters come in pieces of three bytes or more.
_SINGLES = re.compile(r"[^\w\s]|\d")
# In JSON they come in runs that every tokenizer has seen a million times: quote, colon, quote.
_RUNS = re.compile(r"[^\w\s]+|\d")
_BYTES_PER_TOKEN = 3


def estimate_tokens(text: str) -> int:
    """Return a cautious count of tokens; that of two texts together is never more than the sum of both."""
    singles = _SINGLES.findall(text)
    letters = _bytes("".join(text.split())) - _bytes("".join(singles))
    return len(singles) + math.ceil(letters / _BYTES_PER_TOKEN) + text.count("\n")


def estimate_json_tokens(value: Any) -> int:
    """Return a cautious count of the tokens of a value that is written as JSON."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    runs = _RUNS.findall(text)
    letters = _bytes("".join(text.split())) - _bytes("".join(runs))
    return len(runs) + math.ceil(letters / _BYTES_PER_TOKEN)


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
