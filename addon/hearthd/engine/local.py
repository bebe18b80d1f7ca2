"""Answer chat requests with a GGUF model on this machine."""

import asyncio
from collections.abc import AsyncGenerator
from concurrent.futures import Future
import logging
from pathlib import Path
import threading
import time
from typing import TYPE_CHECKING, Literal

from hearthd.engine.backend import BackendInfo, ChatEvent, ChatRequest, Finish
from hearthd.engine.chat_template import ChatTemplateError
from hearthd.engine.formats import ChatFormat
from hearthd.engine.jobs import CancelledJobError, Job, JobQueue
from hearthd.engine.model_file import check_model_file
from hearthd.errors import ApiError, ErrorCode

if TYPE_CHECKING:
    from hearthd.engine.llama import Llama

_LOGGER = logging.getLogger(__name__)

# A decode step of a large model on a small machine takes seconds; freeing it does not.
_CLOSE_TIMEOUT_S = 10.0
_LOADING_RETRY_S = 5.0


class LocalBackend:
    """A model in llama.cpp, owned by one thread that serves one request after the other."""

    kind: Literal["local", "remote", "scripted"] = "local"

    def __init__(
        self, path: Path, *, context_length: int | None, threads: int | None, max_queue: int, model: str
    ) -> None:
        """Describe the model; None leaves the context's length (tokens) and the threads to the machine."""
        self._path = path
        self._context_length = context_length
        self._threads = threads
        self._max_queue = max_queue
        self._model = model
        self._queue: JobQueue | None = None
        self._thread: threading.Thread | None = None
        self._is_ready = False

    async def start(self) -> BackendInfo:
        """Load the model and describe it.

        Raises:
            ApiError: `model_missing` or `model_failed`.
        """
        await self.close()
        self._queue = queue = JobQueue(self._max_queue)
        loaded: Future[BackendInfo] = Future()
        self._thread = threading.Thread(
            target=self._own_model, args=(queue, loaded), name=f"llama {self._model}", daemon=True
        )
        self._thread.start()
        info = await asyncio.wrap_future(loaded)
        self._is_ready = True
        return info

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        """Generate one reply as a stream of events that ends with `Finish`.

        Raises:
            ApiError: `engine_busy`, `model_loading`, `context_overflow`, `invalid_request`, `deadline_exceeded`,
                `shutting_down` or `internal`.
        """
        queue = self._queue
        if queue is None or not self._is_ready:
            raise ApiError(ErrorCode.MODEL_LOADING, "The model is not loaded yet.", retry_after=_LOADING_RETRY_S)
        job = Job(request, asyncio.get_running_loop())
        queue.put(job)
        try:
            while True:
                event = await _next_event(job)
                if isinstance(event, ApiError):
                    raise event
                yield event
                if isinstance(event, Finish):
                    return
        finally:
            queue.drop(job)

    async def close(self) -> None:
        """Stop generating, end every request with `shutting_down` and free the model."""
        self._is_ready = False
        if self._queue is not None:
            self._queue.close()
            self._queue = None
        if self._thread is not None:
            thread, self._thread = self._thread, None
            await asyncio.to_thread(thread.join, _CLOSE_TIMEOUT_S)
            if thread.is_alive():
                _LOGGER.warning("The model %s is still at work; its memory is freed when it ends", self._model)

    def _own_model(self, queue: JobQueue, loaded: Future[BackendInfo]) -> None:
        """Load the model, serve the queue, free the model: the whole life of its thread."""
        # Nobody can cancel from here on; who gives up waiting calls `close`.
        loaded.set_running_or_notify_cancel()
        try:
            llama, form = self._load(queue)
        except ApiError as err:
            loaded.set_exception(err)
            return
        except Exception:
            _LOGGER.exception("Loading the model %s failed", self._model)
            loaded.set_exception(ApiError(ErrorCode.MODEL_FAILED, "The model cannot be loaded."))
            return
        loaded.set_result(BackendInfo(self._model, llama.context_length, form.tools.name))
        try:
            while (job := queue.take()) is not None:
                started = time.monotonic()
                _serve(llama, form, job)
                queue.done(time.monotonic() - started)
        finally:
            llama.close()

    def _load(self, queue: JobQueue) -> tuple[Llama, ChatFormat]:
        """Check the file, then load the model and its chat format."""
        check_model_file(self._path)
        # Importing the library costs a second and its memory: only who uses a local model pays for it.
        from hearthd.engine.llama import Llama  # noqa: PLC0415

        llama = Llama(
            self._path,
            context_length=self._context_length,
            threads=self._threads,
            on_progress=lambda _fraction: not queue.closed,
        )
        try:
            form = ChatFormat(
                llama.chat_template(), llama.chat_template("tool_use"), llama.special_texts(), llama.control_texts()
            )
        except ChatTemplateError as err:
            llama.close()
            raise ApiError(ErrorCode.MODEL_FAILED, str(err)) from err
        return llama, form


async def _next_event(job: Job) -> ChatEvent | ApiError:
    """Wait for a job's next event, no longer than its deadline."""
    if job.request.deadline_s is None:
        return await job.events.get()
    try:
        async with asyncio.timeout(job.arrived + job.request.deadline_s - time.monotonic()):
            return await job.events.get()
    except TimeoutError:
        raise ApiError(ErrorCode.DEADLINE_EXCEEDED, "The reply was not ready in time.") from None


def _serve(llama: Llama, form: ChatFormat, job: Job) -> None:
    """Make one reply, and survive whatever goes wrong with it."""
    from hearthd.engine.generation import generate  # noqa: PLC0415 - it brings llama_cpp along

    queue_ms = (time.monotonic() - job.arrived) * 1000
    try:
        job.check()
        for event in generate(llama, form, job.request, job.check, queue_ms):
            job.emit(event)
    except CancelledJobError:
        return
    except ApiError as err:
        job.fail(err)
    except Exception:
        _LOGGER.exception("A generation failed")
        llama.forget()
        job.fail(ApiError(ErrorCode.INTERNAL, "The model failed while it was answering."))
