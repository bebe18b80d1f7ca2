"""Ask llama.cpp itself what a grammar admits."""

import ctypes
from pathlib import Path

import llama_cpp
import numpy as np


class Acceptor:
    """The vocabulary of a tiny model, to walk texts through grammars byte by byte."""

    def __init__(self, path: Path) -> None:
        """Load the vocabulary alone."""
        parameters = llama_cpp.llama_model_default_params()
        parameters.vocab_only = True
        self._model = llama_cpp.llama_model_load_from_file(str(path).encode(), parameters)
        self._vocab = llama_cpp.llama_model_get_vocab(self._model)
        self._end = llama_cpp.llama_vocab_eos(self._vocab)

    def accepts(self, grammar: str, text: str) -> bool:
        """Return whether a grammar derives exactly this text; fails if llama.cpp cannot read the grammar."""
        sampler = llama_cpp.llama_sampler_init_grammar(self._vocab, grammar.encode(), b"root")
        assert sampler, grammar
        try:
            return all(self._step(sampler, token) for token in [*self._tokens(text), self._end])
        finally:
            llama_cpp.llama_sampler_free(sampler)

    def close(self) -> None:
        """Free the vocabulary."""
        llama_cpp.llama_model_free(self._model)

    def _tokens(self, text: str) -> list[int]:
        """Return the tokens of a text."""
        data = text.encode()
        tokens = (llama_cpp.llama_token * (len(data) + 2))()
        return tokens[: llama_cpp.llama_tokenize(self._vocab, data, len(data), tokens, len(tokens), False, False)]

    def _step(self, sampler: int, token: int) -> bool:
        """Offer one token."""
        one = np.array([(token, 0.0, 0.0)], np.dtype([("id", np.intc), ("logit", np.single), ("p", np.single)]))
        data = one.ctypes.data_as(llama_cpp.llama_token_data_p)
        array = llama_cpp.llama_token_data_array(data=data, size=1, selected=-1, sorted=False)
        llama_cpp.llama_sampler_apply(sampler, ctypes.byref(array))
        admitted = bool(np.isfinite(one["logit"][0]))
        if admitted:
            llama_cpp.llama_sampler_accept(sampler, token)
        return admitted
