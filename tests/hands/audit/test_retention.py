"""Test how long the audit is kept, and how it is handed out."""

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
import json
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.hearth.hands.audit import Audit
from custom_components.hearth.hands.audit.retention import async_page, async_prune, async_write

SECRET = "the safe is behind the clock"


@pytest.fixture
async def audit(freezer: FrozenDateTimeFactory, hass: HomeAssistant, tmp_path: Path) -> AsyncGenerator[Audit]:
    """Return an audit with a row on each of ten days, the last of them today."""
    audit = Audit(hass, tmp_path / "hearth" / "audit.db")
    await audit.async_open()
    for number in range(10):
        await audit.async_append("call", {"number": number, "words": SECRET, "user_id": None})
        freezer.tick(timedelta(days=1))
    yield audit
    await audit.async_close()


@pytest.mark.parametrize(("days", "gone"), [(365, 0), (5, 5), (1, 9)])
async def test_old_rows_go(audit: Audit, tmp_path: Path, days: int, gone: int) -> None:
    """Delete what is older than it is kept, say so, and go on with a chain that holds."""
    now = dt_util.utcnow()
    assert await async_prune(audit, {"audit_days": days}, now) == gone
    rows = await audit.async_rows()
    assert [row["number"] for row in rows if row["kind"] == "call"] == list(range(9, gone - 1, -1))
    said = [(row["through"], row["count"], row["days"]) for row in rows if row["kind"] == "pruned"]
    assert said == ([(gone, gone, days)] if gone else [])
    assert (await audit.async_verify()).ok
    assert await async_prune(audit, {"audit_days": days}, now) == 0


async def test_a_pruned_chain_holds_after_a_restart_and_a_second_pruning(
    freezer: FrozenDateTimeFactory, hass: HomeAssistant, audit: Audit, tmp_path: Path
) -> None:
    """Begin where the newest row about it says, also once the older one is gone itself."""
    for days in (20, 2):
        await async_prune(audit, {"audit_days": 5}, dt_util.utcnow())
        await audit.async_append("call", {"user_id": None})
        freezer.tick(timedelta(days=days))
    await async_prune(audit, {"audit_days": 5}, dt_util.utcnow())
    await audit.async_close()
    again = Audit(hass, tmp_path / "hearth" / "audit.db")
    await again.async_open()
    assert [row["kind"] for row in await again.async_rows()] == ["call", "pruned"]
    assert (await again.async_verify()).ok
    await again.async_withhold(None)
    assert (await again.async_verify()).ok
    await again.async_close()


async def test_what_was_pruned_leaves_no_trace(audit: Audit, tmp_path: Path) -> None:
    """Leave no byte of the words of rows that are gone."""
    await async_prune(audit, {"audit_days": 1}, dt_util.utcnow() + timedelta(days=1))
    assert SECRET.encode() not in b"".join(file.read_bytes() for file in (tmp_path / "hearth").iterdir())
    assert (await audit.async_verify()).ok


async def test_a_clock_that_went_back_costs_no_row(
    freezer: FrozenDateTimeFactory, audit: Audit, tmp_path: Path
) -> None:
    """Keep young rows although a later one carries the time of a machine that did not know it yet."""
    now = dt_util.utcnow()
    freezer.move_to(datetime(1980, 1, 1, tzinfo=dt_util.UTC))
    await audit.async_append("call", {"number": 10})
    freezer.move_to(now)
    assert await async_prune(audit, {"audit_days": 365}, dt_util.utcnow()) == 0


async def test_it_is_written_down_line_by_line(hass: HomeAssistant, audit: Audit, tmp_path: Path) -> None:
    """Write every row as JSON, newest first, and words only where they are asked for."""
    path = tmp_path / "record.jsonl"
    assert await async_write(hass, audit, path, with_words=False) == 10
    assert SECRET not in path.read_text()
    assert await async_write(hass, audit, path, with_words=True) == 10
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["number"] for line in lines] == list(range(9, -1, -1))
    assert {line["words"] for line in lines} == {SECRET}
    assert [file.name for file in tmp_path.glob("record*")] == ["record.jsonl"]


async def test_a_file_that_cannot_be_written_leaves_nothing(hass: HomeAssistant, audit: Audit, tmp_path: Path) -> None:
    """Raise what the disk says, with no half file behind."""
    (tmp_path / "record.jsonl").mkdir()
    with pytest.raises(IsADirectoryError):
        await async_write(hass, audit, tmp_path / "record.jsonl", with_words=False)
    assert [file.name for file in tmp_path.glob("record*")] == ["record.jsonl"]


async def test_it_is_paged(audit: Audit) -> None:
    """Hand out some rows at a time."""
    page = await async_page(audit, 4, None, with_words=False)
    assert [row["number"] for row in page] == [9, 8, 7, 6]
    page = await async_page(audit, 4, page[-1]["id"], with_words=True)
    assert [(row["number"], row["words"]) for row in page] == [(number, SECRET) for number in (5, 4, 3, 2)]


async def test_rows_of_a_time_are_found(audit: Audit) -> None:
    """Find the rows from a moment on, up to another."""
    now = dt_util.utcnow()
    rows = await audit.async_between(now - timedelta(days=3), now - timedelta(days=1))
    assert [row["number"] for row in rows] == [7, 8]
