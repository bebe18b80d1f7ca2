"""Fill llama.cpp's batch in place, so that nothing is allocated between two steps."""

import ctypes

import llama_cpp
import numpy as np

from hearthd.engine.llama.weights import Tokens


class Batch:
    """The tokens of one step: a few of each of several sequences."""

    def __init__(self, size: int, sequences: int) -> None:
        """Hold at most `size` tokens, of sequences that are numbered below `sequences`."""
        self.size = size
        self._tokens = np.zeros(size, np.int32)
        self._positions = np.zeros(size, np.int32)
        self._counts = np.ones(size, np.int32)
        self._outputs = np.zeros(size, np.int8)
        self._steps = np.arange(size, dtype=np.int32)
        self._numbers = np.arange(sequences, dtype=np.int32)
        # Each token has a list of sequences; ours have one each, which lies at a fixed address.
        self._lists = np.zeros(size, np.uintp)
        self._addresses = self._numbers.ctypes.data + self._numbers.itemsize * np.arange(sequences, dtype=np.uintp)
        self.native = llama_cpp.llama_batch(
            n_tokens=0,
            token=self._tokens.ctypes.data_as(ctypes.POINTER(llama_cpp.llama_token)),
            embd=None,
            pos=self._positions.ctypes.data_as(ctypes.POINTER(llama_cpp.llama_pos)),
            n_seq_id=self._counts.ctypes.data_as(ctypes.POINTER(ctypes.c_int32)),
            seq_id=self._lists.ctypes.data_as(ctypes.POINTER(ctypes.POINTER(llama_cpp.llama_seq_id))),
            logits=self._outputs.ctypes.data_as(ctypes.POINTER(ctypes.c_int8)),
        )

    def __len__(self) -> int:
        """Return how many tokens it holds."""
        return int(self.native.n_tokens)

    def clear(self) -> None:
        """Begin a new step."""
        self.native.n_tokens = 0

    def add(self, sequence: int, position: int, tokens: Tokens, *, outputs: int = 0) -> int:
        """Append tokens of one sequence; the last `outputs` of them get logits. Return the row of the first of those.

        `position` is the first token's, counted from 0 in its sequence.
        """
        start = len(self)
        end = start + len(tokens)
        row = end - outputs
        self._tokens[start:end] = tokens
        np.add(self._steps[: len(tokens)], position, out=self._positions[start:end])
        self._lists[start:end] = self._addresses[sequence]
        self._outputs[start:row] = 0
        self._outputs[row:end] = 1
        self.native.n_tokens = end
        return row
