"""Chain the rows of the audit by their hashes, and find where a chain breaks."""

from contextlib import closing
from dataclasses import dataclass, replace
import hashlib
import json
import sqlite3
from typing import Final

from ..effects import canonical_json
from .rows import Kind


@dataclass(frozen=True, slots=True)
class Link:
    """A row of the chain: its id and its hash."""

    id: int
    hash: str


BEGINNING: Final = Link(0, "0" * 64)


@dataclass(frozen=True, slots=True)
class Walk:
    """How far along the chain somebody has come: the last row that fits, how many did, and the first that does not."""

    last: Link
    rows: int = 0
    first_bad: int | None = None
    at_end: bool = False


def digest(at: str, kind: str, body: str, previous: str) -> str:
    """Return the hash of a row."""
    return hashlib.sha256(canonical_json([previous, at, kind, body]).encode()).hexdigest()


def append(connection: sqlite3.Connection, at: str, kind: str, body: str) -> Link:
    """Add a row to the end of the chain."""
    previous = newest(connection).hash
    new = digest(at, kind, body, previous)
    with closing(connection.cursor()) as cursor:
        cursor.execute(
            "INSERT INTO audit (at, kind, body, previous, hash) VALUES (?, ?, ?, ?, ?)", (at, kind, body, previous, new)
        )
        if cursor.lastrowid is None:
            raise sqlite3.DatabaseError("the row got no id")
        return Link(cursor.lastrowid, new)


def newest(connection: sqlite3.Connection) -> Link:
    """Return the end of the chain."""
    row = connection.execute("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    return Link(row["id"], row["hash"]) if row else BEGINNING


def is_damage(error: sqlite3.Error | UnicodeDecodeError) -> bool:
    """Tell whether an error is about what the file holds, not about the disk.

    Text that is none has no code, and a column that is not there is one that was called otherwise when it was written.
    """
    if not isinstance(error, sqlite3.OperationalError):
        return True
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) == sqlite3.SQLITE_ERROR


def holds(connection: sqlite3.Connection, link: Link) -> bool:
    """Tell whether a row is in the chain as it was known."""
    row = connection.execute("SELECT hash FROM audit WHERE id = ?", (link.id,)).fetchone()
    return link == BEGINNING or (row is not None and row["hash"] == link.hash)


def begin(connection: sqlite3.Connection) -> Walk:
    """Return where a walk begins: after what was pruned, as the newest row about that says."""
    row = connection.execute(
        "SELECT body FROM audit WHERE kind = ? ORDER BY id DESC LIMIT 1", (Kind.PRUNED,)
    ).fetchone()
    try:
        body = json.loads(row["body"]) if row else {}
        return Walk(Link(int(body.get("through", 0)), str(body.get("start", BEGINNING.hash))))
    except ValueError, TypeError, AttributeError:
        # A row that was made unreadable does not fit, and shows where it stands.
        return Walk(BEGINNING)


def walk_on(connection: sqlite3.Connection, walk: Walk, most: int) -> Walk:
    """Go along so many rows at most, as far as they fit."""
    rows = connection.execute("SELECT * FROM audit WHERE id > ? ORDER BY id LIMIT ?", (walk.last.id, most)).fetchall()
    for row in rows:
        fits = row["id"] == walk.last.id + 1 and row["previous"] == walk.last.hash
        if not fits or row["hash"] != digest(row["at"], row["kind"], row["body"], walk.last.hash):
            return replace(walk, first_bad=row["id"], at_end=True)
        walk = replace(walk, last=Link(row["id"], row["hash"]), rows=walk.rows + 1)
    if len(rows) == most:
        return walk
    counted = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").fetchone()
    is_cut = counted is not None and counted["seq"] != walk.last.id
    return replace(walk, at_end=True, first_bad=walk.last.id + 1 if is_cut else None)
