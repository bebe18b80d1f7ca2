"""Test whether models find room on a machine, alone, beside others and in their place."""

from pathlib import Path

import pytest

from hearthd.engine.local_models import LocalModels
from hearthd.errors import ApiError, ErrorCode
from hearthd.models.machine import Machine
from hearthd.models.store import open_store
from hearthd.settings import LocalRef, RemoteRef, Settings, Wishes
from tests.models.paper_models import PAPERS, write_paper_model

GIB = 2**30


@pytest.fixture
def refs(tmp_path: Path) -> dict[str, LocalRef]:
    """Return a small and a large model."""
    written = {}
    for name in ("0.5B", "8B"):
        written[name] = LocalRef(tmp_path / f"{name}.gguf")
        write_paper_model(written[name].path, PAPERS[name])
    return written


def local_models(tmp_path: Path, available_gib: float, wishes: Wishes | None = None) -> LocalModels:
    """Return the models of a machine with so much memory left."""
    machine = Machine("x86_64", 4, 4, 16 * GIB, int(available_gib * GIB))
    settings = Settings(tmp_path, wishes=wishes or Wishes())
    return LocalModels(settings, open_store(settings), lambda: machine)


@pytest.mark.parametrize(
    ("available", "leaves", "has_room"),
    [
        # Enough for it beside the small one.
        (9.0, False, True),
        # Beside the small one it would have to make do with less, in its place it does not.
        (6.4, True, False),
        # Nothing leaves, so it makes do.
        (6.4, False, True),
    ],
)
def test_room(tmp_path: Path, refs: dict[str, LocalRef], available: float, leaves: bool, has_room: bool) -> None:
    """A model has room if nothing that leaves would let it run better."""
    models = local_models(tmp_path, available)
    leaving = [refs["0.5B"]] if leaves else []
    assert models.has_room(refs["8B"], [refs["0.5B"]], leaving) is has_room


def test_no_room_even_then(tmp_path: Path, refs: dict[str, LocalRef]) -> None:
    """What does not fit with the others gone is refused, with what to do."""
    models = local_models(tmp_path, 3)
    with pytest.raises(ApiError, match="choose a smaller model") as refusal:
        models.has_room(refs["8B"], [refs["0.5B"]], [refs["0.5B"]])
    assert refusal.value.code is ErrorCode.DOES_NOT_FIT


def test_a_wish_that_cannot_be_met_is_refused(tmp_path: Path, refs: dict[str, LocalRef]) -> None:
    """The message speaks of the setting."""
    models = local_models(tmp_path, 12, Wishes(gpu_layers=4))
    with pytest.raises(ApiError, match="leave gpu_layers out") as refusal:
        models.has_room(refs["0.5B"], [], [])
    assert refusal.value.code is ErrorCode.DOES_NOT_FIT


def test_other_servers_have_room(tmp_path: Path) -> None:
    """What runs elsewhere takes nothing here."""
    assert local_models(tmp_path, 0).has_room(RemoteRef("http://host/v1", "x"), [], [])
