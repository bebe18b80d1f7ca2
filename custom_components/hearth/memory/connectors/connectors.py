"""Keep the library fed from every source of the home."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.start import async_at_started

from ...access import Access
from ...const import SIGNAL_OPTIONS_CHANGED
from ...engine import EngineClient
from ..recall import Recall
from .calendars import Calendars
from .checkpoint import Checkpoint
from .connector import Connector
from .conversations import Conversations
from .devices import Devices
from .feeds import Feeds
from .folders import Folders
from .history import History
from .mail import Mail
from .notifications import Notifications
from .runner import Runner, SourceStatus
from .todo_lists import TodoLists

_KINDS: Final = (Devices, Calendars, TodoLists, Notifications, History, Folders, Mail, Feeds)


class Connectors:
    """The connectors of a home, one for each source that the library is fed from."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, client: EngineClient, access: Access, recall: Recall
    ) -> None:
        """Wait to be started; `recall` is where the conversations are kept."""
        connectors: list[Connector] = [kind(hass, access) for kind in _KINDS]
        connectors.append(Conversations(hass, access, recall))
        turnstile = asyncio.Lock()
        self._hass = hass
        self._problem: str | None = None
        self._stops: list[CALLBACK_TYPE] = []
        self._listeners: list[Callable[[], None]] = []
        self.runners: Mapping[str, Runner] = {
            connector.collection: Runner(
                hass, entry, connector, client=client, access=access, turnstile=turnstile, changed=self._notify
            )
            for connector in connectors
        }

    async def async_start(self) -> None:
        """Follow every source."""
        for runner in self.runners.values():
            await runner.async_start()
        self._stops = [
            async_at_started(self._hass, self._look),
            async_dispatcher_connect(self._hass, SIGNAL_OPTIONS_CHANGED, self._look),
        ]

    async def async_stop(self) -> None:
        """Follow nothing any more."""
        for stop in self._stops:
            stop()
        self._stops.clear()
        for runner in self.runners.values():
            await runner.async_stop()

    @callback
    def resume(self, problem: str | None = None) -> None:
        """Go on at once, the engine being back; after damage to the library bring back what can be listed again."""
        is_new, self._problem = problem not in {None, self._problem}, problem
        for runner in self.runners.values():
            runner.resume(has_lost=is_new)

    async def async_forget(self, collection: str, item_ids: Iterable[str]) -> None:
        """Let items never come back to the library; whoever calls takes them out of it."""
        if (runner := self.runners.get(collection)) is not None:
            await runner.async_forget(item_ids)

    async def async_forget_owner(self, owner: str | None) -> None:
        """Let what waits for the library and belongs to an owner, or all of it, never get there."""
        for runner in self.runners.values():
            await runner.async_forget_owner(owner)

    def status(self, collection: str) -> SourceStatus | None:
        """Return how the feeding of a collection goes, None for one that is not fed from a source."""
        runner = self.runners.get(collection)
        return runner.status if runner else None

    def statuses(self) -> Mapping[str, SourceStatus]:
        """Return how the feeding goes by collection."""
        return {collection: runner.status for collection, runner in self.runners.items()}

    def add_listener(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def _look(self, *_: HomeAssistant) -> None:
        """Look at every source: it may have been switched on or off, or have another owner."""
        for runner in self.runners.values():
            runner.look()

    @callback
    def _notify(self) -> None:
        for listener in list(self._listeners):
            listener()


async def async_forget_progress(hass: HomeAssistant) -> None:
    """Delete what is written down about how far the feeding came."""
    for kind in (*_KINDS, Conversations):
        await Checkpoint(hass, kind.prefix).async_remove()
