"""Stop everything at once, and keep it stopped for as long as somebody wants it so."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
import logging
import time
from typing import Any, Final, Self

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..access import Kind as Asking, Principal
from ..const import DOMAIN
from .audit import Audit, Kind, rows
from .call import Scope

_LOGGER = logging.getLogger(__name__)

# What the switch is called in the registry; who may use it may resume.
ENABLED: Final = "hearth_enabled"
_STORE_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class By:
    """Who stops or resumes, and by what (`channel`): voice, switch, button, action, entity.

    `scope` is the turn that says so itself, which goes on to its answer.
    """

    channel: str
    user_id: str | None = None
    device_id: str | None = None
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """What a stop came to: when, in how many ms, and the entities of calls that a service had been handed already."""

    at: datetime
    ms: float
    under_way: tuple[str, ...]


class Halt:
    """The brake of one home: a stop ends what is under way, `async_engage` also keeps anything new from beginning.

    Nothing here waits for the app, the disk or a device: what stops is told so before any of these is touched.
    """

    def __init__(self, hass: HomeAssistant, audit: Audit) -> None:
        """Begin with nothing to stop."""
        self._hass = hass
        self._audit = audit
        self._store = Store[dict[str, str | None]](hass, _STORE_VERSION, f"{DOMAIN}.halt")
        self._engaged_at: datetime | None = None
        self._scopes: list[Scope] = []
        self._acting: list[tuple[str, ...]] = []
        self._stoppers: list[tuple[str, Callable[[By], int]]] = []
        self._listeners: list[CALLBACK_TYPE] = []

    @classmethod
    async def async_create(cls, hass: HomeAssistant, audit: Audit) -> Self:
        """Return the brake as it was left before a restart."""
        halt = cls(hass, audit)
        stored = await halt._store.async_load() or {}
        if engaged_at := stored.get("engaged_at"):
            halt._engaged_at = dt_util.parse_datetime(engaged_at) or dt_util.utcnow()
        return halt

    @property
    def engaged_at(self) -> datetime | None:
        """Return since when Hearth is switched off, None while it is not."""
        return self._engaged_at

    @callback
    def forbids(self, scope: Scope, *, acts: bool) -> bool:
        """Tell whether a call must not run: its turn was stopped, or it would act while Hearth is switched off."""
        return scope.stopped or (acts and self._engaged_at is not None)

    @contextmanager
    def watching(self, scope: Scope) -> Iterator[None]:
        """Let a stop reach the calls of a turn for as long as they are on their way through the guard."""
        self._scopes.append(scope)
        try:
            yield
        finally:
            self._scopes.remove(scope)

    @contextmanager
    def acting(self, entity_ids: tuple[str, ...]) -> Iterator[None]:
        """Know of a call that is in a service's hands, which a stop can't take back."""
        self._acting.append(entity_ids)
        try:
            yield
        finally:
            self._acting.remove(entity_ids)

    @callback
    def add_stopper(self, what: str, stopper: Callable[[By], int]) -> CALLBACK_TYPE:
        """Have something ended by every stop until the returned function is called.

        `stopper` must not wait for anything and returns how much it has ended; `what` names it in the audit.
        """
        self._stoppers.append((what, stopper))
        return lambda: self._stoppers.remove((what, stopper))

    @callback
    def add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call `listener` whenever Hearth is switched off or on, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def stop(self, by: By) -> Stopped:
        """End everything that is under way, now; what begins afterwards may go on."""
        start, at = time.perf_counter(), dt_util.utcnow()
        for scope in self._scopes:
            scope.stopped = scope.stopped or scope is not by.scope
        ended = {what: self._end(stopper, by) for what, stopper in self._stoppers}
        under_way = tuple(dict.fromkeys(entity_id for entity_ids in self._acting for entity_id in entity_ids))
        stopped = Stopped(at, round((time.perf_counter() - start) * 1000, 3), under_way)
        row = rows.halt(
            user_id=by.user_id,
            device_id=by.device_id,
            channel=by.channel,
            stays=self._engaged_at is not None,
            ended=ended | {"under_way": len(self._acting)},
        )
        self._hass.async_create_task(self._async_write(Kind.HALT, row), "hearth write down stop")
        return stopped

    async def async_engage(self, by: By) -> Stopped:
        """Switch Hearth off: stop everything, and let nothing act until somebody resumes, also after a restart."""
        was_on = self._engaged_at is None
        self._engaged_at = self._engaged_at or dt_util.utcnow()
        stopped = self.stop(by)
        if was_on:
            self._tell()
            await self._async_save()
        return stopped

    async def async_resume(self, by: By) -> None:
        """Switch Hearth on again; what was stopped stays so."""
        if self._engaged_at is None:
            return
        self._engaged_at = None
        self._tell()
        await self._async_save()
        row = rows.resume(user_id=by.user_id, device_id=by.device_id, channel=by.channel)
        await self._async_write(Kind.RESUME, row)

    @staticmethod
    def _end(stopper: Callable[[By], int], by: By) -> int:
        try:
            return stopper(by)
        except Exception:
            # One thing that can't be stopped must not keep the others going.
            _LOGGER.exception("Something could not be stopped")
            return 0

    async def _async_save(self) -> None:
        engaged_at = self._engaged_at.isoformat() if self._engaged_at else None
        await self._store.async_save({"engaged_at": engaged_at})

    async def _async_write(self, kind: str, row: dict[str, Any]) -> None:
        """Write down a stop or its end; that the disk is full must keep nobody from it."""
        try:
            await self._audit.async_append(kind, row)
        except HomeAssistantError:
            _LOGGER.exception("That Hearth was stopped or resumed could not be written down")

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()


async def async_may_resume(hass: HomeAssistant, principal: Principal, user_id: str | None) -> bool:
    """Tell whether somebody may switch Hearth on again: no guest, and a user only who may use its switch."""
    if principal.kind is Asking.GUEST:
        return False
    if user_id is None:
        return True
    user = await hass.auth.async_get_user(user_id)
    ours = (entity for entity in er.async_get(hass).entities.values() if entity.platform == DOMAIN)
    switches = [entity.entity_id for entity in ours if entity.translation_key == ENABLED]
    return user is not None and all(user.permissions.check_entity(switch, POLICY_CONTROL) for switch in switches)
