"""Find things by what was said of their names."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
import math
from typing import Self

type Tokens = tuple[str, ...]

_SHORT = 4
_INFLECTED, _COMPOUND = 0.9, 0.75
# An ending may take so many letters, and what is left must be most of the word.
_ENDING = 3
_STEM_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Words:
    """The words of names and how rare each is; `alike` has them by their first and by their last letters."""

    weights: Mapping[str, float]
    alike: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, names: Sequence[Iterable[Tokens]], more: Iterable[Tokens] = ()) -> Self:
        """Weigh the words of things, each by its names; those of `more` names that no thing has count as rare."""
        counts = Counter(token for some in names for token in {token for name in some for token in name})
        counts.update(token for name in more for token in name if token not in counts)
        weights = {token: math.log(1 + len(names) / count) + 0.1 for token, count in counts.items()}
        alike: dict[str, list[str]] = defaultdict(list)
        for word in weights:
            for part in _parts(word):
                alike[part].append(word)
        return cls(weights, alike)

    def said(self, tokens: Iterable[str]) -> dict[str, float]:
        """Return which of the words were said, and how surely each."""
        said: dict[str, float] = {}
        for token in set(tokens):
            for word in self._like(token):
                if (likeness := _likeness(token, word)) > said.get(word, 0.0):
                    said[word] = likeness
        return said

    def _like(self, token: str) -> Iterator[str]:
        """Yield every word that is anything like one that was said, and few others."""
        yield from (word for word in (token, f"{token}s", token.removesuffix("s")) if word in self.weights)
        for part in _parts(token):
            yield from self.alike.get(part, ())


@dataclass(frozen=True, slots=True)
class Names:
    """The names of things: of each name whose it is and how many words it has; of each word in which names it stands.

    With a place of a word stands which part of the name it makes up, from 0 to 1.
    """

    names: Sequence[tuple[str, int]]
    places: Mapping[str, Sequence[tuple[int, float]]]

    @classmethod
    def of(cls, things: Mapping[str, Iterable[Tokens]], words: Words) -> Self:
        """Take each thing's names; their rare words count most."""
        names: list[tuple[str, int]] = []
        places: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for thing, name in ((thing, name) for thing, some in things.items() for name in some):
            whole = sum(words.weights[word] for word in name)
            for word in name:
                places[word].append((len(names), words.weights[word] / whole))
            names.append((thing, len(name)))
        return cls(names, places)

    def shares(self, said: Mapping[str, float]) -> dict[str, float]:
        """Return how much of each thing's name was said, from 0 to 1; without those of which nothing was."""
        shares: dict[int, float] = defaultdict(float)
        for word, likeness in said.items():
            for name, part in self.places.get(word, ()):
                shares[name] += likeness * part
        return self._by_thing(shares)

    def counts(self, said: Mapping[str, float]) -> dict[str, float]:
        """Return how many words of each thing's name were said, one more for all; without those with none."""
        found: dict[int, list[float]] = defaultdict(list)
        for word, likeness in said.items():
            for name, _part in self.places.get(word, ()):
                found[name].append(likeness)
        return self._by_thing({name: sum(some) + (len(some) == self.names[name][1]) for name, some in found.items()})

    def _by_thing(self, values: Mapping[int, float]) -> dict[str, float]:
        """Return the best value of each thing's names."""
        best: dict[str, float] = {}
        for name, value in values.items():
            thing, _length = self.names[name]
            best[thing] = max(value, best.get(thing, 0.0))
        return best


def _parts(word: str) -> set[str]:
    """Return the parts of which words that are like each other share one."""
    return {f"{word[:_SHORT]}-", f"-{word[-_SHORT:]}"} if len(word) >= _SHORT else set()


def _likeness(said: str, word: str) -> float:
    """Return how surely a word that was said is one of a name: the same, inflected, or a part of one put together."""
    if said == word:
        return 1.0
    shorter, longer = sorted((said, word), key=len)
    if len(shorter) < _SHORT:
        return _INFLECTED if longer == f"{shorter}s" else 0.0
    if longer.endswith(shorter) or (longer.startswith(shorter) and len(longer) - len(shorter) >= _SHORT):
        return _COMPOUND
    stem = max(len(longer) - _ENDING, len(longer) * _STEM_SHARE, _SHORT)
    return _INFLECTED if longer[: math.ceil(stem)] == shorter[: math.ceil(stem)] else 0.0
