"""Tell what kind of answer a question asks for, and whether a text has one, in the languages that Hearth speaks.

All texts are words as `words_of` folds them. What is not recognised asks for nothing in particular.
"""

from enum import StrEnum
from functools import cache
from pathlib import Path
import re
import tomllib
from typing import Final

_FILE: Final = Path(__file__).parent / "answers.toml"


class AnswerKind(StrEnum):
    """A kind of answer that can be told by its form; each is a key of answers.toml."""

    TIME = "time"
    FIGURE = "figure"


def asked_for(words: list[str]) -> AnswerKind | None:
    """Return the kind of answer that a question asks for."""
    question = " ".join(words)
    return next((kind for kind in AnswerKind if _questions(kind).search(question)), None)


def has(kind: AnswerKind, words: frozenset[str], asked: frozenset[str]) -> bool:
    """Tell whether a text has such an answer: none that stands in the question already."""
    answers = _answers(kind)
    return any(word in answers or any(char.isdigit() for char in word) for word in words - asked)


def is_own(words: frozenset[str]) -> bool:
    """Tell whether somebody asks for what is their own."""
    return not words.isdisjoint(_listed()["own"]["words"])


@cache
def _questions(kind: AnswerKind) -> re.Pattern[str]:
    """Return what finds the questions for a kind of answer."""
    return re.compile("|".join(rf"\b(?:{question})\b" for question in _listed()[kind]["questions"]))


@cache
def _answers(kind: AnswerKind) -> frozenset[str]:
    """Return the words that are such an answer beside figures."""
    return frozenset(" ".join(_listed()[kind]["answers"]).split())


@cache
def _listed() -> dict[str, dict[str, list[str]]]:
    """Return what is written down of each kind."""
    return tomllib.loads(_FILE.read_text("utf-8"))
