"""See a home with somebody's eyes."""

from dataclasses import dataclass

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.core import HomeAssistant, State, callback

from ..access import Source, View


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
    def states(self, *domains: str) -> list[State]:
        """Return the entities of domains that may be seen, by entity ID."""
        states = sorted(self.hass.states.async_all(domains), key=lambda state: state.entity_id)
        return [state for state in states if self.sees(state.entity_id)]
