"""Save what can still be read of a damaged database."""

from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
import sqlite3
import time
import zlib

from hearthd.library.database import read_at_home
from hearthd.library.item import NewItem, given_item

_PARTS = ("", "-wal", "-shm")
_COLUMNS = "collection, id, owner, given_title, kind, source, given_time, url, pinned, meta"


def set_aside(path: Path) -> Path:
    """Give a database another name, with its journal, and return that."""
    aside = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
    for part in _PARTS:
        with suppress(FileNotFoundError):
            path.with_name(path.name + part).rename(aside.with_name(aside.name + part))
    return aside


def delete_copies(path: Path) -> None:
    """Delete what was ever set aside of a database."""
    for copy in path.parent.glob(f"{path.name}.damaged-*"):
        copy.unlink()


def read_kept(path: Path) -> frozenset[str] | None:
    """Return which collections of a damaged database are kept at home, None where that can't be read."""
    with suppress(sqlite3.DatabaseError, ValueError, TypeError), _looking_at(path) as connection:
        return read_at_home(connection)
    return None


def read_items(path: Path) -> Iterator[tuple[str, NewItem]]:
    """Yield the items of a damaged database that can be read, with their collections; the others are skipped."""
    query = f"SELECT {_COLUMNS} FROM items WHERE key = ? AND source IS NOT NULL"  # noqa: S608 - the columns are ours
    with suppress(sqlite3.DatabaseError), _looking_at(path) as connection:
        last = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'items'").fetchone()
        for key in range(1, (last[0] if last else 0) + 1):
            with suppress(sqlite3.DatabaseError, zlib.error, ValueError, TypeError):
                row = connection.execute(query, (key,)).fetchone()
                if row is not None:
                    yield row[0], given_item(row[1:])


def _looking_at(path: Path) -> closing[sqlite3.Connection]:
    """Open a database that is not to be changed."""
    return closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True))
