"""The robot vacuum of the demo home."""

from typing import Any, override

from homeassistant.components.vacuum import StateVacuumEntity, VacuumActivity, VacuumEntityFeature
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .device import SimulatedEntity, devices_of


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Bring the robot vacuum in."""
    async_add_entities(SimulatedVacuum(device) for device in devices_of(Platform.VACUUM))


_WAY_HOME_SECONDS = 2.0


class SimulatedVacuum(SimulatedEntity, StateVacuumEntity):
    """A robot vacuum that cleans until it is sent home."""

    _attr_supported_features = (
        VacuumEntityFeature.STATE
        | VacuumEntityFeature.START
        | VacuumEntityFeature.PAUSE
        | VacuumEntityFeature.STOP
        | VacuumEntityFeature.RETURN_HOME
    )

    @override
    def take(self, state: State) -> None:
        self._attr_activity = VacuumActivity(state.state)

    @override
    async def async_start(self) -> None:
        self._be(VacuumActivity.CLEANING)

    @override
    async def async_pause(self) -> None:
        self._be(VacuumActivity.PAUSED)

    @override
    async def async_stop(self, **kwargs: Any) -> None:
        self._be(VacuumActivity.IDLE)

    @override
    async def async_return_to_base(self, **kwargs: Any) -> None:
        self._attr_activity = VacuumActivity.RETURNING
        self.move(_WAY_HOME_SECONDS, lambda: self._be(VacuumActivity.DOCKED))

    def _be(self, activity: VacuumActivity) -> None:
        self.stop_moving()
        self._attr_activity = activity
        self.async_write_ha_state()
