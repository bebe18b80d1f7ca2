"""Estimate the memory that a model takes, from its header alone.

The formulas follow what llama.cpp allocates (its llama-kv-cache.cpp, llama-memory-recurrent.cpp and the graphs of
src/models/); the tests compare the sums with what llama.cpp itself says for models of many shapes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import gcd
import re
from typing import Any

from hearthd.models.gguf_header import Header
from hearthd.models.kind import embeds
from hearthd.models.plan import ContextPlan
from hearthd.settings import CacheType

# Bytes of one cached number; quantised ones lie in blocks with a scale.
_BLOCK = 32
_CACHE_BYTES: Mapping[CacheType, float] = {"f16": 2, "q8_0": 34 / _BLOCK, "q4_0": 18 / _BLOCK}
_FLOAT = 4
_CELLS_STEP = 256
# A step draws from one token of each request that runs and from those guessed after it.
_DRAWN_PER_SEAT = 9
# Vocabulary, graph, threads and the program itself: 100 MB were measured with a vocabulary of 150,000 tokens.
_FIXED_BYTES = 128 * 2**20
_BUFFER_MARGIN = 1.05
# These have a window on some layers without a word about which; llama.cpp knows each by heart.
_WINDOW_STEPS = {"gemma3": 6, "gemma2": 2, "gpt-oss": 2, "gemma3n": 5, "cohere2": 4, "exaone4": 4, "olmo2": 4}
_WINDOWS = {"gemma2": 4096}
_STATE_PARTS = ("ssm_", "shortconv.", "time_mix_")
# Linear attention has queries, keys and values in a state; only the kind that looks back has this too.
_ATTENTION_PART = "attn_output."


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: bytes of its weights and of one sequence's state, numbers that it keeps of each token."""

    weights_bytes: int
    keys: int = 0
    values: int = 0
    state_bytes: int = 0
    is_windowed: bool = False


@dataclass(frozen=True, slots=True)
class ModelShape:
    """What decides over a model's memory and speed.

    `outer_bytes` are the weights outside layers, `idle_bytes` those of experts that sit out a token. `head_width` is
    what divides the widths of all heads. `inner` counts the numbers of the widest part of a layer's work on one token.
    A model that `embeds` reads whole texts and has no use for what it writes; if it is not `is_causal` either, each of
    its tokens looks at all others, and nothing is kept. `doubts` say what had to be guessed.
    """

    architecture: str
    layers: tuple[Layer, ...]
    outer_bytes: int
    idle_bytes: int
    trained_context: int
    vocabulary: int
    width: int
    heads: int
    head_width: int
    inner: int
    embeds: bool = False
    is_causal: bool = True
    doubts: tuple[str, ...] = ()

    @property
    def weights_bytes(self) -> int:
        """Return what all weights take."""
        return self.outer_bytes + sum(layer.weights_bytes for layer in self.layers)

    @property
    def has_attention(self) -> bool:
        """Tell whether it keeps anything of each token."""
        return any(layer.keys for layer in self.layers)

    @property
    def has_states(self) -> bool:
        """Tell whether it keeps a running state, which cannot go back to an earlier token."""
        return any(layer.state_bytes for layer in self.layers)

    @property
    def shares_any_prefix(self) -> bool:
        """Tell whether a text that is remembered can be gone on with from any token of it."""
        return not self.has_states and not any(layer.is_windowed for layer in self.layers)

    @property
    def quantises(self) -> bool:
        """Tell whether what is kept of tokens can be quantised: heads must consist of whole blocks."""
        return self.head_width % _BLOCK == 0


@dataclass(frozen=True, slots=True)
class Footprint:
    """The memory that a plan takes, in bytes; `on_gpu` is the part of the sum that graphics processors hold."""

    weights: int
    cache: int
    states: int
    compute: int
    on_gpu: int = 0

    @property
    def total(self) -> int:
        """Return all of it."""
        return self.weights + self.cache + self.states + self.compute

    @property
    def on_cpu(self) -> int:
        """Return the part that the machine's own memory holds."""
        return self.total - self.on_gpu


def footprint(shape: ModelShape, plan: ContextPlan) -> Footprint:
    """Return the memory that running a model by a plan takes."""
    layers = [_layer_memory(shape, layer, plan) for layer in shape.layers]
    moved = min(plan.gpu_layers, len(layers))
    on_gpu = sum(layer.weights_bytes for layer in shape.layers[len(layers) - moved :])
    on_gpu += sum(cache + state for cache, state in layers[len(layers) - moved :])
    # The layer after the last is the output.
    on_gpu += shape.outer_bytes if plan.gpu_layers > len(layers) else 0
    compute = _compute_bytes(shape, plan)
    return Footprint(
        weights=shape.weights_bytes,
        cache=sum(cache for cache, _ in layers),
        states=sum(state for _, state in layers),
        # A model in two places computes in both.
        compute=compute * (2 if moved else 1) + _FIXED_BYTES,
        on_gpu=on_gpu + (compute if moved else 0),
    )


def read_shape(header: Header) -> ModelShape:
    """Take from a header what decides over memory; what it lacks is guessed generously and named in `doubts`."""
    told = _Told(header.metadata)
    blocks = _blocks(header)
    count = max(told.number("block_count", len(blocks)) - told.number("nextn_predict_layers"), 1)
    width = told.number("embedding_length")
    heads = [told.of_layer("attention.head_count", layer) for layer in range(count)]
    layers = tuple(_layer(told, blocks.get(layer, {}), layer, count) for layer in range(count))
    inside = sum(layer.weights_bytes for layer in layers)
    doubts = [] if width else ["the model does not tell its width"]
    if not any(layer.keys or layer.state_bytes for layer in layers):
        doubts.append("what the model keeps of a text is not told; as much as its width is assumed")
        layers = tuple(Layer(layer.weights_bytes, keys=width, values=width) for layer in layers)
    if "attention.indexer.head_count" in told:
        doubts.append("its attention picks tokens by an index, which takes some memory more")
    vocabulary = next((tensor.shape[-1] for tensor in header.tensors if tensor.name == "token_embd.weight"), 0)
    return ModelShape(
        architecture=told.architecture,
        layers=layers,
        outer_bytes=header.weights_bytes - inside,
        idle_bytes=_idle_bytes(told, blocks),
        trained_context=told.number("context_length"),
        vocabulary=vocabulary,
        width=width,
        heads=max(heads),
        head_width=_head_width(told, width // max(*heads, 1)),
        inner=_inner(told, width, count),
        embeds=embeds(header),
        is_causal=told.value("attention.causal") is not False,
        doubts=tuple(doubts),
    )


class _Told:
    """A model's own metadata, whose keys begin with its architecture."""

    def __init__(self, metadata: Mapping[str, Any]) -> None:
        """Take a header's metadata."""
        self.architecture = str(metadata.get("general.architecture", ""))
        self._metadata = metadata

    def __contains__(self, key: str) -> bool:
        """Tell whether a key is there."""
        return f"{self.architecture}.{key}" in self._metadata

    def value(self, key: str) -> Any:
        """Return a value, or None."""
        return self._metadata.get(f"{self.architecture}.{key}")

    def number(self, key: str, default: int = 0) -> int:
        """Return a number; of one for each layer the largest."""
        value = self.value(key)
        if isinstance(value, tuple):
            value = max(value, default=None)
        return value if isinstance(value, int) else default

    def of_layer(self, key: str, layer: int, default: int = 0) -> int:
        """Return a number that may differ by layer."""
        value = self.value(key)
        if not isinstance(value, tuple):
            return value if isinstance(value, int) else default
        return int(value[layer]) if layer < len(value) else default


type _Block = dict[str, tuple[tuple[int, ...], int]]


def _blocks(header: Header) -> dict[int, _Block]:
    """Return each layer's tensors: name without its number -> shape and bytes."""
    blocks: dict[int, _Block] = {}
    for tensor in header.tensors:
        if name := re.fullmatch(r"blk\.(\d{1,6})\.(.+)", tensor.name):
            blocks.setdefault(int(name[1]), {})[name[2]] = (tensor.shape, tensor.size_bytes)
    return blocks


def _layer(told: _Told, block: _Block, layer: int, count: int) -> Layer:
    """Describe one layer; which parts it has is told by its tensors, how large they are by the metadata."""
    weights = sum(size for _, size in block.values())
    shares = layer >= count - told.number("attention.shared_kv_layers")
    is_windowed = _is_windowed(told, layer)
    keys = values = 0
    if any(name.startswith(_ATTENTION_PART) for name in block) and not shares:
        keys, values = _kept(told, layer, is_windowed=is_windowed)
    has_state = any(name.startswith(_STATE_PARTS) for name in block)
    return Layer(weights, keys, values, _state_bytes(told) if has_state else 0, is_windowed=bool(keys) and is_windowed)


def _kept(told: _Told, layer: int, *, is_windowed: bool) -> tuple[int, int]:
    """Return how many numbers of keys and values a layer's attention keeps of each token."""
    heads = told.of_layer("attention.head_count", layer)
    kv_heads = told.of_layer("attention.head_count_kv", layer, heads)
    head = told.number("embedding_length") // max(told.of_layer("attention.head_count", layer, 1), 1)
    key, value = told.number("attention.key_length", head), told.number("attention.value_length", head)
    if is_windowed:
        key = told.number("attention.key_length_swa", key)
        value = told.number("attention.value_length_swa", value)
    # Latent attention (MLA) keeps one compressed key from which values are made too.
    return kv_heads * key, 0 if "attention.key_length_mla" in told else kv_heads * value


def _head_width(told: _Told, usual: int) -> int:
    """Return what divides the widths of all keys and values."""
    lengths = ("attention.key_length", "attention.value_length")
    windowed = [told.number(f"{length}_swa", usual) for length in lengths if f"{length}_swa" in told]
    return gcd(*(told.number(length, usual) for length in lengths), *windowed)


def _is_windowed(told: _Told, layer: int) -> bool:
    """Tell whether a layer looks back a window only."""
    if not told.number("attention.sliding_window", _WINDOWS.get(told.architecture, 0)):
        return False
    pattern = told.value("attention.sliding_window_pattern")
    if isinstance(pattern, tuple):
        return layer < len(pattern) and bool(pattern[layer])
    step = pattern if isinstance(pattern, int) else _WINDOW_STEPS.get(told.architecture, 0)
    # Where nothing is known, a window is taken for none: that is never too little.
    return step > 0 and layer % step < step - 1


def _state_bytes(told: _Told) -> int:
    """Return one layer's state of one sequence: what a convolution looks back on, and what is carried on."""
    width, heads = told.number("embedding_length"), told.number("attention.head_count")
    if head := told.number("wkv.head_size"):
        return _FLOAT * width * (told.number("token_shift_count", 2) + head)
    if back := told.number("shortconv.l_cache"):
        return _FLOAT * width * (back - 1)
    back = max(told.number("ssm.conv_kernel") - 1, 0)
    if head := told.number("kda.head_dim"):
        return _FLOAT * heads * head * (3 * (back or 3) + head)
    inner, state = told.number("ssm.inner_size"), told.number("ssm.state_size")
    return _FLOAT * (back * (inner + 2 * told.number("ssm.group_count") * state) + state * inner)


def _inner(told: _Told, width: int, count: int) -> int:
    """Return how many numbers the widest part of any layer works on for one token."""
    dense = max(told.of_layer("feed_forward_length", layer) for layer in range(count))
    used, expert = told.number("expert_used_count"), told.number("expert_feed_forward_length")
    return max(3 * dense if not used else 0, used * (3 * expert + width), 4 * told.number("ssm.inner_size"))


def _idle_bytes(told: _Told, blocks: Mapping[int, _Block]) -> int:
    """Return the weights of experts that sit out one token."""
    count, used = told.number("expert_count"), told.number("expert_used_count")
    if not count or used >= count:
        return 0
    experts = sum(size for block in blocks.values() for name, (_, size) in block.items() if "_exps." in name)
    return experts * (count - used) // count


def _layer_memory(shape: ModelShape, layer: Layer, plan: ContextPlan) -> tuple[int, int]:
    """Return the bytes of a layer's cache and of its states."""
    if not shape.is_causal:
        return 0, 0
    # Also where only a window is looked at: a smaller cache would fill up with cells that sequences share.
    cells = _padded(plan.cache_tokens)
    # Without flash attention values lie transposed: as wide in every layer as in the widest, and never quantised.
    values = layer.values if plan.flash_attention else max(other.values for other in shape.layers)
    value_bytes = _CACHE_BYTES[plan.kv_type if plan.flash_attention else "f16"]
    per_token = layer.keys * _CACHE_BYTES[plan.kv_type] + (values * value_bytes if layer.values else 0)
    return int(cells * per_token), layer.state_bytes * plan.sequences


def _padded(cells: int) -> int:
    """Round up to what llama.cpp allocates."""
    return -(-cells // _CELLS_STEP) * _CELLS_STEP


def _compute_bytes(shape: ModelShape, plan: ContextPlan) -> int:
    """Return what one step works in: the widest of its stages, and what lives through all of them."""
    # llama.cpp has room for the logits of every token that is embedded, though nobody reads them.
    longest = max(plan.batch, plan.context_length)
    drawn = longest if shape.embeds else max(plan.sequences, plan.seats * _DRAWN_PER_SEAT)
    batch = max(plan.batch, drawn)
    # Masks are of half the size for flash attention.
    masks = sum(batch * cells for cells in _mask_cells(shape, plan)) // (2 if plan.flash_attention else 1)
    scores = 0 if plan.flash_attention or not shape.has_attention else batch * shape.heads * _padded(plan.cache_tokens)
    states = plan.sequences * max(layer.state_bytes for layer in shape.layers) // _FLOAT
    logits = drawn * shape.vocabulary
    widest = max(scores, batch * shape.inner, logits if shape.is_causal else 0)
    # The logits lie once more where they are read.
    numbers = masks + widest + states + (4 if plan.flash_attention else 6) * batch * shape.width + logits
    return int(_FLOAT * numbers * _BUFFER_MARGIN)


def _mask_cells(shape: ModelShape, plan: ContextPlan) -> Iterator[int]:
    """Yield the lengths of the masks that say what a token may look at."""
    if any(layer.keys and not layer.is_windowed for layer in shape.layers):
        yield _padded(plan.cache_tokens)
    if any(layer.is_windowed for layer in shape.layers):
        yield _padded(plan.cache_tokens)
