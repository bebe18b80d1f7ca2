"""Read what Home Assistant sends to people through notify, and to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.components import persistent_notification
from homeassistant.const import ATTR_DOMAIN, ATTR_SERVICE, ATTR_SERVICE_DATA, ENTITY_MATCH_ALL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

_NOTIFY: Final = "notify"
_TO_ENTITIES: Final = "send_message"
# What is sent to a phone's app to make it do something; nobody reads it.
_COMMANDS: Final = frozenset(
    {"TTS", "clear_notification", "delete_alert", "remove_channel", "request_location_update", "update_complications"}
)
_COMMAND_PREFIX: Final = "command_"
# The tag of a question of Hearth's own begins so: it is answered where it stands, and no news to anybody.
QUESTION_TAG: Final = "hearth_"


@dataclass(frozen=True, slots=True)
class Message:
    """What was sent, and the things that it was sent to, as in `Access.owner_of`: actions or entities of notify."""

    title: str
    text: str
    targets: tuple[str, ...]


@callback
def calls_notify(call: Mapping[str, Any]) -> bool:
    """Tell whether the data of an event of EVENT_CALL_SERVICE may be a message to somebody.

    What is sent to Home Assistant itself waits there to be read, and is told by that.
    """
    return bool(call[ATTR_DOMAIN] == _NOTIFY and call[ATTR_SERVICE] != persistent_notification.DOMAIN)


@callback
def message_of(hass: HomeAssistant, call: Mapping[str, Any]) -> Message | None:
    """Return the message of a call that `calls_notify`, None for one that nobody is to read."""
    data = call.get(ATTR_SERVICE_DATA) or {}
    text = data.get("message")
    if not isinstance(text, str) or not text or text in _COMMANDS or text.startswith(_COMMAND_PREFIX):
        return None
    more = data.get("data")
    if isinstance(more, Mapping) and str(more.get("tag", "")).startswith(QUESTION_TAG):
        return None
    return Message(str(data.get("title") or ""), text, _targets(hass, str(call[ATTR_SERVICE]), data))


def _targets(hass: HomeAssistant, action: str, data: Mapping[str, Any]) -> tuple[str, ...]:
    if action != _TO_ENTITIES:
        return (f"{_NOTIFY}.{action}",)
    chosen = TargetSelection(dict(data))
    selected = async_extract_referenced_entity_ids(hass, chosen)
    entity_ids = selected.referenced | selected.indirectly_referenced
    if ENTITY_MATCH_ALL in chosen.entity_ids:
        entity_ids = set(hass.states.async_entity_ids(_NOTIFY))
    return tuple(sorted(entity_id for entity_id in entity_ids if entity_id.startswith(f"{_NOTIFY}.")))
