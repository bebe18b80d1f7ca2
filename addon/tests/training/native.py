"""Run a model with llama.cpp's own functions and nothing of ours around them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
import ctypes
from pathlib import Path

import llama_cpp
import numpy as np
from numpy.typing import NDArray

CONTEXT = 512


class Native:
    """A loaded model with one context."""

    def __init__(self, model: int, context: int) -> None:
        """Take what llama.cpp made."""
        self.model = model
        self.context = context
        self.vocab = llama_cpp.llama_model_get_vocab(model)
        self._n_vocab = llama_cpp.llama_vocab_n_tokens(self.vocab)

    def tokenize(self, text: str) -> list[int]:
        """Return the tokens of a text, special ones included."""
        data = text.encode()
        tokens = (ctypes.c_int32 * (len(data) + 8))()
        count = llama_cpp.llama_tokenize(self.vocab, data, len(data), tokens, len(tokens), False, True)
        return list(tokens[:count])

    def text(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens."""
        piece = ctypes.create_string_buffer(64)
        sizes = (llama_cpp.llama_token_to_piece(self.vocab, token, piece, 64, 0, True) for token in tokens)
        return b"".join(piece.raw[:size] for size in sizes).decode()

    def logits(self, tokens: Sequence[int], begin: int = 0) -> NDArray[np.float32]:
        """Decode tokens that stand from position `begin` on, and return the last one's logits."""
        array = (ctypes.c_int32 * len(tokens))(*tokens)
        batch = llama_cpp.llama_batch_get_one(array, len(tokens))
        assert begin == llama_cpp.llama_memory_seq_pos_max(llama_cpp.llama_get_memory(self.context), 0) + 1
        assert llama_cpp.llama_decode(self.context, batch) == 0
        return np.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(self.context, -1), (self._n_vocab,)).copy()


@contextmanager
def loaded(path: Path) -> Iterator[Native]:
    """Load a model for as long as the block lasts."""
    model = llama_cpp.llama_model_load_from_file(str(path).encode(), llama_cpp.llama_model_default_params())
    parameters = llama_cpp.llama_context_default_params()
    parameters.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED
    parameters.n_ctx, parameters.n_threads, parameters.n_threads_batch = CONTEXT, 1, 1
    context = llama_cpp.llama_init_from_model(model, parameters)
    try:
        yield Native(model, context)
    finally:
        llama_cpp.llama_free(context)
        llama_cpp.llama_model_free(model)
