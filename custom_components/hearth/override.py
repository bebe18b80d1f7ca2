"""Tell a stop what there is to end, and let the entities stop that the user has bound to it."""

from collections.abc import Callable
from functools import partial

from homeassistant.const import STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_state_change_event

from .const import SIGNAL_OPTIONS_CHANGED
from .coordinator import HearthConfigEntry
from .hands import By, silence
from .override_options import CONF_STAYS_OFF, CONF_STOPPED_BY, MOMENTARY


@callback
def async_watch(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    """Connect what runs, and what is bound, to the stop until the entry is unloaded."""
    data, watching = entry.runtime_data, list[CALLBACK_TYPE]()

    async def stop(event: Event[EventStateChangedData]) -> None:
        if not _says_stop(event.data["old_state"], event.data["new_state"]):
            return
        by = By("entity", event.context.user_id)
        if entry.options.get(CONF_STAYS_OFF, False):
            await data.hands.halt.async_engage(by)
        else:
            data.hands.halt.stop(by)

    @callback
    def watch() -> None:
        unwatch()
        if bound := entry.options.get(CONF_STOPPED_BY, []):
            watching.append(async_track_state_change_event(hass, bound, stop))

    @callback
    def unwatch() -> None:
        while watching:
            watching.pop()()

    watch()
    entry.async_on_unload(unwatch)
    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_OPTIONS_CHANGED, watch))
    stoppers: dict[str, Callable[[By], int]] = {
        "turns": data.turns.stop_all,
        "generations": data.mind.stop_engine,
        "speech": partial(silence, hass),
    }
    for what, stopper in stoppers.items():
        entry.async_on_unload(data.hands.halt.add_stopper(what, stopper))


def _says_stop(old: State | None, new: State | None) -> bool:
    """Tell whether a change is somebody's doing: what only comes back from a restart stops nothing."""
    if old is None or new is None or STATE_UNAVAILABLE in (old.state, new.state) or new.state == STATE_UNKNOWN:
        return False
    if new.domain in MOMENTARY:
        return old.state != new.state
    return new.state == STATE_ON and old.state not in (STATE_ON, STATE_UNKNOWN)
