"""Hold the library's one SQLite file: the source of truth, whole after any crash.

Writers take turns; readers run beside them. What is deleted is overwritten, in the file and in its journal.
"""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
import json
from pathlib import Path
from queue import Empty, SimpleQueue
import sqlite3
import threading
from typing import Any

_VERSION = 1
_BUSY_SECONDS = 10.0
_CACHE_KIB = 16 * 1024
_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE items (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  collection TEXT NOT NULL,
  id TEXT NOT NULL,
  owner TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  given_title TEXT NOT NULL,
  url TEXT,
  time REAL,
  given_time REAL,
  pinned INTEGER NOT NULL,
  meta TEXT NOT NULL,
  hash TEXT NOT NULL,
  changed REAL NOT NULL,
  chunks INTEGER NOT NULL,
  error_code TEXT,
  error TEXT,
  stale INTEGER NOT NULL DEFAULT 0,
  text BLOB,
  source BLOB,
  UNIQUE (collection, id)
) STRICT;
CREATE INDEX stale ON items (key) WHERE stale;

CREATE TABLE chunks (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  item INTEGER NOT NULL REFERENCES items (key),
  id TEXT NOT NULL UNIQUE,
  position INTEGER NOT NULL,
  start INTEGER NOT NULL,
  stop INTEGER NOT NULL,
  time REAL,
  headings TEXT NOT NULL,
  text TEXT NOT NULL,
  -- Counts changes, so that what was written to the vector index is known to be the newest.
  revision INTEGER NOT NULL DEFAULT 0,
  -- 1 once the vector index has it, -1 if the model makes no vector of it, -2 if a model elsewhere is not told of it.
  placed INTEGER NOT NULL DEFAULT 0,
  -- Half-precision floats; NULL until they are computed.
  vector BLOB
) STRICT;
CREATE INDEX chunks_of ON chunks (item, position);
CREATE INDEX pending ON chunks (key) WHERE vector IS NULL;
CREATE INDEX unplaced ON chunks (key) WHERE placed = 0;

-- What the vector index still has to forget.
CREATE TABLE gone (
  id TEXT NOT NULL, owner TEXT NOT NULL, collection TEXT NOT NULL, PRIMARY KEY (id, owner)
) STRICT, WITHOUT ROWID;

CREATE VIEW passages AS
  SELECT c.key AS key, c.item AS item, i.title AS title, c.headings AS headings, c.text AS text
  FROM chunks c JOIN items i ON i.key = c.item;
CREATE VIRTUAL TABLE words USING fts5 (
  title, headings, text, content = 'passages', content_rowid = 'key', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO words (words, rank) VALUES ('secure-delete', 1);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, 'row');
"""


class DamagedDatabaseError(Exception):
    """The file holds something else than a sound database of ours."""


class Database:
    """An open library file; any thread may use it."""

    def __init__(self, path: Path) -> None:
        """Open the file, and make it if there is none.

        Raises:
            DamagedDatabaseError: it is no sound database, or of a later version.
            OSError, sqlite3.OperationalError: it cannot be used at all.
        """
        self._path = path
        self._turn = threading.Lock()
        self._is_closed = False
        self._readers: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._writer = _connect(path)
            try:
                self._prepare()
            except BaseException:
                self._writer.close()
                raise
        except sqlite3.DatabaseError as err:
            if is_damage(err):
                raise DamagedDatabaseError(str(err)) from err
            raise

    def _prepare(self) -> None:
        """Write the tables into a new file, and look an old one over."""
        version = self._writer.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise DamagedDatabaseError("it was written by a later version")
        if version == 0:
            self._writer.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}PRAGMA user_version = {_VERSION};COMMIT;")
            return
        if self._problem() is not None:
            # The keyword index is made of what stands beside it.
            self._writer.execute("INSERT INTO words (words) VALUES ('rebuild')")
            if (problem := self._problem()) is not None:
                raise DamagedDatabaseError(problem)

    def _problem(self) -> str | None:
        """Return the first thing that is wrong with the file."""
        words = str(self._writer.execute("PRAGMA quick_check(1)").fetchone()[0])
        return None if words == "ok" else words

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """Yield the connection that writes; all that is done with it is kept together, or nothing of it."""
        with self._turn:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
            except BaseException:
                self._writer.rollback()
                raise
            self._writer.commit()

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """Yield a connection that reads, and sees one state of things for as long as it is held."""
        try:
            reader = self._readers.get_nowait()
        except Empty:
            reader = _connect(self._path)
            reader.execute("PRAGMA query_only = ON")
        try:
            reader.execute("BEGIN")
            yield reader
        finally:
            reader.rollback()
            self._readers.put(reader)
            if self._is_closed:
                self._close_readers()

    def scrub(self) -> bool:
        """Give freed pages back and empty the journal, which holds pages as they were; tell whether nobody read it."""
        with self._turn:
            self._writer.execute("PRAGMA incremental_vacuum").fetchall()
            return not self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]

    def close(self) -> None:
        """Close all connections, those that are in use as soon as they are not; the last one empties the journal."""
        with self._turn:
            self._is_closed = True
            self._close_readers()
            self._writer.close()

    def _close_readers(self) -> None:
        """Close the connections that nobody reads with at the moment."""
        while True:
            try:
                self._readers.get_nowait().close()
            except Empty:
                return


def _connect(path: Path) -> sqlite3.Connection:
    """Open one connection."""
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    # auto_vacuum counts for a new file only, and has to be said before anything is written.
    pragmas = (
        "auto_vacuum = INCREMENTAL",
        "journal_mode = WAL",
        "synchronous = FULL",
        "secure_delete = ON",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        f"cache_size = -{_CACHE_KIB}",
    )
    try:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def read_fact(connection: sqlite3.Connection, name: str) -> Any:
    """Return something that the library remembers of itself, None if it does not."""
    row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return None if row is None else json.loads(row[0])


def write_fact(writer: sqlite3.Connection, name: str, value: Any) -> None:
    """Remember something of the library itself."""
    writer.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value)))


def read_at_home(connection: sqlite3.Connection) -> frozenset[str]:
    """Return the collections that are kept at home: no model elsewhere is told of them."""
    return frozenset(read_fact(connection, "at_home") or ())


def write_at_home(writer: sqlite3.Connection, collections: Iterable[str]) -> None:
    """Remember which collections are kept at home."""
    write_fact(writer, "at_home", sorted(collections))


def is_damage(err: sqlite3.DatabaseError) -> bool:
    """Tell a damaged file from a full disk, a lock or a fault of our own."""
    return _code(err) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def may_be_damage(err: sqlite3.DatabaseError) -> bool:
    """Tell whether a file should be opened anew, which examines it."""
    return is_damage(err) or _code(err) == sqlite3.SQLITE_IOERR


def _code(err: sqlite3.DatabaseError) -> int:
    """Return SQLite's primary code of a failure, 0 for one that is not SQLite's."""
    return getattr(err, "sqlite_errorcode", 0) & 0xFF
