"""Test that a file on which llama.cpp breaks down is found out in another process."""

from collections.abc import Callable
import json
import os
from pathlib import Path

import pytest

from hearthd.engine.llama import trial
from hearthd.engine.llama.trial import Trials
from hearthd.engine.local import LocalBackend
from hearthd.engine.metrics import Metrics
from hearthd.errors import ApiError, ErrorCode
from hearthd.models.gguf_header import read_header
from hearthd.models.plan import ContextPlan

pytestmark = pytest.mark.anyio

ONE = (1).to_bytes(8, "little")


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return a list of the files that are tried, for real."""
    files: list[Path] = []
    really = trial.load_elsewhere

    async def noted(path: Path) -> int | None:
        files.append(path)
        return await really(path)

    monkeypatch.setattr(trial, "load_elsewhere", noted)
    return files


@pytest.fixture
def breaking(tmp_path: Path, tiny_model: Path) -> Path:
    """Return a whole GGUF file with one flipped bit: a token is there twice, which llama.cpp asserts is not."""
    data = tiny_model.read_bytes().replace(ONE + b"!" + ONE + b'"', ONE + b"!" + ONE + b"!")
    path = tmp_path / "breaking.gguf"
    path.write_bytes(data)
    assert data != tiny_model.read_bytes()
    read_header(path)
    return path


async def test_file_that_breaks_llama_cpp_does_not_break_us(tmp_path: Path, breaking: Path) -> None:
    """The backend says that the file cannot be used, each time it is asked."""
    backend = LocalBackend(
        breaking,
        lambda: ContextPlan(512, 512),
        Metrics().of("tiny"),
        max_queue=1,
        trials=Trials(tmp_path / "loaded.json"),
    )
    for _ in range(2):
        with pytest.raises(ApiError, match="damaged") as failure:
            await backend.start()
        assert failure.value.code is ErrorCode.MODEL_FAILED


async def test_file_is_tried_once_and_again_when_it_changes(
    tmp_path: Path, tiny_model: Path, make_model: Callable[..., Path], tried: list[Path]
) -> None:
    """What is remembered survives a restart, and stands for this very file only."""
    path = tmp_path / "model.gguf"
    path.write_bytes(tiny_model.read_bytes())
    record = tmp_path / "data" / "loaded.json"
    for _ in range(2):
        await Trials(record).check(path)
    assert tried == [path]
    path.write_bytes(make_model(shape="recurrent").read_bytes())
    await Trials(record).check(path)
    assert tried == [path, path]
    await Trials(record).check(tiny_model)
    assert len(tried) == 3
    assert set(json.loads(record.read_text())) == {str(path), str(tiny_model)}


@pytest.mark.parametrize("record", ["", "[]", "{"])
async def test_lost_memory_costs_a_trial_only(tmp_path: Path, tiny_model: Path, tried: list[Path], record: str) -> None:
    """A damaged record is not trusted."""
    (tmp_path / "loaded.json").write_text(record)
    await Trials(tmp_path / "loaded.json").check(tiny_model)
    assert tried == [tiny_model]


async def test_what_llama_cpp_refuses_in_words_is_left_to_the_loader(tmp_path: Path, tiny_model: Path) -> None:
    """Its own error says more."""
    path = tmp_path / "unknown.gguf"
    path.write_bytes(tiny_model.read_bytes().replace(b"llama.block_count", b"llama.block_cOUNT"))
    await Trials(tmp_path / "loaded.json").check(path)


async def test_file_that_takes_forever_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe that nobody writes to stands for a disk that does not answer; no process stays behind."""
    path = tmp_path / "pipe.gguf"
    os.mkfifo(path)
    monkeypatch.setattr(trial, "_TIMEOUT_S", 0.2)
    with pytest.raises(ApiError) as failure:
        await Trials(tmp_path / "loaded.json").check(path)
    assert failure.value.code is ErrorCode.MODEL_FAILED
