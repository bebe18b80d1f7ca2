"""Find the area that something stands in."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr


@callback
def area_id_of(hass: HomeAssistant, device_id: str | None, own_area_id: str | None = None) -> str | None:
    """Return the ID of an area of its own or else of the device's, None where neither is known."""
    if own_area_id is not None or device_id is None:
        return own_area_id
    device = dr.async_get(hass).async_get(device_id)
    return dr.async_get_effective_area_id(hass, device) if device else None


@callback
def area_name(hass: HomeAssistant, device_id: str | None, own_area_id: str | None = None) -> str | None:
    """Return the name of the area that `area_id_of` finds, None for none."""
    area_id = area_id_of(hass, device_id, own_area_id)
    area = ar.async_get(hass).async_get_area(area_id) if area_id else None
    return area.name if area else None
