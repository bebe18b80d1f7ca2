"""Find entities by words: by their names, their areas and their kinds."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.const import ATTR_DEVICE_CLASS
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import area_registry as ar, entity_registry as er, floor_registry as fr

from .area import area_id_of
from .entity import names_of
from .names import Names, Tokens, Words
from .vocabulary import Vocabulary, fold

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
    kinds: Collection[str]
    area_id: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Index:
    """The exposed entities of a home, by everything that they can be found by; `texts` say what each is, not where."""

    words: Words
    names: Names
    area_names: Names
    by_area: Mapping[str, Collection[str]]
    by_kind: Mapping[str, Collection[str]]
    texts: Mapping[str, str]

    @classmethod
    @callback
    def build(cls, hass: HomeAssistant, assistant: str) -> Self:
        """Read the names of everything that is exposed to an assistant."""
        known = [
            _known(hass, state)
            for state in hass.states.async_all()
            if async_should_expose(hass, assistant, state.entity_id)
        ]
        areas = {area.id: _area_names(hass, area) for area in ar.async_get(hass).async_list_areas()}
        words = Words.of([one.names for one in known], (name for names in areas.values() for name in names))
        by_area, by_kind = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
        for one in known:
            for kind in one.kinds:
                by_kind[kind].add(one.entity_id)
            if one.area_id is not None:
                by_area[one.area_id].add(one.entity_id)
        return cls(
            words=words,
            names=Names.of({one.entity_id: one.names for one in known}, words),
            area_names=Names.of(areas, words),
            by_area=by_area,
            by_kind=by_kind,
            texts={one.entity_id: one.text for one in known},
        )

    def scores(self, words: str, vocabulary: Vocabulary, area_id: str | None = None) -> dict[str, float]:
        """Return how much each entity has to do with what somebody said in an area; without those that have nothing."""
        tokens = fold(words)
        said = self.words.said(vocabulary.understand(words))
        kinds = vocabulary.kinds_of(tokens)
        areas = self._areas(said)
        if area_id is not None and not areas and vocabulary.means_here(tokens):
            areas = {area_id}
        shares = self.names.shares(said)
        of_kind = {entity_id for kind in kinds for entity_id in self.by_kind.get(kind, ())}
        in_areas = {entity_id for area in areas for entity_id in self.by_area.get(area, ())}
        nearby = self.by_area.get(area_id, ()) if area_id is not None else ()
        scores: dict[str, float] = {}
        for entity_id in shares.keys() | of_kind | in_areas:
            score = _score(
                shares.get(entity_id, 0.0),
                is_kind=entity_id in of_kind if kinds else None,
                in_area=entity_id in in_areas if areas else None,
            )
            if score > 0:
                scores[entity_id] = score + (_NEARBY if entity_id in nearby else 0.0)
        return scores

    def named(self, name: str) -> dict[str, float]:
        """Return how many words of each entity's name were said, one more for all; without those with none."""
        return self.names.counts(self.words.said(fold(name)))

    def _areas(self, said: Mapping[str, float]) -> set[str]:
        shares = self.area_names.shares(said)
        best = max(shares.values(), default=0.0)
        return {area_id for area_id, share in shares.items() if share >= max(_AREA_SHARE, best)}


def _score(share: float, *, is_kind: bool | None, in_area: bool | None) -> float:
    """Return how much an entity is meant; None stands for a kind or an area that nobody spoke of."""
    whole = share >= _WHOLE
    score = _NAMED * share if share >= _NAME_SHARE else 0.0
    score += (_NAMED_WHOLE if whole else 0.0) + (_OF_KIND if is_kind else 0.0) + (_IN_AREA if in_area else 0.0)
    if in_area is False and not whole:
        score *= _OTHER_AREA
    if is_kind is False and not whole:
        score *= _OTHER_KIND
    return score


@callback
def _known(hass: HomeAssistant, state: State) -> Known:
    entry = er.async_get(hass).async_get(state.entity_id)
    device_class = state.attributes.get(ATTR_DEVICE_CLASS)
    names = names_of(hass, state)
    tokens = tuple(words for name in names if (words := tuple(fold(name)))) or (tuple(fold(state.object_id)),)
    area_id = area_id_of(hass, entry.device_id, entry.area_id) if entry else None
    area = ar.async_get(hass).async_get_area(area_id) if area_id else None
    return Known(
        entity_id=state.entity_id,
        names=tokens,
        kinds={state.domain, f"{state.domain}.{device_class}"} if _means_all(state) else {_kind(state)},
        area_id=area_id,
        text=_meaning(names[0], area.name if area else "", (device_class or state.domain).replace("_", " ")),
    )


def _meaning(name: str, area: str, kind: str) -> str:
    """Return what a thing is, wherever it stands: where that is, words tell, and a home has many things of a kind."""
    place = set(fold(area))
    thing = " ".join(word for word in name.split() if not place.issuperset(fold(word))) or name
    return thing if kind.casefold() in thing.casefold() else f"{thing}, {kind}"


def _kind(state: State) -> str:
    device_class = state.attributes.get(ATTR_DEVICE_CLASS)
    return f"{state.domain}.{device_class}" if device_class else state.domain


def _means_all(state: State) -> bool:
    """Tell whether a thing is also meant by the name of its domain: a TV is a media player, a door is no "sensor"."""
    return state.domain not in ("binary_sensor", "sensor", "cover")


@callback
def _area_names(hass: HomeAssistant, area: ar.AreaEntry) -> Sequence[Tokens]:
    """Return what an area is called, by its floor's names too."""
    floor = fr.async_get(hass).async_get_floor(area.floor_id) if area.floor_id else None
    names = [area.name, *area.aliases, *([floor.name, *floor.aliases] if floor else [])]
    return [tokens for name in names if (tokens := tuple(fold(name)))]
