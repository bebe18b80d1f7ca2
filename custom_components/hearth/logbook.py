"""Describe in the logbook what Hearth did, refused and asked."""

from collections.abc import Callable
from typing import Any, Final

from homeassistant.components.logbook import (
    LOGBOOK_ENTRY_CONTEXT_ID,
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.core import Event, HomeAssistant, callback

from .action_event import ATTR_ACTIONS, ATTR_AGENT, ATTR_ENTITIES, ATTR_OUTCOME
from .const import DOMAIN, EVENT_ACTION
from .hands.phrases import name_of, phrase
from .speech import join
from .speech.deeds import logged

_TITLE: Final = "Hearth"


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event[dict[str, Any]]], dict[str, Any]]], None],
) -> None:
    """Register the description of Hearth's event."""

    @callback
    def describe(event: Event[dict[str, Any]]) -> dict[str, Any]:
        """Say what was done to what, in the language of the home."""
        language, data = hass.config.language, event.data
        names = [name_of(hass, entity_id) for entity_id in data[ATTR_ENTITIES]]
        actions = [phrase(language, action, names) for action in data[ATTR_ACTIONS]]
        return {
            LOGBOOK_ENTRY_NAME: _TITLE,
            LOGBOOK_ENTRY_MESSAGE: logged(language, data[ATTR_OUTCOME], join(language, actions) if actions else "?"),
            LOGBOOK_ENTRY_ENTITY_ID: data[ATTR_AGENT],
            LOGBOOK_ENTRY_CONTEXT_ID: event.context.id,
        }

    async_describe_event(DOMAIN, EVENT_ACTION, describe)
