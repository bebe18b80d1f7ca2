"""Tell what one asker sees of the home."""

from dataclasses import dataclass

from homeassistant.core import callback

from .access import Access
from .llm_context import Asker
from .principal import HOUSEHOLD_OWNER
from .sources import RULES, Source, source_of_entity


@dataclass(frozen=True, slots=True)
class View:
    """What an asker sees at this moment, whatever it is read with."""

    access: Access
    asker: Asker

    @callback
    def sees(self, source: Source) -> bool:
        """Tell whether the asker sees a source."""
        return self.access.allows(source, self.asker.principal, self.asker.agent_id)

    @callback
    def may_use(self, source: Source) -> bool:
        """Tell whether the agent that is asked may use a source at all, whoever asks."""
        return source in self.access.usable(self.asker.agent_id)

    @callback
    def sees_entity(self, entity_id: str) -> bool:
        """Tell whether the asker sees an entity: one of the household's devices is also a guest's to see."""
        source = source_of_entity(entity_id)
        if not self.sees(source):
            return False
        owner = self.access.owner_of(entity_id)
        return owner in self.asker.principal.owners or (owner == HOUSEHOLD_OWNER and not RULES[source].personal)
