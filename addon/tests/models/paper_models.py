"""Write models that are all header: the shapes of real ones, with weights that take no space on disk.

llama.cpp reads them, and says what memory it would take, without anything being computed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gguf import GGUFWriter
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType as Type
import numpy as np

type Shapes = Iterator[tuple[str, tuple[int, ...]]]


@dataclass(frozen=True)
class Paper:
    """A model's hyperparameters, the kind of its matrices, and the tensors beside the embedding."""

    architecture: str
    vocabulary: int
    width: int
    layers: int
    heads: int
    kv_heads: int | list[int]
    feed_forward: int
    tensors: Callable[[Paper], Shapes]
    kind: Type = Type.Q4_K
    head_width: int | None = None
    context: int = 131072
    is_tied: bool = False
    more: Mapping[str, int | list[int]] = field(default_factory=dict)

    @property
    def head(self) -> int:
        """Return the width of one head."""
        return self.head_width or self.width // self.heads


def write_paper_model(path: Path, paper: Paper) -> None:
    """Write the header, and let the file be as long as if the weights were there."""
    writer = GGUFWriter(path, paper.architecture)
    writer.add_context_length(paper.context)
    writer.add_embedding_length(paper.width)
    writer.add_block_count(paper.layers)
    writer.add_feed_forward_length(paper.feed_forward)
    writer.add_head_count(paper.heads)
    writer.add_head_count_kv(paper.kv_heads)
    writer.add_layer_norm_rms_eps(1e-6)
    if paper.head_width is not None:
        writer.add_key_length(paper.head_width)
        writer.add_value_length(paper.head_width)
    for key, value in paper.more.items():
        name = f"{paper.architecture}.{key}"
        writer.add_array(name, value) if isinstance(value, list) else writer.add_uint32(name, value)
    writer.add_tokenizer_model("none")
    writer.add_vocab_size(paper.vocabulary)
    for name, shape in _all_tensors(paper):
        kind = paper.kind if len(shape) > 1 and shape[0] % GGML_QUANT_SIZES[paper.kind][0] == 0 else Type.F32
        if name.endswith(("conv1d.weight", "shortconv.conv.weight", "ssm_a")):
            kind = Type.F32
        block, size = GGML_QUANT_SIZES[kind]
        count = int(np.prod(shape)) // block * size
        # The writer takes shapes the other way round, of quantised ones in bytes.
        bytes_shape = (*reversed(shape[1:]), shape[0] // block * size)
        if kind is Type.F32:
            writer.add_tensor_info(name, tuple(reversed(shape)), np.dtype(np.float32), count)
        else:
            writer.add_tensor_info(name, bytes_shape, np.dtype(np.uint8), count, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    writer.close()
    tensors = writer.tensors[0].values()
    length = path.stat().st_size + sum(-(-tensor.nbytes // 32) * 32 for tensor in tensors) + 32
    with path.open("r+b") as file:
        file.truncate(length)


def _all_tensors(paper: Paper) -> Shapes:
    """Yield every tensor's name and shape."""
    yield "token_embd.weight", (paper.width, paper.vocabulary)
    yield ("token_embd_norm" if paper.architecture == "lfm2" else "output_norm") + ".weight", (paper.width,)
    if not paper.is_tied:
        yield "output.weight", (paper.width, paper.vocabulary)
    yield from paper.tensors(paper)


def _attention(paper: Paper, block: str, kv_heads: int, *, normed: bool) -> Shapes:
    """Yield the tensors of one layer's attention."""
    yield f"{block}.attn_norm.weight", (paper.width,)
    yield f"{block}.attn_q.weight", (paper.width, paper.heads * paper.head)
    yield f"{block}.attn_k.weight", (paper.width, kv_heads * paper.head)
    yield f"{block}.attn_v.weight", (paper.width, kv_heads * paper.head)
    yield f"{block}.attn_output.weight", (paper.heads * paper.head, paper.width)
    if normed:
        yield f"{block}.attn_q_norm.weight", (paper.head,)
        yield f"{block}.attn_k_norm.weight", (paper.head,)


def _feed_forward(paper: Paper, block: str) -> Shapes:
    """Yield the tensors of one layer's dense feed-forward part."""
    yield f"{block}.ffn_norm.weight", (paper.width,)
    yield f"{block}.ffn_gate.weight", (paper.width, paper.feed_forward)
    yield f"{block}.ffn_up.weight", (paper.width, paper.feed_forward)
    yield f"{block}.ffn_down.weight", (paper.feed_forward, paper.width)


def dense(paper: Paper) -> Shapes:
    """Yield the layers of Llama, Qwen and their like."""
    for layer in range(paper.layers):
        block = f"blk.{layer}"
        assert isinstance(paper.kv_heads, int)
        yield from _attention(paper, block, paper.kv_heads, normed=paper.architecture in {"qwen3", "gemma3"})
        yield from _feed_forward(paper, block)
        if paper.architecture == "gemma3":
            yield f"{block}.post_attention_norm.weight", (paper.width,)
            yield f"{block}.post_ffw_norm.weight", (paper.width,)


def experts(paper: Paper) -> Shapes:
    """Yield the layers of a mixture of experts."""
    count, inner = paper.more["expert_count"], paper.more["expert_feed_forward_length"]
    assert isinstance(count, int)
    assert isinstance(inner, int)
    assert isinstance(paper.kv_heads, int)
    for layer in range(paper.layers):
        block = f"blk.{layer}"
        yield from _attention(paper, block, paper.kv_heads, normed=True)
        yield f"{block}.ffn_norm.weight", (paper.width,)
        yield f"{block}.ffn_gate_inp.weight", (paper.width, count)
        yield f"{block}.ffn_gate_exps.weight", (paper.width, inner, count)
        yield f"{block}.ffn_up_exps.weight", (paper.width, inner, count)
        yield f"{block}.ffn_down_exps.weight", (inner, paper.width, count)


def states(paper: Paper) -> Shapes:
    """Yield the layers of Mamba."""
    inner, state, rank = 2 * paper.width, 16, paper.width // 16
    for layer in range(paper.layers):
        block = f"blk.{layer}"
        yield f"{block}.attn_norm.weight", (paper.width,)
        yield f"{block}.ssm_in.weight", (paper.width, 2 * inner)
        yield f"{block}.ssm_conv1d.weight", (4, inner)
        yield f"{block}.ssm_conv1d.bias", (inner,)
        yield f"{block}.ssm_x.weight", (inner, rank + 2 * state)
        yield f"{block}.ssm_dt.weight", (rank, inner)
        yield f"{block}.ssm_dt.bias", (inner,)
        yield f"{block}.ssm_a", (state, inner)
        yield f"{block}.ssm_d", (inner,)
        yield f"{block}.ssm_out.weight", (inner, paper.width)


def convolutions(paper: Paper) -> Shapes:
    """Yield the layers of LFM2."""
    assert isinstance(paper.kv_heads, list)
    for layer, kv_heads in enumerate(paper.kv_heads):
        block = f"blk.{layer}"
        if kv_heads:
            yield from _attention(paper, block, kv_heads, normed=True)
        else:
            yield f"{block}.attn_norm.weight", (paper.width,)
            yield f"{block}.shortconv.conv.weight", (3, paper.width)
            yield f"{block}.shortconv.in_proj.weight", (paper.width, 3 * paper.width)
            yield f"{block}.shortconv.out_proj.weight", (paper.width, paper.width)
        yield from _feed_forward(paper, block)


# The shapes of models that people run, by their published configurations.
PAPERS = {
    "0.5B": Paper("qwen2", 151936, 896, 24, 14, 2, 4864, dense, kind=Type.Q8_0, is_tied=True, context=32768),
    "4B": Paper("qwen3", 151936, 2560, 36, 32, 8, 9728, dense, head_width=128, is_tied=True, context=40960),
    "8B": Paper("llama", 128256, 4096, 32, 32, 8, 14336, dense),
    "30B-A3B": Paper(
        "qwen3moe",
        151936,
        2048,
        48,
        32,
        4,
        6144,
        experts,
        head_width=128,
        more={"expert_count": 128, "expert_used_count": 8, "expert_feed_forward_length": 768},
        context=262144,
    ),
    "mamba 2.8B": Paper(
        "mamba",
        50280,
        2560,
        64,
        0,
        0,
        0,
        states,
        is_tied=True,
        more={"ssm.conv_kernel": 4, "ssm.inner_size": 5120, "ssm.state_size": 16, "ssm.time_step_rank": 160},
        context=1048576,
    ),
    "windows 4B": Paper(
        "gemma3",
        262144,
        2560,
        34,
        8,
        4,
        10240,
        dense,
        head_width=256,
        is_tied=True,
        more={"attention.sliding_window": 1024},
    ),
    "hybrid 1.2B": Paper(
        "lfm2",
        65536,
        2048,
        16,
        32,
        [0, 0, 8, 0, 0, 8, 0, 0, 8, 0, 8, 0, 8, 0, 8, 0],
        8192,
        convolutions,
        is_tied=True,
        more={"shortconv.l_cache": 3},
        context=128000,
    ),
}
