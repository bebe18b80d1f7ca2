"""Keep an append-only record of everything that was asked, refused and done.

Each row carries the hash of the row before it, so that a later change or a missing row shows.
"""

from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
import hashlib
import json
import logging
import math
from pathlib import Path
import sqlite3
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ...const import DOMAIN
from ...sqlite_file import SqliteFile
from ..effects import canonical_json
from .rows import withhold

_LOGGER = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 10
_GENESIS = "0" * 64

# The triggers keep an honest program from changing history by mistake; the hashes show a dishonest one's work.
_NO_UPDATE = """
CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
"""
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
);
{_NO_UPDATE}
CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
"""


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """Whether the chain holds, how many rows it has, and the id of the first row that does not fit."""

    ok: bool
    rows: int
    first_bad: int | None


class Audit:
    """The audit in an SQLite file; what a method returned is on the disk.

    Every method raises HomeAssistantError when the disk fails or is too slow.
    """

    def __init__(self, hass: HomeAssistant, path: Path) -> None:
        """Name the file; nothing is opened yet."""
        self._file = SqliteFile(hass, path, _connect, _unavailable, seconds=_TIMEOUT_SECONDS, on_copy=_tell_of_copy)

    async def async_open(self) -> None:
        """Open the file, or make it; a damaged one is moved aside."""
        await self._file.async_open()

    async def async_close(self) -> None:
        """Close the file; the audit can't be used afterwards."""
        await self._file.async_close()

    async def async_append(self, kind: str, body: Mapping[str, Any]) -> int:
        """Add a row and return its id; `body` must be fit for JSON and hold no secret."""
        at = dt_util.utcnow().isoformat()
        return await self._file.async_do(lambda connection: _append(connection, at, kind, canonical_json(body)))

    async def async_rows(self, limit: int = 100, before: int | None = None) -> list[dict[str, Any]]:
        """Return up to `limit` rows older than row `before`, newest first."""
        return await self._file.async_do(lambda connection: _rows(connection, limit, before))

    async def async_withhold(self, user_ids: Collection[str | None] | None) -> None:
        """Take out of what was asked by some users, or by anybody, the words and what was to be done with what.

        That something was done stays, and to which entities. The chain is sealed anew from the first row that changes,
        which is why a damaged one is left as it is; a file that was moved aside can't be sealed, and goes.
        """
        await self._file.async_delete_copies(math.inf)
        await self._file.async_do(lambda connection: _withhold(connection, user_ids))

    async def async_verify(self) -> AuditVerdict:
        """Recompute the whole chain."""
        return await self._file.async_do(_verify)


def _tell_of_copy(aside: Path) -> None:
    _LOGGER.error("The audit could not be read and was moved to %s; a new one begins", aside.name)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.executescript(_SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _append(connection: sqlite3.Connection, at: str, kind: str, body: str) -> int:
    with closing(connection.cursor()) as cursor:
        last = cursor.execute("SELECT hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
        previous = last["hash"] if last else _GENESIS
        cursor.execute(
            "INSERT INTO audit (at, kind, body, previous, hash) VALUES (?, ?, ?, ?, ?)",
            (at, kind, body, previous, _hash(at, kind, body, previous)),
        )
        if cursor.lastrowid is None:
            raise sqlite3.DatabaseError("the row got no id")
        return cursor.lastrowid


def _rows(connection: sqlite3.Connection, limit: int, before: int | None) -> list[dict[str, Any]]:
    rows = connection.execute(
        "SELECT id, at, kind, body FROM audit WHERE ?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT ?2",
        (before, limit),
    )
    return [{"id": row["id"], "at": row["at"], "kind": row["kind"], **json.loads(row["body"])} for row in rows]


def _withhold(connection: sqlite3.Connection, user_ids: Collection[str | None] | None) -> None:
    if not _verify(connection).ok:
        return
    rows = connection.execute("SELECT * FROM audit ORDER BY id").fetchall()
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DROP TRIGGER audit_no_update")
        previous, withheld = _GENESIS, set[int]()
        for row in rows:
            body = json.loads(row["body"])
            if "user_id" in body and (user_ids is None or body["user_id"] in user_ids):
                withheld.add(row["id"])
            if withheld & {row["id"], body.get("call")}:
                body = withhold(row["kind"], body)
            text = canonical_json(body)
            digest = _hash(row["at"], row["kind"], text, previous)
            if digest != row["hash"]:
                changed = (text, previous, digest, row["id"])
                connection.execute("UPDATE audit SET body = ?, previous = ?, hash = ? WHERE id = ?", changed)
            previous = digest
        connection.execute(_NO_UPDATE)
    # Until it is written back, the old text stands in the file beside the database.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _verify(connection: sqlite3.Connection) -> AuditVerdict:
    previous, count, expected_id = _GENESIS, 0, 1
    for row in connection.execute("SELECT * FROM audit ORDER BY id"):
        fits = row["id"] == expected_id and row["previous"] == previous
        if not fits or row["hash"] != _hash(row["at"], row["kind"], row["body"], previous):
            return AuditVerdict(ok=False, rows=count, first_bad=row["id"])
        previous, count, expected_id = row["hash"], count + 1, row["id"] + 1
    newest = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").fetchone()
    if newest is not None and newest["seq"] != count:
        return AuditVerdict(ok=False, rows=count, first_bad=count + 1)
    return AuditVerdict(ok=True, rows=count, first_bad=None)


def _unavailable() -> HomeAssistantError:
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="audit_unavailable")


def _hash(at: str, kind: str, body: str, previous: str) -> str:
    return hashlib.sha256(canonical_json([previous, at, kind, body]).encode()).hexdigest()
