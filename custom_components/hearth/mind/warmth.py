"""Keep what turns begin with computed in the engine before anybody speaks."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
import json
import logging
from typing import Final

from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..engine import EngineClient, EngineError, RoleInfo, WarmRequest, Warmth
from ..hands import Halt
from .status import EngineStatus

_LOGGER = logging.getLogger(__name__)

# What an engine says that will never do it for this beginning; everything else is tried again.
_FINAL: Final = frozenset({"context_overflow", "invalid_request", "method_not_allowed", "not_found", "unsupported"})


@dataclass(frozen=True, slots=True)
class Warmable:
    """An entity whose requests begin alike: `prefix` builds the beginning, under `id` as its name.

    Only what is `kept` is warmed without being asked for.
    """

    id: str
    entity_id: str
    role: str
    prefix: Callable[[], Awaitable[WarmRequest]]
    kept: bool = True


@dataclass(slots=True)
class Warmer:
    """What is warm: by entity the beginning that the engine was last given, as long as the engine can still have it.

    While Hearth is switched off, the engine is given nothing.
    """

    client: EngineClient
    status: EngineStatus
    halt: Halt
    _entities: dict[str, Warmable] = field(default_factory=dict)
    _warm: dict[str, str] = field(default_factory=dict)
    _seen: dict[str, RoleInfo] = field(default_factory=dict)
    # One at a time: they share most of what they compute.
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @callback
    def add(self, entity: Warmable) -> Callable[[], None]:
        """Know an entity until the returned function is called."""
        self._entities[entity.entity_id] = entity

        def remove() -> None:
            self._entities.pop(entity.entity_id, None)
            self._warm.pop(entity.entity_id, None)

        return remove

    @property
    def entity_ids(self) -> list[str]:
        """Return the entities that are kept warm."""
        return [entity.entity_id for entity in self._entities.values() if entity.kept]

    def knows(self, entity_id: str) -> bool:
        """Tell whether an entity can be warmed up."""
        return entity_id in self._entities

    def is_cold(self) -> bool:
        """Tell whether anything that could be warm is not."""
        return any(entity.entity_id not in self._warm for entity in self._ready())

    @callback
    def follow_engine(self) -> None:
        """Forget what another process or another model can't have."""
        for role in {entity.role for entity in self._entities.values()}:
            info, before = self.status.role_info(role), self._seen.get(role)
            if info is None or info.state != "ready" or (before is not None and _is_another(before, info)):
                self._forget(role)
            if info is not None:
                self._seen[role] = info

    async def async_refresh(self) -> None:
        """Warm up what begins otherwise than the engine was last told; nobody hears of failures."""
        for entity in list(self._ready()):
            await self._async_refresh(entity)

    async def async_expect(self, entity_id: str) -> None:
        """Warm an entity up that somebody is about to speak to.

        A model of this home may have been unloaded meanwhile, and finding everything warm costs it next to nothing;
        another's server would have it paid.
        """
        for entity in list(self._ready()):
            if entity.entity_id == entity_id:
                info = self.status.role_info(entity.role)
                await self._async_refresh(entity, anew=info is not None and info.backend == "local")

    async def async_warm(self, entity_id: str) -> Warmth:
        """Warm an entity up whatever is known of it.

        Raises EngineError, and HomeAssistantError for a bad template and while Hearth is switched off.
        """
        entity = self._entities[entity_id]
        async with self._lock:
            request = await entity.prefix()
            if self.halt.engaged_at is not None:
                raise HomeAssistantError(translation_domain=DOMAIN, translation_key="halted")
            return await self._async_send(entity, request)

    async def _async_refresh(self, entity: Warmable, *, anew: bool = False) -> None:
        async with self._lock:
            try:
                request = await entity.prefix()
                is_new = anew or self._warm.get(entity.entity_id) != _text(request)
                # Somebody may have switched Hearth off while this waited for its turn.
                if is_new and self.halt.engaged_at is None:
                    await self._async_send(entity, request)
            except (EngineError, HomeAssistantError) as err:
                _LOGGER.debug("%s could not be warmed up: %s", entity.entity_id, err)

    async def _async_send(self, entity: Warmable, request: WarmRequest) -> Warmth:
        try:
            warmth = await self.client.async_warm(request)
        except EngineError as err:
            if err.code in _FINAL:
                self._warm[entity.entity_id] = _text(request)
            raise
        self._warm[entity.entity_id] = _text(request)
        _LOGGER.debug(
            "%s begins with %d warm tokens, %d of them known", entity.entity_id, warmth.tokens, warmth.cache_n
        )
        return warmth

    def _ready(self) -> Iterator[Warmable]:
        """Yield what is kept warm and whose model can be; nothing while Hearth is switched off."""
        if self.halt.engaged_at is not None:
            return
        for entity in self._entities.values():
            info = self.status.role_info(entity.role)
            if entity.kept and info is not None and info.state == "ready" and info.prefix_sharing != "none":
                yield entity

    def _forget(self, role: str) -> None:
        for entity in self._entities.values():
            if entity.role == role:
                self._warm.pop(entity.entity_id, None)


def _is_another(before: RoleInfo, now: RoleInfo) -> bool:
    """Tell whether another model serves a role, or another process: one that has answered fewer requests."""
    if (before.model, before.context_length) != (now.model, now.context_length):
        return True
    return bool(before.statistics and now.statistics and now.statistics.requests < before.statistics.requests)


def _text(request: WarmRequest) -> str:
    return json.dumps(request.as_wire(), sort_keys=True)
