"""Judge what both indexes brought: how sure it is, in which order it comes, and what says the same twice.

Pure: no clock, no database, no model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hearthd.library.query_words import stem, words_of

_DAY: Final = 24 * 60 * 60.0
# Characters of one passage, however many neighbours were found.
_LONGEST: Final = 2400

# After how many days half of what a passage gains by being recent is gone; what is not named here does not age.
HALF_LIFE_DAYS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "notifications": 1.0,
        "feeds": 3.0,
        "history": 7.0,
        "calendar": 14.0,
        "conversations": 14.0,
        "mail": 21.0,
        "todo": 30.0,
    }
)


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic function of what speaks for a passage, and of the share of the question's figures that it lacks."""

    bias: float
    cosine: float
    coverage: float
    missing: float

    def of(self, cosine: float, coverage: float, missing: float) -> float:
        """Return a number between 0 and 1."""
        return _logistic(self.bias + self.cosine * cosine + self.coverage * coverage + self.missing * missing)


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each signal counts, as fitted on one half of bench/household and judged on the other.

    The order is made of the ranks fused, of relevance, recency and the pin; `fusion_depth` is the constant of
    reciprocal rank fusion. Relevance, which orders, and the score, which says how sure one can be, are logistic
    functions of the cosine, the coverage and the question's figures that are missing. Where there is no vector, the
    score is one of the coverage alone (`lone_...`).
    """

    fusion: float = 0.3
    recency: float = 0.08
    pin: float = 0.1
    fusion_depth: float = 3.0
    relevance: Logistic = Logistic(-5.4, 5.4, 4.7, -3.5)
    score: Logistic = Logistic(-4.2, 5.1, 2.2, -6.0)
    lone_score: Logistic = Logistic(-3.0, 0.0, 5.0, -3.0)


WEIGHTS: Final = Weights()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may be meant; times are in Unix seconds, `vector` has length one."""

    key: int
    id: str
    collection: str
    item: str
    owner: str
    title: str
    headings: tuple[str, ...]
    text: str
    start: int
    end: int
    position: int
    time: float | None
    url: str | None
    pinned: bool
    vector: NDArray[np.float32] | None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage with what speaks for it; all but the order and the cosine lie between 0 and 1.

    `coverage` is the share of the question's words that it has; `recency` is None for what does not age.
    """

    passage: Candidate
    order: float
    score: float
    cosine: float | None
    coverage: float
    recency: float | None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the words that count with their weights, and the vector if there is one.

    `vector_ranks` and `keyword_ranks` say at which place, from 0, each index found a passage, by its key.
    """

    words: Mapping[str, float]
    vector: NDArray[np.float32] | None
    vector_ranks: Mapping[int, int]
    keyword_ranks: Mapping[int, int]


def word_weight(found_in: int, total: int) -> float:
    """Return how much a word tells that so many of all passages have (inverse document frequency)."""
    return log(1.0 + (total - min(found_in, total) + 0.5) / (min(found_in, total) + 0.5))


def rank(
    question: Question, candidates: Sequence[Candidate], now: float, limit: int, weights: Weights = WEIGHTS
) -> list[Ranked]:
    """Return the best passages, the best first, neighbours joined and no text twice."""
    return _chosen([_judge(question, one, now, weights) for one in candidates], limit)


def rank_alone(
    question: Question, candidates: Sequence[Candidate], now: float, limit: int, *, by_vector: bool
) -> list[Ranked]:
    """Return the best passages in the order of one index alone, to compare it with both together."""
    ranks = question.vector_ranks if by_vector else question.keyword_ranks
    judged = [_judge(question, one, now, WEIGHTS) for one in candidates if one.key in ranks]
    return _chosen([replace(one, order=-float(ranks[one.passage.key])) for one in judged], limit)


def _chosen(judged: list[Ranked], limit: int) -> list[Ranked]:
    """Put passages into their order, join neighbours and leave out what says the same as a better one."""
    judged.sort(key=lambda one: -one.order)
    chosen: list[Ranked] = []
    texts: list[frozenset[str]] = []
    for one in judged:
        place = next((at for at, other in enumerate(chosen) if _touch(one.passage, other.passage)), None)
        if place is not None:
            chosen[place] = _joined(chosen[place], one)
            continue
        if len(chosen) == limit:
            continue
        text = frozenset(words_of(one.passage.text))
        if any(_same(text, other) for other in texts):
            continue
        chosen.append(one)
        texts.append(text)
    return chosen


def recency(collection: str, at: float | None, now: float, *, pinned: bool) -> float | None:
    """Return how recent something is, from 1 (now) to 0; None for what does not age or has no time."""
    half_life = HALF_LIFE_DAYS.get(collection)
    if half_life is None or at is None or pinned:
        return None
    # What is to come is as far away as what has been.
    return float(0.5 ** (abs(now - at) / _DAY / half_life))


def _judge(question: Question, passage: Candidate, now: float, weights: Weights) -> Ranked:
    """Weigh what speaks for one passage."""
    cosine = None
    if question.vector is not None and passage.vector is not None:
        cosine = float(question.vector @ passage.vector)
    told = _told(passage)
    coverage, missing = _coverage(question.words, told), _missing_figures(question.words, told)
    signals = (cosine or 0.0, coverage, missing)
    score = (weights.lone_score if cosine is None else weights.score).of(*signals)
    age = recency(passage.collection, passage.time, now, pinned=passage.pinned)
    fused = sum(
        (weights.fusion_depth + 1) / (weights.fusion_depth + 1 + ranks[passage.key]) / 2
        for ranks in (question.vector_ranks, question.keyword_ranks)
        if passage.key in ranks
    )
    order = (
        weights.fusion * fused
        + weights.relevance.of(*signals)
        # What does not age stands in the middle: neither news nor stale.
        + weights.recency * (0.5 if age is None else age)
        + weights.pin * passage.pinned
    )
    return Ranked(passage, order, score, cosine, coverage, age)


def _told(passage: Candidate) -> str:
    """Return a passage's words with its title's and its headings', each between blanks."""
    return f" {' '.join(words_of(' '.join((passage.title, *passage.headings, passage.text))))} "


def _missing_figures(words: Mapping[str, float], told: str) -> float:
    """Return the share of the question's figures and codes that a passage lacks: whoever says one means that one."""
    figures = [word for word in words if any(char.isdigit() for char in word)]
    return sum(f" {figure} " not in told for figure in figures) / len(figures) if figures else 0.0


def _coverage(words: Mapping[str, float], told: str) -> float:
    """Return the share of what the question's words weigh that is told, in one form or another."""
    total = sum(words.values())
    if not total:
        return 0.0
    found = 0.0
    for word, weight in words.items():
        beginning = stem(word)
        if f" {word} " in told if beginning is None else f" {beginning}" in told:
            found += weight
    return found / total


def _touch(one: Candidate, other: Candidate) -> bool:
    """Tell whether two passages lie next to each other or over each other in one item, and are not long together."""
    if (one.collection, one.item) != (other.collection, other.item):
        return False
    if max(one.end, other.end) - min(one.start, other.start) > _LONGEST:
        return False
    return one.headings == other.headings and one.start <= other.end + 2 and other.start <= one.end + 2


def _joined(chosen: Ranked, other: Ranked) -> Ranked:
    """Return a passage with its neighbour's text; what it scored stays, as its best part did."""
    first, second = sorted((chosen.passage, other.passage), key=lambda one: (one.start, one.end))
    if second.end <= first.end:
        text, end = first.text, first.end
    else:
        overlap = first.end - second.start
        gap = " " * max(0, -overlap)
        text, end = first.text + gap + second.text[max(0, overlap) :], second.end
    passage = replace(chosen.passage, text=text, start=first.start, end=end, position=first.position)
    return replace(chosen, passage=passage, score=max(chosen.score, other.score))


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether two texts say the same: all but the same words, and no other number among them."""
    both = len(one & other)
    if both < 0.95 * len(one | other):
        return False
    return not any(char.isdigit() for word in one ^ other for char in word)


def _logistic(value: float) -> float:
    """Map any number to one between 0 and 1."""
    return 1.0 / (1.0 + exp(-max(-60.0, min(60.0, value))))
