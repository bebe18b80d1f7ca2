"""Test that the audit keeps what was written, and shows when it was not."""

from collections.abc import AsyncGenerator
from pathlib import Path
import sqlite3

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.hearth.hands import Hands
from custom_components.hearth.hands.audit import Audit, AuditVerdict


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
    assert (await hands.audit.async_verify()).rows == 0
    await hands.async_close()
    assert len(list(path.parent.glob("audit.damaged-*.db"))) == 1
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
    assert await audit.async_verify() == AuditVerdict(ok=False, rows=1, first_bad=2)
