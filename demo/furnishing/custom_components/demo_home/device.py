"""What every simulated device has in common: a place, a name, a memory and the time that it takes to move."""

from collections.abc import Callable
from typing import override

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN, Platform
from homeassistant.core import CALLBACK_TYPE, State, callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.restore_state import RestoreEntity
from homeassistant.util import slugify

from .rooms import DEVICES, Device

DOMAIN = "demo_home"


def devices_of(platform: Platform) -> list[Device]:
    """Return the home's devices of one platform."""
    return [device for device in DEVICES if device.platform is platform]


class SimulatedEntity(RestoreEntity):
    """A device that remembers its state over a restart, as a real one does."""

    _attr_has_entity_name = True
    _attr_name = None
    _attr_should_poll = False

    def __init__(self, device: Device) -> None:
        """Put the device in its area, in its first state."""
        slug = slugify(device.name)
        self.entity_id = f"{device.platform}.{slug}"
        self._attr_unique_id = slug
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, slug)},
            manufacturer="Hearth",
            model=f"Simulated {device.model or device.platform}",
            name=device.name,
            suggested_area=device.area or None,
        )
        self.device = device
        self._moving: CALLBACK_TYPE | None = None
        self.take(State(self.entity_id, device.state))

    def take(self, state: State) -> None:
        """Be as `state` says: a first state without attributes, or the last one before a restart."""
        raise NotImplementedError

    @override
    async def async_added_to_hass(self) -> None:
        """Be again as the device was before the restart."""
        await super().async_added_to_hass()
        last = await self.async_get_last_state()
        if last is not None and last.state not in (STATE_UNAVAILABLE, STATE_UNKNOWN):
            self.take(last)
        self.async_on_remove(self.stop_moving)

    @callback
    def move(self, seconds: float, arrive: Callable[[], None]) -> None:
        """Show the state now, and what `arrive` makes of it in a while: real devices take their time."""
        self.stop_moving()

        @callback
        def arrived(_now: object) -> None:
            self._moving = None
            arrive()
            self.async_write_ha_state()

        self.async_write_ha_state()
        self._moving = async_call_later(self.hass, seconds, arrived)

    @callback
    def stop_moving(self) -> None:
        """Forget a movement that has not ended."""
        if self._moving is not None:
            self._moving()
            self._moving = None
