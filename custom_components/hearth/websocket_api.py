"""Websocket commands for the Hearth integration."""

from dataclasses import asdict
from typing import Any

from homeassistant.components import websocket_api
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
import probatio

from .const import DOMAIN
from .coordinator import HearthConfigEntry, HearthData

_MAX_ROWS = 1000
_MAX_TURNS = 50


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register every command."""
    websocket_api.async_register_command(hass, ws_list_turns)
    websocket_api.async_register_command(hass, ws_list_audit)
    websocket_api.async_register_command(hass, ws_verify_audit)


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        probatio.Required("type"): "hearth/turns/list",
        probatio.Optional("conversation_id"): str,
        probatio.Optional("limit", default=20): probatio.All(int, probatio.Range(min=1, max=_MAX_TURNS)),
    }
)
@callback
def ws_list_turns(hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]) -> None:
    """Return the last turns, oldest first."""
    turns = _hearth(hass).turns.recent(msg.get("conversation_id"), msg["limit"])
    connection.send_result(msg["id"], {"turns": [turn.as_dict() for turn in turns]})


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        probatio.Required("type"): "hearth/audit/list",
        probatio.Optional("limit", default=100): probatio.All(int, probatio.Range(min=1, max=_MAX_ROWS)),
        probatio.Optional("before"): int,
    }
)
@websocket_api.async_response
async def ws_list_audit(hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]) -> None:
    """Return rows of the audit, newest first."""
    rows = await _hearth(hass).hands.audit.async_rows(msg["limit"], msg.get("before"))
    connection.send_result(msg["id"], {"rows": rows})


@websocket_api.require_admin
@websocket_api.websocket_command({probatio.Required("type"): "hearth/audit/verify"})
@websocket_api.async_response
async def ws_verify_audit(hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]) -> None:
    """Tell whether the audit's chain holds."""
    connection.send_result(msg["id"], asdict(await _hearth(hass).hands.audit.async_verify()))


def _hearth(hass: HomeAssistant) -> HearthData:
    """Return what the loaded entry has; raises HomeAssistantError when none is loaded."""
    entries: list[HearthConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    if not entries:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="not_loaded")
    return entries[0].runtime_data
