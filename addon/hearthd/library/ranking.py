"""Judge what both indexes brought: how sure it is, and in which order it comes.

Pure: no clock, no database, no model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hearthd.library.expected import AnswerKind, asked_for, has, is_own
from hearthd.library.passage import Candidate, Ranked, Signals
from hearthd.library.query_words import stem, words_of
from hearthd.library.scope import HOUSEHOLD
from hearthd.library.selection import choose, newest_first

_DAY: Final = 24 * 60 * 60.0

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
    """A logistic function of what speaks for a passage; each field but the bias is the weight of a signal."""

    bias: float
    cosine: float
    coverage: float
    missing: float
    evades: float
    own: float

    def of(self, signals: Signals) -> float:
        """Return a number between 0 and 1."""
        return _logistic(
            self.bias
            + self.cosine * (signals.cosine or 0.0)
            + self.coverage * signals.coverage
            + self.missing * signals.missing
            + self.evades * signals.evades
            + self.own * signals.own
        )


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each signal counts, as fitted on one half of bench/household and judged on the other.

    The order is made of the ranks fused, of relevance, recency and the pin; `fusion_depth` is the constant of
    reciprocal rank fusion, `by_vector` and `by_words` are the shares of the two ranks. Relevance, which orders, and the
    score, which says how sure one can be, are logistic functions of the signals. Where there is no vector, both are one
    of the words alone (`lone`).
    """

    fusion: float = 0.3
    by_vector: float = 0.5
    by_words: float = 0.4
    recency: float = 0.08
    pin: float = 0.1
    fusion_depth: float = 3.0
    relevance: Logistic = Logistic(-4.6, 6.0, 1.8, -3.5, -1.0, 1.5)
    score: Logistic = Logistic(-4.75, 6.2, 1.8, -6.0, -1.05, 1.8)
    lone: Logistic = Logistic(-3.0, 0.0, 5.0, -3.0, -1.0, 0.0)


WEIGHTS: Final = Weights()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the text, the words that count with their weights, and the vector if there is one.

    `vector_ranks` and `keyword_ranks` say at which place, from 0, each index found a passage, by its key.
    """

    text: str
    words: Mapping[str, float]
    vector: NDArray[np.float32] | None
    vector_ranks: Mapping[int, int]
    keyword_ranks: Mapping[int, int]


class _Sought(NamedTuple):
    """What every passage is held against: beginnings of words between blanks, with their weights, and what is asked."""

    terms: Sequence[tuple[str, float]]
    total: float
    figures: Sequence[str]
    asked: frozenset[str]
    kind: AnswerKind | None
    is_own: bool


def word_weight(found_in: int, total: int) -> float:
    """Return how much a word tells that so many of all passages have (inverse document frequency)."""
    return log(1.0 + (total - min(found_in, total) + 0.5) / (min(found_in, total) + 0.5))


def rank(
    question: Question, candidates: Sequence[Candidate], now: float, limit: int, weights: Weights = WEIGHTS
) -> list[Ranked]:
    """Return the best passages, the best first, the last word on a matter before older ones."""
    sought = _sought(question)
    judged = [_judge(question, sought, one, now, weights) for one in candidates]
    return choose(newest_first(sorted(judged, key=lambda one: -one.order)), limit)


def rank_alone(
    question: Question, candidates: Sequence[Candidate], now: float, limit: int, *, by_vector: bool
) -> list[Ranked]:
    """Return the best passages in the order of one index alone, to compare it with both together."""
    ranks, sought = question.vector_ranks if by_vector else question.keyword_ranks, _sought(question)
    found = sorted((one for one in candidates if one.key in ranks), key=lambda one: ranks[one.key])
    return choose([_judge(question, sought, one, now, WEIGHTS) for one in found], limit)


def recency(collection: str, at: float | None, now: float, *, pinned: bool) -> float | None:
    """Return how recent something is, from 1 (now) to 0; None for what does not age or has no time."""
    half_life = HALF_LIFE_DAYS.get(collection)
    if half_life is None or at is None or pinned:
        return None
    # What is to come is as far away as what has been.
    return float(0.5 ** (abs(now - at) / _DAY / half_life))


def _sought(question: Question) -> _Sought:
    """Return what to look for in every passage."""
    asked = words_of(question.text)
    return _Sought(
        [(_needle(word), weight) for word, weight in question.words.items()],
        sum(question.words.values()),
        [f" {word} " for word in question.words if any(char.isdigit() for char in word)],
        frozenset(asked),
        asked_for(asked),
        is_own(frozenset(asked)),
    )


def _needle(word: str) -> str:
    """Return how a word or one of its forms stands in a text whose words are between blanks."""
    beginning = stem(word)
    return f" {word} " if beginning is None else f" {beginning}"


def _judge(question: Question, sought: _Sought, passage: Candidate, now: float, weights: Weights) -> Ranked:
    """Weigh what speaks for one passage."""
    signals = _signals(question, sought, passage)
    is_lone = signals.cosine is None
    age = recency(passage.collection, passage.time, now, pinned=passage.pinned)
    fused = sum(
        share * (weights.fusion_depth + 1) / (weights.fusion_depth + 1 + ranks[passage.key])
        for share, ranks in ((weights.by_vector, question.vector_ranks), (weights.by_words, question.keyword_ranks))
        if passage.key in ranks
    )
    order = (
        weights.fusion * fused
        + (weights.lone if is_lone else weights.relevance).of(signals)
        # What does not age stands in the middle: neither news nor stale.
        + weights.recency * (0.5 if age is None else age)
        + weights.pin * passage.pinned
    )
    return Ranked(passage, order, (weights.lone if is_lone else weights.score).of(signals), signals, age)


def _signals(question: Question, sought: _Sought, passage: Candidate) -> Signals:
    """Hold a passage, with its title and headings, against what is asked."""
    cosine = None
    if question.vector is not None and passage.vector is not None:
        cosine = float(question.vector @ passage.vector)
    place, text = words_of(" ".join((passage.title, *passage.headings))), words_of(passage.text)
    told = f" {' '.join((*place, *text))} "
    return Signals(
        cosine,
        sum(weight for needle, weight in sought.terms if needle in told) / (sought.total or 1.0),
        # Whoever says a figure or a code means that one.
        sum(figure not in told for figure in sought.figures) / (len(sought.figures) or 1),
        float(sought.kind is not None and not has(sought.kind, frozenset(text), sought.asked)),
        float(sought.is_own and passage.owner != HOUSEHOLD),
    )


def _logistic(value: float) -> float:
    """Map any number to one between 0 and 1."""
    return 1.0 / (1.0 + exp(-max(-60.0, min(60.0, value))))
