"""Embed texts with all-MiniLM-L6-v2 as its authors do, in numpy and float32: what other runs are held against.

The model: https://arxiv.org/abs/1810.04805 (BERT) in the size of https://arxiv.org/abs/2002.10957, its tokens' vectors
averaged and brought to length 1. The tokenizer is BERT's uncased WordPiece.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
import json
import math
from pathlib import Path
import unicodedata

import numpy as np
from numpy.typing import NDArray

type Array = NDArray[np.float32]
type Tensors = dict[str, Array]

LAYERS = 6
HEADS = 12
EPSILON = 1e-12
UNKNOWN, BEGIN, END = "[UNK]", "[CLS]", "[SEP]"
_LONGEST_WORD = 100
_CJK = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)
_ASCII_SIGNS = ((33, 47), (58, 64), (91, 96), (123, 126))
_erf = np.vectorize(math.erf, otypes=[np.float32])


@dataclass(frozen=True, slots=True)
class Reference:
    """The model's float32 weights by their names in `model.safetensors`, and its vocabulary: token -> number."""

    tensors: Tensors
    vocabulary: dict[str, int]

    def embed(self, text: str, longest: int = 512) -> Array:
        """Return a text's vector of length 1, shape (384,); of a longer text, that of its first `longest` tokens."""
        hidden = self._embed_tokens(self.tokenize(text, longest))
        for layer in range(LAYERS):
            hidden = self._layer(hidden, f"encoder.layer.{layer}")
        pooled = hidden.mean(axis=0)
        return (pooled / np.linalg.norm(pooled)).astype(np.float32)

    def tokenize(self, text: str, longest: int = 512) -> list[int]:
        """Return the numbers of a text's tokens, between the marks of its beginning and its end."""
        pieces = [piece for word in _words(text) for piece in self._pieces(word)]
        return [self.vocabulary[token] for token in (BEGIN, *pieces[: longest - 2], END)]

    def _pieces(self, word: str) -> list[str]:
        """Cut a word into the longest known pieces, from its beginning on."""
        pieces: list[str] = []
        start = 0
        while start < len(word) <= _LONGEST_WORD:
            mark = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if mark + word[start:end] in self.vocabulary), None)
            if end is None:
                return [UNKNOWN]
            pieces.append(mark + word[start:end])
            start = end
        return pieces or [UNKNOWN]

    def _embed_tokens(self, tokens: Sequence[int]) -> Array:
        """Return what each token means alone and where it stands, shape (tokens, 384)."""
        of = self.tensors
        words = of["embeddings.word_embeddings.weight"][list(tokens)]
        places = of["embeddings.position_embeddings.weight"][: len(tokens)]
        kind = of["embeddings.token_type_embeddings.weight"][0]
        return self._norm(words + places + kind, "embeddings.LayerNorm")

    def _layer(self, hidden: Array, name: str) -> Array:
        """Let tokens look at each other, and work on what each has seen."""
        queries, keys, values = (
            self._heads(self._linear(hidden, f"{name}.attention.self.{part}")) for part in ("query", "key", "value")
        )
        scores = queries @ keys.transpose(0, 2, 1) / np.float32(math.sqrt(queries.shape[-1]))
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        seen = (weights / weights.sum(axis=-1, keepdims=True)) @ values
        together = seen.transpose(1, 0, 2).reshape(hidden.shape)
        hidden = self._norm(
            hidden + self._linear(together, f"{name}.attention.output.dense"), f"{name}.attention.output.LayerNorm"
        )
        inner = self._linear(hidden, f"{name}.intermediate.dense")
        inner = inner * (1 + _erf(inner / math.sqrt(2))) / 2
        return self._norm(hidden + self._linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def _heads(self, hidden: Array) -> Array:
        """Split vectors into those of the heads: (tokens, 384) -> (heads, tokens, 32)."""
        return hidden.reshape(len(hidden), HEADS, -1).transpose(1, 0, 2)

    def _linear(self, hidden: Array, name: str) -> Array:
        """Apply a matrix and its bias."""
        return hidden @ self.tensors[f"{name}.weight"].T + self.tensors[f"{name}.bias"]

    def _norm(self, hidden: Array, name: str) -> Array:
        """Normalise each token's vector, then scale and move it."""
        mean = hidden.mean(axis=-1, keepdims=True)
        variance = hidden.var(axis=-1, keepdims=True)
        even = (hidden - mean) / np.sqrt(variance + np.float32(EPSILON))
        return even * self.tensors[f"{name}.weight"] + self.tensors[f"{name}.bias"]


def read_reference(folder: Path) -> Reference:
    """Read `model.safetensors` and `vocab.txt` of a folder."""
    words = (folder / "vocab.txt").read_text("utf-8").splitlines()
    return Reference(read_tensors(folder / "model.safetensors"), {word: number for number, word in enumerate(words)})


def read_tensors(path: Path) -> Tensors:
    """Read the float32 tensors of a file: https://github.com/huggingface/safetensors#format."""
    data = path.read_bytes()
    begin = 8 + int.from_bytes(data[:8], "little")
    told = json.loads(data[8:begin])
    return {
        name: np.frombuffer(data[begin + entry["data_offsets"][0] : begin + entry["data_offsets"][1]], np.float32)
        .reshape(entry["shape"])
        .copy()
        for name, entry in told.items()
        if name != "__metadata__" and entry["dtype"] == "F32"
    }


def _words(text: str) -> Iterator[str]:
    """Cut a text as BERT's uncased tokenizer does: at blanks, and around each sign and Chinese character."""
    word = ""
    for character in unicodedata.normalize("NFD", text):
        if character.isspace():
            yield from filter(None, [word])
            word = ""
        elif _is_sign(character) or _is_chinese(character):
            yield from filter(None, [word])
            yield character
            word = ""
        elif unicodedata.category(character) not in {"Cc", "Cf", "Co", "Cs", "Mn"} and character != "\ufffd":
            word += character.lower()
    yield from filter(None, [word])


def _is_sign(character: str) -> bool:
    """Tell whether a character stands alone as punctuation; in ASCII every sign does."""
    code = ord(character)
    is_ascii_sign = any(first <= code <= last for first, last in _ASCII_SIGNS)
    return is_ascii_sign or unicodedata.category(character).startswith("P")


def _is_chinese(character: str) -> bool:
    """Tell whether a character is one of Chinese writing, where no blanks part words."""
    return any(first <= ord(character) <= last for first, last in _CJK)
