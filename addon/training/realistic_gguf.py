"""Write a GGUF of a real model's shape with random weights: as fast and as large as one that makes sense."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
import json
from pathlib import Path

from gguf import GGMLQuantizationType, GGUFWriter, TokenType, quants
import numpy as np
from numpy.typing import NDArray
from realistic_vocabulary import learn_vocabulary
from tiny_vocabulary import Vocabulary

_CONTEXT_LENGTH = 32_768
# The scale at which models of this family are initialised.
_DEVIATION = 0.02


@dataclass(frozen=True, slots=True)
class Shape:
    """The dimensions of a model of the qwen2 architecture."""

    layers: int
    width: int
    heads: int
    kv_heads: int
    feed_forward: int


class Size(StrEnum):
    """Whose shape the model has: Qwen2-0.5B's, or one so small that only its tokens count."""

    HALF_BILLION = "0.5b"
    SMALL = "small"


class Weights(StrEnum):
    """How weights are stored."""

    Q8_0 = "q8_0"
    Q4_0 = "q4_0"


# Qwen2-0.5B: https://arxiv.org/abs/2407.10671, table 1.
_SHAPES = {Size.HALF_BILLION: Shape(24, 896, 14, 2, 4864), Size.SMALL: Shape(1, 64, 2, 1, 128)}
_TYPES = {Weights.Q8_0: GGMLQuantizationType.Q8_0, Weights.Q4_0: GGMLQuantizationType.Q4_0}


def write_realistic_gguf(path: Path, size: Size, weights: Weights, vocabulary: Vocabulary, seed: int = 0) -> None:
    """Write the same file for the same arguments; half a billion weights take half a minute and 2 GB of memory.

    Whatever is no word has an embedding of zeros: no sampler that looks at the likeliest tokens draws it, so a reply
    ends where `max_tokens` says, and every token of it is text that a server can send on at once. Input and output
    embeddings are one, as in the small models of the family.
    """
    shape, kind = _SHAPES[size], _TYPES[weights]
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = GGUFWriter(path, "qwen2")
    writer.add_name(f"random-{size}-{weights}")
    _write_shape(writer, shape)
    vocabulary.write(writer)
    for name, tensor in _tensors(shape, vocabulary, seed):
        if tensor.ndim > 1:
            writer.add_tensor(name, quants.quantize(tensor, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _write_shape(writer: GGUFWriter, shape: Shape) -> None:
    """Write the hyperparameters."""
    writer.add_context_length(_CONTEXT_LENGTH)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e6)


def _tensors(shape: Shape, vocabulary: Vocabulary, seed: int) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield every tensor by name: matrices random, biases zero, norms one."""
    random = np.random.default_rng(seed)

    def draw(rows: int, columns: int) -> NDArray[np.float32]:
        return random.standard_normal((rows, columns), dtype=np.float32) * np.float32(_DEVIATION)

    embedding = draw(len(vocabulary.tokens), shape.width)
    embedding[[not _is_said(*token) for token in zip(vocabulary.tokens, vocabulary.types, strict=True)]] = 0.0
    yield "token_embd.weight", embedding
    yield "output_norm.weight", np.ones(shape.width, np.float32)
    kv_width = shape.width // shape.heads * shape.kv_heads
    matrices = {
        "attn_q": (shape.width, shape.width),
        "attn_k": (kv_width, shape.width),
        "attn_v": (kv_width, shape.width),
        "attn_output": (shape.width, shape.width),
        "ffn_gate": (shape.feed_forward, shape.width),
        "ffn_up": (shape.feed_forward, shape.width),
        "ffn_down": (shape.width, shape.feed_forward),
    }
    for layer in range(shape.layers):
        block = f"blk.{layer}."
        for name, (rows, columns) in matrices.items():
            yield f"{block}{name}.weight", draw(rows, columns)
        for name in ("attn_q", "attn_k", "attn_v"):
            yield f"{block}{name}.bias", np.zeros(matrices[name][0], np.float32)
        for name in ("attn_norm", "ffn_norm"):
            yield f"{block}{name}.weight", np.ones(shape.width, np.float32)


def _is_said(token: str, kind: TokenType) -> bool:
    """Tell whether a token may be part of a reply: a word or a piece of one, with or without the Ġ of a space."""
    letters = token.removeprefix("Ġ")
    return kind is TokenType.NORMAL and letters.isascii() and letters.isalpha()


def _texts(folder: Path) -> Iterator[str]:
    """Yield what Home Assistant's integrations say in English, in the order of their names, in both dresses of JSON."""
    for path in sorted(folder.glob("*/translations/en.json")):
        words = json.loads(path.read_text("utf-8"))
        yield json.dumps(words)
        yield json.dumps(words, indent=2)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT.gguf")
    parser.add_argument("--components", type=Path, required=True, help="folder of Home Assistant's integrations")
    parser.add_argument("--size", type=Size, choices=list(Size), default=Size.HALF_BILLION)
    parser.add_argument("--weights", type=Weights, choices=list(Weights), default=Weights.Q8_0)
    parser.add_argument("--seed", type=int, default=0, help="seed of the random weights")
    arguments = parser.parse_args()
    vocabulary = learn_vocabulary(_texts(arguments.components))
    write_realistic_gguf(arguments.out, arguments.size, arguments.weights, vocabulary, arguments.seed)
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
