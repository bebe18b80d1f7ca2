"""Say what a passage is to those who look for it: one that may be meant, and one that was judged."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


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
class Signals:
    """What speaks for a passage: the cosine, None without vectors, and the share of the question's words that it has.

    What speaks against it: the share of the question's figures that it lacks, and 1 if it `evades`, having no answer of
    the kind that is asked for. `own` is 1 where somebody asks for their own and it is.
    """

    cosine: float | None
    coverage: float
    missing: float = 0.0
    evades: float = 0.0
    own: float = 0.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage with what speaks for it; the score and the recency lie between 0 and 1.

    `recency` is None for what does not age.
    """

    passage: Candidate
    order: float
    score: float
    signals: Signals
    recency: float | None

    @property
    def cosine(self) -> float | None:
        """Return how near the passage is to the question, None without vectors."""
        return self.signals.cosine

    @property
    def coverage(self) -> float:
        """Return the share of what the question's words weigh that the passage has."""
        return self.signals.coverage
