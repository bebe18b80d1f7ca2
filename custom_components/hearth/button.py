"""Button platform for the Hearth integration."""

from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import HearthConfigEntry
from .entity import HearthEntity
from .hands import By

PARALLEL_UPDATES = 0

_STOP = ButtonEntityDescription(key="stop", translation_key="stop")


async def async_setup_entry(
    hass: HomeAssistant, entry: HearthConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the button that stops everything."""
    async_add_entities([StopButton(entry, _STOP)])


class StopButton(HearthEntity, ButtonEntity):
    """What ends everything that Hearth does at the moment."""

    def __init__(self, entry: HearthConfigEntry, description: ButtonEntityDescription) -> None:
        """Stop what the entry runs."""
        super().__init__(entry, description)
        self._halt = entry.runtime_data.hands.halt

    @override
    async def async_press(self) -> None:
        """Stop everything, the engine's answer or not."""
        self._halt.stop(By("button", self._context.user_id if self._context else None))
