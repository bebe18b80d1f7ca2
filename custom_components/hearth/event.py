"""Event platform for the Hearth integration: what is asked of people, and what they answer."""

from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .access import person_by_owner
from .coordinator import HearthConfigEntry
from .entity import HearthEntity
from .hands.approvals import Approval
from .hands.approvals.notify import question_of
from .hands.audit.rows import Step

PARALLEL_UPDATES = 0

_DESCRIPTION: Final = EventEntityDescription(
    key="approval", translation_key="approval", event_types=[step.value for step in Step]
)


async def async_setup_entry(
    hass: HomeAssistant, entry: HearthConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the event of approvals."""
    async_add_entities([ApprovalEvent(entry, _DESCRIPTION)])


class ApprovalEvent(HearthEntity, EventEntity):
    """Each step of each approval, for automations that tell people of it in their own way."""

    entity_description: EventEntityDescription
    _attr_should_poll = False
    _unrecorded_attributes = frozenset({"message"})

    def __init__(self, entry: HearthConfigEntry, description: EventEntityDescription) -> None:
        """Keep what asks."""
        super().__init__(entry, description)
        self._approvals = entry.runtime_data.hands.approvals

    @override
    async def async_added_to_hass(self) -> None:
        """Follow what is asked and answered."""
        self.async_on_remove(self._approvals.add_listener(self._follow))

    @callback
    def _follow(self, step: Step, approval: Approval) -> None:
        person = person_by_owner(self.hass, approval.owner) if approval.owner else None
        self._trigger_event(
            step.value,
            {
                "approval": approval.id,
                "message": question_of(self.hass, approval),
                "person": person.person_id if person else None,
                "expires": approval.expires.isoformat(),
            },
        )
        self.async_write_ha_state()
