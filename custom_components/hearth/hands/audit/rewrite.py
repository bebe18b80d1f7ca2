"""Rewrite the audit where it must be: take words out, and delete what is older than it is to be kept."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
import json
import sqlite3
from typing import Final

from ..effects import canonical_json
from . import chain, rows
from .rows import Kind

# The triggers keep an honest program from changing history by mistake; the hashes show a dishonest one's work.
NO_UPDATE: Final = """
CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
"""
NO_DELETE: Final = """
CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
"""


def withhold(connection: sqlite3.Connection, user_ids: Collection[str | None] | None) -> None:
    """Take the words of some users, or of everybody, out of a chain that holds, and seal it anew."""
    walk = chain.begin(connection)
    found = connection.execute("SELECT * FROM audit ORDER BY id").fetchall()
    with _rewriting(connection):
        previous, withheld = walk.last.hash, set[int]()
        for row in found:
            body = json.loads(row["body"])
            if "user_id" in body and (user_ids is None or body["user_id"] in user_ids):
                withheld.add(row["id"])
            if withheld & {row["id"], body.get("call")}:
                body = rows.withhold(row["kind"], body)
            text = canonical_json(body)
            digest = chain.digest(row["at"], row["kind"], text, previous)
            if digest != row["hash"]:
                changed = (text, previous, digest, row["id"])
                connection.execute("UPDATE audit SET body = ?, previous = ?, hash = ? WHERE id = ?", changed)
            previous = digest


def older(connection: sqlite3.Connection, cut: str) -> int | None:
    """Return the last of the rows that all are of before a moment, None where there is none."""
    young = connection.execute("SELECT min(id) AS id FROM audit WHERE at >= ?", (cut,)).fetchone()["id"]
    row = connection.execute("SELECT max(id) AS id FROM audit WHERE ?1 IS NULL OR id < ?1", (young,)).fetchone()
    through: int | None = row["id"]
    return through


def prune(connection: sqlite3.Connection, through: int, at: str, days: int) -> int:
    """Delete the rows up to one, after a new row has said from where the chain goes on; return how many there were."""
    first = connection.execute("SELECT min(id) AS id FROM audit").fetchone()["id"]
    start = connection.execute("SELECT hash FROM audit WHERE id = ?", (through,)).fetchone()["hash"]
    count: int = through - first + 1
    with _rewriting(connection):
        body = rows.pruned(through=through, start=start, count=count, days=days)
        chain.append(connection, at, Kind.PRUNED, canonical_json(body))
        connection.execute("DELETE FROM audit WHERE id <= ?", (through,))
    return count


@contextmanager
def _rewriting(connection: sqlite3.Connection) -> Iterator[None]:
    """Let rows be changed and deleted for once, all of it or nothing."""
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("DROP TRIGGER audit_no_delete")
        yield
        connection.execute(NO_UPDATE)
        connection.execute(NO_DELETE)
