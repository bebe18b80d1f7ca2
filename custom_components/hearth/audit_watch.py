"""Watch the record of what was done: prove it, prune it, and write down what changes in options and memory."""

from datetime import datetime, timedelta
from functools import partial
import logging
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from . import issues
from .changing import changing_user_id
from .const import SIGNAL_OPTIONS_CHANGED
from .coordinator import HearthConfigEntry
from .hands.audit import Kind, rows
from .hands.audit.retention import CONF_AUDIT_DAYS, async_prune
from .memory import Change

_LOGGER = logging.getLogger(__name__)

_INTERVAL: Final = timedelta(days=1)
# Of these the record says how they changed, of all others only that they did: they may name folders and people.
_TOLD: Final = frozenset({"preset", "rules", "actions", "limits", CONF_AUDIT_DAYS})


@callback
def async_watch(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    """Look at the record now, without making anybody wait, and every day; follow the options."""

    @callback
    def look(_now: datetime | None = None) -> None:
        entry.async_create_background_task(hass, _async_look(hass, entry), "hearth verify audit")

    look()
    entry.runtime_data.hands.audit.on_copy(partial(issues.async_tell_of_audit_copy, hass))
    entry.async_on_unload(async_track_time_interval(hass, look, _INTERVAL, cancel_on_shutdown=True))
    known = dict(entry.options)

    @callback
    def follow() -> None:
        changed = {option: known.get(option) for option in {*known, *entry.options}}
        changed = {option: before for option, before in changed.items() if before != entry.options.get(option)}
        known.clear()
        known.update(entry.options)
        if changed:
            entry.async_create_task(hass, _async_note(entry, changed, changing_user_id()), "hearth note options")

    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_OPTIONS_CHANGED, follow))

    @callback
    def remembered(change: Change) -> None:
        entry.async_create_task(hass, _async_note_change(entry, change), "hearth note change of memory")

    entry.async_on_unload(entry.runtime_data.memory.vault.add_listener(remembered))


async def _async_look(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    audit = entry.runtime_data.hands.audit
    try:
        verdict = await audit.async_verify()
        issues.async_update_audit(hass, verdict)
        await async_prune(audit, entry.options, dt_util.utcnow())
    except HomeAssistantError as err:
        _LOGGER.warning("The audit could not be looked at: %s", err)


async def _async_note(entry: HearthConfigEntry, changed: dict[str, Any], user_id: str | None) -> None:
    """Write down what was changed, and of what concerns safety how."""
    audit, options = entry.runtime_data.hands.audit, dict(entry.options)
    try:
        for option, before in sorted(changed.items()):
            told = (before, options.get(option)) if option in _TOLD else (None, None)
            await audit.async_append(Kind.SETTING, rows.setting(option, *told, user_id=user_id))
    except HomeAssistantError as err:
        _LOGGER.warning("A change of the options could not be written into the audit: %s", err)


async def _async_note_change(entry: HearthConfigEntry, change: Change) -> None:
    """Write down that something was remembered or forgotten, not what."""
    row = rows.memory_edit(change.kind.value, change.id, owner=change.owner, by=change.by)
    try:
        await entry.runtime_data.hands.audit.async_append(Kind.MEMORY_EDIT, row)
    except HomeAssistantError as err:
        _LOGGER.warning("A change of the memory could not be written into the audit: %s", err)
