"""Name the area that something stands in."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr


@callback
def area_name(hass: HomeAssistant, device_id: str | None, own_area_id: str | None = None) -> str | None:
    """Return the name of an area of its own or else of the device's, None where neither is known."""
    area_id = own_area_id
    if area_id is None and device_id and (device := dr.async_get(hass).async_get(device_id)):
        area_id = dr.async_get_effective_area_id(hass, device)
    area = ar.async_get(hass).async_get_area(area_id) if area_id else None
    return area.name if area else None
