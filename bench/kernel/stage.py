"""What every row of the benchmark is measured with: servers, models, the recorded day, and how often."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
import random
from typing import Any

from demo.progress import Progress

from .day import Day
from .servers import Launcher, Setup

# As many as llama-server is given slots: a voice, a prefill and two generations.
PARALLEL = 4
_CONTEXT_LENGTH = 16_384
_CELLS = 32_768

_WORDS = (
    *("the", "kitchen", "lamp", "was", "warm", "while", "rain", "fell", "on", "a", "garden", "and", "somebody"),
    *("closed", "window", "before", "long", "walk", "home", "under", "old", "trees", "where", "children", "had"),
)
# What a word of these comes to, with what the chat template adds.
_WORDS_PER_TOKEN = 0.85


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything a row needs; `small` is of the same vocabulary as `large`, but has next to no weights."""

    launcher: Launcher
    large: Setup
    small: Setup
    day: Day
    rounds: int
    progress: Progress


def setup(model: Path, threads: int) -> Setup:
    """Return what all servers are told alike of a model."""
    return Setup(model, threads, _CONTEXT_LENGTH, PARALLEL, _CELLS)


def short(body: Mapping[str, Any], max_tokens: int = 1) -> dict[str, Any]:
    """Return a recorded request that is content with a short reply."""
    return {**body, "max_tokens": max_tokens}


def foreign(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return one of Hearth's requests without what only its own engine understands."""
    return {name: value for name, value in body.items() if name not in {"hearth", "reasoning_effort"}}


def chatter(tokens: int, seed: int, *, max_tokens: int, priority: str = "chat") -> dict[str, Any]:
    """Return a request of about so many prompt tokens that no other seed's begins like.

    It is drawn, not greedy: a model of random weights that always takes the likeliest token repeats itself, and
    speculation would guess that for nothing.
    """
    chance = random.Random(seed)  # noqa: S311 - filler, not a secret
    words = " ".join(chance.choice(_WORDS) for _ in range(int(tokens * _WORDS_PER_TOKEN)))
    return {
        "messages": [{"role": "user", "content": f"{seed} {words}"}],
        "max_tokens": max_tokens,
        "temperature": 1.0,
        "top_k": 40,
        "seed": seed,
        "hearth": {"priority": priority},
    }
