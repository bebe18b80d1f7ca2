"""Let something rest until tomorrow, because somebody said "not today"; nobody has to say why."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
import logging
from typing import Any, Final, Self

from homeassistant.components.automation import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_OFF, SERVICE_TURN_ON, STATE_ON
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from .audit import Audit, Kind, rows
from .halt import By

_LOGGER = logging.getLogger(__name__)

# What can rest beside an automation, which is called by its entity ID.
BRIEFING: Final = "briefing"
_STORE_VERSION: Final = 1
_MIDNIGHT: Final = By("midnight")
_REMOVAL: Final = By("removal")


class Step(StrEnum):
    """Whether something rests from now on, or goes on again."""

    PAUSED = "paused"
    RESUMED = "resumed"


class Pauses:
    """What rests, each until the local midnight after it was said, also over a restart."""

    def __init__(self, hass: HomeAssistant, audit: Audit) -> None:
        """Begin with nothing resting; what rests and goes on is written into the audit."""
        self._hass = hass
        self._audit = audit
        self._store = Store[dict[str, str]](hass, _STORE_VERSION, f"{DOMAIN}.pauses")
        self._until: dict[str, datetime] = {}
        self._timer: CALLBACK_TYPE | None = None
        self._not_started: CALLBACK_TYPE | None = None

    @classmethod
    async def async_create(cls, hass: HomeAssistant, audit: Audit) -> Self:
        """Return what rested before a restart; what is over goes on once Home Assistant has started."""
        pauses = cls(hass, audit)
        stored = await pauses._store.async_load() or {}
        times = ((target, dt_util.parse_datetime(until)) for target, until in stored.items())
        pauses._until = {target: until for target, until in times if until is not None}
        pauses._not_started = async_at_started(hass, pauses._async_wake)
        return pauses

    @callback
    def close(self) -> None:
        """Wake nothing any more."""
        for cancel in (self._timer, self._not_started):
            if cancel is not None:
                cancel()
        self._timer = self._not_started = None

    @callback
    def rests(self, target: str) -> bool:
        """Tell whether something rests today."""
        return target in self._until and dt_util.utcnow() < self._until[target]

    async def async_pause(self, target: str, by: By) -> datetime:
        """Let the briefing or an automation rest until tomorrow, and return until when.

        Raises ServiceValidationError for an automation that does not run anyway, or that there is none of, and
        HomeAssistantError when the audit can't be written; then nothing rests.
        """
        runs = target != BRIEFING and target not in self._until
        if runs and not self._hass.states.is_state(target, STATE_ON):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="nothing_to_pause",
                translation_placeholders={"target": target},
            )
        until = dt_util.as_utc(dt_util.start_of_local_day(dt_util.now().date() + timedelta(days=1)))
        await self._audit.async_append(Kind.PAUSE, _row(Step.PAUSED, target, by, until))
        if runs:
            await self._async_switch(target, SERVICE_TURN_OFF)
        self._until[target] = until
        await self._async_keep()
        return until

    async def async_wake(self, target: str, by: By) -> bool:
        """Let something go on before tomorrow, and return whether it had rested."""
        if (until := self._until.pop(target, None)) is None:
            return False
        await self._async_write(_row(Step.RESUMED, target, by))
        try:
            if target != BRIEFING:
                await self._async_switch(target, SERVICE_TURN_ON)
        except HomeAssistantError:
            self._until[target] = until
            raise
        await self._async_keep()
        return True

    async def _async_wake(self, _now: datetime | HomeAssistant) -> None:
        """Let everything go on whose time has come."""
        self._not_started = None
        now = dt_util.utcnow()
        await self._async_wake_each([target for target, until in self._until.items() if until <= now], _MIDNIGHT)

    async def async_wake_all(self) -> None:
        """Let everything go on as Hearth is removed: nobody will be there tomorrow to do it."""
        await self._async_wake_each(list(self._until), _REMOVAL)

    async def _async_wake_each(self, targets: Sequence[str], by: By) -> None:
        for target in targets:
            try:
                await self.async_wake(target, by)
            except HomeAssistantError:
                # Somebody may have removed it since.
                _LOGGER.warning("%s could not be switched on again", target)
                del self._until[target]
        await self._async_keep()

    async def _async_write(self, row: dict[str, Any]) -> None:
        """Write down that something goes on; that the disk is full must keep nothing asleep."""
        try:
            await self._audit.async_append(Kind.PAUSE, row)
        except HomeAssistantError:
            _LOGGER.exception("That something goes on again could not be written down")

    async def _async_switch(self, entity_id: str, service: str) -> None:
        await self._hass.services.async_call(AUTOMATION_DOMAIN, service, {ATTR_ENTITY_ID: entity_id}, blocking=True)

    async def _async_keep(self) -> None:
        """Write down what rests, and wait for the first to go on."""
        if self._timer is not None:
            self._timer()
        first = min(self._until.values(), default=None)
        self._timer = async_track_point_in_utc_time(self._hass, self._async_wake, first) if first else None
        await self._store.async_save({target: until.isoformat() for target, until in self._until.items()})


def _row(step: Step, target: str, by: By, until: datetime | None = None) -> dict[str, Any]:
    return rows.pause(
        step.value,
        target,
        until=until.isoformat() if until else None,
        user_id=by.user_id,
        device_id=by.device_id,
        channel=by.channel,
    )
