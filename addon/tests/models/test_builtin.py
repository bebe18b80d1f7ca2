"""Test that the model which ships with hearthd is whole, is what it says, and can be neither lost nor replaced."""

from collections.abc import Callable
import hashlib
from pathlib import Path
import threading

from gguf import GGUFReader
import pytest

from hearthd.errors import ApiError, ErrorCode
from hearthd.models.builtin import BUILTIN, builtin_path
from hearthd.models.fit import Verdict, fit
from hearthd.models.gguf_header import read_header
from hearthd.models.kind import embeds
from hearthd.models.listing import describe_models
from hearthd.models.machine import Gpu, Machine
from hearthd.models.store import ModelStore, open_store
from hearthd.settings import Settings, Wishes
from tests.models.fake_hub import gguf_bytes

GIB = 2**30
SMALLEST = Machine("aarch64", 4, 4, GIB, GIB // 2)


def test_the_file_is_the_one_that_was_made() -> None:
    """Its size and checksum stand beside it, with where it comes from."""
    path = builtin_path()
    told = path.with_name("README.md").read_text()
    assert hashlib.sha256(path.read_bytes()).hexdigest() in told
    assert "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db" in told
    assert "Apache-2.0" in told
    assert path.stat().st_size < 27_500_000


def test_the_file_says_what_it_is() -> None:
    """Any program that reads GGUF learns how it is to be run, and whose it is."""
    header = read_header(builtin_path())
    assert embeds(header)
    assert header.metadata["general.architecture"] == "bert"
    assert header.metadata["general.license"] == "apache-2.0"
    assert header.metadata["bert.context_length"] == BUILTIN.context_length
    assert header.metadata["bert.pooling_type"] == 1
    assert header.metadata["bert.attention.causal"] is False
    tokens = GGUFReader(builtin_path()).fields["tokenizer.ggml.tokens"].contents()
    assert (len(tokens), tokens[101], tokens[102]) == (30522, "[CLS]", "[SEP]")
    assert {"▁kitchen", "ing"} <= set(tokens)
    numbers = sum(width * rows for width, rows in (tensor.shape for tensor in header.tensors if len(tensor.shape) > 1))
    assert numbers == pytest.approx(BUILTIN.parameters, rel=0.01)


@pytest.mark.parametrize(
    ("wishes", "gpus"),
    [
        (Wishes(), ()),
        (Wishes(context_length=16384, cache_tokens=32768, parallel=9, batch=1024, kv_type="q4_0"), ()),
        (Wishes(gpu_layers=9), ()),
        (Wishes(), (Gpu("GPU", 2 * GIB, 2 * GIB),)),
        (Wishes(gpu_layers=3), (Gpu("GPU", 2 * GIB, 2 * GIB),)),
    ],
)
def test_it_fits_everywhere(wishes: Wishes, gpus: tuple[Gpu, ...]) -> None:
    """What is wished for conversations does not concern it."""
    machine = Machine("aarch64", 4, 4, GIB, GIB // 2, gpus=gpus)
    found = fit(read_header(builtin_path()), machine, wishes)
    assert found.verdict is Verdict.GOOD
    assert (found.plan.context_length, found.plan.threads, found.plan.kv_type) == (512, 4, "f16")
    assert found.plan.gpu_layers == (7 if gpus else 0)
    assert found.needs.cache == 0
    assert found.needs.on_cpu < 300_000_000
    assert {name: bool(words) for name, words in found.choices.items()} == dict.fromkeys(found.choices, True)


def test_threads_are_a_wish_that_counts() -> None:
    """They are the machine's, whatever runs on it."""
    found = fit(read_header(builtin_path()), SMALLEST, Wishes(threads=1))
    assert (found.plan.threads, found.choices["threads"]) == (1, "set by you")


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    """Return the store of an engine."""
    return open_store(Settings(tmp_path, offline=True))


def code_of(act: Callable[[], object]) -> ErrorCode:
    """Return why something was refused."""
    with pytest.raises(ApiError) as caught:
        act()
    return caught.value.code


def test_it_is_there_from_the_start(store: ModelStore, tmp_path: Path) -> None:
    """It takes nothing of the models folder, and nobody asks the hub about it."""
    (model,) = store.installed().values()
    assert (model.id, model.path, model.source, model.pin) == (BUILTIN.id, builtin_path(), "builtin", None)
    assert store.path(BUILTIN.id) == builtin_path()
    assert store.entry(BUILTIN.id) == BUILTIN
    assert store.models_bytes() == 0
    store.check_for_updates()
    assert not list(tmp_path.iterdir())


def test_it_can_be_neither_removed_nor_replaced(store: ModelStore, tmp_path: Path) -> None:
    """Its name is taken."""
    own = tmp_path / f"{BUILTIN.id}.gguf"
    own.write_bytes(gguf_bytes(1024))
    assert code_of(lambda: store.remove(BUILTIN.id)) is ErrorCode.INVALID_REQUEST
    assert code_of(lambda: store.add(own)) is ErrorCode.INVALID_REQUEST
    assert code_of(lambda: store.wanted(BUILTIN.id)) is ErrorCode.UNKNOWN_MODEL
    wanted = store.wanted_file("maker/Model-GGUF", own.name)
    assert code_of(lambda: store.pull(wanted, lambda _progress: None, threading.Event())) is ErrorCode.INVALID_REQUEST
    assert store.path(BUILTIN.id) == builtin_path()


def test_it_is_described_like_any_other(store: ModelStore) -> None:
    """The catalogue does not offer it, as it is there already."""
    *_, model = describe_models(store, Wishes())
    assert (model["id"], model["roles"], model["licence"]) == (BUILTIN.id, ("embedding",), "Apache-2.0")
    assert model["installed"]["source"] == "builtin"
    assert model["fit"]["verdict"] is Verdict.GOOD
    assert BUILTIN.id not in store.catalogue


def test_a_store_may_lack_it(tmp_path: Path) -> None:
    """A file that is gone, as from a broken installation, is missing and no crash."""
    store = ModelStore(tmp_path, open_store(Settings(tmp_path)).hub, builtin={BUILTIN.id: tmp_path / "gone.gguf"})
    assert store.installed() == {}
    assert code_of(lambda: store.path(BUILTIN.id)) is ErrorCode.MODEL_MISSING
