"""Describe what changes by the minute: when it is, where the person is and who it is."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .area import area_name


@callback
def describe_moment(hass: HomeAssistant, device_id: str | None, person: str | None) -> Mapping[str, str]:
    """Return the date, the time, the asker's area and the asker, as far as they are known, in this order."""
    now = dt_util.now()
    moment = {"date": f"{now:%A, %d %B %Y}", "time": f"{now:%H:%M}"}
    if area := area_name(hass, device_id):
        moment["area"] = area
    if person:
        moment["person"] = person
    return moment
