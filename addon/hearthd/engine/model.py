"""Keep one model through its life: loading, ready, failed, loaded again, unloaded while nobody asks."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from enum import StrEnum
import logging

from hearthd.engine.backend import Backend, BackendInfo
from hearthd.engine.circuit import CircuitBreaker
from hearthd.engine.metrics import CircuitState, ModelMetrics
from hearthd.errors import ApiError, ErrorCode, shutting_down
from hearthd.settings import BUILTIN_EMBEDDER, InstalledRef, LocalRef, ModelRef, RemoteRef, ScriptedRef

_LOGGER = logging.getLogger(__name__)

# A failed model is not tried again more often than this, however many requests ask for it.
_RETRY_SECONDS = 5.0
# A request waits this long for a model that is being loaded: a remote server or a script is there at once.
_PATIENCE_SECONDS = 1.0
# And this long for one that was unloaded only because nobody asked: it is known to load.
_IDLE_PATIENCE_SECONDS = 120.0
_LOADING_RETRY_SECONDS = 2.0
_CLOSE_SECONDS = 1.5
_UNLOAD_SECONDS = 15.0

# What may mend itself without anybody touching the engine.
_PASSING = {
    ErrorCode.MODEL_MISSING,
    ErrorCode.MODEL_LOADING,
    ErrorCode.REMOTE_UNREACHABLE,
    ErrorCode.REMOTE_FAILED,
    ErrorCode.REMOTE_AUTH,
}
# What says that a remote server which was there is there no more.
_LOST = {ErrorCode.REMOTE_UNREACHABLE, ErrorCode.REMOTE_AUTH}


type OpenBackend = Callable[[ModelRef, ModelMetrics], Backend]


class ModelState(StrEnum):
    """How far a model is."""

    READY = "ready"
    LOADING = "loading"
    FAILED = "failed"
    MISSING = "missing"


class Model:
    """One model and the backend that runs it.

    `info` is what it last told about itself, `error` says why it is not usable. A model that was unloaded because
    nobody asked stays ready, but `is_loaded` no more: the next request has it loaded again.
    """

    def __init__(
        self,
        ref: ModelRef,
        open_backend: OpenBackend,
        metrics: ModelMetrics,
        *,
        retry_seconds: float | None = None,
        idle_seconds: float | None = None,
        after: asyncio.Task[None] | None = None,
    ) -> None:
        """Keep what is needed to load it; nothing is loaded yet, and nothing will be before `after` is done.

        `idle_seconds` without a request unload it; None never does.
        """
        self.ref = ref
        self.metrics = metrics
        # What is there for everybody costs nothing until somebody asks it.
        self.is_lazy = ref == BUILTIN_EMBEDDER
        self.info: BackendInfo | None = None
        self.error: ApiError | None = None
        self._open_backend = open_backend
        # What another server or a script holds costs nothing here.
        self._idle_seconds = idle_seconds if ref.kind == "local" else None
        self._backend: Backend | None = None
        self.is_loaded = False
        self._loading: asyncio.Task[BackendInfo] | None = None
        self._unloading = after
        self._unload_timer: asyncio.TimerHandle | None = None
        self._breaker = CircuitBreaker(_RETRY_SECONDS if retry_seconds is None else retry_seconds)
        self._borrowers = 0
        self._unused = asyncio.Event()
        self._unused.set()
        self._is_closing = False

    @property
    def id(self) -> str:
        """Return the id under which clients know the model."""
        return self.metrics.model

    @property
    def state(self) -> ModelState:
        """Return how far the model is."""
        if self.error is not None:
            return ModelState.FAILED
        is_coming = self.info is None and (self._loading is not None or not self.is_lazy)
        return ModelState.LOADING if is_coming else ModelState.READY

    @property
    def circuit(self) -> CircuitState | None:
        """Return whether a remote model is asked or spared, None for others."""
        return self._breaker.state(_now()) if isinstance(self.ref, RemoteRef) else None

    def load(self) -> asyncio.Task[BackendInfo]:
        """Begin to load the model, unless that is under way, and return the attempt."""
        if self._loading is None:
            # A remote server is asked in passing: it would only flicker between failed and loading.
            if not isinstance(self.ref, RemoteRef):
                self.error = None
            self._loading = asyncio.create_task(self._load())
            self._loading.add_done_callback(self._loaded)
        return self._loading

    def look_again(self) -> None:
        """Begin to load a failed model if what was wrong may have passed."""
        if self.error is not None and self.error.code in _PASSING and _may_be_there(self.ref):
            self.load()

    @asynccontextmanager
    async def lend(self) -> AsyncGenerator[Backend]:
        """Give the started backend to somebody who asks it something; meanwhile it is not unloaded.

        Raises:
            ApiError: the model is not ready, and why.
        """
        self._borrowers += 1
        self._unused.clear()
        self._keep_loaded()
        try:
            backend = await self._ready_backend()
            try:
                yield backend
            except ApiError as err:
                self._learn_from(err)
                raise
            else:
                self._breaker.succeed()
                self._show_circuit()
        finally:
            self._borrowers -= 1
            if not self._borrowers:
                self._unused.set()
                self._unload_later()

    def stop_all(self, error: ApiError) -> int:
        """End at once all that the backend does, and return how many requests that were."""
        return self._backend.stop_all(error) if self._backend is not None else 0

    async def drain(self) -> None:
        """Wait until nobody asks it anything."""
        await self._unused.wait()

    async def close(self, within: float = _CLOSE_SECONDS) -> None:
        """Free the model; what still runs ends with `shutting_down`."""
        self._is_closing = True
        self._keep_loaded()
        if self._loading is not None:
            self._loading.cancel()
        if busy := {task for task in (self._loading, self._unloading) if task is not None}:
            await asyncio.wait(busy, timeout=within)
        backend, self._backend, self.is_loaded = self._backend, None, False
        await self._free(backend, within)

    async def _ready_backend(self) -> Backend:
        """Return the started backend or raise why there is none."""
        if self._is_closing:
            raise shutting_down()
        if not self.is_loaded:
            is_spared = self.error is not None and self._breaker.seconds_left(_now()) > 0
            attempt = self._loading if is_spared else self.load()
            if attempt is not None:
                is_asleep = self.info is not None or self.is_lazy
                await asyncio.wait({attempt}, timeout=_IDLE_PATIENCE_SECONDS if is_asleep else _PATIENCE_SECONDS)
        if self.error is not None:
            wait = round(self._breaker.seconds_left(_now()), 1)
            raise ApiError(self.error.code, self.error.message, retry_after=wait)
        if self._backend is None or not self.is_loaded:
            raise ApiError(
                ErrorCode.MODEL_LOADING, "The model is still being loaded.", retry_after=_LOADING_RETRY_SECONDS
            )
        return self._backend

    async def _load(self) -> BackendInfo:
        """Open the backend and start it."""
        _LOGGER.info("Loading %s", self.id)
        if self._unloading is not None:
            await asyncio.wait({self._unloading})
        if self._backend is None:
            # Importing a backend's library takes seconds on a small machine.
            opening = asyncio.create_task(asyncio.to_thread(self._open_backend, self.ref, self.metrics))
            try:
                self._backend = await asyncio.shield(opening)
            except asyncio.CancelledError:
                # The thread goes on, and what it makes has to be closed.
                self._backend = await opening
                raise
        return await self._backend.start()

    def _loaded(self, task: asyncio.Task[BackendInfo]) -> None:
        """Take over how the loading ended."""
        self._loading = None
        if task.cancelled():
            return
        match task.exception():
            case None:
                self.info, self.error, self.is_loaded = task.result(), None, True
                self._breaker.close()
                self._show_circuit()
                self._unload_later()
                _LOGGER.info("%s is ready", self.id)
            case ApiError() as error:
                self._fail(error)
            case error:
                _LOGGER.error("Loading %s failed", self.id, exc_info=error)
                self._fail(ApiError(ErrorCode.MODEL_FAILED, "The model could not be loaded; the log says why."))

    def _learn_from(self, error: ApiError) -> None:
        """Take a request's failure as a sign of how the model fares, if it is one."""
        if error.code is ErrorCode.REMOTE_FAILED:
            self._breaker.fail(_now())
            if self._breaker.state(_now()) != "closed":
                self._note(error)
        elif error.code in _LOST:
            self._fail(error)

    def _fail(self, error: ApiError) -> None:
        """Note a failure that leaves no doubt."""
        self._breaker.open(_now())
        self._note(error)

    def _note(self, error: ApiError) -> None:
        """Keep a failure for all who ask until it is time to try again."""
        if self.error is None or self.error.code is not error.code:
            _LOGGER.warning("%s is not usable: %s", self.id, error.message)
        self.info, self.error, self.is_loaded = None, error, False
        self._show_circuit()

    def _show_circuit(self) -> None:
        """Tell the metrics whether a remote model is asked."""
        if (state := self.circuit) is not None:
            self.metrics.show_circuit(state)

    def _keep_loaded(self) -> None:
        """Forget about unloading it."""
        if self._unload_timer is not None:
            self._unload_timer.cancel()
            self._unload_timer = None

    def _unload_later(self) -> None:
        """Have it unloaded unless somebody asks in time."""
        self._keep_loaded()
        if self._idle_seconds is not None and self.is_loaded and not self._borrowers and not self._is_closing:
            self._unload_timer = asyncio.get_running_loop().call_later(self._idle_seconds, self._unload)

    def _unload(self) -> None:
        """Give the memory back; whoever asks from now on has it loaded again."""
        _LOGGER.info("Unloading %s, as nobody has asked it anything for a while", self.id)
        backend, self._backend, self.is_loaded = self._backend, None, False
        self._unloading = asyncio.create_task(self._free(backend, _UNLOAD_SECONDS))

    async def _free(self, backend: Backend | None, within: float) -> None:
        """Close a backend."""
        if backend is not None:
            try:
                async with asyncio.timeout(within):
                    await backend.close()
            except TimeoutError:
                _LOGGER.warning("The model %s did not close in time", self.id)
            self.metrics.cells_used.set(0)
            self.metrics.cells_total.set(0)
            self.metrics.cells_shelved.set(0)


def _now() -> float:
    """Return the event loop's time."""
    return asyncio.get_running_loop().time()


def _may_be_there(ref: ModelRef) -> bool:
    """Tell whether trying a reference again makes sense."""
    match ref:
        case LocalRef(path) | ScriptedRef(path):
            return path.exists()
        case RemoteRef() | InstalledRef():
            return True
