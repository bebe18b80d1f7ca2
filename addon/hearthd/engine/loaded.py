"""Hold one loaded model: its weights, its context and the kernel that runs them, and read requests for it."""

from array import array
from pathlib import Path

from hearthd.engine.backend import BackendInfo, ChatRequest
from hearthd.engine.formats.chat_format import ChatFormat
from hearthd.engine.formats.chat_template import ChatTemplateError
from hearthd.engine.generation import Reply, find_boundary, read_prompt, read_stable
from hearthd.engine.kernel.archive import Archive
from hearthd.engine.kernel.job import Job
from hearthd.engine.kernel.loop import Kernel
from hearthd.engine.kernel.snapshots import SnapshotStore
from hearthd.engine.llama.context import MAX_DRAFT, Context
from hearthd.engine.llama.weights import Weights
from hearthd.engine.metrics import ModelMetrics
from hearthd.engine.model_thread import OnProgress
from hearthd.errors import ApiError, ErrorCode
from hearthd.models.plan import ContextPlan


class LoadedModel:
    """A model in memory; `serve` and `close` belong to one thread, everything else may be called by any."""

    def __init__(
        self,
        path: Path,
        plan: ContextPlan,
        snapshots: SnapshotStore | None,
        metrics: ModelMetrics,
        *,
        max_queue: int,
        on_progress: OnProgress,
    ) -> None:
        """Load a model; `on_progress` gets the loaded fraction and returns False to give up.

        Raises:
            ApiError: `model_failed` if the file cannot be used or there is too little memory.
        """
        self._model = metrics.model
        self._weights = Weights(path, gpu_layers=plan.gpu_layers, on_progress=on_progress)
        try:
            self._form = _read_format(self._weights)
            self._context = Context(self._weights, plan)
        except BaseException:
            self._weights.close()
            raise
        archive = None
        if snapshots is not None:
            archive = Archive(snapshots, path, self._context.parameters, metrics)
        self.kernel = Kernel(self._context, archive, metrics, max_queue=max_queue)
        self._warm_up()

    @property
    def info(self) -> BackendInfo:
        """Return what there is to tell about it."""
        context = self._context
        return BackendInfo(
            self._model,
            context_length=context.context_length,
            tool_format=self._form.tools.name,
            prefix_sharing="exact" if context.is_exact else "any",
            parallel=context.plan.seats,
            cache_tokens=context.cells,
            threads=context.plan.threads,
            gpu_layers=context.plan.gpu_layers,
            flash_attention=context.plan.flash_attention,
        )

    def read(self, job: Job, request: ChatRequest) -> None:
        """Tokenize a request, so that its job can be seated.

        Raises:
            ApiError: `context_overflow`, `invalid_request` or `shutting_down`.
        """
        length = self._context.context_length
        with self.kernel.reading():
            prompt = read_prompt(self._weights, self._form, request, length)
            if self.kernel.is_exact:
                job.boundary = find_boundary(self._weights, self._form, request, prompt.tokens)
            sampler = self._context.sampler(request.sampling)
            job.reply = Reply(self._weights, self._form, request, sampler, in_reasoning=prompt.in_reasoning)
            job.drafter = self.kernel.drafter(prompt.tokens)
            job.tokens = prompt.tokens
            self.kernel.ready(job)

    def read_stable(self, job: Job, request: ChatRequest) -> None:
        """Tokenize what requests like this one begin with, so that its job can be seated.

        Raises:
            ApiError: `context_overflow`, `invalid_request` or `shutting_down`.
        """
        with self.kernel.reading():
            stable = read_stable(self._weights, self._form, request, self._context.context_length)
            job.tokens = stable + array("i", [0])
            self.kernel.ready(job)

    def _warm_up(self) -> None:
        """Touch the weights, so that nobody waits for the disk later, and learn what it costs to verify a guess."""
        self._time_step(1)
        for tokens in (1, 1 + MAX_DRAFT):
            self.kernel.costs.observe(tokens, self._time_step(tokens))

    def _time_step(self, tokens: int) -> float:
        """Return how many seconds it takes to decode so many tokens."""
        batch = self._context.batch
        batch.clear()
        batch.add(0, 0, array("i", [0] * tokens), outputs=tokens)
        before = self._context.computed_s
        self._context.decode()
        self._context.drop(0)
        return self._context.computed_s - before

    def serve(self) -> None:
        """Run the kernel until it is closed."""
        self.kernel.serve()

    def stop(self) -> None:
        """End every request with `shutting_down`, and have `serve` return; any thread may call it."""
        self.kernel.close()

    def close(self) -> None:
        """Free the memory."""
        self._context.close()
        self._weights.close()


def _read_format(weights: Weights) -> ChatFormat:
    """Return the model's way to speak.

    Raises:
        ApiError: `model_failed` if its chat template is not valid.
    """
    try:
        return ChatFormat(
            weights.chat_template(), weights.chat_template("tool_use"), weights.special_texts(), weights.control_texts()
        )
    except ChatTemplateError as err:
        raise ApiError(ErrorCode.MODEL_FAILED, str(err)) from err
