"""The locks of the demo home."""

from typing import Any, override

from homeassistant.components.lock import LockEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .device import SimulatedEntity, devices_of


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Bring the locks in."""
    async_add_entities(SimulatedLock(device) for device in devices_of(Platform.LOCK))


_TURNING_SECONDS = 0.6


class SimulatedLock(SimulatedEntity, LockEntity):
    """A motor lock."""

    @override
    def take(self, state: State) -> None:
        self._attr_is_locked = state.state in ("locked", "locking")
        self._attr_is_locking = self._attr_is_unlocking = False

    @override
    async def async_lock(self, **kwargs: Any) -> None:
        self._attr_is_locking, self._attr_is_unlocking = True, False
        self.move(_TURNING_SECONDS, lambda: self._arrive(locked=True))

    @override
    async def async_unlock(self, **kwargs: Any) -> None:
        self._attr_is_locking, self._attr_is_unlocking = False, True
        self.move(_TURNING_SECONDS, lambda: self._arrive(locked=False))

    def _arrive(self, *, locked: bool) -> None:
        self._attr_is_locking = self._attr_is_unlocking = False
        self._attr_is_locked = locked
