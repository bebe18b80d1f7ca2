"""Find what a model means by a name, among what it may know and use."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    intent,
    label_registry as lr,
    llm,
)
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from ...const import DOMAIN
from ..effects import Effect
from ..policy import fact_of
from .catalogue import Action, ActionField
from .permits import Permit

type _Filters = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Targets:
    """The things that one use of an action may be about: what is shown to the assistant and what its permit covers."""

    hass: HomeAssistant
    action: Action
    permit: Permit
    llm_context: llm.LLMContext

    @callback
    def entities(self, words: Iterable[str]) -> list[str]:
        """Return the entities that some names of entities, areas or floors mean; raises HomeAssistantError."""
        return list(dict.fromkeys(found for word in words for found in self._targets(word)))

    @callback
    def of_field(self, field: ActionField, words: Sequence[str]) -> list[str]:
        """Return the IDs of what is named in a field; raises HomeAssistantError."""
        find: Mapping[str, Callable[[ActionField, str], str]] = {
            "area": self._area,
            "config_entry": self._entry,
            "device": self._device,
            "entity": self._entity,
            "floor": self._floor,
            "label": self._label,
        }
        return list(dict.fromkeys(find[field.kind](field, word) for word in words))

    @callback
    def only_entry(self, field: ActionField) -> str:
        """Return the config entry that goes without saying; raises HomeAssistantError where there are several."""
        entries = self._entries(field)
        if len(entries) != 1:
            raise self._nothing(", ".join(sorted(entries.values())) or field.key)
        return next(iter(entries))

    @callback
    def behind(self, selection: Mapping[str, Any]) -> list[str]:
        """Return the entities behind the devices, areas, floors and labels that an action is given."""
        selected = async_extract_referenced_entity_ids(
            self.hass, TargetSelection(dict(selection)), expand_group=False, primary_entities_only=False
        )
        return sorted(selected.referenced | selected.indirectly_referenced)

    def _targets(self, word: str) -> list[str]:
        states = self._states(self.action.target or ())
        preferences = llm.async_get_match_preferences(self.hass, self.llm_context)
        for constraints in (
            intent.MatchTargetsConstraints(name=word),
            intent.MatchTargetsConstraints(area_name=word),
            intent.MatchTargetsConstraints(floor_name=word),
        ):
            result = intent.async_match_targets(self.hass, constraints, preferences, states) if states else None
            if result and result.states:
                return [state.entity_id for state in result.states]
            if result and result.no_match_reason is intent.MatchFailedReason.DUPLICATE_NAME:
                raise intent.MatchFailedError(result, constraints, preferences)
        raise self._nothing(word)

    def _entity(self, field: ActionField, word: str) -> str:
        config = field.config or {}
        filters = config.get("filter") or [{key: config[key] for key in ("domain", "integration") if key in config}]
        return self._named(self._states(filters), word)

    def _device(self, field: ActionField, word: str) -> str:
        """Return a device of which something may be used; a name that an entity of it has is as good."""
        parts = self._parts_of_devices(field)
        devices = dr.async_get(self.hass)
        for device in filter(None, map(devices.async_get, parts)):
            if _is_called(word, device.id, device.name_by_user or device.name):
                return device.id
        named = self._named([state for states in parts.values() for state in states], word)
        return next(device_id for device_id, states in parts.items() if named in {state.entity_id for state in states})

    def _parts_of_devices(self, field: ActionField) -> dict[str, list[State]]:
        """Return the devices that a field may hold, each with what may be used of it."""
        config = field.config or {}
        filters = [config, *_as_list(config.get("filter"))]
        wanted = {part["integration"] for part in filters if "integration" in part}
        parts: dict[str, list[State]] = {}
        for state in self._states(()):
            entry = er.async_get(self.hass).async_get(state.entity_id)
            if entry and entry.device_id and (not wanted or entry.platform in wanted):
                parts.setdefault(entry.device_id, []).append(state)
        return parts

    def _named(self, states: list[State], word: str) -> str:
        constraints = intent.MatchTargetsConstraints(name=word)
        preferences = llm.async_get_match_preferences(self.hass, self.llm_context)
        # Core takes no states to mean all of them.
        result = intent.async_match_targets(self.hass, constraints, preferences, states) if states else None
        if result is None or not result.is_match:
            raise self._nothing(word)
        return result.states[0].entity_id

    def _area(self, _field: ActionField, word: str) -> str:
        found = [area.id for area in intent.find_areas(word, ar.async_get(self.hass))]
        allowed = [area for area in found if not self._is_limited or area in self.permit.areas]
        return self._one(allowed, word)

    def _floor(self, _field: ActionField, word: str) -> str:
        found = [floor.floor_id for floor in intent.find_floors(word, fr.async_get(self.hass))]
        return self._one([] if self._is_limited else found, word)

    def _label(self, _field: ActionField, word: str) -> str:
        labels = lr.async_get(self.hass).async_list_labels()
        found = [label.label_id for label in labels if _is_called(word, label.label_id, label.name)]
        return self._one([] if self._is_limited else found, word)

    def _entry(self, field: ActionField, word: str) -> str:
        return self._one(
            [entry for entry, title in self._entries(field).items() if _is_called(word, entry, title)], word
        )

    def _entries(self, field: ActionField) -> dict[str, str]:
        """Return the titles of the config entries that a field may hold, by ID."""
        domain = (field.config or {}).get("integration", self.action.domain)
        return {entry.entry_id: entry.title for entry in self.hass.config_entries.async_loaded_entries(domain)}

    def _states(self, filters: _Filters) -> list[State]:
        """Return the states of what fits, is shown and may be used."""
        return [
            state
            for state in self.hass.states.async_all()
            if (not filters or any(_fits(self.hass, state, part) for part in filters))
            and async_should_expose(self.hass, self.llm_context.assistant, state.entity_id)
            and (not self._is_limited or self._covers(state.entity_id))
        ]

    def _covers(self, entity_id: str) -> bool:
        return self.permit.covers(fact_of(self.hass, Effect(self.action.domain, self.action.service, entity_id)))

    @property
    def _is_limited(self) -> bool:
        return bool(self.permit.entities or self.permit.areas)

    def _one(self, found: Sequence[str], word: str) -> str:
        if len(found) != 1:
            raise self._nothing(word)
        return found[0]

    def _nothing(self, word: str) -> HomeAssistantError:
        return HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="action_has_no_target",
            translation_placeholders={"action": self.action.id, "name": word},
        )


def _fits(hass: HomeAssistant, state: State, wanted: Mapping[str, Any]) -> bool:
    """Tell whether an entity is of the kind that an action or a field is for."""
    if (domains := _as_list(wanted.get("domain"))) and state.domain not in domains:
        return False
    entry = er.async_get(hass).async_get(state.entity_id)
    if (integration := wanted.get("integration")) and (entry is None or entry.platform != integration):
        return False
    if (classes := _as_list(wanted.get("device_class"))) and state.attributes.get("device_class") not in classes:
        return False
    features = state.attributes.get("supported_features", 0)
    masks: list[int] = wanted.get("supported_features") or []
    return not masks or any(features & mask == mask for mask in masks)


def _is_called(word: str, thing_id: str, name: str | None) -> bool:
    return word == thing_id or (name is not None and word.strip().casefold() == name.strip().casefold())


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
