"""Load a GGUF model with llama.cpp and decode one sequence; the only module that imports llama_cpp.

llama.cpp throws C++ exceptions that no binding can catch, so nothing is handed to it that it might refuse: files are
checked before, batches fit, and a grammar is only ever told of tokens that it admits.
"""

from collections.abc import Callable, Iterator, Sequence
import ctypes
import logging
import os
from pathlib import Path
import secrets

import llama_cpp
import numpy as np
from numpy.typing import NDArray

from hearthd.engine.backend import Sampling
from hearthd.errors import ApiError, ErrorCode

_LOGGER = logging.getLogger(__name__)

# Prefill chunk: small enough to notice a cancelled request soon, large enough to keep the matrix units busy.
_CHUNK = 128
# A model's own limit may be 128k tokens, whose cache would not fit into a small machine's memory.
_DEFAULT_CONTEXT = 8192
# Asking a grammar about 150,000 tokens takes 30 ms; almost always one of the likeliest will do.
_LIKELIEST = 1024
# llama.cpp's own sampling defaults, for models that bring none.
_DEFAULT_SAMPLING = {"temp": 0.8, "top_k": 40.0, "top_p": 0.95, "min_p": 0.05}


@llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]  # the binding has no types
def _log(_level: int, text: bytes, _data: object) -> None:
    """Route llama.cpp's chatter to our log instead of stderr."""
    if _LOGGER.isEnabledFor(logging.DEBUG):
        _LOGGER.debug("%s", text.decode("utf-8", "replace").rstrip())


class Llama:
    """One loaded model with one context and one cached sequence; every call must come from the same thread."""

    def __init__(
        self,
        path: Path,
        *,
        context_length: int | None,
        threads: int | None,
        on_progress: Callable[[float], bool] = lambda _fraction: True,
    ) -> None:
        """Load the model; `on_progress` gets the loaded fraction and returns False to give up.

        Raises:
            ApiError: `model_failed` if llama.cpp cannot use the file or there is too little memory.
        """
        llama_cpp.llama_log_set(_log, ctypes.c_void_p(0))
        _load_processor_code()
        llama_cpp.llama_backend_init()
        self.tokens: list[int] = []
        self._context: int | None = None
        self._model: int | None = _load_model(path, on_progress)
        self._vocab = llama_cpp.llama_model_get_vocab(self._model)
        wanted = context_length or min(llama_cpp.llama_model_n_ctx_train(self._model), _DEFAULT_CONTEXT)
        self._context = _make_context(self._model, wanted, threads or os.process_cpu_count() or 1)
        if self._context is None:
            self.close()
            raise ApiError(
                ErrorCode.MODEL_FAILED, "There is not enough memory for the model; choose a shorter context length."
            )
        self._memory = llama_cpp.llama_get_memory(self._context)
        # llama.cpp pads the cache; a request may use only what was asked for.
        self.context_length = min(wanted, llama_cpp.llama_n_ctx(self._context))
        self._n_vocab = llama_cpp.llama_vocab_n_tokens(self._vocab)
        self.adds_bos = bool(llama_cpp.llama_vocab_get_add_bos(self._vocab))

    def close(self) -> None:
        """Free the context and the model."""
        if self._context is not None:
            llama_cpp.llama_free(self._context)
            self._context = None
        if self._model is not None:
            llama_cpp.llama_model_free(self._model)
            self._model = None

    def chat_template(self, name: str | None = None) -> str | None:
        """Return the model's chat template, the default one or a named variant."""
        text = llama_cpp.llama_model_chat_template(self._model, name.encode() if name else None)
        return text.decode("utf-8", "replace") if text else None

    def metadata(self, key: str) -> str | None:
        """Return one value of the model's metadata as text."""
        buffer = ctypes.create_string_buffer(256)
        length = llama_cpp.llama_model_meta_val_str(self._model, key.encode(), buffer, len(buffer))
        return buffer.value.decode("utf-8", "replace") if length >= 0 else None

    def special_texts(self) -> dict[str, str]:
        """Return the texts of the sequence's start and end, as a chat template names them."""
        ids = {
            "bos_token": llama_cpp.llama_vocab_bos(self._vocab),
            "eos_token": llama_cpp.llama_vocab_eos(self._vocab),
        }
        return {name: self._control_text(token) for name, token in ids.items()}

    def control_texts(self) -> tuple[str, ...]:
        """Return the text of every control token: what must never be read as such inside a message."""
        return tuple(text for token in range(self._n_vocab) if (text := self._control_text(token)))

    def _control_text(self, token: int) -> str:
        """Return the text of a control token, or none for any other: an absent one may be numbered like a letter."""
        if token < 0 or not llama_cpp.llama_vocab_is_control(self._vocab, token):
            return ""
        return self.piece(token, special=True).decode("utf-8", "replace")

    def tokenize(self, text: str, *, add_bos: bool = False) -> list[int]:
        """Return the tokens of a text, with special tokens read as such."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 2
        tokens = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(self._vocab, data, len(data), tokens, room, add_bos, True)  # noqa: FBT003 - C takes no names
        if count < 0:
            raise ApiError(ErrorCode.INVALID_REQUEST, "The model's tokenizer cannot read this text.")
        return tokens[:count]

    def piece(self, token: int, *, special: bool = False) -> bytes:
        """Return a token's bytes; a control token has some only if `special`."""
        buffer = ctypes.create_string_buffer(64)
        length = llama_cpp.llama_token_to_piece(self._vocab, token, buffer, len(buffer), 0, special)
        if length < 0:
            buffer = ctypes.create_string_buffer(-length)
            length = llama_cpp.llama_token_to_piece(self._vocab, token, buffer, len(buffer), 0, special)
        return buffer.raw[: max(length, 0)]

    def is_end(self, token: int) -> bool:
        """Return whether a token ends the reply."""
        return bool(llama_cpp.llama_vocab_is_eog(self._vocab, token))

    def resume(self, prompt: Sequence[int]) -> int:
        """Keep what the cached sequence shares with a prompt and return its length, always short of the whole.

        The last token is left to be decoded again, because its logits are needed.
        """
        shared = 0
        for cached, wanted in zip(self.tokens, prompt[:-1], strict=False):
            if cached != wanted:
                break
            shared += 1
        # Recurrent and sliding-window models cannot always forget a part of what they saw.
        if not llama_cpp.llama_memory_seq_rm(self._memory, 0, shared, -1):
            shared = 0
            llama_cpp.llama_memory_clear(self._memory, True)  # noqa: FBT003 - C takes no names
        del self.tokens[shared:]
        return shared

    def decode(self, tokens: Sequence[int], check: Callable[[], None] = lambda: None) -> None:
        """Append tokens to the sequence; `check` runs before every chunk and may raise to stop in between."""
        for start in range(0, len(tokens), _CHUNK):
            check()
            chunk = list(tokens[start : start + _CHUNK])
            array = (llama_cpp.llama_token * len(chunk))(*chunk)
            status = llama_cpp.llama_decode(self._context, llama_cpp.llama_batch_get_one(array, len(chunk)))
            if status != 0:
                self.forget()
                raise RuntimeError(f"llama_decode returned {status}")
            self.tokens += chunk

    def forget(self) -> None:
        """Empty the cached sequence."""
        llama_cpp.llama_memory_clear(self._memory, True)  # noqa: FBT003 - C takes no names
        self.tokens.clear()

    def sampler(self, sampling: Sampling) -> Sampler:
        """Return a sampler for one reply; close it when the reply ends."""
        defaults = {
            key: float(self.metadata(f"general.sampling.{key}") or value) for key, value in _DEFAULT_SAMPLING.items()
        }
        chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
        for link in _chain_links(sampling, defaults):
            llama_cpp.llama_sampler_chain_add(chain, link)
        return Sampler(self._context, self._vocab, self._n_vocab, chain)


class Sampler:
    """Draw the tokens of one reply, freely or under a grammar that may change on the way."""

    def __init__(self, context: int | None, vocab: int, n_vocab: int, chain: int) -> None:
        """Take over a sampler chain of the given context."""
        self._context = context
        self._vocab = vocab
        self._chain = chain
        self._grammar: int | None = None
        self._n_vocab = n_vocab
        self._candidates = np.zeros(n_vocab, np.dtype([("id", np.intc), ("logit", np.single), ("p", np.single)]))

    def constrain(self, grammar: str | None) -> bool:
        """Admit only what a GBNF grammar's `root` derives from here on, or anything; False if it is not usable."""
        if self._grammar is not None:
            llama_cpp.llama_sampler_free(self._grammar)
            self._grammar = None
        if grammar is None:
            return True
        self._grammar = llama_cpp.llama_sampler_init_grammar(self._vocab, grammar.encode(), b"root") or None
        return self._grammar is not None

    def sample(self) -> int | None:
        """Draw the next token from the last logits; None if the grammar admits no token at all."""
        token = int(llama_cpp.llama_sampler_sample(self._chain, self._context, -1))
        if self._grammar is None:
            return token
        # Asking the grammar about one token is far cheaper than about the whole vocabulary, and mostly enough.
        if not self._admits(token):
            drawn = self._sample_admitted()
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
        one = self._candidates[:1]
        one[0] = (token, 0.0, 0.0)
        llama_cpp.llama_sampler_apply(self._grammar, ctypes.byref(_token_array(one)))
        return bool(np.isfinite(one["logit"][0]))

    def _sample_admitted(self) -> int | None:
        """Draw from the tokens that the grammar admits, among the likeliest first."""
        every = np.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(self._context, -1), (self._n_vocab,))
        for ids in _pools(every):
            candidates = self._candidates[: len(ids)]
            candidates["id"], candidates["logit"], candidates["p"] = ids, every[ids], 0.0
            array = _token_array(candidates)
            llama_cpp.llama_sampler_apply(self._grammar, ctypes.byref(array))
            if np.isfinite(candidates["logit"]).any():
                llama_cpp.llama_sampler_apply(self._chain, ctypes.byref(array))
                token = int(array.data[array.selected].id)
                llama_cpp.llama_sampler_accept(self._chain, token)
                return token
        return None


def _pools(logits: NDArray[np.single]) -> Iterator[NDArray[np.intp]]:
    """Yield the likeliest tokens, then all of them."""
    if len(logits) > _LIKELIEST:
        yield np.argpartition(logits, -_LIKELIEST)[-_LIKELIEST:]
    yield np.arange(len(logits))


def _load_processor_code() -> None:
    """Load what suits this processor best, if llama.cpp was built in variants, as it is in the app's image."""
    folder = Path(llama_cpp.__file__).parent / "lib"
    # ggml as llama sees it: the handle that llama_cpp keeps may be to a second copy.
    library = ctypes.CDLL(str(folder / "libllama.so"))
    if library.ggml_backend_reg_count() == 0:
        library.ggml_backend_load_all_from_path(str(folder).encode())


def _load_model(path: Path, on_progress: Callable[[float], bool]) -> int:
    """Load the weights."""
    parameters = llama_cpp.llama_model_default_params()
    progress = llama_cpp.llama_progress_callback(lambda fraction, _data: on_progress(fraction))
    parameters.progress_callback = progress
    model = llama_cpp.llama_model_load_from_file(str(path).encode(), parameters)
    if model is None:
        raise ApiError(ErrorCode.MODEL_FAILED, "The model file is damaged, or llama.cpp does not know this kind.")
    return int(model)


def _make_context(model: int, length: int, threads: int) -> int | None:
    """Make a context for one sequence; None if there is too little memory."""
    parameters = llama_cpp.llama_context_default_params()
    parameters.n_ctx = length
    parameters.n_batch = parameters.n_ubatch = _CHUNK
    parameters.n_seq_max = 1
    parameters.n_threads = parameters.n_threads_batch = threads
    context: int | None = llama_cpp.llama_init_from_model(model, parameters)
    return context


def _chain_links(sampling: Sampling, defaults: dict[str, float]) -> list[int]:
    """Return the native samplers for a request, in llama.cpp's order."""

    def chosen(value: float | None, name: str) -> float:
        return defaults[name] if value is None else value

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


def _token_array(candidates: np.ndarray[tuple[int], np.dtype[np.void]]) -> llama_cpp.llama_token_data_array:
    """Wrap candidates, in place, as llama.cpp takes them."""
    data = candidates.ctypes.data_as(llama_cpp.llama_token_data_p)
    return llama_cpp.llama_token_data_array(data=data, size=len(candidates), selected=-1, sorted=False)
