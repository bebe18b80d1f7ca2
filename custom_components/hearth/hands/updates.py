"""Install updates: never without a backup where one can be made, and with more patience than anything else."""

from asyncio import Task
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from homeassistant.components import persistent_notification
from homeassistant.components.update.const import ATTR_BACKUP, DOMAIN as UPDATE, SERVICE_INSTALL, UpdateEntityFeature
from homeassistant.const import ATTR_SUPPORTED_FEATURES
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from ..speech import join
from ..speech.deeds import result_text
from .call import Call, CallRecord, Scope
from .effects import Effect, Resolution
from .phrases import phrases

if TYPE_CHECKING:
    from homeassistant.components.backup import BackupManager

# A backup of a large home takes minutes, the firmware of a device that sleeps an hour.
SECONDS: Final = 2 * 3600
_INSTALL: Final = f"{UPDATE}.{SERVICE_INSTALL}"
_BACKUP: Final = "backup"
# By what a backup is made where nobody has planned any: without Supervisor, and with it.
_WAYS: Final = ((_BACKUP, "create"), ("hassio", "backup_full"))
_AS_PLANNED: Final = (_BACKUP, "create_automatic")
_TITLE: Final = "Hearth"


@callback
def installs(resolution: Resolution) -> bool:
    """Tell whether a call installs an update."""
    return any(map(_is_install, resolution.effects))


@callback
def own_backup(hass: HomeAssistant, action: str, entity_ids: Collection[str]) -> Mapping[str, bool]:
    """Return what an action must be given so that its entities make a backup themselves, as far as all of them can."""
    if action != _INSTALL:
        return {}
    return {ATTR_BACKUP: bool(entity_ids) and all(_can_save(hass, entity_id) for entity_id in entity_ids)}


@callback
def saved_first(hass: HomeAssistant, resolution: Resolution) -> Resolution:
    """Return what a call would do, with the backup that has to come first.

    Raises HomeAssistantError for what would install an update some other day, when nobody makes one.
    """
    if not all(_saves_itself(hass, effect) for effect in resolution.later if _is_install(effect)):
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="automation_without_backup")
    if all(_saves_itself(hass, effect) for effect in resolution.effects if _is_install(effect)):
        return resolution
    backup = _backup(hass)
    return replace(resolution, first=(backup,) if backup else (), unsaved=backup is None)


@callback
def backup_call(hass: HomeAssistant, scope: Scope, resolution: Resolution) -> tuple[Call, Resolution]:
    """Return the call that makes the backup which has to come first, and what it does."""
    (effect,) = resolution.first
    alone = Resolution(resolution.first)

    async def resolve() -> Resolution:
        return alone

    async def run() -> None:
        context = Context(id=scope.context_id, user_id=scope.user_id)
        await hass.services.async_call(effect.domain, effect.service, {}, blocking=True, context=context)
        if effect.domain == _BACKUP and not _is_made(hass):
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="backup_failed")

    return Call(f"{effect.domain}.{effect.service}", {}, resolve, run, SECONDS), alone


@callback
def tell_late(hass: HomeAssistant, installing: Task[CallRecord]) -> None:
    """Show what came of an update for which nobody waits any more."""
    if installing.cancelled() or installing.exception() is not None:
        return
    record, language = installing.result(), hass.config.language
    done = join(language, phrases(hass, language, record.name, record.resolution) or [record.name])
    text = f"{done[:1].upper()}{done[1:]}: {result_text(language, record.outcome, record.reason)}"
    persistent_notification.async_create(hass, text, _TITLE)


def _is_install(effect: Effect) -> bool:
    return f"{effect.domain}.{effect.service}" == _INSTALL


def _saves_itself(hass: HomeAssistant, effect: Effect) -> bool:
    if (entry := er.async_get(hass).async_get(effect.entity_id or "")) is not None and entry.platform == DOMAIN:
        # A model for Hearth's engine is a file that is downloaded beside the old one, and that no backup holds.
        return True
    return effect.data.get(ATTR_BACKUP) is True and _can_save(hass, effect.entity_id)


def _can_save(hass: HomeAssistant, entity_id: str | None) -> bool:
    state = hass.states.get(entity_id) if entity_id else None
    features = state.attributes.get(ATTR_SUPPORTED_FEATURES, 0) if state else 0
    return bool(features & UpdateEntityFeature.BACKUP)


def _backup(hass: HomeAssistant) -> Effect | None:
    """Return what makes a backup here, None where nothing does; what the home has planned for itself goes first."""
    manager = _manager(hass)
    is_planned = manager is not None and bool(manager.config.data.create_backup.agent_ids)
    ways = (_AS_PLANNED, *_WAYS) if is_planned else _WAYS
    return next((Effect(domain, name) for domain, name in ways if hass.services.has_service(domain, name)), None)


def _is_made(hass: HomeAssistant) -> bool:
    """Tell whether the last backup is whole and everywhere it was to go: its action does not complain of the latter."""
    from homeassistant.components.backup import CreateBackupEvent, CreateBackupState  # noqa: PLC0415

    last = manager.last_action_event if (manager := _manager(hass)) else None
    return isinstance(last, CreateBackupEvent) and last.state is CreateBackupState.COMPLETED


def _manager(hass: HomeAssistant) -> BackupManager | None:
    """Return what manages the backups of the home, None where nothing does."""
    if _BACKUP not in hass.config.components:
        return None
    # It needs packages that are not there before it is set up.
    from homeassistant.components.backup import async_get_manager  # noqa: PLC0415

    return async_get_manager(hass)
