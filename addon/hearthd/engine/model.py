"""Keep one model through its life: loading, ready, failed, loaded again."""

import asyncio
from collections.abc import Callable
from enum import StrEnum
import logging
from pathlib import Path

from hearthd.engine.backend import Backend, BackendInfo, ChatRequest
from hearthd.engine.generation_task import GenerationTask
from hearthd.errors import ApiError, ErrorCode
from hearthd.settings import LocalRef, ModelRef, RemoteRef, ScriptedRef

_LOGGER = logging.getLogger(__name__)

# A failed model is not tried again more often than this, however many requests ask for it.
_RETRY_SECONDS = 5.0
# A request waits this long for a model that is being loaded: a remote server or a script is there at once.
_PATIENCE_SECONDS = 1.0
_LOADING_RETRY_SECONDS = 2.0
_CLOSE_SECONDS = 1.5

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


class ModelState(StrEnum):
    """How far a model is."""

    READY = "ready"
    LOADING = "loading"
    FAILED = "failed"
    MISSING = "missing"


class Model:
    """One model and the backend that runs it; `error` says why it is not usable."""

    def __init__(
        self, ref: ModelRef, open_backend: Callable[[ModelRef], Backend], retry_seconds: float = _RETRY_SECONDS
    ) -> None:
        """Keep what is needed to load it; nothing is loaded yet."""
        self.ref = ref
        self.info: BackendInfo | None = None
        self.error: ApiError | None = None
        self._open_backend = open_backend
        self._retry_seconds = retry_seconds
        self._backend: Backend | None = None
        self._loading: asyncio.Task[BackendInfo] | None = None
        self._retry_at = 0.0
        self._running: set[GenerationTask] = set()
        self._is_closing = False

    @property
    def state(self) -> ModelState:
        """Return how far the model is."""
        if self.error is not None:
            return ModelState.FAILED
        return ModelState.LOADING if self.info is None else ModelState.READY

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

    async def chat(self, request: ChatRequest) -> GenerationTask:
        """Begin one generation.

        Raises:
            ApiError: the model is not ready, and why.
        """
        now = asyncio.get_running_loop().time()
        backend = await self._ready_backend()
        generation = GenerationTask(
            backend.chat(request),
            deadline=None if request.deadline_s is None else now + request.deadline_s,
            on_end=self._ended,
        )
        self._running.add(generation)
        return generation

    async def close(self) -> None:
        """End what runs with `shutting_down` and free the model."""
        self._is_closing = True
        for generation in self._running:
            generation.stop(_shutting_down())
        if self._loading is not None:
            self._loading.cancel()
        if self._backend is not None:
            try:
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await self._backend.close()
            except TimeoutError:
                _LOGGER.warning("The model %s did not close in time", self.ref.model_id)

    async def _ready_backend(self) -> Backend:
        """Return the started backend or raise why there is none."""
        if self._is_closing:
            raise _shutting_down()
        is_due = self.error is not None and self._seconds_to_retry() <= 0
        attempt = self.load() if is_due else self._loading
        if attempt is not None and self.info is None:
            await asyncio.wait({attempt}, timeout=_PATIENCE_SECONDS)
        if self.error is not None:
            wait = round(max(self._seconds_to_retry(), 0.0), 1)
            raise ApiError(self.error.code, self.error.message, retry_after=wait)
        if self._backend is None or self.info is None:
            raise ApiError(
                ErrorCode.MODEL_LOADING, "The model is still being loaded.", retry_after=_LOADING_RETRY_SECONDS
            )
        return self._backend

    async def _load(self) -> BackendInfo:
        """Open the backend and start it."""
        _LOGGER.info("Loading %s", self.ref.model_id)
        if self._backend is None:
            # Importing a backend's library takes seconds on a small machine.
            self._backend = await asyncio.to_thread(self._open_backend, self.ref)
        return await self._backend.start()

    def _loaded(self, task: asyncio.Task[BackendInfo]) -> None:
        """Take over how the loading ended."""
        self._loading = None
        if task.cancelled():
            return
        match task.exception():
            case None:
                self.info, self.error = task.result(), None
                _LOGGER.info("%s is ready", self.ref.model_id)
            case ApiError() as error:
                self._fail(error)
            case error:
                _LOGGER.error("Loading %s failed", self.ref.model_id, exc_info=error)
                self._fail(ApiError(ErrorCode.MODEL_FAILED, "The model could not be loaded; the log says why."))

    def _ended(self, generation: GenerationTask, error: BaseException | None) -> None:
        """Forget a generation; one that lost its server says something about the model."""
        self._running.discard(generation)
        if isinstance(error, ApiError) and error.code in _LOST:
            self._fail(error)

    def _fail(self, error: ApiError) -> None:
        """Note a failure and when to try again."""
        if self.error is None or self.error.code is not error.code:
            _LOGGER.warning("%s is not usable: %s", self.ref.model_id, error.message)
        self.info, self.error = None, error
        self._retry_at = asyncio.get_running_loop().time() + self._retry_seconds

    def _seconds_to_retry(self) -> float:
        """Return how long to wait before the next attempt."""
        return self._retry_at - asyncio.get_running_loop().time()


def _may_be_there(ref: ModelRef) -> bool:
    """Tell whether trying a reference again makes sense."""
    match ref:
        case LocalRef(path) | ScriptedRef(path):
            return Path(path).exists()
        case RemoteRef():
            return True


def _shutting_down() -> ApiError:
    """Return what a request gets that the engine cannot finish any more."""
    return ApiError(ErrorCode.SHUTTING_DOWN, "The engine is shutting down.")
