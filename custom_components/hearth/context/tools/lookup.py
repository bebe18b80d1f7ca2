"""Find what a model calls by name, as people and models name things: not always exactly."""

from collections.abc import Callable, Collection, Mapping

from ..names import Names, Words
from ..vocabulary import fold

# At least a part of one word of a name must have been said; whose name was said as well as the best's is meant too.
_LEAST, _AS_WELL = 0.7, 0.3
_MOST_NAMED = 8


class NotFound(Exception):
    """There is nothing of that name; the words say what there is."""


def choose(
    name: str, counts: Mapping[str, float], candidates: Collection[str], kind: str, called: Callable[[str], str]
) -> list[str]:
    """Return those of whose name as much was said as of the best's, by `counts`.

    Raises NotFound, in words that name some others.
    """
    best = max((counts.get(one, 0.0) for one in candidates), default=0.0)
    if best < _LEAST:
        names = sorted(map(called, candidates))
        named = ", ".join(names[:_MOST_NAMED]) + (" and others" if len(names) > _MOST_NAMED else "")
        there = f"There are: {named}." if names else "There is none that you may see."
        raise NotFound(f"There is no {kind} called '{name[:60]}'. {there}")
    found = [one for one in candidates if counts.get(one, 0.0) >= best - _AS_WELL]
    return sorted(found, key=lambda one: (-counts[one], one))


def named(names: Mapping[str, str], name: str) -> dict[str, float]:
    """Return how many words of the names of things were said, as an index does for entities."""
    tokens = {thing: [tuple(fold(called))] for thing, called in names.items()}
    words = Words.of(list(tokens.values()))
    return Names.of(tokens, words).counts(words.said(fold(name)))
