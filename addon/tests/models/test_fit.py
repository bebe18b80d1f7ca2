"""Test which numbers are chosen for models of many shapes on machines of many sizes, and what is said about it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from hearthd.models.fit import MOST, Fit, Verdict, fit
from hearthd.models.footprint import footprint, read_shape
from hearthd.models.gguf_header import Header, read_header
from hearthd.models.machine import Gpu, Machine
from hearthd.settings import Wishes
from tests.models.paper_models import PAPERS, write_paper_model

GIB = 2**30


def machine(cores: int, available_gib: float, gpu_gib: float = 0) -> Machine:
    """Return a machine whose memory is free but for two gigabytes."""
    gpus = (Gpu("GPU", int(gpu_gib * GIB), int(gpu_gib * GIB)),) if gpu_gib else ()
    total = int((available_gib + 2) * GIB)
    return Machine("x86_64", cores, cores, total, int(available_gib * GIB), 10**11, gpus)


MACHINES = {
    "Pi 5, 4 GB": machine(4, 2.6),
    "NUC, 8 GB": machine(4, 5.5),
    "24 GB, 2 cores": machine(2, 22),
    "GPU, 12 GB": machine(8, 24, 11),
    "GPU, 4 GB": machine(8, 24, 3.5),
}


@pytest.fixture(scope="module")
def headers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Header]:
    """Return the header of a model of each shape."""
    folder = tmp_path_factory.mktemp("papers")
    for number, paper in enumerate(PAPERS.values()):
        write_paper_model(folder / f"{number}.gguf", paper)
    return {name: read_header(folder / f"{number}.gguf") for number, name in enumerate(PAPERS)}


# Model, machine, verdict, and what must be chosen.
FITS: list[tuple[str, str, Verdict, Mapping[str, Any]]] = [
    ("0.5B", "Pi 5, 4 GB", Verdict.GOOD, {"context_length": 8192, "cache_tokens": 12288, "threads": 4, "batch": 128}),
    ("4B", "Pi 5, 4 GB", Verdict.NO, {"context_length": 4096, "cache_tokens": 4096}),
    ("4B", "NUC, 8 GB", Verdict.TIGHT, {"context_length": 8192}),
    ("4B", "24 GB, 2 cores", Verdict.GOOD, {"threads": 2, "flash_attention": False, "kv_type": "f16", "gpu_layers": 0}),
    ("4B", "GPU, 12 GB", Verdict.GOOD, {"gpu_layers": 37, "flash_attention": True, "batch": 512, "kv_type": "f16"}),
    ("8B", "Pi 5, 4 GB", Verdict.NO, {}),
    ("8B", "NUC, 8 GB", Verdict.TIGHT, {"context_length": 6144}),
    # It fits, but a processor is slow with it.
    ("8B", "24 GB, 2 cores", Verdict.TIGHT, {"context_length": 8192}),
    ("8B", "GPU, 12 GB", Verdict.GOOD, {"gpu_layers": 33}),
    ("30B-A3B", "NUC, 8 GB", Verdict.NO, {}),
    # A mixture of experts reads few of its weights for each token.
    ("30B-A3B", "24 GB, 2 cores", Verdict.TIGHT, {"context_length": 8192, "cache_tokens": 12288}),
    ("30B-A3B", "GPU, 12 GB", Verdict.GOOD, {"context_length": 8192}),
    ("mamba 2.8B", "NUC, 8 GB", Verdict.GOOD, {"sequences": 12}),
    ("mamba 2.8B", "Pi 5, 4 GB", Verdict.TIGHT, {}),
    ("windows 4B", "24 GB, 2 cores", Verdict.GOOD, {"sequences": 12}),
    ("hybrid 1.2B", "Pi 5, 4 GB", Verdict.GOOD, {"context_length": 8192, "sequences": 12}),
]


@pytest.mark.parametrize(("model", "on", "verdict", "chosen"), FITS, ids=[f"{row[0]} on {row[1]}" for row in FITS])
def test_choice(headers: dict[str, Header], model: str, on: str, verdict: Verdict, chosen: Mapping[str, Any]) -> None:
    """Each model gets the most generous numbers that its machine can bear, or a refusal."""
    found = fit(headers[model], MACHINES[on])
    assert found.verdict is verdict, found.reason
    assert {name: getattr(found.plan, name) for name in chosen} == chosen
    assert (found.suggestion is None) == (verdict is Verdict.GOOD)


def test_a_model_in_part_on_the_gpu(headers: dict[str, Header]) -> None:
    """As many layers as fit go to the GPU, and the rest stays."""
    found = fit(headers["8B"], MACHINES["GPU, 4 GB"])
    assert 10 < found.plan.gpu_layers < 32
    assert 0.8 * 3.5 * GIB < found.needs.on_gpu <= MOST * 3.5 * GIB
    assert found.choices["gpu_layers"] == f"{found.plan.gpu_layers} of 32 fit on the GPU"


def test_a_short_model_keeps_its_own_length(headers: dict[str, Header]) -> None:
    """A model that was made for less than the usual context gets what it was made for."""
    header = headers["0.5B"]
    short = Header({**header.metadata, "qwen2.context_length": 2048}, header.tensors, header.file_bytes)
    found = fit(short, MACHINES["NUC, 8 GB"])
    assert (found.verdict, found.plan.context_length, found.plan.cache_tokens) == (Verdict.GOOD, 2048, 6144)


WISHES = [
    Wishes(context_length=16384),
    Wishes(context_length=2048, cache_tokens=2048),
    Wishes(cache_tokens=5000),
    Wishes(parallel=9),
    Wishes(threads=1),
    Wishes(batch=64),
    Wishes(flash_attention=True),
    Wishes(flash_attention=False),
    Wishes(kv_type="q8_0"),
    Wishes(kv_type="q4_0", flash_attention=True),
    Wishes(kv_type="f16"),
    Wishes(gpu_layers=0),
    Wishes(gpu_layers=5),
]


@pytest.mark.parametrize("wishes", WISHES, ids=repr)
def test_a_wish_is_met(headers: dict[str, Header], wishes: Wishes) -> None:
    """Whatever is wished for is what the model is run with, and is told as such."""
    found = fit(headers["4B"], MACHINES["GPU, 12 GB"], wishes)
    assert found.verdict is not Verdict.NO, found.reason
    names = {name: name for name in Wishes.__slots__} | {"parallel": "seats"}
    for wish in Wishes.__slots__:
        if (wished := getattr(wishes, wish)) is not None:
            assert getattr(found.plan, names[wish]) == wished
            assert found.choices[names[wish]] == "set by you"
    assert found.plan.cache_tokens >= found.plan.context_length


# Wishes that nothing can meet, the machine, and words of the reason and of the suggestion.
REFUSALS: list[tuple[str, str, Wishes, str, str]] = [
    ("4B", "NUC, 8 GB", Wishes(gpu_layers=10), "llama.cpp sees none", "leave gpu_layers out"),
    ("8B", "GPU, 4 GB", Wishes(gpu_layers=33), "on the GPU, which has 3.8 GB free", "or leave it out"),
    ("4B", "NUC, 8 GB", Wishes(context_length=8192, cache_tokens=4096), "less than context_length", "8192 or more"),
    ("4B", "NUC, 8 GB", Wishes(context_length=32768), "needs about", "a shorter context (32768 -> 8192)"),
    ("30B-A3B", "NUC, 8 GB", Wishes(), "5.9 GB free", "8 billion parameters in 4 bits"),
    ("0.5B", "tiny", Wishes(), "this machine has 107 MB free", "free memory"),
]


@pytest.mark.parametrize(("model", "on", "wishes", "reason", "suggestion"), REFUSALS)
def test_refusal(headers: dict[str, Header], model: str, on: str, wishes: Wishes, reason: str, suggestion: str) -> None:
    """What cannot be met is refused with the reason and with what would help, never quietly changed."""
    found = fit(headers[model], MACHINES.get(on, machine(1, 0.1)), wishes)
    assert found.verdict is Verdict.NO
    assert reason in found.reason
    assert suggestion in str(found.suggestion)


def test_a_cache_that_heads_cannot_be_cut_into_is_refused(headers: dict[str, Header]) -> None:
    """llama.cpp refuses quantised blocks that are wider than a head."""
    header = headers["0.5B"]
    odd = Header({**header.metadata, "qwen2.attention.key_length": 48}, header.tensors, header.file_bytes)
    found = fit(odd, MACHINES["NUC, 8 GB"], Wishes(kv_type="q8_0"))
    assert (found.verdict, found.suggestion) == (Verdict.NO, "set kv_type to f16")
    assert fit(odd, machine(4, 0.9)).plan.kv_type == "f16"


def test_a_context_beyond_what_a_model_knows_is_a_worry(headers: dict[str, Header]) -> None:
    """It runs, but a person is told that the answers get worse."""
    found = fit(headers["0.5B"], MACHINES["24 GB, 2 cores"], Wishes(context_length=65536))
    assert (found.verdict, found.plan.context_length) == (Verdict.TIGHT, 65536)
    assert "32768 it was made for" in found.reason


def test_doubts_are_told(headers: dict[str, Header]) -> None:
    """Of a kind of model that is not known the reason says what was guessed."""
    header = headers["0.5B"]
    told = {key.replace("qwen2.", "tomorrow."): value for key, value in header.metadata.items()}
    tensors = tuple(replace(tensor, name=tensor.name.replace("attn_", "mystery_")) for tensor in header.tensors)
    odd = Header(told | {"general.architecture": "tomorrow"}, tensors, header.file_bytes)
    assert "is not told" in fit(odd, MACHINES["24 GB, 2 cores"]).reason


def sizes(found: Fit) -> tuple[int, int]:
    """Return what a person wants much of."""
    return found.plan.context_length, found.plan.cache_tokens


@given(
    model=st.sampled_from(sorted(PAPERS)),
    available=st.floats(0.05, 64),
    more=st.floats(0, 16),
    gpu=st.sampled_from([0.0, 2.0, 6.0, 24.0]),
)
@settings(deadline=None, max_examples=60)
def test_whatever_is_chosen_fits(
    headers: dict[str, Header], model: str, available: float, more: float, gpu: float
) -> None:
    """A plan that is not refused fits with room to spare, and more memory never makes it worse."""
    small, large = machine(4, available, gpu), machine(4, available + more, gpu)
    found, better = fit(headers[model], small), fit(headers[model], large)
    if found.verdict is not Verdict.NO:
        needs = footprint(read_shape(headers[model]), found.plan)
        assert needs == found.needs
        assert needs.on_cpu <= MOST * small.memory_available_bytes
        assert needs.on_gpu <= MOST * sum(card.memory_free_bytes for card in small.gpus)
        assert better.verdict is not Verdict.NO
        assert sizes(better) >= sizes(found)
    assert set(found.choices) == set(found.plan.__slots__)


def test_headers_of_real_files_are_enough(make_model: Any) -> None:
    """A tiny model fits anywhere."""
    path: Path = make_model()
    assert fit(read_header(path), MACHINES["Pi 5, 4 GB"]).verdict is Verdict.GOOD
