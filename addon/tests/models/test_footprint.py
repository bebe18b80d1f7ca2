"""Test the estimate of a model's memory against what llama.cpp itself would allocate."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
import json
from pathlib import Path
import subprocess
import sys

import pytest

from hearthd.models.footprint import Footprint, footprint, read_shape
from hearthd.models.gguf_header import Header, Tensor, read_header
from hearthd.models.plan import ContextPlan
from tests.models.paper_models import PAPERS, write_paper_model

PLAN = ContextPlan(
    context_length=8192,
    cache_tokens=12288,
    batch=128,
    threads=1,
    flash_attention=False,
    kv_type="f16",
    gpu_layers=0,
    seats=4,
    sequences=32,
)
PLANS = [
    PLAN,
    replace(PLAN, batch=512),
    replace(PLAN, cache_tokens=4096, seats=2, sequences=8),
    replace(PLAN, cache_tokens=2000, batch=32, seats=1, sequences=5),
    replace(PLAN, kv_type="q8_0"),
    replace(PLAN, batch=512, flash_attention=True),
    replace(PLAN, batch=512, cache_tokens=8192, sequences=12, flash_attention=True, kv_type="q4_0"),
]
# The estimate of the working buffers was never further off than this, over all shapes and plans here.
LEAST, MOST = -0.05, 0.20
# What the program itself and a vocabulary take, which llama.cpp does not tell.
FIXED = 128 * 2**20


def native(path: Path, plans: Sequence[ContextPlan]) -> list[dict[str, float]]:
    """Ask llama.cpp about each plan."""
    words = json.dumps([asdict(plan) for plan in plans])
    command = [sys.executable, "-m", "tests.models.native_memory", path, words]
    told = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2]
    )
    answers: list[dict[str, float]] = json.loads(told.stdout)
    return answers


def working(needs: Footprint) -> int:
    """Return the bytes of the buffers that steps work in."""
    return needs.compute - FIXED


@pytest.mark.parametrize("name", PAPERS)
def test_estimate_is_what_llama_cpp_would_take(tmp_path: Path, name: str) -> None:
    """The cache and the states are exact, the buffers within known bounds, for every shape and plan."""
    path = tmp_path / "paper.gguf"
    write_paper_model(path, PAPERS[name])
    shape = read_shape(read_header(path))
    assert not shape.doubts
    for plan, told in zip(PLANS, native(path, PLANS), strict=True):
        needs = footprint(shape, plan)
        assert needs.cache + needs.states == pytest.approx(told["cache"], rel=0.001), plan
        assert LEAST < working(needs) / told["compute"] - 1 < MOST, plan


@pytest.mark.parametrize("kind", ["attention", "sliding", "recurrent", "hybrid"])
def test_estimate_holds_for_tiny_models(make_model: Callable[..., Path], kind: str) -> None:
    """Models that really run are no exception, but for buffers too small to matter."""
    path = make_model(shape=kind)
    shape = read_shape(read_header(path))
    # Their heads are too narrow for quantised blocks.
    assert shape.quantises is (kind == "recurrent")
    plans = [plan for plan in PLANS if plan.kv_type == "f16"]
    for plan, told in zip(plans, native(path, plans), strict=True):
        needs = footprint(shape, plan)
        # llama.cpp tells hundredths of a megabyte, and rounds a tensor's end up.
        assert needs.cache + needs.states == pytest.approx(told["cache"], rel=0.01, abs=2**15), plan
        assert working(needs) == pytest.approx(told["compute"], rel=MOST, abs=2**20), plan


@pytest.mark.parametrize(
    ("name", "billions", "active", "recurrent", "any_prefix"),
    [
        ("0.5B", 0.49, 0.49, False, True),
        ("4B", 4.0, 4.0, False, True),
        ("8B", 8.0, 8.0, False, True),
        ("30B-A3B", 30.5, 3.3, False, True),
        ("mamba 2.8B", 2.8, 2.8, True, False),
        ("windows 4B", 3.9, 3.9, False, False),
        ("hybrid 1.2B", 1.17, 1.17, True, False),
    ],
)
def test_shape_of_real_models(
    tmp_path: Path, name: str, billions: float, active: float, recurrent: bool, any_prefix: bool
) -> None:
    """The weights are those of the published sizes, and each kind is known for what it is."""
    path = tmp_path / "paper.gguf"
    paper = replace(PAPERS[name], kind=PAPERS["0.5B"].kind)
    write_paper_model(path, paper)
    shape = read_shape(read_header(path))
    per_parameter = 34 / 32
    assert shape.weights_bytes / per_parameter / 1e9 == pytest.approx(billions, rel=0.03)
    assert (shape.weights_bytes - shape.idle_bytes) / per_parameter / 1e9 == pytest.approx(active, rel=0.05)
    assert (shape.has_states, shape.shares_any_prefix) == (recurrent, any_prefix)
    assert (shape.trained_context, shape.vocabulary) == (paper.context, paper.vocabulary)


def header(architecture: str, tensors: dict[str, tuple[int, ...]], **told: object) -> Header:
    """Return a header without a file; each tensor takes as many bytes as it has numbers."""
    metadata = {f"{architecture}.{key}": value for key, value in told.items()}
    sized = tuple(Tensor(f"{name}.weight", shape, shape[0] * shape[-1]) for name, shape in tensors.items())
    return Header({"general.architecture": architecture, **metadata}, sized, 10**6)


def test_latent_attention_keeps_one_compressed_key() -> None:
    """MLA keeps no values, and one key for all heads."""
    told = {
        "block_count": 1,
        "embedding_length": 2048,
        "attention.head_count": 16,
        "attention.head_count_kv": 1,
        "attention.key_length": 576,
        "attention.value_length": 512,
        "attention.key_length_mla": 192,
        "attention.value_length_mla": 128,
    }
    shape = read_shape(header("deepseek2", {"blk.0.attn_output": (2048, 2048)}, **told))
    assert (shape.layers[0].keys, shape.layers[0].values) == (576, 0)


def test_layers_that_share_a_cache_have_none_of_their_own() -> None:
    """The last layers of Gemma 3n and 4 use what an earlier one keeps."""
    told = {
        "block_count": 3,
        "embedding_length": 64,
        "attention.head_count": 4,
        "attention.shared_kv_layers": 2,
        "attention.sliding_window": 16,
        "attention.sliding_window_pattern": (True, True, False),
        "attention.key_length": 32,
        "attention.value_length": 32,
        "attention.key_length_swa": 8,
        "attention.value_length_swa": 8,
    }
    tensors = {f"blk.{layer}.attn_output": (64, 64) for layer in range(3)}
    shape = read_shape(header("gemma4", tensors, **told))
    assert [(layer.keys, layer.values, layer.is_windowed) for layer in shape.layers] == [
        (32, 32, True),
        (0, 0, False),
        (0, 0, False),
    ]


def test_linear_attention_keeps_a_state_and_no_tokens() -> None:
    """Qwen3-Next's linear layers have queries, keys and values too, but nothing that looks back at tokens."""
    told = {
        "block_count": 2,
        "embedding_length": 64,
        "attention.head_count": 4,
        "attention.head_count_kv": 2,
        "ssm.conv_kernel": 4,
        "ssm.inner_size": 128,
        "ssm.state_size": 16,
        "ssm.group_count": 2,
    }
    tensors = {"blk.0.attn_qkv": (64, 192), "blk.0.ssm_out": (128, 64), "blk.1.attn_output": (64, 64)}
    first, second = read_shape(header("qwen3next", tensors, **told)).layers
    assert (first.keys, first.state_bytes) == (0, 4 * (3 * (128 + 2 * 2 * 16) + 16 * 128))
    assert (second.keys, second.values, second.state_bytes) == (32, 32, 0)


@pytest.mark.parametrize("told", [{}, {"block_count": 2, "embedding_length": 64}])
def test_an_unknown_kind_is_guessed_generously(told: dict[str, int]) -> None:
    """A model of tomorrow gets as much as its width for each token, and a doubt that says so."""
    shape = read_shape(header("tomorrow", {"blk.0.mystery": (64, 64), "blk.1.mystery": (64, 64)}, **told))
    assert len(shape.layers) == 2
    assert [(layer.keys, layer.values) for layer in shape.layers] == [(shape.width, shape.width)] * 2
    assert any("not told" in doubt for doubt in shape.doubts)
    assert footprint(shape, PLAN).total > 0


def test_more_layers_on_the_gpu_move_memory_there(tmp_path: Path) -> None:
    """The sum stays, but for a second set of working buffers; with the output layer all weights have moved."""
    path = tmp_path / "paper.gguf"
    write_paper_model(path, PAPERS["8B"])
    shape = read_shape(read_header(path))
    none, half, every = (footprint(shape, replace(PLAN, gpu_layers=layers)) for layers in (0, 16, 33))
    assert none.on_gpu == 0
    assert 0.4 < half.on_gpu / every.on_gpu < 0.6
    assert every.on_gpu > every.weights + every.cache
    assert every.on_cpu == none.compute
    assert half.total == every.total == none.total + none.compute - FIXED
