"""Find entities by words: by their names, their areas and their kinds."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
import math
from typing import Self

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.const import ATTR_DEVICE_CLASS
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import area_registry as ar, entity_registry as er, floor_registry as fr

from .area import area_id_of
from .entity import names_of
from .vocabulary import Vocabulary, fold

type Tokens = tuple[str, ...]

_SHORT = 4
_INFLECTED, _COMPOUND = 0.9, 0.75
# An ending may take so many letters, and what is left must be most of the word.
_ENDING = 3
_STEM_SHARE = 0.6
# Of a name, so much must have been said for it to count; of an area's, so much for it to be meant.
_NAME_SHARE = 0.34
_AREA_SHARE = 0.75
_WHOLE = 0.99

_NAMED, _NAMED_WHOLE, _IN_AREA, _OF_KIND, _NEARBY = 2.0, 1.0, 1.0, 1.2, 0.25
_OTHER_AREA, _OTHER_KIND = 0.35, 0.5


@dataclass(frozen=True, slots=True)
class Known:
    """What an entity can be found by; `kinds` are its domain, with its device class too."""

    entity_id: str
    names: tuple[Tokens, ...]
    kinds: frozenset[str]
    area_id: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Index:
    """The exposed entities of a home and how rare each word of their names is."""

    known: tuple[Known, ...]
    areas: dict[str, tuple[Tokens, ...]]
    weights: dict[str, float]

    @classmethod
    @callback
    def build(cls, hass: HomeAssistant, assistant: str) -> Self:
        """Read the names of everything that is exposed to an assistant."""
        known = tuple(
            _known(hass, state)
            for state in hass.states.async_all()
            if async_should_expose(hass, assistant, state.entity_id)
        )
        areas = {area.id: tuple(_area_names(hass, area)) for area in ar.async_get(hass).async_list_areas()}
        counts = Counter(token for one in known for token in {token for name in one.names for token in name})
        counts.update(token for names in areas.values() for name in names for token in name if token not in counts)
        weights = {token: math.log(1 + len(known) / count) + 0.1 for token, count in counts.items()}
        return cls(known, areas, weights)

    def scores(
        self,
        words: str,
        vocabulary: Vocabulary,
        area_id: str | None = None,
    ) -> dict[str, float]:
        """Return how much each entity has to do with what somebody said in an area; without those that have nothing."""
        tokens = fold(words)
        said = self._said(vocabulary.understand(words))
        kinds = vocabulary.kinds_of(tokens)
        areas = self._areas(said)
        if area_id is not None and not areas and vocabulary.means_here(tokens):
            areas = {area_id}
        scores = {known.entity_id: self._score(known, said, kinds, areas, area_id) for known in self.known}
        return {entity_id: score for entity_id, score in scores.items() if score > 0}

    def named(self, name: str) -> dict[str, float]:
        """Return how many words of each entity's name were said, one more for all; without those with none."""
        said = self._said(fold(name))
        counts = {known.entity_id: max(_said_of(words, said) for words in known.names) for known in self.known}
        return {entity_id: count for entity_id, count in counts.items() if count > 0}

    def _score(
        self, known: Known, said: dict[str, float], kinds: frozenset[str], areas: set[str], area_id: str | None
    ) -> float:
        share = max(self._share(name, said) for name in known.names)
        whole = share >= _WHOLE
        score = _NAMED * share if share >= _NAME_SHARE else 0.0
        score += _NAMED_WHOLE if whole else 0.0
        is_kind = not kinds.isdisjoint(known.kinds)
        score += _OF_KIND if is_kind else 0.0
        score += _IN_AREA if known.area_id in areas else 0.0
        if areas and known.area_id not in areas and not whole:
            score *= _OTHER_AREA
        if kinds and not is_kind and not whole:
            score *= _OTHER_KIND
        return score + _NEARBY if score and area_id is not None and known.area_id == area_id else score

    def _said(self, tokens: Iterable[str]) -> dict[str, float]:
        """Return the words of this home's names that were said, and how surely each."""
        said: dict[str, float] = {}
        for token in set(tokens):
            for word in self.weights:
                if (likeness := _likeness(token, word)) > said.get(word, 0.0):
                    said[word] = likeness
        return said

    def _areas(self, said: dict[str, float]) -> set[str]:
        shares = {
            area_id: max((self._share(name, said) for name in names), default=0.0)
            for area_id, names in self.areas.items()
        }
        best = max(shares.values(), default=0.0)
        return {area_id for area_id, share in shares.items() if share >= max(_AREA_SHARE, best)}

    def _share(self, name: Tokens, said: dict[str, float]) -> float:
        """Return how much of a name was said, its rare words counting most."""
        found = sum(self.weights[token] * said[token] for token in name if token in said)
        return found / sum(self.weights[token] for token in name) if found else 0.0


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


def _said_of(name: Tokens, said: dict[str, float]) -> float:
    found = [said[token] for token in name if token in said]
    return sum(found) + (len(found) == len(name))


@callback
def _known(hass: HomeAssistant, state: State) -> Known:
    entry = er.async_get(hass).async_get(state.entity_id)
    device_class = state.attributes.get(ATTR_DEVICE_CLASS)
    names = names_of(hass, state)
    tokens = tuple(tuple(fold(name)) for name in names if fold(name)) or (tuple(fold(state.object_id)),)
    area_id = area_id_of(hass, entry.device_id, entry.area_id) if entry else None
    area = ar.async_get(hass).async_get_area(area_id) if area_id else None
    kind = (device_class or state.domain).replace("_", " ")
    return Known(
        entity_id=state.entity_id,
        names=tokens,
        kinds=frozenset({state.domain, f"{state.domain}.{device_class}"} if _means_all(state) else {_kind(state)}),
        area_id=area_id,
        text=", ".join(filter(None, (names[0], area.name if area else None, kind))),
    )


def _kind(state: State) -> str:
    device_class = state.attributes.get(ATTR_DEVICE_CLASS)
    return f"{state.domain}.{device_class}" if device_class else state.domain


def _means_all(state: State) -> bool:
    """Tell whether a thing is also meant by the name of its domain: a TV is a media player, a door is no "sensor"."""
    return state.domain not in ("binary_sensor", "sensor", "cover")


def _area_names(hass: HomeAssistant, area: ar.AreaEntry) -> Sequence[Tokens]:
    """Return what an area is called, by its floor's names too."""
    floor = fr.async_get(hass).async_get_floor(area.floor_id) if area.floor_id else None
    names = [area.name, *area.aliases, *([floor.name, *floor.aliases] if floor else [])]
    return [tokens for name in names if (tokens := tuple(fold(name)))]
