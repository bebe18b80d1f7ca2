"""Let only one call at a time change an entity, so that two conversations can't fight over it."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

WAIT_SECONDS: Final = 3.0


class EntityBusyError(Exception):
    """Somebody else's call is changing the entity, and went on for longer than anybody would wait."""

    def __init__(self, entity_id: str) -> None:
        """Name the entity."""
        super().__init__(entity_id)
        self.entity_id = entity_id


@dataclass(slots=True)
class _Held:
    """The lock of one entity, and how many hold it or wait for it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class EntityLocks:
    """The entities that calls are changing at the moment.

    Everybody takes the locks of several entities in the same order, so nobody waits for somebody who waits for them.
    """

    def __init__(self, wait_seconds: float = WAIT_SECONDS) -> None:
        """Hold nothing; a call waits for all of its entities together for so long at most."""
        self._wait_seconds = wait_seconds
        self._held: dict[str, _Held] = {}

    @asynccontextmanager
    async def holding(self, entity_ids: Iterable[str]) -> AsyncGenerator[bool]:
        """Keep everybody else from changing some entities, and tell whether anybody had to be waited for.

        Raises EntityBusyError when that takes too long.
        """
        wanted = sorted(set(entity_ids))
        waits = any(entity_id in self._held for entity_id in wanted)
        deadline = asyncio.get_running_loop().time() + self._wait_seconds
        async with AsyncExitStack() as stack:
            for entity_id in wanted:
                await stack.enter_async_context(self._holding_one(entity_id, deadline))
            yield waits

    @asynccontextmanager
    async def _holding_one(self, entity_id: str, deadline: float) -> AsyncGenerator[None]:
        held = self._held.setdefault(entity_id, _Held())
        held.users += 1
        try:
            try:
                async with asyncio.timeout_at(deadline):
                    await held.lock.acquire()
            except TimeoutError as err:
                raise EntityBusyError(entity_id) from err
            try:
                yield
            finally:
                held.lock.release()
        finally:
            held.users -= 1
            if not held.users:
                del self._held[entity_id]
