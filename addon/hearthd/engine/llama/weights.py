"""Load a model's weights and speak its vocabulary.

llama.cpp throws C++ exceptions that no binding can catch, so nothing is handed to it that it might refuse: files are
checked before, batches fit, and a grammar is only ever told of tokens that it admits.
"""

from array import array
from collections.abc import Callable
import ctypes
from pathlib import Path

import llama_cpp

from hearthd.engine.llama.library import open_library
from hearthd.errors import ApiError, ErrorCode

type Tokens = array[int]


class Weights:
    """One loaded model; its tokenizer may be used by any thread."""

    def __init__(
        self, path: Path, *, gpu_layers: int = 0, on_progress: Callable[[float], bool] = lambda _fraction: True
    ) -> None:
        """Load a GGUF file; `on_progress` gets the loaded fraction and returns False to give up.

        Raises:
            ApiError: `model_failed` if llama.cpp cannot use the file.
        """
        open_library()
        parameters = llama_cpp.llama_model_default_params()
        parameters.n_gpu_layers = gpu_layers
        progress = llama_cpp.llama_progress_callback(lambda fraction, _data: on_progress(fraction))
        parameters.progress_callback = progress
        self.handle: int | None = llama_cpp.llama_model_load_from_file(str(path).encode(), parameters)
        if self.handle is None:
            raise ApiError(ErrorCode.MODEL_FAILED, "The model file is damaged, or llama.cpp does not know this kind.")
        self.vocabulary = llama_cpp.llama_model_get_vocab(self.handle)
        self.vocabulary_size = int(llama_cpp.llama_vocab_n_tokens(self.vocabulary))
        self.adds_bos = bool(llama_cpp.llama_vocab_get_add_bos(self.vocabulary))
        self.bos_text = self._control_text(llama_cpp.llama_vocab_bos(self.vocabulary))

    def close(self) -> None:
        """Free the weights; every context of them must be closed."""
        if self.handle is not None:
            llama_cpp.llama_model_free(self.handle)
            self.handle = None

    @property
    def is_recurrent(self) -> bool:
        """Return whether some layers keep a running state instead of every token."""
        return bool(llama_cpp.llama_model_is_recurrent(self.handle) or llama_cpp.llama_model_is_hybrid(self.handle))

    @property
    def window(self) -> int:
        """Return how many tokens back the sliding-window layers look; 0 without any."""
        return int(llama_cpp.llama_model_n_swa(self.handle))

    def chat_template(self, name: str | None = None) -> str | None:
        """Return the model's chat template, the default one or a named variant."""
        text = llama_cpp.llama_model_chat_template(self.handle, name.encode() if name else None)
        return text.decode("utf-8", "replace") if text else None

    def metadata(self, key: str) -> str | None:
        """Return one value of the model's metadata as text."""
        buffer = ctypes.create_string_buffer(256)
        length = llama_cpp.llama_model_meta_val_str(self.handle, key.encode(), buffer, len(buffer))
        return buffer.value.decode("utf-8", "replace") if length >= 0 else None

    def special_texts(self) -> dict[str, str]:
        """Return the texts of the sequence's start and end, as a chat template names them."""
        end = self._control_text(llama_cpp.llama_vocab_eos(self.vocabulary))
        return {"bos_token": self.bos_text, "eos_token": end}

    def control_texts(self) -> tuple[str, ...]:
        """Return the text of every control token: what must never be read as such inside a message."""
        return tuple(text for token in range(self.vocabulary_size) if (text := self._control_text(token)))

    def _control_text(self, token: int) -> str:
        """Return the text of a control token, or none for any other: an absent one may be numbered like a letter."""
        if token < 0 or not self.is_control(token):
            return ""
        return self.piece(token, special=True).decode("utf-8", "replace")

    def tokenize(self, text: str, *, add_bos: bool = False) -> Tokens:
        """Return the tokens of a text, with special tokens read as such."""
        return self._tokenize(text, adds_marks=add_bos, reads_marks=True)

    def tokenize_text(self, text: str) -> Tokens:
        """Return the tokens of somebody's text between the marks that the model wants around it.

        What looks like a special token in it is read as letters.
        """
        return self._tokenize(text, adds_marks=True, reads_marks=False)

    def _tokenize(self, text: str, *, adds_marks: bool, reads_marks: bool) -> Tokens:
        """Return the tokens of a text.

        Raises:
            ApiError: `invalid_request`, the tokenizer cannot read it.
        """
        data = text.encode("utf-8", "replace")
        room = len(data) + 2
        tokens = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(self.vocabulary, data, len(data), tokens, room, adds_marks, reads_marks)
        if count < 0:
            raise ApiError(ErrorCode.INVALID_REQUEST, "The model's tokenizer cannot read this text.")
        return array("i", tokens[:count])

    def piece(self, token: int, *, special: bool = False) -> bytes:
        """Return a token's bytes; a control token has some only if `special`."""
        buffer = ctypes.create_string_buffer(64)
        length = llama_cpp.llama_token_to_piece(self.vocabulary, token, buffer, len(buffer), 0, special)
        if length < 0:
            buffer = ctypes.create_string_buffer(-length)
            length = llama_cpp.llama_token_to_piece(self.vocabulary, token, buffer, len(buffer), 0, special)
        return buffer.raw[: max(length, 0)]

    def is_control(self, token: int) -> bool:
        """Return whether a token is a mark and not a piece of text."""
        return bool(llama_cpp.llama_vocab_is_control(self.vocabulary, token))

    def is_end(self, token: int) -> bool:
        """Return whether a token ends the reply."""
        return bool(llama_cpp.llama_vocab_is_eog(self.vocabulary, token))
