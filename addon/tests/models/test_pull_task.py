"""Test that a pull can be followed and stopped from an event loop."""

import asyncio
from pathlib import Path

import pytest

from hearthd.errors import ApiError, ErrorCode
from hearthd.models import download, pull_task
from hearthd.models.daily_check import DailyCheck
from hearthd.models.download import PullProgress
from hearthd.models.hub import Hub
from hearthd.models.pull_task import PullTask
from hearthd.models.store import ModelStore
from tests.models.fake_hub import FakeHub, Fault, gguf_bytes

MODEL = gguf_bytes()
REPO = "maker/Model-GGUF"


@pytest.fixture
def store(tmp_path: Path, fake_hub: FakeHub) -> ModelStore:
    """Return an empty store whose hub has one model."""
    fake_hub.publish(REPO, m=MODEL)
    return ModelStore(tmp_path, Hub(fake_hub.url, seconds=5), catalogue={}, free_disk=lambda _folder: 10**12)


def begin(store: ModelStore) -> PullTask:
    """Begin to fetch the model."""
    return PullTask(store, store.wanted_file(REPO, "m.gguf"))


async def follow(task: PullTask) -> list[PullProgress]:
    """Read all progress."""
    told: list[PullProgress] = []
    while progress := await task.next_progress(within=10):
        told.append(progress)
    return told


async def test_followed_to_the_end(store: ModelStore) -> None:
    """Each status is told, the last one with the whole."""
    told = await follow(begin(store))
    assert list(dict.fromkeys(progress.status for progress in told)) == ["checking", "downloading", "verifying", "done"]
    assert told[-1] == PullProgress("done", len(MODEL), len(MODEL))
    assert store.path("m").read_bytes() == MODEL


async def test_not_told_more_often_than_worth_reading(
    store: ModelStore, fake_hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many pieces come, there are few events."""
    monkeypatch.setattr(pull_task, "_REPORT_SECONDS", 10.0)
    fake_hub.store_faults = [Fault(pace_seconds=0.01)]
    assert len(await follow(begin(store))) == 4


async def test_error_is_raised_where_it_is_followed(store: ModelStore) -> None:
    """The code is the pull's."""
    with pytest.raises(ApiError) as caught:
        await follow(PullTask(store, store.wanted_file("no/where", "m.gguf")))
    assert caught.value.code is ErrorCode.HUB_AUTH


async def test_silence(store: ModelStore, fake_hub: FakeHub) -> None:
    """Whoever waits only so long may go on waiting."""
    fake_hub.hub_faults = [Fault(stall_seconds=0.3)]
    task = begin(store)
    with pytest.raises(TimeoutError):
        await task.next_progress(within=0.05)
    assert (await follow(task))[-1].status == "done"


async def test_stopped(store: ModelStore, fake_hub: FakeHub, tmp_path: Path) -> None:
    """It ends without an error and keeps what it has."""
    fake_hub.store_faults = [Fault(pace_seconds=0.05)]
    task = begin(store)
    while (progress := await task.next_progress(within=10)) and progress.status != "downloading":
        pass
    await task.aclose()
    assert await follow(task) == []
    assert store.installed() == {}
    assert len(list(tmp_path.glob(".*.part"))) == 1
    assert (await follow(begin(store)))[-1].status == "done"


async def test_stopping_does_not_wait_for_a_silent_hub(
    store: ModelStore, fake_hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread ends by itself later."""
    monkeypatch.setattr(pull_task, "_STOP_SECONDS", 0.05)
    monkeypatch.setattr(download, "_PAUSE_SECONDS", 0.0)
    fake_hub.hub_faults = [Fault(stall_seconds=0.5)]
    task = begin(store)
    await task.aclose()
    assert await follow(task) == []


async def test_daily_check(store: ModelStore, fake_hub: FakeHub) -> None:
    """It asks again and again, also after a day on which the hub was away."""
    await follow(begin(store))
    newer = fake_hub.publish(REPO, m=gguf_bytes(seed=b"newer"))
    fake_hub.hub_faults = [Fault(status=503)]
    check = DailyCheck(store, first_seconds=0.0, seconds=0.01)
    check.start()
    while (pin := store.installed()["m"].pin) is None or pin.latest_revision != newer:
        await asyncio.sleep(0.02)
    check.close()


async def test_no_daily_check_offline(store: ModelStore, fake_hub: FakeHub) -> None:
    """Offline means that the hub hears nothing."""
    await follow(begin(store))
    store.hub.offline = True
    asked = list(fake_hub.asked)
    check = DailyCheck(store, first_seconds=0.0, seconds=0.01)
    check.start()
    await asyncio.sleep(0.02)
    check.close()
    assert fake_hub.asked == asked
