"""Keep items, their passages and the keyword index together in the database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
import json
import sqlite3
import time
from typing import Any
import zlib

from hearthd.library.database import Database, read_at_home, write_at_home, write_fact
from hearthd.library.document import Chunk, UnreadableError
from hearthd.library.item import (
    HEADING_MARK,
    CollectionRow,
    ItemRow,
    ItemText,
    NewItem,
    Reading,
    RowError,
    StoreResult,
    chunk_ids,
    given_item,
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an item before it is given again."""

    hash: str
    chunks: int
    is_failed: bool


class Shelf:
    """All items; any thread may use it."""

    def __init__(self, database: Database) -> None:
        """Keep them in a database."""
        self._database = database

    def known(self, collection: str, ids: Iterable[str]) -> dict[str, Known]:
        """Return what is known of the items of these ids; those that are to be read again are not known."""
        with self._database.reading() as reader:
            rows = reader.execute(
                "SELECT id, hash, chunks, error_code IS NOT NULL FROM items"
                " WHERE collection = ? AND id IN (SELECT value FROM json_each(?)) AND NOT stale",
                (collection, json.dumps(list(ids))),
            ).fetchall()
        return {row[0]: Known(row[1], row[2], bool(row[3])) for row in rows}

    def put(self, collection: str, read: Sequence[tuple[NewItem, Reading | UnreadableError]]) -> list[StoreResult]:
        """Keep items as they were read, all of them or none; what their passages have in common with before stays."""
        with self._database.writing() as writer:
            return [_put(writer, collection, item, reading) for item, reading in read]

    def keep_at_home(self, collection: str, *, kept: bool) -> bool:
        """Say whether a collection is kept at home, and return whether it was not so before."""
        with self._database.writing() as writer:
            before = read_at_home(writer)
            after = before | {collection} if kept else before - {collection}
            if after != before:
                write_at_home(writer, after)
        return after != before

    def delete(self, collection: str, ids: Sequence[str] | None = None, owner: str | None = None) -> int:
        """Delete the items of some ids, of an owner, or all of a collection; return how many there were."""
        with self._database.writing() as writer:
            rows = writer.execute(
                "SELECT key, owner FROM items WHERE collection = ?1"
                " AND (?2 IS NULL OR id IN (SELECT value FROM json_each(?2))) AND (?3 IS NULL OR owner = ?3)",
                (collection, None if ids is None else json.dumps(list(ids)), owner),
            ).fetchall()
            for key, whose in rows:
                _unindex(writer, key)
                _drop_chunks(writer, collection, whose, key, keep=())
                writer.execute("DELETE FROM items WHERE key = ?", (key,))
        if rows:
            self._database.scrub()
        return len(rows)

    def page(
        self, collection: str, owners: frozenset[str], after: str | None, limit: int
    ) -> tuple[list[ItemRow], str | None]:
        """Return a part of a collection by id, and what the next part begins after; titles to their owners only."""
        with self._database.reading() as reader:
            rows = reader.execute(
                "SELECT id, hash, owner, time, title, error_code, error FROM items"
                " WHERE collection = ? AND id > ? ORDER BY id LIMIT ?",
                (collection, after or "", limit + 1),
            ).fetchall()
        listed = [_item_row(row, owners) for row in rows[:limit]]
        return listed, listed[-1].id if len(rows) > limit else None

    def text(self, collection: str, item_id: str, owners: frozenset[str], offset: int, limit: int) -> ItemText | None:
        """Return a part of an item's text; None if there is no such item of these owners."""
        with self._database.reading() as reader:
            row = reader.execute(
                "SELECT owner, kind, title, time, url, pinned, meta, text FROM items"
                " WHERE collection = ? AND id = ? AND owner IN (SELECT value FROM json_each(?))",
                (collection, item_id, json.dumps(sorted(owners))),
            ).fetchone()
        if row is None:
            return None
        owner, kind, title, at, url, pinned, meta, packed = row
        text = zlib.decompress(packed).decode() if packed else ""
        part = text[offset : offset + limit]
        return ItemText(item_id, owner, kind, title, at, url, bool(pinned), json.loads(meta), part, offset, len(text))

    def collections(self) -> list[CollectionRow]:
        """Return how much each collection holds."""
        with self._database.reading() as reader:
            rows = reader.execute(
                "SELECT collection, count(*), sum(chunks), sum(error_code IS NOT NULL), max(changed)"
                " FROM items GROUP BY collection ORDER BY collection"
            ).fetchall()
            without = reader.execute(
                "SELECT i.collection, sum(c.placed = 0), sum(c.placed < 0) FROM chunks c JOIN items i ON i.key = c.item"
                " WHERE c.vector IS NULL GROUP BY i.collection"
            ).fetchall()
            at_home = read_at_home(reader)
        told = {name: (pending, words_only) for name, pending, words_only in without}
        return [
            CollectionRow(name, items, chunks, *told.get(name, (0, 0)), errors, changed, name in at_home)
            for name, items, chunks, errors, changed in rows
        ]

    def stale(self) -> tuple[int, str, NewItem] | None:
        """Return an item whose source is to be read again, with its key and collection."""
        with self._database.reading() as reader:
            row = reader.execute(
                "SELECT key, collection, id, owner, given_title, kind, source, given_time, url, pinned, meta"
                " FROM items WHERE stale ORDER BY key LIMIT 1"
            ).fetchone()
        if row is None:
            return None
        return row[0], row[1], given_item(row[2:])

    def read_again(self, key: int, collection: str, item: NewItem, reading: Reading | UnreadableError) -> None:
        """Keep what an item's source was read as this time, unless it was changed or deleted meanwhile."""
        with self._database.writing() as writer:
            if writer.execute("SELECT 1 FROM items WHERE key = ? AND hash = ? AND stale", (key, item.hash)).fetchone():
                _put(writer, collection, item, reading)
            else:
                writer.execute("UPDATE items SET stale = 0 WHERE key = ?", (key,))

    def make_stale(self) -> None:
        """Have every source read again and every vector made anew, and build the keyword index from what there is."""
        with self._database.writing() as writer:
            writer.execute("UPDATE items SET stale = 1 WHERE source IS NOT NULL")
            writer.execute("INSERT INTO words (words) VALUES ('rebuild')")
            writer.execute("UPDATE chunks SET vector = NULL, placed = 0, revision = revision + 1")
            write_fact(writer, "rebuilding", 1)
            write_fact(writer, "problem", None)

    def restore(self, collection: str, item: NewItem) -> None:
        """Keep an item that is to be read later."""
        with self._database.writing() as writer:
            _put(writer, collection, item, Reading("", ()))
            writer.execute("UPDATE items SET stale = 1 WHERE collection = ? AND id = ?", (collection, item.id))

    def tidy(self) -> None:
        """Have the keyword index written anew, without what was deleted from it."""
        with self._database.writing() as writer:
            writer.execute("INSERT INTO words (words) VALUES ('optimize')")
        self._database.scrub()

    def check(self) -> list[str]:
        """Return what is wrong with the tables and the keyword index, in words; this reads everything."""
        with self._database.writing() as writer:
            problems = [row[0] for row in writer.execute("PRAGMA integrity_check(10)") if row[0] != "ok"]
            try:
                writer.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
            except sqlite3.DatabaseError as err:
                problems.append(f"the keyword index does not fit the items ({err})")
        return problems


def _put(writer: sqlite3.Connection, collection: str, item: NewItem, reading: Reading | UnreadableError) -> StoreResult:
    """Keep one item as it was read."""
    error = RowError(reading.code, reading.words) if isinstance(reading, UnreadableError) else None
    content = Reading("", ()) if isinstance(reading, UnreadableError) else reading
    title = item.title or content.title or ""
    old = writer.execute(
        "SELECT key, owner FROM items WHERE collection = ? AND id = ?", (collection, item.id)
    ).fetchone()
    if old is not None:
        _unindex(writer, old[0])
    key = _put_item(
        writer,
        {
            "collection": collection,
            "id": item.id,
            "owner": item.owner,
            "kind": item.kind.value,
            "title": title,
            "given_title": item.title,
            "url": item.url,
            "time": content.time if item.time is None else item.time,
            "given_time": item.time,
            "pinned": int(item.pinned),
            "meta": json.dumps(dict(item.meta), ensure_ascii=False),
            "hash": item.hash,
            "changed": time.time(),
            "chunks": len(content.chunks),
            "error_code": error and error.code,
            "error": error and error.message,
            "stale": 0,
            "text": zlib.compress(content.text.encode()),
            # What cannot be read is not kept: it may be large, and it may be what somebody would harm us with.
            "source": None if error else zlib.compress(item.source),
        },
    )
    ids = chunk_ids(collection, item.id, title, content.chunks)
    if old is not None:
        _drop_chunks(writer, collection, old[1], key, keep=ids)
        if old[1] != item.owner:
            # What changes hands leaves the vector index where it was, and goes in again where it belongs.
            _note_gone(writer, collection, old[1], key, keep=())
            writer.execute("UPDATE chunks SET placed = 0, revision = revision + 1 WHERE item = ?", (key,))
    _put_chunks(writer, item.owner, key, ids, content.chunks)
    _index(writer, key)
    return StoreResult(item.id, "failed" if error else "stored", len(content.chunks), error)


def _put_item(writer: sqlite3.Connection, values: Mapping[str, Any]) -> int:
    """Write an item's row, in the place of the old one, and return its key."""
    rows = writer.execute(
        f"INSERT INTO items ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})"  # noqa: S608 - the names are ours
        " ON CONFLICT (collection, id) DO UPDATE SET "
        + ", ".join(f"{name} = excluded.{name}" for name in values)
        + " RETURNING key",
        tuple(values.values()),
    ).fetchall()
    return int(rows[0][0])


def _put_chunks(writer: sqlite3.Connection, owner: str, item: int, ids: Sequence[str], chunks: Sequence[Chunk]) -> None:
    """Write an item's passages: new ones without a vector, known ones with the one that they have."""
    writer.executemany(
        "INSERT INTO chunks (item, id, position, start, stop, time, headings, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET"
        " position = excluded.position, start = excluded.start, stop = excluded.stop, time = excluded.time",
        [
            (item, one, place, part.start, part.end, part.time, HEADING_MARK.join(part.headings), part.text)
            for place, (one, part) in enumerate(zip(ids, chunks, strict=True))
        ],
    )
    writer.execute("DELETE FROM gone WHERE owner = ? AND id IN (SELECT id FROM chunks WHERE item = ?)", (owner, item))


def _drop_chunks(writer: sqlite3.Connection, collection: str, owner: str, item: int, keep: Sequence[str]) -> None:
    """Delete an item's passages but for some."""
    _note_gone(writer, collection, owner, item, keep)
    dropped = writer.execute(
        "DELETE FROM chunks WHERE item = ? AND id NOT IN (SELECT value FROM json_each(?))",
        (item, json.dumps(list(keep))),
    ).rowcount
    if dropped:
        write_fact(writer, "traces", 1)


def _note_gone(writer: sqlite3.Connection, collection: str, owner: str, item: int, keep: Sequence[str]) -> None:
    """Note that the vector index is to forget an item's passages where they are, but for some."""
    writer.execute(
        "INSERT OR IGNORE INTO gone (id, owner, collection) SELECT id, ?, ? FROM chunks"
        " WHERE vector IS NOT NULL AND item = ? AND id NOT IN (SELECT value FROM json_each(?))",
        (owner, collection, item, json.dumps(list(keep))),
    )


def _index(writer: sqlite3.Connection, item: int) -> None:
    """Put an item's passages into the keyword index."""
    writer.execute(
        "INSERT INTO words (rowid, title, headings, text)"
        " SELECT key, title, headings, text FROM passages WHERE item = ?",
        (item,),
    )


def _unindex(writer: sqlite3.Connection, item: int) -> None:
    """Take an item's passages out of the keyword index, which has to be told what they are."""
    writer.execute(
        "INSERT INTO words (words, rowid, title, headings, text)"
        " SELECT 'delete', key, title, headings, text FROM passages WHERE item = ?",
        (item,),
    )


def _item_row(row: Sequence[Any], owners: frozenset[str]) -> ItemRow:
    """Return an item as a listing shows it."""
    item_id, fingerprint, owner, at, title, code, message = row
    error = _row_error(code, message)
    shown = title if owner in owners else ""
    return ItemRow(item_id, fingerprint, owner, at, shown, "failed" if error else "stored", error)


def _row_error(code: str | None, message: str | None) -> RowError | None:
    """Return why an item could not be read, None if it could."""
    return None if code is None else RowError(code, message or "")
