"""Install and remove automations as Home Assistant's own editor does, and see that they are there."""

import asyncio
from collections.abc import Callable
from typing import Final

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.const import CONF_ID, SERVICE_RELOAD
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, label_registry as lr

from ...const import DOMAIN
from .file import AutomationsFile, Config

# The actions of ours that the guard judges.
INSTALL: Final = "install_automation"
REMOVE: Final = "remove_automation"
# Whatever begins so is ours; nothing else is ever touched.
ID_PREFIX: Final = "hearth_"

_LABEL: Final = "Hearth"
_ICON: Final = "mdi:fireplace"
_RELOAD_SECONDS: Final = 15
_LOCK: Final = asyncio.Lock()


async def async_installed(hass: HomeAssistant) -> dict[str, Config]:
    """Return the automations that Hearth has installed, by ID; raises HomeAssistantError."""
    entries = await _async_do(hass, AutomationsFile.entries)
    return {entry[CONF_ID]: entry for entry in entries if str(entry.get(CONF_ID, "")).startswith(ID_PREFIX)}


async def async_can_install(hass: HomeAssistant) -> None:
    """Raise HomeAssistantError where Home Assistant would never read what is installed."""
    if await _async_do(hass, lambda file: file.is_surely_left_out):
        raise _left_out()


async def async_install(hass: HomeAssistant, automation_id: str, config: Config) -> str:
    """Write an automation down, load it and return its entity; raises HomeAssistantError with nothing left behind."""
    entry = {CONF_ID: automation_id, **config}
    async with _LOCK:
        await _async_do(hass, lambda file: file.add(entry))
        await _async_reload(hass, automation_id)
        if (entity_id := _entity(hass, automation_id)) is None:
            await _async_do(hass, lambda file: file.remove(automation_id))
            raise _left_out()
    registry = er.async_get(hass)
    label = lr.async_get(hass).async_get_label_by_name(_LABEL) or lr.async_get(hass).async_create(_LABEL, icon=_ICON)
    if (known := registry.async_get(entity_id)) is not None:
        registry.async_update_entity(entity_id, labels=known.labels | {label.label_id})
    return entity_id


async def async_remove(hass: HomeAssistant, automation_id: str) -> None:
    """Take an automation of ours away; raises HomeAssistantError for any other."""
    if automation_id not in await async_installed(hass):
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_such_automation")
    async with _LOCK:
        await _async_do(hass, lambda file: file.remove(automation_id))
        await _async_reload(hass, automation_id)
        registry = er.async_get(hass)
        if entity_id := registry.async_get_entity_id(AUTOMATION, AUTOMATION, automation_id):
            registry.async_remove(entity_id)


async def _async_reload(hass: HomeAssistant, automation_id: str) -> None:
    async with asyncio.timeout(_RELOAD_SECONDS):
        await hass.services.async_call(AUTOMATION, SERVICE_RELOAD, {CONF_ID: automation_id}, blocking=True)


def _entity(hass: HomeAssistant, automation_id: str) -> str | None:
    """Return the entity of an automation that is there."""
    entity_id = er.async_get(hass).async_get_entity_id(AUTOMATION, AUTOMATION, automation_id)
    return entity_id if entity_id and hass.states.get(entity_id) else None


async def _async_do[T](hass: HomeAssistant, work: Callable[[AutomationsFile], T]) -> T:
    return await hass.async_add_executor_job(work, AutomationsFile(hass.config.config_dir))


def _left_out() -> HomeAssistantError:
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="automations_left_out")
