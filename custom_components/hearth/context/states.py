"""Read those states that somebody's words are about, at this moment."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from homeassistant.components.conversation import DOMAIN as ASSISTANT
from homeassistant.components.homeassistant.exposed_entities import async_listen_entity_updates
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_FRIENDLY_NAME,
    ATTR_UNIT_OF_MEASUREMENT,
    EVENT_STATE_CHANGED,
)
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, State, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
)

from ..access import RULES, Access, Asker, Source, View, source_of_entity, tells_of_outside
from .entity import describe, label, state_word
from .index import Index
from .lines import Assembled, Draft, Line, Tellable, fit
from .meanings import EmbedTexts, Meanings
from .viewer import Viewer
from .vocabulary import Vocabulary

# What has less to do with the words than this, by itself or beside the best, is left out.
_LEAST_SCORE, _LEAST_SHARE = 0.5, 0.4
# So many are read at most; a home with more of a kind asks by area or name.
_MOST_READ = 300
_SUMMED_UP = 4
_AT_REST = frozenset(
    {"off", "closed", "locked", "idle", "standby", "docked", "unavailable", "unknown", "not_home", "disarmed", "0"}
)
_RANK_OF_REST = 0.9
# What an entity that is in no registry is found by.
_FOUND_BY = (ATTR_FRIENDLY_NAME, ATTR_DEVICE_CLASS)

_REGISTRY_EVENTS = (
    ar.EVENT_AREA_REGISTRY_UPDATED,
    dr.EVENT_DEVICE_REGISTRY_UPDATED,
    er.EVENT_ENTITY_REGISTRY_UPDATED,
    fr.EVENT_FLOOR_REGISTRY_UPDATED,
)


class LiveStates:
    """Find and read the entities that words are about; names are kept until the home changes, states never."""

    def __init__(self, hass: HomeAssistant, access: Access) -> None:
        """Know no name yet."""
        self._hass = hass
        self._access = access
        self._meanings = Meanings(hass)
        self._indices: dict[str, Index] = {}
        self._vocabularies: dict[str, Vocabulary] = {}
        self._stops: list[CALLBACK_TYPE] = []

    @callback
    def start(self) -> None:
        """Begin to notice when names, areas or exposure change."""
        listen = self._hass.bus.async_listen
        self._stops = [
            *(listen(event, self._forget) for event in _REGISTRY_EVENTS),
            listen(EVENT_STATE_CHANGED, self._forget, _is_another),
            async_listen_entity_updates(self._hass, ASSISTANT, self._forget),
        ]
        # The words of the home's own language are read from files; its first question need not wait for them.
        language = self._hass.config.language
        learning = self._hass.async_create_background_task(self._async_vocabulary(language), "hearth vocabulary")
        self._stops.append(lambda: _cancel(learning))

    @callback
    def stop(self) -> None:
        """Notice nothing any more."""
        while self._stops:
            self._stops.pop()()
        self._meanings.stop()

    async def async_relevant(
        self,
        words: str,
        *,
        asker: Asker,
        language: str,
        area_id: str | None = None,
        assistant: str = ASSISTANT,
        embed: EmbedTexts | None = None,
        budget_tokens: int,
    ) -> Assembled:
        """Return how those things are that words, said in an area, are about; nothing if they are about none.

        With `embed`, meaning counts too; without it, and as long as it fails, only words do.
        """
        index, vocabulary = self.index(assistant), await self._async_vocabulary(language)
        scores = index.scores(words, vocabulary, area_id)
        if embed is not None:
            for entity_id, likeness in (await self._meanings.async_like(words, index.texts, embed)).items():
                scores[entity_id] = scores.get(entity_id, 0.0) + likeness
        return self._read(_best(scores), Viewer(self._hass, View(self._access, asker), assistant), budget_tokens)

    @callback
    def index(self, assistant: str) -> Index:
        """Return the names of everything that is exposed to an assistant."""
        if (index := self._indices.get(assistant)) is None:
            index = self._indices[assistant] = Index.build(self._hass, assistant)
        return index

    def _read(self, scores: Mapping[str, float], viewer: Viewer, budget_tokens: int) -> Assembled:
        """Read the states, now that it is known which."""
        seen: dict[str, State] = {}
        drafts: list[Draft] = []
        best = max(scores.values(), default=1.0)
        for entity_id, score in scores.items():
            if (state := self._hass.states.get(entity_id)) is None or not viewer.sees(entity_id):
                continue
            key, source = f"state:{entity_id}", source_of_entity(entity_id)
            rank = score / best * (_RANK_OF_REST if state.state in _AT_REST else 1.0)
            seen[key] = state
            drafts.append(Draft(key, source, rank, partial(self._line, key, state, source, rank)))

        def rest(others: Iterable[Tellable]) -> str:
            return self._summed_up(seen[other.key] for other in others)

        return fit(drafts, budget_tokens, rest)

    def _line(self, key: str, state: State, source: Source, rank: float) -> Line:
        untrusted = RULES[source].untrusted or tells_of_outside(state)
        name, told = label(self._hass, state), describe(self._hass, state)
        # Since when things rest is asked of one, not of many.
        alike = describe(self._hass, state, is_dated=False) if state.state in _AT_REST else told
        return Line(key, f"{name}: {told}", source, rank, untrusted, name, alike)

    def _summed_up(self, states: Iterable[State]) -> str:
        """Return what was not shown by kind and state, so that "all are closed" can still be said."""
        alike = Counter[str]()
        for state, count in _alike(states):
            value = "" if ATTR_UNIT_OF_MEASUREMENT in state.attributes else state_word(self._hass, state)
            alike[f"{_kind(state)} {value}".rstrip()] += count
        counts = alike.most_common()
        shown = [f"{count} {word}" for word, count in counts[:_SUMMED_UP]]
        more = sum(count for _, count in counts[_SUMMED_UP:])
        return f"(not shown: {', '.join([*shown, *([f'{more} others'] if more else [])])})"

    async def _async_vocabulary(self, language: str) -> Vocabulary:
        if (vocabulary := self._vocabularies.get(language)) is None:
            vocabulary = self._vocabularies[language] = await Vocabulary.async_load(self._hass, language)
        return vocabulary

    @callback
    def _forget(self, _event: Event[Any] | None = None) -> None:
        self._indices.clear()


@callback
def _cancel(task: asyncio.Task[Any]) -> None:
    task.cancel()


@callback
def _is_another(data: Mapping[str, Any]) -> bool:
    """Tell whether an entity came, went or is found by something else than before."""
    old, new = data["old_state"], data["new_state"]
    return old is None or new is None or any(old.attributes.get(name) != new.attributes.get(name) for name in _FOUND_BY)


def _best(scores: Mapping[str, float]) -> dict[str, float]:
    """Keep what has enough to do with the words, by itself and beside the best."""
    least = max(_LEAST_SCORE, _LEAST_SHARE * max(scores.values(), default=0.0))
    best = sorted(((score, entity_id) for entity_id, score in scores.items() if score >= least), reverse=True)
    return {entity_id: score for score, entity_id in best[:_MOST_READ]}


def _kind(state: State) -> str:
    device_class = state.attributes.get(ATTR_DEVICE_CLASS)
    return (device_class or state.domain).replace("_", " ")


def _alike(states: Iterable[State]) -> Iterator[tuple[State, int]]:
    """Yield one of those that are of a kind and in the same state, and how many they are."""
    groups: dict[tuple[str, str | None, str], list[State]] = defaultdict(list)
    for state in states:
        groups[state.domain, state.attributes.get(ATTR_DEVICE_CLASS), state.state].append(state)
    yield from ((group[0], len(group)) for group in groups.values())
