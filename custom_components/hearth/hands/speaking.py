"""Silence what speaks in the home, as far as Home Assistant can."""

from typing import Final

from homeassistant.components.media_player import ATTR_MEDIA_CONTENT_ID, DOMAIN as PLAYER_DOMAIN
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_MEDIA_STOP
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .halt import By
from .tainted import SPOKEN

_SATELLITE_DOMAIN: Final = "assist_satellite"
_RESPONDING: Final = "responding"


@callback
def silence(hass: HomeAssistant, _by: By) -> int:
    """Stop every player that says something, and return how many there are; nobody waits until they have."""
    players = sorted(_of_satellites(hass) | _speaking(hass))
    for entity_id in players:
        service = hass.services.async_call(
            PLAYER_DOMAIN, SERVICE_MEDIA_STOP, {ATTR_ENTITY_ID: entity_id}, blocking=True
        )
        hass.async_create_background_task(service, f"hearth silence {entity_id}")
    return len(players)


def _of_satellites(hass: HomeAssistant) -> set[str]:
    """Return the players of the satellites that answer or announce something: core has no action that stops those."""
    registry = er.async_get(hass)
    speaking = (state for state in hass.states.async_all(_SATELLITE_DOMAIN) if state.state == _RESPONDING)
    entries = (registry.async_get(state.entity_id) for state in speaking)
    devices = {entry.device_id for entry in entries if entry and entry.device_id}
    return {
        entity.entity_id
        for device_id in devices
        for entity in er.async_entries_for_device(registry, device_id)
        if entity.domain == PLAYER_DOMAIN
    }


def _speaking(hass: HomeAssistant) -> set[str]:
    """Return the players that play what a voice says."""
    return {
        state.entity_id
        for state in hass.states.async_all(PLAYER_DOMAIN)
        if any(part in str(state.attributes.get(ATTR_MEDIA_CONTENT_ID, "")) for part in SPOKEN)
    }
