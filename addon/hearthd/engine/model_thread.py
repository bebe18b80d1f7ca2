"""Give a native model a thread of its own that loads it, serves with it and frees it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
import logging
from pathlib import Path
import threading
from typing import Protocol

from hearthd.engine.backend import BackendInfo
from hearthd.engine.llama.trial import Trials
from hearthd.errors import ApiError, ErrorCode
from hearthd.models.gguf_header import read_header

_LOGGER = logging.getLogger(__name__)

# A decode step of a large model on a small machine takes seconds; freeing it does not.
_CLOSE_TIMEOUT_S = 10.0
_LOADING_RETRY_S = 5.0

type OnProgress = Callable[[float], bool]


class Served(Protocol):
    """A loaded model; `serve` and `close` belong to one thread, everything else may be called by any."""

    @property
    def info(self) -> BackendInfo:
        """Return what there is to tell about it."""

    def serve(self) -> None:
        """Answer requests until it is stopped."""

    def stop(self) -> None:
        """End every request with `shutting_down`, and have `serve` return."""

    def close(self) -> None:
        """Free the memory."""


class ModelThread[T: Served]:
    """The whole life of one native model, which llama.cpp wants to be in one thread."""

    def __init__(self, path: Path, name: str, load: Callable[[OnProgress], T], trials: Trials | None) -> None:
        """Name the model; nothing is loaded yet.

        `load` gets what to call with the loaded fraction, which returns False to give up, and may raise `ApiError`.
        Without `trials` the file is trusted.
        """
        self._path = path
        self._name = name
        self._load = load
        self._trials = trials
        self._thread: threading.Thread | None = None
        self._loading: Future[T] = Future()
        self._abandoned = threading.Event()

    @property
    def model(self) -> T | None:
        """Return the model once it has been loaded."""
        loading = self._loading
        is_there = loading.done() and not loading.cancelled() and loading.exception() is None
        return loading.result() if is_there else None

    def ready_model(self) -> T:
        """Return the loaded model.

        Raises:
            ApiError: `model_loading` if there is none.
        """
        model = self.model
        if model is None:
            raise ApiError(ErrorCode.MODEL_LOADING, "The model is not loaded yet.", retry_after=_LOADING_RETRY_S)
        return model

    async def start(self) -> BackendInfo:
        """Load the model, anew if it is there already, and describe it.

        Raises:
            ApiError: what is wrong with the file, what `load` raised, or `model_failed` for what it did not foresee.
        """
        await self.close()
        await asyncio.to_thread(read_header, self._path)
        if self._trials is not None:
            await self._trials.check(self._path)
        self._loading, self._abandoned = Future(), threading.Event()
        self._thread = threading.Thread(
            target=self._own, args=(self._loading, self._abandoned), name=f"llama {self._name}", daemon=True
        )
        self._thread.start()
        return (await asyncio.wrap_future(self._loading)).info

    async def close(self) -> None:
        """Free the model, also one that is just being loaded; it may be started again."""
        # Before anything else, so that a model that is just about to be ready sees it.
        self._abandoned.set()
        model, self._loading = self.model, Future()
        if model is not None:
            model.stop()
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.to_thread(thread.join, _CLOSE_TIMEOUT_S)
            if thread.is_alive():
                _LOGGER.warning("The model %s is still at work; its memory is freed when it ends", self._name)

    def _own(self, loading: Future[T], abandoned: threading.Event) -> None:
        """Load the model, serve with it, free it."""
        # Nobody can cancel from here on; who gives up waiting calls `close`.
        if not loading.set_running_or_notify_cancel():
            return
        try:
            model = self._load(lambda _fraction: not abandoned.is_set())
        except ApiError as err:
            loading.set_exception(err)
            return
        except Exception:
            _LOGGER.exception("Loading the model %s failed", self._name)
            loading.set_exception(ApiError(ErrorCode.MODEL_FAILED, "The model cannot be loaded."))
            return
        loading.set_result(model)
        if abandoned.is_set():
            model.stop()
        try:
            model.serve()
        finally:
            model.close()
