"""Find what a rule names that is no longer there: such a rule does not do what whoever wrote it meant."""

from collections.abc import Collection, Iterator

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, entity_registry as er, label_registry as lr

from ...access import OTHER_AGENTS, person_by_owner
from .rules import When


@callback
def gone(hass: HomeAssistant, when: When, agents: Collection[str]) -> list[str]:
    """Return the entities, areas, labels, people and agents that conditions name in vain, as far as one knows them.

    `agents` are the IDs of those that there are.
    """
    return sorted({*_things(hass, when), *_askers(hass, when, agents)})


def _things(hass: HomeAssistant, when: When) -> Iterator[str]:
    entities, areas, labels = er.async_get(hass), ar.async_get(hass), lr.async_get(hass)
    # Of what was deleted the registry still knows what it was called.
    called = {deleted.id: deleted.entity_id for deleted in entities.deleted_entities.values()}
    for entity in when.entities:
        if entities.entities.get_entry(entity) is None and not _is_there(hass, entity):
            yield called.get(entity, entity)
    yield from (area for area in when.areas if areas.async_get_area(area) is None)
    yield from (label for label in when.labels if labels.async_get_label(label) is None)


def _is_there(hass: HomeAssistant, entity_id: str) -> bool:
    return hass.states.get(entity_id) is not None or er.async_get(hass).async_get(entity_id) is not None


def _askers(hass: HomeAssistant, when: When, agents: Collection[str]) -> Iterator[str]:
    yield from (person for person in when.people if person_by_owner(hass, person) is None)
    yield from (agent for agent in when.agents if agent != OTHER_AGENTS and agent not in agents)
