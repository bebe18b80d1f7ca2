"""Open the file of the conversations; of a damaged one everything that can still be read is taken over.

Nothing here may run in the event loop.
"""

from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
import json
from pathlib import Path
import sqlite3
from typing import Any

_VERSION = 1
# What is deleted is overwritten, in the table and in the index of its words.
_SETTINGS = """
PRAGMA secure_delete = ON;
PRAGMA journal_mode = TRUNCATE;
PRAGMA foreign_keys = ON;
"""
_SCHEMA = """
CREATE TABLE turns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner TEXT NOT NULL,
    conversation TEXT NOT NULL,
    at TEXT NOT NULL,
    agent TEXT NOT NULL,
    place TEXT,
    words TEXT NOT NULL,
    reply TEXT NOT NULL,
    tools TEXT NOT NULL,
    outside INTEGER NOT NULL,
    considered INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX turns_by_conversation ON turns (conversation, id);
CREATE INDEX turns_by_time ON turns (owner, at);
CREATE TABLE summaries (
    owner TEXT NOT NULL,
    conversation TEXT NOT NULL,
    last INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (owner, conversation)
);
CREATE VIRTUAL TABLE turn_words USING fts5(
    words, reply, content = 'turns', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER turns_added AFTER INSERT ON turns BEGIN
    INSERT INTO turn_words (rowid, words, reply) VALUES (new.id, new.words, new.reply);
END;
CREATE TRIGGER turns_deleted AFTER DELETE ON turns BEGIN
    INSERT INTO turn_words (turn_words, rowid, words, reply) VALUES ('delete', old.id, old.words, old.reply);
    DELETE FROM summaries WHERE conversation = old.conversation AND owner = old.owner;
END;
"""
_KEPT = "id, owner, conversation, at, agent, place, words, reply, tools, outside, considered"


def connect(path: Path) -> sqlite3.Connection:
    """Open the file and bring it up to date; raises sqlite3.DatabaseError for one that is damaged."""
    path.touch(0o600)
    connection = sqlite3.connect(path, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.text_factory = _text
    try:
        connection.executescript(_SETTINGS)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise sqlite3.OperationalError("the file is of a newer version")
        if version < 1:
            connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
        _mend_index(connection)
        _check(connection)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _text(stored: bytes) -> str:
    """Return a text of which some bytes may have been overwritten."""
    return stored.decode(errors="replace")


def _check(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError for a file whose tables do not hold together."""
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


def _mend_index(connection: sqlite3.Connection) -> None:
    """Build the index of words anew if it does not fit the turns."""
    try:
        connection.execute("INSERT INTO turn_words (turn_words, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError:
        connection.execute("INSERT INTO turn_words (turn_words) VALUES ('rebuild')")
    connection.commit()


def rescue(aside: Path, connection: sqlite3.Connection) -> None:
    """Take over the turns of a damaged file that can be read; what summed them up is made anew."""
    marks = ", ".join("?" * len(_KEPT.split(", ")))
    with connection:
        connection.executemany(f"INSERT INTO turns ({_KEPT}) VALUES ({marks})", _readable(aside))  # noqa: S608 - the columns are ours


def _readable(path: Path) -> Iterator[tuple[Any, ...]]:
    """Yield the turns of a damaged file that can be read, each by itself: one that can't be costs no other."""
    opening = closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True))
    with suppress(sqlite3.DatabaseError), opening as connection:
        connection.text_factory = _text
        last = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'turns'").fetchone()
        for turn_id in range(1, (last[0] if last else 0) + 1):
            with suppress(sqlite3.DatabaseError, ValueError, TypeError):
                row = connection.execute(f"SELECT {_KEPT} FROM turns WHERE id = ?", (turn_id,)).fetchone()  # noqa: S608 - the columns are ours
                if row is not None and None not in (*row[:5], *row[6:]):
                    datetime.fromisoformat(row[3])
                    json.loads(row[8])
                    yield tuple(row)
