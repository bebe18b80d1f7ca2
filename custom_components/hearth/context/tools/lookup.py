"""Find what a model calls by name, as people and models name things: not always exactly."""

from collections.abc import Callable

from homeassistant.core import HomeAssistant, State

from ..entity import label
from ..states import LiveStates
from ..viewer import Viewer

# At least a part of one word of a name must have been said; whose name was said as well as the best's is meant too.
_LEAST, _AS_WELL = 0.7, 0.3
_MOST_NAMED = 8


class NotFound(Exception):
    """There is nothing of that name; the words say what there is."""


def find(
    hass: HomeAssistant, states: LiveStates, viewer: Viewer, name: str, fits: Callable[[State], bool], kind: str
) -> list[State]:
    """Return the entities that fit and are called so best; raises NotFound, in words that name some others."""
    counts = states.index(viewer.assistant).named(name)
    candidates = [state for state in hass.states.async_all() if fits(state) and viewer.sees(state.entity_id)]
    best = max((counts.get(state.entity_id, 0.0) for state in candidates), default=0.0)
    if best < _LEAST:
        names = sorted(label(hass, state) for state in candidates)
        named = ", ".join(names[:_MOST_NAMED]) + (" and others" if len(names) > _MOST_NAMED else "")
        there = f"There are: {named}." if names else "There is none that you may see."
        raise NotFound(f"There is no {kind} called '{name[:60]}'. {there}")
    found = [state for state in candidates if counts.get(state.entity_id, 0.0) >= best - _AS_WELL]
    return sorted(found, key=lambda state: (-counts[state.entity_id], state.entity_id))
