"""Describe the home as it stays for weeks: its areas and what stands in them, without a single state."""

from collections import defaultdict
from collections.abc import Mapping

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.core import HomeAssistant, State, callback

from .entity import area_of, names_of

_NO_AREA = "Anywhere"


@callback
def home_index(hass: HomeAssistant, assistant: str) -> str:
    """Return the exposed entities by area and kind, one area a line, the same text until the home changes."""
    areas: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for state in hass.states.async_all():
        if async_should_expose(hass, assistant, state.entity_id):
            areas[area_of(hass, state.entity_id) or _NO_AREA][state.domain].append(_names(hass, state))
    if not areas:
        return "No device of this home is shown to you. If asked to control one, say so."
    lines = [_line(area, areas[area]) for area in sorted(areas)]
    return "\n".join(["This home, by area (kind: names; other names of the same thing in brackets):", *lines])


def _line(area: str, kinds: Mapping[str, list[str]]) -> str:
    parts = (f"{kind}: {', '.join(sorted(kinds[kind]))}" for kind in sorted(kinds))
    return f"- {area} — {'; '.join(parts)}"


def _names(hass: HomeAssistant, state: State) -> str:
    first, *others = names_of(hass, state)
    return f"{first} ({', '.join(others)})" if others else first
