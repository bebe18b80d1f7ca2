"""Give tiny models the shapes that large ones have: attention, sliding windows, recurrent states, or a mix of these."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from gguf import GGUFWriter
import numpy as np
from numpy.typing import NDArray

CONTEXT_LENGTH = 2048
SLIDING_WINDOW = 32
_WIDTH = 64
_LAYERS = 2
_HEADS = 4
_KV_HEADS = 2
_HEAD_WIDTH = _WIDTH // _HEADS
_FEED_FORWARD = 128
# Mamba: https://arxiv.org/abs/2312.00752; llama.cpp accepts no other inner width than twice the model's.
_INNER_WIDTH = 2 * _WIDTH
_STATE = 16
_KERNEL = 4
_TIME_STEP_RANK = 4

type Tensors = dict[str, NDArray[np.float32]]


class Shape(StrEnum):
    """What a model remembers by: every token, the last few of them, a state, or tokens and states in turns."""

    ATTENTION = "attention"
    SLIDING = "sliding"
    RECURRENT = "recurrent"
    HYBRID = "hybrid"

    @property
    def architecture(self) -> str:
        """Return llama.cpp's name for an architecture of this shape."""
        return _BUILDS[self].architecture


def write_shape(writer: GGUFWriter, shape: Shape) -> None:
    """Write the hyperparameters."""
    writer.add_context_length(CONTEXT_LENGTH)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(_LAYERS)
    writer.add_layer_norm_rms_eps(1e-5)
    _BUILDS[shape].describe(writer)


def draw_tensors(shape: Shape, lean: NDArray[np.float32], *, seed: int, sharpness: float) -> Tensors:
    """Draw every weight; the first channel of the residual stream carries a constant that leans the logits.

    `lean` has shape (tokens,) and is added to the logits; `sharpness` is the weight of the last token against the text
    before it. What a batch's shape changes by rounding comes from the text before.
    """
    build = _BUILDS[shape]
    draw = _Draw(seed)
    embedding = draw(len(lean), _WIDTH, 1.0)
    embedding[:, 0] = 2.0
    output = draw(len(lean), _WIDTH, 0.25)
    output[:, 0] = lean
    tensors = {
        "token_embd.weight": embedding * np.float32(sharpness * build.embedding_scale),
        f"{build.output_norm}.weight": _ones(_WIDTH),
        "output.weight": output,
    }
    for layer in range(_LAYERS):
        tensors |= {f"blk.{layer}.{name}": tensor for name, tensor in build.draw_layer(draw, layer).items()}
    return tensors


class _Draw:
    """A source of random matrices."""

    def __init__(self, seed: int) -> None:
        """Start a sequence that depends on nothing but the seed."""
        self._random = np.random.default_rng(seed)

    def __call__(self, rows: int, columns: int, scale: float) -> NDArray[np.float32]:
        """Return normally distributed weights of shape (rows, columns)."""
        return (self._random.standard_normal((rows, columns)) * scale).astype(np.float32)

    def back(self, columns: int, scale: float) -> NDArray[np.float32]:
        """Return weights that write into the residual stream, but not into the channel of the lean."""
        weights = self(_WIDTH, columns, scale)
        weights[0] = 0.0
        return weights


def _ones(count: int) -> NDArray[np.float32]:
    """Return the weights of a norm that does nothing more."""
    return np.ones(count, np.float32)


def _attention(draw: _Draw) -> Tensors:
    """Draw one layer's attention."""
    kv_width = _HEAD_WIDTH * _KV_HEADS
    return {
        "attn_norm.weight": _ones(_WIDTH),
        "attn_q.weight": draw(_WIDTH, _WIDTH, 0.2),
        "attn_k.weight": draw(kv_width, _WIDTH, 0.2),
        "attn_v.weight": draw(kv_width, _WIDTH, 0.2),
        "attn_output.weight": draw.back(_WIDTH, 0.2),
    }


def _normed_attention(draw: _Draw) -> Tensors:
    """Draw one layer's attention with queries and keys normed by head."""
    norms = {"attn_q_norm.weight": _ones(_HEAD_WIDTH), "attn_k_norm.weight": _ones(_HEAD_WIDTH)}
    return _attention(draw) | norms


def _feed_forward(draw: _Draw) -> Tensors:
    """Draw one layer's feed-forward part."""
    return {
        "ffn_norm.weight": _ones(_WIDTH),
        "ffn_gate.weight": draw(_FEED_FORWARD, _WIDTH, 0.15),
        "ffn_up.weight": draw(_FEED_FORWARD, _WIDTH, 0.15),
        "ffn_down.weight": draw.back(_FEED_FORWARD, 0.1),
    }


def _llama_layer(draw: _Draw, _layer: int) -> Tensors:
    """Draw a layer of Llama."""
    return _attention(draw) | _feed_forward(draw)


def _gemma_layer(draw: _Draw, _layer: int) -> Tensors:
    """Draw a layer of Gemma 3, which norms also what a part adds to the residual stream."""
    after = _ones(_WIDTH)
    after[0] = 0.0
    return (
        _normed_attention(draw)
        | _feed_forward(draw)
        | {"post_attention_norm.weight": after, "post_ffw_norm.weight": after}
    )


def _mamba_layer(draw: _Draw, _layer: int) -> Tensors:
    """Draw a layer of Mamba, whose states decay at different rates."""
    rates = np.arange(1, _STATE + 1, dtype=np.float32)
    return {
        "attn_norm.weight": _ones(_WIDTH),
        "ssm_in.weight": draw(2 * _INNER_WIDTH, _WIDTH, 0.2),
        "ssm_conv1d.weight": draw(_INNER_WIDTH, _KERNEL, 0.5),
        "ssm_conv1d.bias": np.zeros(_INNER_WIDTH, np.float32),
        "ssm_x.weight": draw(_TIME_STEP_RANK + 2 * _STATE, _INNER_WIDTH, 0.1),
        "ssm_dt.weight": draw(_INNER_WIDTH, _TIME_STEP_RANK, 0.5),
        "ssm_dt.bias": np.full(_INNER_WIDTH, -2.0, np.float32),
        "ssm_a": np.tile(-rates, (_INNER_WIDTH, 1)),
        "ssm_d": _ones(_INNER_WIDTH),
        "ssm_out.weight": draw.back(_INNER_WIDTH, 0.2),
    }


def _lfm_layer(draw: _Draw, layer: int) -> Tensors:
    """Draw a layer of LFM2: short convolutions, and attention in every second one."""
    if layer % 2:
        return _normed_attention(draw) | _feed_forward(draw)
    convolution = {
        "attn_norm.weight": _ones(_WIDTH),
        "shortconv.conv.weight": draw(_WIDTH, _KERNEL, 0.5),
        "shortconv.in_proj.weight": draw(3 * _WIDTH, _WIDTH, 0.2),
        "shortconv.out_proj.weight": draw.back(_WIDTH, 0.2),
    }
    return convolution | _feed_forward(draw)


def _describe_attention(writer: GGUFWriter) -> None:
    """Write the hyperparameters of attention and feed-forward."""
    writer.add_feed_forward_length(_FEED_FORWARD)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_KV_HEADS)
    writer.add_rope_dimension_count(_HEAD_WIDTH)


def _describe_gemma(writer: GGUFWriter) -> None:
    """Write those of attention, with a window on every second layer."""
    _describe_attention(writer)
    writer.add_key_length(_HEAD_WIDTH)
    writer.add_value_length(_HEAD_WIDTH)
    writer.add_sliding_window(SLIDING_WINDOW)
    writer.add_sliding_window_pattern(2)


def _describe_mamba(writer: GGUFWriter) -> None:
    """Write the sizes of the states."""
    writer.add_feed_forward_length(0)
    writer.add_head_count(0)
    writer.add_ssm_conv_kernel(_KERNEL)
    writer.add_ssm_inner_size(_INNER_WIDTH)
    writer.add_ssm_state_size(_STATE)
    writer.add_ssm_time_step_rank(_TIME_STEP_RANK)


def _describe_lfm(writer: GGUFWriter) -> None:
    """Write those of attention, where there is any, and of the convolution."""
    writer.add_feed_forward_length(_FEED_FORWARD)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv([_KV_HEADS if layer % 2 else 0 for layer in range(_LAYERS)])
    writer.add_rope_dimension_count(_HEAD_WIDTH)
    writer.add_shortconv_l_cache(_KERNEL)


@dataclass(frozen=True, slots=True)
class _Build:
    """How one shape is built; `embedding_scale` undoes what an architecture multiplies its embeddings with."""

    architecture: str
    describe: Callable[[GGUFWriter], None]
    draw_layer: Callable[[_Draw, int], Tensors]
    embedding_scale: float = 1.0
    output_norm: str = "output_norm"


_BUILDS = {
    Shape.ATTENTION: _Build("llama", _describe_attention, _llama_layer),
    Shape.SLIDING: _Build("gemma3", _describe_gemma, _gemma_layer, embedding_scale=_WIDTH**-0.5),
    Shape.RECURRENT: _Build("mamba", _describe_mamba, _mamba_layer),
    Shape.HYBRID: _Build("lfm2", _describe_lfm, _lfm_layer, output_norm="token_embd_norm"),
}
