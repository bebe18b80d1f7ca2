"""Draw the tokens of one reply from rows of logits, freely or under a grammar."""

from collections.abc import Callable, Iterator
import ctypes
import secrets
from typing import Protocol

import llama_cpp
import numpy as np
from numpy.typing import NDArray

from hearthd.engine.backend import Sampling

# Asking a grammar about 150,000 tokens takes 30 ms; almost always one of the likeliest will do.
_LIKELIEST = 1024
# llama.cpp's own sampling defaults, for models that bring none.
_DEFAULT_SAMPLING = {"temp": 0.8, "top_k": 40.0, "top_p": 0.95, "min_p": 0.05}


class Candidates:
    """Room for every token of a vocabulary as llama.cpp's samplers take them; all samplers of a context share it."""

    def __init__(self, size: int) -> None:
        """Reserve the room."""
        self._rows = np.zeros(size, np.dtype([("id", np.intc), ("logit", np.single), ("p", np.single)]))
        self._data = self._rows.ctypes.data_as(llama_cpp.llama_token_data_p)

    def fill(self, ids: NDArray[np.intp] | int, logits: NDArray[np.single] | float) -> llama_cpp.llama_token_data_array:
        """Write tokens with their logits and wrap them, in place."""
        count = ids.size if isinstance(ids, np.ndarray) else 1
        rows = self._rows[:count]
        rows["id"], rows["logit"], rows["p"] = ids, logits, 0.0
        return llama_cpp.llama_token_data_array(data=self._data, size=count, selected=-1, sorted=False)

    def any_left(self, count: int) -> bool:
        """Return whether a grammar has left one of the first tokens."""
        return bool(np.isfinite(self._rows["logit"][:count]).any())


class Rows(Protocol):
    """The logits that a context's last step has left."""

    handle: int | None
    candidates: Candidates

    def logits(self, row: int) -> NDArray[np.single]:
        """Return the logits of a row of the last batch."""
        ...


class Sampler:
    """Draw the tokens of one reply; the grammar may change on the way."""

    def __init__(self, rows: Rows, vocabulary: int, chain: int) -> None:
        """Take over a native sampler chain, for the tokens of a native vocabulary."""
        self._rows = rows
        self._vocabulary = vocabulary
        self._chain = chain
        self._grammar: int | None = None

    def constrain(self, grammar: str | None) -> bool:
        """Admit only what a GBNF grammar's `root` derives from here on, or anything; False if it is not usable."""
        if self._grammar is not None:
            llama_cpp.llama_sampler_free(self._grammar)
            self._grammar = None
        if grammar is None:
            return True
        self._grammar = llama_cpp.llama_sampler_init_grammar(self._vocabulary, grammar.encode(), b"root") or None
        return self._grammar is not None

    def sample(self, row: int) -> int | None:
        """Draw the next token from a row of the last batch; None if the grammar admits no token at all."""
        token = int(llama_cpp.llama_sampler_sample(self._chain, self._rows.handle, row))
        if self._grammar is None:
            return token
        # Asking the grammar about one token is far cheaper than about the whole vocabulary, and mostly enough.
        if not self._admits(token):
            drawn = self._sample_admitted(row)
            if drawn is None:
                return None
            token = drawn
        llama_cpp.llama_sampler_accept(self._grammar, token)
        return token

    def close(self) -> None:
        """Free the native samplers."""
        self.constrain(None)
        llama_cpp.llama_sampler_free(self._chain)

    def _admits(self, token: int) -> bool:
        """Return whether the grammar admits a token."""
        one = self._rows.candidates.fill(token, 0.0)
        llama_cpp.llama_sampler_apply(self._grammar, ctypes.byref(one))
        return self._rows.candidates.any_left(1)

    def _sample_admitted(self, row: int) -> int | None:
        """Draw from the tokens that the grammar admits, among the likeliest first."""
        every = self._rows.logits(row)
        for ids in _pools(every):
            some = self._rows.candidates.fill(ids, every[ids])
            llama_cpp.llama_sampler_apply(self._grammar, ctypes.byref(some))
            if self._rows.candidates.any_left(ids.size):
                llama_cpp.llama_sampler_apply(self._chain, ctypes.byref(some))
                token = int(some.data[some.selected].id)
                llama_cpp.llama_sampler_accept(self._chain, token)
                return token
        return None


def chain_for(sampling: Sampling, metadata: Callable[[str], str | None]) -> int:
    """Return a native chain for a request; what it leaves open is the model's own choice or llama.cpp's default."""

    def chosen(value: float | None, name: str) -> float:
        return float(metadata(f"general.sampling.{name}") or _DEFAULT_SAMPLING[name]) if value is None else value

    chain: int = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
    for link in _links(sampling, chosen):
        llama_cpp.llama_sampler_chain_add(chain, link)
    return chain


def _links(sampling: Sampling, chosen: Callable[[float | None, str], float]) -> list[int]:
    """Return the native samplers for a request, in llama.cpp's order."""
    temperature = chosen(sampling.temperature, "temp")
    if temperature <= 0.0:
        return [llama_cpp.llama_sampler_init_greedy()]
    seed = secrets.randbits(31) if sampling.seed is None else sampling.seed & 0xFFFFFFFF
    return [
        llama_cpp.llama_sampler_init_top_k(int(chosen(sampling.top_k, "top_k"))),
        llama_cpp.llama_sampler_init_top_p(chosen(sampling.top_p, "top_p"), 1),
        llama_cpp.llama_sampler_init_min_p(chosen(sampling.min_p, "min_p"), 1),
        llama_cpp.llama_sampler_init_temp(temperature),
        llama_cpp.llama_sampler_init_dist(seed),
    ]


def _pools(logits: NDArray[np.single]) -> Iterator[NDArray[np.intp]]:
    """Yield the likeliest tokens, then all of them."""
    if len(logits) > _LIKELIEST:
        yield np.argpartition(logits, -_LIKELIEST)[-_LIKELIEST:]
    yield np.arange(len(logits))
