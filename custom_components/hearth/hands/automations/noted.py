"""Tell for the record which automations a call would bring or take away, and which it has."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from homeassistant.const import CONF_ID
from homeassistant.core import HomeAssistant

from ...const import DOMAIN
from ..effects import Effect, Resolution
from .install import INSTALL, REMOVE, async_installed

# What takes back an installation; the room of it is built on this one, so its names can't be had from there.
_UNDO: Final = "undo"
_KIND: Final = "automation"


class Step(StrEnum):
    """How far an automation has come."""

    PROPOSED = "proposed"
    INSTALLED = "installed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """That an automation comes or goes: its ID, and what people call it."""

    step: Step
    id: str
    alias: str


def proposed(resolution: Resolution) -> list[Change]:
    """Return the automations that a call would install."""
    return [
        Change(Step.PROPOSED, change.id, change.alias)
        for change in _changes(resolution)
        if change.step is Step.INSTALLED
    ]


async def async_changed(hass: HomeAssistant, resolution: Resolution) -> list[Change]:
    """Return the automations that a call that ran has installed or removed; raises HomeAssistantError."""
    if not (changes := _changes(resolution)):
        return []
    there = await async_installed(hass)
    return [change for change in changes if (change.id in there) is (change.step is Step.INSTALLED)]


def _changes(resolution: Resolution) -> list[Change]:
    found = ((_step(effect), effect.data) for effect in resolution.effects)
    return [
        Change(step, str(data[CONF_ID]), str(data.get("alias") or data.get("text") or data[CONF_ID]))
        for step, data in found
        if step is not None
    ]


def _step(effect: Effect) -> Step | None:
    """Return what an effect is to an automation, None for one that is about something else."""
    if effect.domain != DOMAIN:
        return None
    if effect.service == _UNDO:
        return Step.REMOVED if effect.data.get("kind") == _KIND else None
    return {INSTALL: Step.INSTALLED, REMOVE: Step.REMOVED}.get(effect.service)
