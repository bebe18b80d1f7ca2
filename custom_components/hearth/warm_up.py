"""Warm the agents up whenever what their turns begin with may have changed, or the engine has."""

from collections.abc import Callable
import logging
from typing import Any, Final

from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_listen_entity_updates
from homeassistant.const import EVENT_COMPONENT_LOADED, EVENT_SERVICE_REGISTERED, EVENT_SERVICE_REMOVED, MATCH_ALL
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_state_added_domain, async_track_state_removed_domain
from homeassistant.helpers.start import async_at_started
from homeassistant.util.event_type import EventType

from .const import SIGNAL_OPTIONS_CHANGED
from .coordinator import HearthConfigEntry

_LOGGER = logging.getLogger(__name__)

# Whoever furnishes a home changes many things in a row.
_SETTLE_SECONDS: Final = 10
# An engine that is busy is asked again, not pressed.
_RETRY_SECONDS: Final = 60
_HOME_CHANGES: Final[tuple[EventType[Any] | str, ...]] = (
    ar.EVENT_AREA_REGISTRY_UPDATED,
    dr.EVENT_DEVICE_REGISTRY_UPDATED,
    er.EVENT_ENTITY_REGISTRY_UPDATED,
    fr.EVENT_FLOOR_REGISTRY_UPDATED,
    lr.EVENT_LABEL_REGISTRY_UPDATED,
    # New tools come with new integrations and scripts.
    EVENT_COMPONENT_LOADED,
    EVENT_SERVICE_REGISTERED,
    EVENT_SERVICE_REMOVED,
)


@callback
def async_watch(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    """Follow the home and the engine until the entry is unloaded; nothing waits for what this begins."""
    warmer, coordinator = entry.runtime_data.warmer, entry.runtime_data.coordinator

    async def refresh() -> None:
        await warmer.async_refresh()
        if warmer.is_cold():
            again.async_schedule_call()

    @callback
    def warm(_: Any = None) -> None:
        entry.async_create_background_task(hass, refresh(), "hearth warm up")

    settled = Debouncer(hass, _LOGGER, cooldown=_SETTLE_SECONDS, immediate=False, function=warm, background=True)
    again = Debouncer(hass, _LOGGER, cooldown=_RETRY_SECONDS, immediate=False, function=warm, background=True)

    @callback
    def follow_engine() -> None:
        warmer.follow_engine()
        # A home that is still starting changes with every integration that comes up.
        if warmer.is_cold() and hass.state is CoreState.running:
            warm()

    @callback
    def home_changed(*_: Any) -> None:
        if hass.state is CoreState.running:
            settled.async_schedule_call()

    for stop in (
        settled.async_shutdown,
        again.async_shutdown,
        coordinator.async_add_listener(follow_engine),
        # What was not to be done while Hearth was switched off.
        entry.runtime_data.hands.halt.add_listener(warm),
        entry.runtime_data.memory.vault.add_listener(home_changed),
        async_at_started(hass, warm),
        *_watch_home(hass, home_changed),
    ):
        entry.async_on_unload(stop)


def _watch_home(hass: HomeAssistant, changed: Callable[..., None]) -> list[Callable[[], None]]:
    """Call `changed` for everything that may alter what a model is told of the home; return what ends that."""
    return [
        *(hass.bus.async_listen(event_type, changed) for event_type in _HOME_CHANGES),
        async_listen_entity_updates(hass, conversation.DOMAIN, changed),
        async_track_state_added_domain(hass, MATCH_ALL, changed),
        async_track_state_removed_domain(hass, MATCH_ALL, changed),
        # What may be known and which actions are allowed decide on the tools.
        async_dispatcher_connect(hass, SIGNAL_OPTIONS_CHANGED, changed),
    ]
