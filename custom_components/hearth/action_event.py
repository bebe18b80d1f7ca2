"""Tell the home of what is asked of it and what came of that, so that logbook and automations see the cause."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.core import Context, HomeAssistant, callback

from .const import EVENT_ACTION
from .coordinator import HearthConfigEntry
from .hands.audit import Kind

ATTR_ACTIONS: Final = "actions"
ATTR_AGENT: Final = "agent"
ATTR_ENTITIES: Final = "entities"
ATTR_OUTCOME: Final = "outcome"
ATTR_REASON: Final = "reason"
ATTR_ROW: Final = "row"

BEGUN: Final = "begun"
# That it went well shows in the states; what did not is told.
_TOLD: Final = frozenset({"failed", "unchanged"})


@callback
def async_watch(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    """Fire an event for each row about something that acts, or was to act."""
    calls: dict[int, tuple[dict[str, Any], Context]] = {}

    @callback
    def follow(kind: str, row_id: int, body: Mapping[str, Any]) -> None:
        if kind == Kind.CALL and (body.get("effects") or body.get("unknown")):
            data, context = _data(row_id, body), _context(body)
            if body.get("outcome") is None:
                calls[row_id] = data, context
            hass.bus.async_fire(EVENT_ACTION, data, context=context)
        elif kind == Kind.OUTCOME and body["call"] in calls:
            data, context = calls.pop(body["call"])
            if body["outcome"] in _TOLD:
                hass.bus.async_fire(EVENT_ACTION, {**data, ATTR_OUTCOME: body["outcome"]}, context=context)

    entry.async_on_unload(entry.runtime_data.hands.audit.add_listener(follow))


def _data(row_id: int, body: Mapping[str, Any]) -> dict[str, Any]:
    effects = body.get("effects") or ()
    return {
        ATTR_ROW: row_id,
        ATTR_AGENT: body.get("agent_id"),
        ATTR_ACTIONS: list(dict.fromkeys(effect["action"] for effect in effects)),
        ATTR_ENTITIES: list(dict.fromkeys(effect["entity_id"] for effect in effects if effect["entity_id"])),
        ATTR_OUTCOME: body.get("outcome") or BEGUN,
        ATTR_REASON: body.get("reason"),
    }


def _context(body: Mapping[str, Any]) -> Context:
    """Return the context of the turn: what it changes is then seen to have come from it."""
    return Context(id=body.get("context_id"), user_id=body.get("user_id"))
