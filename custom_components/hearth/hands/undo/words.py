"""Say honestly what an undo brought back, and what it could not."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant, State

from ...const import DOMAIN
from ...speech import join, say
from ..phrases import name_of
from .items import UNDO
from .snapshot import UNSEEN
from .undo import UndoPlan, UndoReport

_HEARD = ("assist_satellite.", "tts.")
_REDO = f"{DOMAIN}.{UNDO}"
_SENT = ("notify.", "hearth.send_to_me")
_SAVED = ("backup.", "hassio.backup_")
_INSTALLED = "update.install"


async def async_told(hass: HomeAssistant, language: str, plan: UndoPlan, undone: UndoReport) -> str:
    """Return what became of an undo."""
    if not plan.of:
        return say(language, "undo_nothing")
    told = [say(language, "undone")] if undone.restored or undone.removed else []
    if undone.failed:
        told.append(say(language, "undo_failed", names=_names(hass, language, undone.failed)))
    told += [await _async_left(hass, language, entity_id, state) for entity_id, state in plan.changed.items()]
    told += dict.fromkeys(_final(language, action) for action in plan.final)
    if plan.lost:
        kinds = dict.fromkeys(say(language, f"undo_lost_{item.place.kind}") for item in plan.lost)
        told += kinds
    return " ".join(told) or say(language, "undo_as_before")


async def _async_left(hass: HomeAssistant, language: str, entity_id: str, state: State) -> str:
    """Say that somebody has changed a thing since, and who it was as far as that is known."""
    name, user_id = name_of(hass, entity_id), state.context.user_id
    user = await hass.auth.async_get_user(user_id) if user_id else None
    if user is not None and user.name:
        return say(language, "undo_changed_by", name=name, who=user.name)
    return say(language, "undo_changed", name=name)


def _final(language: str, action: str) -> str:
    if action == UNSEEN:
        return say(language, "undo_unseen")
    if action == _REDO:
        return say(language, "undo_redo")
    if action.startswith(_HEARD):
        return say(language, "undo_heard")
    if action.startswith(_SENT):
        return say(language, "undo_sent")
    if action.startswith(_SAVED):
        return say(language, "undo_backup")
    if action == _INSTALLED:
        return say(language, "undo_update")
    return say(language, "undo_final", action=action)


def _names(hass: HomeAssistant, language: str, targets: Iterable[str]) -> str:
    return join(language, [name_of(hass, target) for target in targets])
