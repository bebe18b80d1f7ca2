"""Describe what changes by the minute: when it is, where the person is and who it is."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.util import dt as dt_util


@callback
def describe_moment(hass: HomeAssistant, device_id: str | None, person: str | None) -> str:
    """Return one line about now, the asker's area and the asker, for the turn that asks."""
    parts = [f"It is {dt_util.now():%A, %d %B %Y, %H:%M}"]
    if area := _area_name(hass, device_id):
        parts.append(f"you are asked in the area {area}, which 'here' and a bare 'the lights' mean")
    if person:
        parts.append(f"you are asked by {person}")
    return "; ".join(parts) + "."


def _area_name(hass: HomeAssistant, device_id: str | None) -> str | None:
    device = dr.async_get(hass).async_get(device_id) if device_id else None
    area_id = dr.async_get_effective_area_id(hass, device) if device else None
    area = ar.async_get(hass).async_get_area(area_id) if area_id else None
    return area.name if area else None
