"""Test that the audit keeps what was written, and shows when it was not."""

from collections.abc import AsyncGenerator
from pathlib import Path
import shutil
import sqlite3
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util.ulid import ulid_now
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.hearth.hands import Hands
from custom_components.hearth.hands.audit import Audit, AuditVerdict, Problem, log


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the audit lies."""
    return tmp_path / "hearth" / "audit.db"


@pytest.fixture
async def audit(hass: HomeAssistant, path: Path) -> AsyncGenerator[Audit]:
    """Return an audit with three rows."""
    audit = Audit(hass, path)
    await audit.async_open()
    for number in range(3):
        await audit.async_append("call", {"number": number, "words": "für später"})
    yield audit
    await audit.async_close()


async def test_rows_come_newest_first(audit: Audit) -> None:
    """Rows can be paged through from the newest on."""
    newest = await audit.async_rows(limit=2)
    assert [(row["id"], row["kind"], row["number"], row["words"]) for row in newest] == [
        (3, "call", 2, "für später"),
        (2, "call", 1, "für später"),
    ]
    assert [row["id"] for row in await audit.async_rows(before=2)] == [1]


async def test_the_chain_goes_on_after_a_restart(hass: HomeAssistant, audit: Audit, path: Path) -> None:
    """A new process extends the same chain."""
    await audit.async_close()
    again = Audit(hass, path)
    await again.async_open()
    assert await again.async_append("call", {}) == 4
    assert await again.async_verify() == AuditVerdict(ok=True, rows=4, first_bad=None)
    await again.async_close()


@pytest.mark.parametrize(
    ("tampering", "first_bad"),
    [
        ("UPDATE audit SET body = '{}' WHERE id = 2", 2),
        ("UPDATE audit SET at = '2020-01-01' WHERE id = 1", 1),
        ("DELETE FROM audit WHERE id = 2", 3),
        ("DELETE FROM audit WHERE id = 1", 2),
        ("DELETE FROM audit WHERE id = 3", 3),
        ("UPDATE audit SET hash = previous WHERE id = 3", 3),
    ],
)
async def test_tampering_shows(audit: Audit, path: Path, tampering: str, first_bad: int) -> None:
    """Whoever goes around the triggers is still found out by the hashes."""
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("DROP TRIGGER audit_no_delete")
        connection.execute(tampering)
    connection.close()
    verdict = await audit.async_verify()
    assert (verdict.ok, verdict.first_bad) == (False, first_bad)


@pytest.mark.parametrize("statement", ["UPDATE audit SET body = '{}'", "DELETE FROM audit"])
async def test_the_file_refuses_changes(audit: Audit, path: Path, statement: str) -> None:
    """A row can't be changed or removed by mistake."""
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    connection.close()
    assert (await audit.async_verify()).ok


async def test_a_closed_audit_says_so(audit: Audit) -> None:
    """Nothing is silently left unwritten."""
    await audit.async_close()
    with pytest.raises(HomeAssistantError) as caught:
        await audit.async_append("call", {})
    assert caught.value.translation_key == "audit_unavailable"


async def test_a_damaged_file_is_kept_and_a_new_one_begun(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """A file that is no database any more is moved aside, not thrown away."""
    path = Path(hass.config.path("hearth", "audit.db"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"this is not a database" * 100)
    hands = await Hands.async_create(hass)
    assert await hands.audit.async_verify() == AuditVerdict(ok=True, rows=1, first_bad=None)
    (first,) = await hands.audit.async_rows()
    await hands.async_close()
    (aside,) = path.parent.glob("audit.damaged-*.db")
    assert (first["kind"], first["aside"]) == ("begun", aside.name)
    assert "moved to audit.damaged-" in caplog.text


async def test_a_sound_file_on_a_bad_disk_is_left_alone(hass: HomeAssistant) -> None:
    """A file that can't be written just now is not thrown out for a new one."""
    path = Path(hass.config.path("hearth", "audit.db"))
    path.mkdir(parents=True)
    with pytest.raises(HomeAssistantError) as caught:
        await Hands.async_create(hass)
    assert caught.value.translation_key == "audit_unavailable"
    assert [found.name for found in path.parent.iterdir()] == ["audit.db"]


SECRET = "the safe is behind the clock"


def _asked(user_id: str | None) -> dict[str, object]:
    effect = {"action": "todo.add_item", "entity_id": "todo.family", "data": {"item": SECRET}}
    body = {"words": SECRET, "args": {"item": SECRET}, "unknown": [SECRET], "effects": [effect]}
    return {"user_id": user_id, **body}


@pytest.mark.parametrize(
    ("user_ids", "told"), [({"anna"}, {"tom", None}), (set[str](), {"anna", "tom", None}), (None, set[str]())]
)
async def test_words_can_be_withheld(
    audit: Audit, path: Path, user_ids: set[str] | None, told: set[str | None]
) -> None:
    """Keep that something was done, to what and by whom, and not a byte of what was said; the chain holds."""
    for user_id in ("anna", "tom", None):
        call = await audit.async_append("call", _asked(user_id))
        await audit.async_append("outcome", {"call": call, "error": SECRET, "after": {"todo.family": "1"}})
    aside = path.with_name("audit.damaged-20261101T000000.db")
    aside.write_text(SECRET)
    await audit.async_withhold(user_ids)
    assert not aside.exists()
    assert (await audit.async_verify()).ok
    rows = await audit.async_rows()
    calls = {row["user_id"]: row for row in rows if row["kind"] == "call" and "user_id" in row}
    assert {user_id for user_id, row in calls.items() if SECRET in str(row)} == told
    assert {row["call"] for row in rows if row["kind"] == "outcome" and row["error"]} == {
        row["id"] for user_id, row in calls.items() if user_id in told
    }
    for row in calls.values():
        assert row["effects"][0]["action"] == "todo.add_item"
        assert row["args"].keys() == {"item"}
    files = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert (SECRET.encode() in files) is bool(told)
    assert await audit.async_append("call", {}) == 10
    assert (await audit.async_verify()).ok


async def test_a_chain_that_is_broken_is_not_sealed_anew(audit: Audit, path: Path) -> None:
    """Hide no tampering behind an erasure."""
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET body = '{}' WHERE id = 2")
    connection.close()
    await audit.async_withhold(None)
    assert await audit.async_verify() == AuditVerdict(ok=False, rows=1, first_bad=2, problem=Problem.CHAIN)


async def _filled(hass: HomeAssistant, path: Path, count: int = 4) -> None:
    """Leave an audit of some rows behind, closed."""
    audit = Audit(hass, path)
    await audit.async_open()
    for number in range(count):
        await audit.async_append("call", {"number": number})
    await audit.async_close()


async def _opened(hass: HomeAssistant, path: Path) -> tuple[AuditVerdict, list[dict[str, Any]]]:
    """Return what an audit says of itself after a restart, and its rows."""
    audit = Audit(hass, path)
    try:
        await audit.async_open()
        verdict = await audit.async_verify()
        # Of a file that is damaged, nobody can be shown more than that it is.
        return verdict, await audit.async_rows() if verdict.ok or verdict.problem is Problem.CUT else []
    finally:
        await audit.async_close()


async def test_rows_cut_off_the_end_show_after_a_restart(hass: HomeAssistant, path: Path) -> None:
    """Know from elsewhere how long the chain was, also when everything in the file fits; and go on knowing it."""
    await _filled(hass, path)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("DROP TRIGGER audit_no_delete")
        connection.execute("DELETE FROM audit WHERE id > 2")
        connection.execute("UPDATE sqlite_sequence SET seq = 2")
    connection.close()
    for _ in range(2):
        verdict, _rows = await _opened(hass, path)
        assert (verdict.ok, verdict.problem) == (False, Problem.CUT)


async def test_another_file_in_its_place_shows(hass: HomeAssistant, path: Path, tmp_path: Path) -> None:
    """A chain that holds is not the chain that was written; nor is none at all."""
    await _filled(hass, path)
    other = tmp_path / "other.db"
    await _filled_elsewhere(hass, other)
    path.write_bytes(other.read_bytes())
    assert (await _opened(hass, path))[0].problem is Problem.CUT


async def _filled_elsewhere(hass: HomeAssistant, path: Path) -> None:
    """Make an audit of another home, without touching what is known of this one's."""
    hass.config.config_dir, config_dir = str(path.parent / "elsewhere"), hass.config.config_dir
    try:
        await _filled(hass, path, 6)
    finally:
        hass.config.config_dir = config_dir


async def test_a_file_that_is_gone_shows(hass: HomeAssistant, path: Path) -> None:
    """Whoever deletes the audit is found out."""
    await _filled(hass, path)
    for file in path.parent.iterdir():
        file.unlink()
    assert (await _opened(hass, path))[0].problem is Problem.CUT


async def test_a_power_cut_is_no_tampering(hass: HomeAssistant, path: Path, tmp_path: Path) -> None:
    """What the disk holds while the audit is in use is sound, with rows that were not sealed yet."""
    await _filled(hass, path)
    audit = Audit(hass, path)
    await audit.async_open()
    await audit.async_append("call", {})
    copy = tmp_path / "copy" / "audit.db"
    shutil.copytree(path.parent, copy.parent)
    verdict, rows = await _opened(hass, copy)
    await audit.async_close()
    assert (verdict, len(rows)) == (AuditVerdict(ok=True, rows=5, first_bad=None), 5)


async def test_it_is_sealed_now_and_then(hass: HomeAssistant, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows don't gather beside the file without end, and no change of the file goes unseen by that."""
    monkeypatch.setattr(log, "_ROWS_BESIDE", 3)
    audit = Audit(hass, path)
    await audit.async_open()
    for number in range(3):
        await audit.async_append("call", {"number": number})
    assert path.with_name("audit.db-wal").stat().st_size == 0
    assert (await audit.async_verify()).ok
    content = bytearray(path.read_bytes())
    content[70] ^= 1
    path.write_bytes(content)
    for number in range(4):
        await audit.async_append("call", {"number": number})
    assert (await audit.async_verify()).problem is Problem.FILE
    await audit.async_close()


@pytest.mark.parametrize("name", ["kind", "hash", "audit"])
async def test_a_changed_name_in_the_file_shows(hass: HomeAssistant, path: Path, name: str) -> None:
    """A byte of what the table or a column is called is a byte of the audit, too."""
    await _filled(hass, path)
    content = path.read_bytes()
    at = content.index(b"CREATE TABLE audit")
    at = content.index(name.encode(), at)
    path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    verdict, _rows = await _opened(hass, path)
    assert not verdict.ok or _rows[-1]["kind"] == "begun"
    await Store[dict[str, Any]](hass, 1, "hearth.audit_seal").async_remove()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_a_flipped_byte_is_found(hass: HomeAssistant, tmp_path: Path, data: st.DataObject) -> None:
    """Change any byte of the file: the audit says so or is set aside, and nothing crashes."""
    folder = tmp_path / ulid_now()
    path = folder / "audit.db"
    await _filled(hass, path)
    content = bytearray(path.read_bytes())
    where = data.draw(st.integers(0, len(content) - 1), label="where")
    content[where] ^= data.draw(st.integers(1, 255), label="bits")
    path.write_bytes(content)
    verdict, rows = await _opened(hass, path)
    assert not verdict.ok or rows[-1]["kind"] == "begun"
    await Store[dict[str, Any]](hass, 1, "hearth.audit_seal").async_remove()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_a_flipped_byte_beside_it_is_found(hass: HomeAssistant, tmp_path: Path, data: st.DataObject) -> None:
    """Change any byte of what was not written into the file yet: all rows are as they were, or it shows."""
    folder = tmp_path / ulid_now()
    path = folder / "now" / "audit.db"
    await _filled(hass, path, 2)
    audit = Audit(hass, path)
    await audit.async_open()
    for number in range(2):
        await audit.async_append("call", {"number": number})
    written = await audit.async_rows()
    copy = folder / "then" / "audit.db"
    await hass.async_add_executor_job(shutil.copytree, path.parent, copy.parent)
    await audit.async_close()
    copy.with_name("audit.db-shm").unlink(missing_ok=True)
    beside = copy.with_name("audit.db-wal")
    content = bytearray(beside.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    beside.write_bytes(content)
    await Store[dict[str, Any]](hass, 1, "hearth.audit_seal").async_save(
        {"id": 4, "hash": await hass.async_add_executor_job(_last_hash, path), "file": None, "problem": None}
    )
    verdict, rows = await _opened(hass, copy)
    assert rows == written or not verdict.ok


def _last_hash(path: Path) -> str:
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()[0]
    connection.close()
    return str(found)


async def test_a_new_audit_is_begun_on_demand(audit: Audit, path: Path) -> None:
    """Keep the one that was tampered with as it is, and say in the new one where it ended."""
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET body = '{}' WHERE id = 2")
    connection.close()
    await audit.async_begin_anew()
    (first,) = await audit.async_rows()
    assert (first["kind"], first["row"]) == ("begun", 3)
    assert await audit.async_verify() == AuditVerdict(ok=True, rows=1, first_bad=None)
    assert len(list(path.parent.glob("audit.damaged-*.db"))) == 1


async def test_a_row_that_cannot_be_read_hides_no_other(audit: Audit, path: Path) -> None:
    """Show what there is of the rows around one that was made unreadable."""
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET body = 'nonsense' WHERE id = 2")
    connection.close()
    assert [row.get("unreadable", False) for row in await audit.async_rows()] == [False, True, False]
    assert (await audit.async_verify()).first_bad == 2


async def test_listeners_hear_of_each_row(audit: Audit) -> None:
    """Others follow what is written."""
    heard: list[tuple[str, int, object]] = []
    stop = audit.add_listener(lambda kind, row_id, body: heard.append((kind, row_id, body["number"])))
    await audit.async_append("call", {"number": 7})
    stop()
    await audit.async_append("call", {"number": 8})
    assert heard == [("call", 4, 7)]
