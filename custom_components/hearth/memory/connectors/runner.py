"""Run one connector: list, send what is new in batches, prune what is gone, and wait for an engine that is away."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, CoreState, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ...access import Access
from ...engine import EngineClient, EngineError, ItemRow, LibraryItem
from .checkpoint import Checkpoint
from .connector import Connector, Entry, Listing, SourceError, Trouble

_LOGGER = logging.getLogger(__name__)

_BATCH_ITEMS = 50
_BATCH_BYTES = 1024 * 1024
_LIST_SECONDS = 120
_READ_SECONDS = 60
# What happens often at once is looked at together.
_WAKE_SECONDS = 5
_RETRY_SECONDS = 10
_MAX_RETRY_SECONDS = 600
# The library may have been emptied or put back from a backup without our knowing.
_RECONCILE_INTERVAL = timedelta(days=1)
# These are about what was sent; whatever else the engine says is about the engine, and is waited for.
_ABOUT_ITEMS = frozenset({"body_too_large", "invalid_request"})


@dataclass(slots=True)
class SourceStatus:
    """How the feeding of a source goes.

    `troubles` are those of the last time, by what the thing is called; `failures` counts how often in a row there were
    some. `engine_error` is the code of why the engine did not take what there was, `refused` how many items it could
    never take, `waiting` how many wait for it.
    """

    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    troubles: Mapping[str, Trouble] = field(default_factory=dict)
    failures: int = 0
    engine_error: str | None = None
    refused: int = 0
    waiting: int = 0


class Runner:
    """Keep one collection of the library like its source."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        connector: Connector,
        *,
        client: EngineClient,
        access: Access,
        turnstile: asyncio.Lock,
        changed: Callable[[], None],
    ) -> None:
        """Wait to be started; `turnstile` lets one of all runners send at a time, `changed` is told of each status."""
        self.connector = connector
        self.status = SourceStatus()
        self._hass = hass
        self._entry = entry
        self._client = client
        self._access = access
        self._turnstile = turnstile
        self._changed = changed
        self._checkpoint = Checkpoint(hass, connector.prefix)
        self._running = asyncio.Lock()
        self._is_stopped = True
        self._stops: list[CALLBACK_TYPE] = []
        self._timer: CALLBACK_TYPE | None = None
        self._due_at = dt_util.utcnow()
        self._reconciled_at: datetime | None = None
        self._retry_seconds = _RETRY_SECONDS
        self._unread = False

    async def async_start(self) -> None:
        """Go on from where it was left, and follow the source until `async_stop`; the first look is the caller's."""
        await self._checkpoint.async_load()
        self._is_stopped = False
        self._stops.extend(self.connector.async_listen(self._push, self.wake))

    async def async_stop(self) -> None:
        """Follow nothing any more, and write down how far it came."""
        self._is_stopped = True
        for stop in self._stops:
            stop()
        self._stops.clear()
        if self._timer is not None:
            self._timer()
        await self._checkpoint.async_save()

    @callback
    def wake(self) -> None:
        """Look at the source soon; an engine that is away is asked again in its own time."""
        if self.status.engine_error is None:
            self._schedule(_WAKE_SECONDS)

    @callback
    def look(self) -> None:
        """Look at the source at once."""
        self._schedule(0)

    @callback
    def resume(self, *, has_lost: bool = False) -> None:
        """Go on at once, the engine being back; of a library that `has_lost` something, see what that was."""
        if has_lost:
            self._reconciled_at = None
        if has_lost or self.status.engine_error is not None:
            self.look()

    async def async_forget(self, item_ids: Iterable[str]) -> None:
        """Let items of this source never come back to the library; whoever calls takes them out of it."""
        self._checkpoint.forget(item_id for item_id in item_ids if item_id.startswith(self.connector.prefix))
        await self._checkpoint.async_save()

    async def async_forget_owner(self, owner: str | None) -> None:
        """Let what waits for the library and belongs to an owner, or all of it, never get there."""
        waiting = [item.id for item in self._checkpoint.outbox.values() if owner in {None, item.owner}]
        self._checkpoint.forget(waiting)
        await self._checkpoint.async_save()

    async def async_run(self) -> None:
        """Go through everything once; whoever comes meanwhile waits and goes through it again."""
        async with self._running:
            seconds = self.connector.interval.total_seconds()
            try:
                await self._async_cycle()
            except EngineError as err:
                _LOGGER.debug("The library did not take %s: %s", self.connector.collection, err.code)
                self.status.engine_error = err.code
                self._reconciled_at = None
                seconds, self._retry_seconds = self._retry_seconds, min(2 * self._retry_seconds, _MAX_RETRY_SECONDS)
            except SourceError as err:
                self._note({self.connector.collection: err.trouble})
            except TimeoutError:
                self._note({self.connector.collection: Trouble.TIMEOUT})
            except Exception as err:  # noqa: BLE001 - it is read through other integrations, which may raise anything
                _LOGGER.debug("Reading %s failed: %s", self.connector.collection, type(err).__name__)
                self._note({self.connector.collection: Trouble.FAILED})
            else:
                self.status.engine_error = None
                self._retry_seconds = _RETRY_SECONDS
            self.status.waiting = len(self._checkpoint.outbox)
            self._checkpoint.save_soon()
            self._changed()
        self._schedule(seconds)

    @callback
    def _push(self, item: LibraryItem) -> None:
        """Take what the source will not tell a second time: it is on disk before anything else is done with it."""
        if not self._access.is_on(self.connector.source):
            return
        self._checkpoint.add(item)
        self.status.waiting = len(self._checkpoint.outbox)
        self._entry.async_create_task(self._hass, self._checkpoint.async_save(), "hearth outbox")
        self.wake()

    @callback
    def _schedule(self, seconds: float) -> None:
        """Run in some seconds, unless that is to happen earlier anyway.

        While Home Assistant starts, what is not loaded yet would look like gone.
        """
        due_at = dt_util.utcnow() + timedelta(seconds=seconds)
        is_ready = self._hass.state is CoreState.running and not self._is_stopped
        if not is_ready or (self._timer is not None and self._due_at <= due_at):
            return
        if self._timer is not None:
            self._timer()
        self._due_at = due_at

        @callback
        def run(_now: datetime) -> None:
            self._timer = None
            name = f"hearth source {self.connector.collection}"
            self._entry.async_create_background_task(self._hass, self.async_run(), name)

        self._timer = async_call_later(self._hass, seconds, HassJob(run, cancel_on_shutdown=True))

    async def _async_cycle(self) -> None:
        if not self._access.is_on(self.connector.source):
            await self._async_purge()
            return
        now = dt_util.utcnow()
        if self._reconciled_at is None or now - self._reconciled_at >= _RECONCILE_INTERVAL:
            await self._async_reconcile(now)
            self._reconciled_at = now
        async with asyncio.timeout(_LIST_SECONDS):
            listing = await self.connector.async_list()
        self._unread = False
        await self._async_send(listing)
        if self.connector.is_complete:
            await self._async_prune(listing)
        troubles = dict(listing.troubles.values())
        self._note(troubles | {self.connector.collection: Trouble.FAILED} if self._unread else troubles)

    def _note(self, troubles: Mapping[str, Trouble]) -> None:
        """Remember how reading the source went."""
        self.status.troubles = troubles
        if troubles:
            self.status.failures += 1
            self.status.failed_at = dt_util.utcnow()
        else:
            self.status.failures = 0
            self.status.succeeded_at = dt_util.utcnow()

    async def _async_purge(self) -> None:
        """Take a source that is switched off out of the library; once it is on again, it begins anew."""
        held = [row.id for row in await self._async_held()]
        await self._async_delete(held)
        self._checkpoint.clear()
        self._note({})

    async def _async_reconcile(self, now: datetime) -> None:
        """Believe the library about what it holds, and take out of it what is too old to be kept."""
        held = await self._async_held()
        self._checkpoint.sent = {row.id: self._checkpoint.sent.get(row.id, "") for row in held}
        if (keep := self.connector.keep) is not None:
            await self._async_delete([row.id for row in held if row.time is not None and row.time < now - keep])

    async def _async_prune(self, listing: Listing) -> None:
        """Take out of the library what is gone from the source, but nothing that could only not be listed."""
        unlisted = tuple(listing.troubles)
        gone = [
            item_id
            for item_id in self._checkpoint.sent
            if item_id not in listing.entries and not (unlisted and item_id.startswith(unlisted))
        ]
        await self._async_delete(gone)

    async def _async_send(self, listing: Listing) -> None:
        """Send what is new or changed, in batches."""
        batch: dict[str, tuple[str, LibraryItem]] = {}
        size = 0
        async for version, item in self._async_due(listing):
            if batch and (len(batch) >= _BATCH_ITEMS or size + len(item.content) > _BATCH_BYTES):
                await self._async_store(batch)
                batch, size = {}, 0
            batch[item.id] = version, item
            size += len(item.content)
        if batch:
            await self._async_store(batch)

    async def _async_due(self, listing: Listing) -> AsyncIterator[tuple[str, LibraryItem]]:
        """Yield what the library has not got as it is, each with its version: what waits first, for it came first."""
        waiting = dict(self._checkpoint.outbox)
        for item in waiting.values():
            yield Entry.of(item).version, item
        passed_over = self._checkpoint.forgotten | waiting.keys()
        for item_id, entry in listing.entries.items():
            if item_id in passed_over or self._checkpoint.sent.get(item_id) == entry.version:
                continue
            if (listed := await self._async_read(entry)) is not None:
                yield entry.version, listed

    async def _async_read(self, entry: Entry) -> LibraryItem | None:
        """Get an item; one that can't be read keeps no other from being sent."""
        try:
            async with asyncio.timeout(_READ_SECONDS):
                return await entry.read()
        except Exception as err:  # noqa: BLE001 - as above
            _LOGGER.debug("Reading an item of %s failed: %s", self.connector.collection, type(err).__name__)
            self._unread = True
            return None

    async def _async_store(self, batch: Mapping[str, tuple[str, LibraryItem]]) -> None:
        """Send a batch; where one item spoils it, each goes alone, and what is refused is not sent again as it is."""
        try:
            async with self._turnstile:
                results = await self._client.async_store(
                    self.connector.collection, [item for _version, item in batch.values()]
                )
        except EngineError as err:
            if err.code not in _ABOUT_ITEMS:
                raise
            if len(batch) > 1:
                for item_id, sent in batch.items():
                    await self._async_store({item_id: sent})
                return
            self.status.refused += 1
            for version, item in batch.values():
                self._sent(version, item)
            return
        told = {result.id for result in results}
        for item_id, (version, item) in batch.items():
            if item_id in told:
                self._sent(version, item)
        # Somebody may have wished so while the batch was on its way.
        await self._async_delete([item_id for item_id in batch if item_id in self._checkpoint.forgotten])

    def _sent(self, version: str, item: LibraryItem) -> None:
        """Count an item as delivered, unless it has changed in the meantime."""
        self._checkpoint.sent[item.id] = version
        if self._checkpoint.outbox.get(item.id) is item:
            del self._checkpoint.outbox[item.id]
        self._checkpoint.save_soon()

    async def _async_delete(self, item_ids: list[str]) -> None:
        for start in range(0, len(item_ids), _BATCH_ITEMS):
            batch = item_ids[start : start + _BATCH_ITEMS]
            await self._client.async_delete_items(self.connector.collection, batch)
            for item_id in batch:
                self._checkpoint.sent.pop(item_id, None)
            self._checkpoint.save_soon()

    async def _async_held(self) -> list[ItemRow]:
        """Return what the library has of this source."""
        rows = self._client.async_all_items(self.connector.collection)
        return [row async for row in rows if row.id.startswith(self.connector.prefix)]
