"""See a home with somebody's eyes."""

from dataclasses import dataclass

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.core import HomeAssistant, State, callback

from ..access import Source, View
from .meters import has_entity


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks at a home through an assistant; nothing is remembered of what they may see."""

    hass: HomeAssistant
    view: View
    assistant: str

    @callback
    def allows(self, source: Source) -> bool:
        """Tell whether a source may be seen at all."""
        return self.view.sees(source)

    @callback
    def sees(self, entity_id: str) -> bool:
        """Tell whether an entity is exposed, of a source that may be seen, and nobody else's."""
        return async_should_expose(self.hass, self.assistant, entity_id) and self.view.sees_entity(entity_id)

    @callback
    def sees_statistic(self, statistic_id: str) -> bool:
        """Tell whether statistics may be seen: an entity's as the entity, others as history is, by their owner."""
        if has_entity(statistic_id):
            return self.sees(statistic_id)
        return self.allows(Source.ENERGY) and self.view.access.sees(statistic_id, self.view.asker.principal)

    @callback
    def states(self, *domains: str) -> list[State]:
        """Return the entities of domains that may be seen, by entity ID."""
        states = sorted(self.hass.states.async_all(domains), key=lambda state: state.entity_id)
        return [state for state in states if self.sees(state.entity_id)]
