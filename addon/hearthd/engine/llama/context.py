"""Decode many sequences in one llama.cpp context.

Every call must come from the same thread but `interrupt` and `withdraw`; what is computed is computed by the processor.
"""

import ctypes
from enum import Enum

import llama_cpp
import numpy as np
from numpy.typing import NDArray

from hearthd.engine.backend import Sampling
from hearthd.engine.llama.batch import Batch
from hearthd.engine.llama.processor import Turns
from hearthd.engine.llama.sampler import Candidates, Sampler, chain_for
from hearthd.engine.llama.weights import Weights
from hearthd.errors import ApiError, ErrorCode
from hearthd.models.plan import ContextPlan
from hearthd.settings import CacheType

# A step verifies at most so many guessed tokens of one sequence.
MAX_DRAFT = 8

_CACHE_TYPES: dict[CacheType, int] = {
    "f16": llama_cpp.GGML_TYPE_F16,
    "q8_0": llama_cpp.GGML_TYPE_Q8_0,
    "q4_0": llama_cpp.GGML_TYPE_Q4_0,
}


class Outcome(Enum):
    """How a step ended; after any but DONE and NO_ROOM ask `Context.length` what each sequence holds."""

    DONE = "done"
    NO_ROOM = "no_room"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class Context:
    """A pool of cells that holds the tokens of many sequences; those that begin alike may share cells."""

    def __init__(self, weights: Weights, plan: ContextPlan) -> None:
        """Reserve the memory.

        Raises:
            ApiError: `model_failed` if there is too little memory.
        """
        self.plan = plan
        # With a running state a sequence cannot go back to an earlier length. With a sliding window it cannot either:
        # llama.cpp gives away cells that have left the window, even where it keeps room for all of them.
        self.is_exact = weights.is_recurrent or weights.window > 0
        self._weights = weights
        # strlen("") is 0 and strlen("\1") is 1: llama.cpp asks this flag between operations without waiting for
        # Python's lock, which a callback written in Python would need a thousand times in each step.
        self._flag = ctypes.create_string_buffer(2)
        self._strlen = ctypes.cast(ctypes.CDLL(None).strlen, llama_cpp.ggml_abort_callback)
        parameters = self._parameters(plan)
        self.handle: int | None = llama_cpp.llama_init_from_model(weights.handle, parameters)
        if self.handle is None:
            raise ApiError(
                ErrorCode.MODEL_FAILED, "There is not enough memory for the model; choose a shorter context length."
            )
        self._memory = llama_cpp.llama_get_memory(self.handle)
        self.cells = int(llama_cpp.llama_n_ctx(self.handle))
        # llama.cpp pads the pool; a request may use only what was asked for.
        self.context_length = min(plan.context_length, self.cells)
        self.sequences = int(llama_cpp.llama_n_seq_max(self.handle))
        self.batch = Batch(int(llama_cpp.llama_n_batch(self.handle)), self.sequences)
        self.candidates = Candidates(weights.vocabulary_size)
        self._turns = Turns()

    def _parameters(self, plan: ContextPlan) -> llama_cpp.llama_context_params:
        """Return the plan in llama.cpp's words."""
        parameters: llama_cpp.llama_context_params = llama_cpp.llama_context_default_params()
        outputs = max(plan.sequences, plan.seats * (1 + MAX_DRAFT))
        parameters.n_ctx = plan.cache_tokens
        parameters.n_batch = parameters.n_ubatch = max(plan.batch, outputs)
        parameters.n_seq_max = plan.sequences
        # Logits of every token of a batch would cost hundreds of megabytes; only these are ever read.
        parameters.n_outputs_max = parameters.n_outputs_max_per_seq = outputs
        parameters.n_threads = parameters.n_threads_batch = plan.threads
        parameters.flash_attn_type = int(plan.flash_attention)
        parameters.type_k = _CACHE_TYPES[plan.kv_type]
        # Without flash attention llama.cpp keeps values transposed, which quantised blocks do not allow.
        parameters.type_v = _CACHE_TYPES[plan.kv_type if plan.flash_attention else "f16"]
        parameters.kv_unified = True
        # A cell that sequences share is never given away, so a smaller cache of the window's layers would fill up.
        parameters.swa_full = True
        if not self.is_exact:
            parameters.abort_callback = self._strlen
            parameters.abort_callback_data = ctypes.c_void_p(ctypes.addressof(self._flag))
        return parameters

    def close(self) -> None:
        """Free the memory."""
        if self.handle is not None:
            llama_cpp.llama_free(self.handle)
            self.handle = None

    def decode(self, urgency: int = 0, *, patience: float | None = None, is_long: bool = False) -> Outcome:
        """Compute what `batch` holds when its turn has come among all models' steps.

        INTERRUPTED if that takes more than `patience` seconds. What `is_long` is interrupted for more urgent steps.
        """
        status = self._turns.compute(
            lambda: int(llama_cpp.llama_decode(self.handle, self.batch.native)),
            urgency,
            patience=patience,
            interrupt=self._abort if is_long else None,
        )
        match status:
            case 0:
                return Outcome.DONE
            case 1:
                return Outcome.NO_ROOM
            case None | 2:
                return Outcome.INTERRUPTED
            case _:
                return Outcome.FAILED

    def interrupt(self) -> None:
        """End the step early, from any thread; one that runs goes on in a model that cannot take a step back."""
        self._abort()
        self.withdraw()

    def withdraw(self) -> None:
        """End the step, from any thread, if it has not begun."""
        self._turns.withdraw()

    def give_up(self) -> None:
        """Lose the place among all models' steps that a step which was not computed has left: none follows on it."""
        self._turns.give_up()

    @property
    def computed_s(self) -> float:
        """Return how many seconds all steps took together, without what they waited."""
        return self._turns.computed_s

    def _abort(self) -> None:
        self._flag[0] = b"\1"

    def resume(self) -> None:
        """Let steps run again after an interruption."""
        self._flag[0] = b"\0"

    def length(self, sequence: int) -> int:
        """Return how many tokens a sequence holds."""
        return int(llama_cpp.llama_memory_seq_pos_max(self._memory, sequence)) + 1

    def copy(self, source: int, target: int, begin: int, end: int) -> None:
        """Let one sequence hold the same cells as another from one position to another, instead of its own there."""
        if not self.is_exact:
            llama_cpp.llama_memory_seq_rm(self._memory, target, begin, end)
        llama_cpp.llama_memory_seq_cp(self._memory, source, target, begin, end)

    def trim(self, sequence: int, keep: int) -> bool:
        """Forget a sequence's tokens from a position on; False if its model cannot."""
        return bool(llama_cpp.llama_memory_seq_rm(self._memory, sequence, keep, -1))

    def drop(self, sequence: int) -> None:
        """Forget a sequence."""
        llama_cpp.llama_memory_seq_rm(self._memory, sequence, -1, -1)

    def clear(self) -> None:
        """Forget every sequence."""
        llama_cpp.llama_memory_clear(self._memory, False)  # noqa: FBT003 - C takes no names

    @property
    def parameters(self) -> dict[str, str | int | bool]:
        """Return whatever the bytes of a `state` depend on, besides the model."""
        return {
            "llama_cpp": llama_cpp.__version__,
            "kv_type": self.plan.kv_type,
            "flash_attention": self.plan.flash_attention,
            "gpu_layers": self.plan.gpu_layers,
        }

    def state(self, sequence: int) -> bytearray:
        """Return what a sequence holds, for `restore`."""
        data = bytearray(llama_cpp.llama_state_seq_get_size(self.handle, sequence))
        native = (ctypes.c_uint8 * len(data)).from_buffer(data)
        written = llama_cpp.llama_state_seq_get_data(self.handle, native, len(data), sequence)
        if written != len(data):
            raise RuntimeError("llama.cpp wrote less state than it announced")
        return data

    def restore(self, sequence: int, data: bytes | bytearray | memoryview) -> bool:
        """Fill an empty sequence with what `state` returned; False if it does not fit."""
        native = np.frombuffer(data, np.uint8).ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
        return bool(llama_cpp.llama_state_seq_set_data(self.handle, native, len(data), sequence))

    def save_part(self, sequence: int, begin: int, end: int, *, through: int) -> bytearray:
        """Return what a sequence holds from one position to another, for `restore_part`; `through` is an empty one."""
        self.copy(sequence, through, begin, end)
        try:
            return self.state(through)
        finally:
            self.drop(through)

    def restore_part(
        self, sequence: int, begin: int, end: int, data: bytes | bytearray | memoryview, *, through: int
    ) -> bool:
        """Fill a sequence from one position to another out of what `save_part` returned; False if it does not fit."""
        try:
            if not self.restore(through, data) or self.length(through) < end:
                return False
            self.copy(through, sequence, begin, end)
            return True
        finally:
            self.drop(through)

    def logits(self, row: int) -> NDArray[np.single]:
        """Return the logits of a row of the last batch, valid until the next step."""
        pointer = llama_cpp.llama_get_logits_ith(self.handle, row)
        return np.ctypeslib.as_array(pointer, (self._weights.vocabulary_size,))

    def sampler(self, sampling: Sampling) -> Sampler:
        """Return a sampler for one reply; close it when the reply ends."""
        chain = chain_for(sampling, self._weights.metadata)
        return Sampler(self, self._weights.vocabulary, chain)
