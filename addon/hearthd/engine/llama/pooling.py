"""Make vectors of texts in one llama.cpp context; every call must come from the same thread but `withdraw`."""

from collections.abc import Sequence

import llama_cpp
import numpy as np
from numpy.typing import NDArray

from hearthd.engine.llama.batch import Batch
from hearthd.engine.llama.processor import Turns
from hearthd.engine.llama.weights import Tokens, Weights
from hearthd.errors import ApiError, ErrorCode
from hearthd.models.plan import ContextPlan

_POOLS = {llama_cpp.LLAMA_POOLING_TYPE_MEAN, llama_cpp.LLAMA_POOLING_TYPE_CLS, llama_cpp.LLAMA_POOLING_TYPE_LAST}
# No model makes vectors as short as this one, which only keeps us from dividing by nothing.
_SHORTEST = np.float32(1e-30)


class PoolingContext:
    """A context that reads a few texts at a time and keeps nothing of them but one vector each.

    `dimension` is a vector's length. A step takes `sequences` texts of together `step_tokens` tokens, or a single one
    that is longer, up to `context_length`.
    """

    def __init__(self, weights: Weights, plan: ContextPlan) -> None:
        """Reserve the memory.

        Raises:
            ApiError: `model_failed` if there is too little memory, or if the model does not pool what it reads.
        """
        self.plan = plan
        self.context_length = plan.context_length
        self.step_tokens = plan.batch
        self._weights = weights
        room = max(plan.batch, plan.context_length)
        parameters = llama_cpp.llama_context_default_params()
        # A text is read in one piece: its first token looks at its last one, or its vector is made of all of them.
        parameters.n_ctx = parameters.n_batch = parameters.n_ubatch = room
        parameters.n_seq_max = plan.sequences
        parameters.n_threads = parameters.n_threads_batch = plan.threads
        parameters.flash_attn_type = int(plan.flash_attention)
        parameters.kv_unified = True
        parameters.embeddings = True
        self.handle: int | None = llama_cpp.llama_init_from_model(weights.handle, parameters)
        if self.handle is None:
            raise ApiError(ErrorCode.MODEL_FAILED, "There is not enough memory for the model.")
        if llama_cpp.llama_pooling_type(self.handle) not in _POOLS:
            self.close()
            raise ApiError(ErrorCode.MODEL_FAILED, "The model does not make one vector of each text.")
        self._memory = llama_cpp.llama_get_memory(self.handle)
        self.sequences = plan.sequences
        self.dimension = int(llama_cpp.llama_model_n_embd_out(weights.handle))
        self._batch = Batch(room, plan.sequences)
        self._turns = Turns()

    def close(self) -> None:
        """Free the memory."""
        if self.handle is not None:
            llama_cpp.llama_free(self.handle)
            self.handle = None

    def withdraw(self) -> None:
        """End the step, from any thread, if it has not begun."""
        self._turns.withdraw()

    def give_up(self) -> None:
        """Lose the place among all models' steps that a step which was not computed has left: none follows on it."""
        self._turns.give_up()

    def embed(
        self, texts: Sequence[Tokens], urgency: int = 0, *, patience: float | None = None
    ) -> NDArray[np.float32] | None:
        """Return a vector of length 1 for each text, of shape (texts, dimension); they must fit into one step.

        None if it was withdrawn, or if its turn among all models' steps takes more than `patience` seconds to come.

        Raises:
            ApiError: `internal`, llama.cpp failed.
        """
        self._batch.clear()
        for sequence, tokens in enumerate(texts):
            self._batch.add(sequence, 0, tokens, outputs=len(tokens))
        if self._memory is not None:
            # Models that were made to write keep what they read.
            llama_cpp.llama_memory_clear(self._memory, False)  # noqa: FBT003 - C takes no names
        compute = llama_cpp.llama_encode if self._memory is None else llama_cpp.llama_decode
        status = self._turns.compute(lambda: int(compute(self.handle, self._batch.native)), urgency, patience=patience)
        if status is None:
            return None
        if status != 0:
            raise ApiError(ErrorCode.INTERNAL, "The model failed while it read a text.")
        vectors = np.stack([self._vector(sequence) for sequence in range(len(texts))])
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.maximum(lengths, _SHORTEST)).astype(np.float32)

    def _vector(self, sequence: int) -> NDArray[np.float32]:
        """Return what a sequence of the last step was pooled to; the memory is llama.cpp's."""
        pointer = llama_cpp.llama_get_embeddings_seq(self.handle, sequence)
        return np.ctypeslib.as_array(pointer, (self.dimension,))
