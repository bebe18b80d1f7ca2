"""Describe what changes by the minute: when it is, where the person is and who it is."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .area import area_name


@callback
def describe_moment(hass: HomeAssistant, device_id: str | None, person: str | None) -> str:
    """Return one line about now, the asker's area and the asker, for the turn that asks."""
    parts = [f"It is {dt_util.now():%A, %d %B %Y, %H:%M}"]
    if area := area_name(hass, device_id):
        parts.append(f"you are asked in the area {area}, which 'here' and a bare 'the lights' mean")
    if person:
        parts.append(f"you are asked by {person}")
    return "; ".join(parts) + "."
