"""Let the engine fetch models, and go on where that was interrupted."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import asdict, dataclass, field
import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .const import DOMAIN
from .engine import EngineClient, EngineError, EngineUnreachable, PullProgress, PullSource
from .errors import is_askers_fault

_LOGGER = logging.getLogger(__name__)
_STORAGE_VERSION = 1
_RETRY_SECONDS = 30


def downloads_store(hass: HomeAssistant) -> Store[list[dict[str, str | None]]]:
    """Return where the downloads that are not done yet are kept."""
    return Store(hass, _STORAGE_VERSION, f"{DOMAIN}.downloads")


@dataclass(slots=True, eq=False)
class Download:
    """One model on its way.

    `progress` is unknown until the engine has looked at the hub; `error` is how it failed; one that is `resumed` has
    nobody waiting for it.
    """

    source: PullSource
    resumed: bool = False
    progress: PullProgress | None = None
    error: EngineError | None = None
    task: asyncio.Task[None] | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def model(self) -> str:
        """Return the model's id, or what there is instead until the engine has told it."""
        return self.progress.model if self.progress else self.source.id or self.source.file or ""

    @property
    def has_begun(self) -> bool:
        """Tell whether the engine has accepted to transfer it."""
        return self.progress is not None and self.progress.status != "checking"

    @property
    def percentage(self) -> float | None:
        """Return how much of the file is there, None while nobody knows."""
        if self.progress is None or not self.progress.total_bytes:
            return None
        return 100 * self.progress.done_bytes / self.progress.total_bytes


class Downloads:
    """The downloads that somebody asked for; they outlive a reload and a restart, but end with success or failure.

    `failures` are the last ones by model, until the same is asked for again.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, client: EngineClient, installed: Callable[[], Awaitable[None]]
    ) -> None:
        """Know of none; `installed` is called whenever a model has arrived."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._installed = installed
        self._store = downloads_store(hass)
        self._wanted: dict[PullSource, Download] = {}
        self._listeners: list[Callable[[], None]] = []
        self.failures: dict[str, Download] = {}

    async def async_resume(self) -> None:
        """Go on with what was interrupted."""
        for source in await self._store.async_load() or []:
            self._begin(Download(PullSource(**source), resumed=True))

    async def async_start(self, source: PullSource) -> Download:
        """Begin a download, or join one that runs, and return once the engine transfers; raises EngineError."""
        download = self._wanted.get(source) or self._begin(Download(source))
        await download.answered.wait()
        if download.error is not None and not download.has_begun:
            raise download.error
        return download

    async def async_finish(self, source: PullSource) -> None:
        """Download a model to the end; raises EngineError."""
        download = await self.async_start(source)
        await download.ended.wait()
        if download.error is not None:
            raise download.error

    async def async_cancel(self, model: str) -> None:
        """Give a download up, if there is one, and return when it has let go of its file."""
        self.failures.pop(model, None)
        if (download := self.running().get(model)) and download.task is not None:
            self._forget(download)
            download.task.cancel()
            await asyncio.wait({download.task})
        self._notify()

    def running(self) -> dict[str, Download]:
        """Return the downloads that run, by model."""
        return {download.model: download for download in self._wanted.values()}

    def add_listener(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def _begin(self, download: Download) -> Download:
        self._wanted[download.source] = download
        self._save()
        self.failures.pop(download.model, None)
        name = f"hearth download {download.model}"
        download.task = self._entry.async_create_background_task(self._hass, self._async_run(download), name)
        self._notify()
        return download

    async def _async_run(self, download: Download) -> None:
        """Follow a download to its end; one that is cancelled with the entry stays wanted."""
        try:
            await self._async_transfer(download)
        except EngineError as err:
            _LOGGER.debug("The download of %s ended with %s", download.model, err.code)
            self._forget(download)
            download.error = err
            if download.resumed or not is_askers_fault(err):
                self.failures[download.model] = download
        else:
            self._forget(download)
            await self._installed()
        finally:
            download.answered.set()
            download.ended.set()
            self._notify()

    async def _async_transfer(self, download: Download) -> None:
        """Let the engine transfer a model; one that goes away meanwhile is waited for."""
        while True:
            try:
                async with aclosing(self._client.async_pull(download.source)) as events:
                    async for progress in events:
                        download.progress = progress
                        if download.has_begun:
                            download.answered.set()
                        self._notify()
            except EngineError as err:
                is_engine_gone = isinstance(err, EngineUnreachable) or err.code == "shutting_down"
                if not is_engine_gone or not (download.resumed or download.has_begun):
                    raise
            else:
                return
            await asyncio.sleep(_RETRY_SECONDS)

    @callback
    def _forget(self, download: Download) -> None:
        self._wanted.pop(download.source, None)
        self._save()

    @callback
    def _save(self) -> None:
        self._store.async_delay_save(lambda: [asdict(source) for source in self._wanted])

    @callback
    def _notify(self) -> None:
        for listener in list(self._listeners):
            listener()
