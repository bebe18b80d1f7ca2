"""Describe the home as it stays for weeks: its areas and what stands in them, without a single state."""

from collections import defaultdict
from collections.abc import Mapping

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er, intent

from .area import area_name

_NO_AREA = "Anywhere"


@callback
def home_index(hass: HomeAssistant, assistant: str) -> str:
    """Return the exposed entities by area and kind, one area a line, the same text until the home changes."""
    areas: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for state in hass.states.async_all():
        if async_should_expose(hass, assistant, state.entity_id):
            entry = er.async_get(hass).async_get(state.entity_id)
            areas[_area_name(hass, entry)][state.domain].append(_names(hass, entry, state))
    if not areas:
        return "No device of this home is shown to you. If asked to control one, say so."
    lines = [_line(area, areas[area]) for area in sorted(areas)]
    return "\n".join(["This home, by area (kind: names; other names of the same thing in brackets):", *lines])


def _line(area: str, kinds: Mapping[str, list[str]]) -> str:
    parts = (f"{kind}: {', '.join(sorted(kinds[kind]))}" for kind in sorted(kinds))
    return f"- {area} — {'; '.join(parts)}"


def _names(hass: HomeAssistant, entry: er.RegistryEntry | None, state: State) -> str:
    first, *others = intent.async_get_entity_aliases(hass, entry, state=state) or [state.name]
    return f"{first} ({', '.join(others)})" if others else first


def _area_name(hass: HomeAssistant, entry: er.RegistryEntry | None) -> str:
    name = area_name(hass, entry.device_id, entry.area_id) if entry else None
    return name or _NO_AREA
