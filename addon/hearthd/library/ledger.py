"""Keep account of vectors: which are still to be made, to go into the vector index, and to leave it.

The account lies in the same database as the passages, so that the two are never at odds.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
import json
import sqlite3

import numpy as np
from numpy.typing import NDArray

from hearthd.library.database import Database, read_at_home, read_fact, write_fact
from hearthd.library.item import HEADING_MARK, embedded_text
from hearthd.library.scope import Scope

_FIELDS = "c.key, c.revision, c.id, i.owner, c.vector"
_FROM = "FROM chunks c JOIN items i ON i.key = c.item"
_ITEMS_OF = "(SELECT key FROM items WHERE collection IN (SELECT value FROM json_each(?)))"
_NONE = "[]"
# As many vectors as a search can afford to read.
_MOST_EXACT = 2000


@dataclass(frozen=True, slots=True)
class StoredVector:
    """A passage's vector and whose it is, as they were when the passage had changed `revision` times."""

    key: int
    revision: int
    id: str
    owner: str
    vector: NDArray[np.float32]


class VectorLedger:
    """What is still to be done about vectors; any thread may use it."""

    def __init__(self, database: Database) -> None:
        """Keep account in a database."""
        self._database = database

    def model(self) -> tuple[str, int] | None:
        """Return whose vectors these are: the model's id and their dimension."""
        with self._database.reading() as reader:
            fact = read_fact(reader, "model")
        return None if fact is None else (fact["id"], fact["dimension"])

    def begin_model(self, model_id: str, dimension: int) -> None:
        """Forget all vectors, and have them made by a model."""
        with self._database.writing() as writer:
            write_fact(writer, "model", {"id": model_id, "dimension": dimension})
            write_fact(writer, "rebuilding", 1)
            writer.execute("UPDATE chunks SET vector = NULL, placed = 0, revision = revision + 1")
            writer.execute("DELETE FROM gone")

    def pending(self, limit: int, *, elsewhere: bool = False) -> list[tuple[str, str]]:
        """Return ids and texts of passages without a vector; the newest first, as these are what is asked about.

        For a model `elsewhere` what is kept at home is left out.
        """
        with self._database.reading() as reader:
            rows = reader.execute(
                f"SELECT c.id, i.title, c.headings, c.text {_FROM} WHERE c.vector IS NULL AND c.placed = 0"  # noqa: S608 - nothing of it is given
                " AND i.collection NOT IN (SELECT value FROM json_each(?)) ORDER BY c.key DESC LIMIT ?",
                (_withheld(reader, elsewhere=elsewhere), limit),
            ).fetchall()
        return [(row[0], embedded_text(row[1], row[2].split(HEADING_MARK), row[3])) for row in rows]

    def keep(self, vectors: Iterable[tuple[str, NDArray[np.float32]]]) -> None:
        """Keep the vectors of passages by their ids; those that are gone by now need none."""
        rows = [(vector.astype("<f2").tobytes(), one) for one, vector in vectors]
        with self._database.writing() as writer:
            writer.executemany("UPDATE chunks SET vector = ?, placed = 0, revision = revision + 1 WHERE id = ?", rows)

    def refuse(self, one: str) -> None:
        """Note that the model makes no vector of a passage; its words alone are to find it."""
        with self._database.writing() as writer:
            writer.execute("UPDATE chunks SET placed = -1 WHERE id = ? AND vector IS NULL", (one,))

    def withhold(self, *, elsewhere: bool) -> bool:
        """Leave to their words the passages that are kept at home, while the model is `elsewhere`, and no others.

        Return whether these are others than before.
        """
        with self._database.reading() as reader:
            is_idle = not read_fact(reader, "withheld") and _withheld(reader, elsewhere=elsewhere) == _NONE
        if is_idle:
            return False
        with self._database.writing() as writer:
            kept = _withheld(writer, elsewhere=elsewhere)
            is_new = bool(read_fact(writer, "withheld") != kept)
            if is_new:
                write_fact(writer, "withheld", None if kept == _NONE else kept)
                _release(writer, kept)
            # What came since the last time has no vector yet.
            which = "placed != -2" if is_new else "placed = 0"
            writer.execute(
                "UPDATE chunks SET vector = NULL, placed = -2, revision = revision + 1"  # noqa: S608 - nothing of it is given
                f" WHERE {which} AND item IN {_ITEMS_OF}",
                (kept,),
            )
        return is_new

    def unplaced(self, limit: int) -> list[StoredVector]:
        """Return vectors that the vector index does not have."""
        with self._database.reading() as reader:
            rows = reader.execute(
                f"SELECT {_FIELDS} {_FROM} WHERE c.placed = 0 AND c.vector IS NOT NULL ORDER BY c.key LIMIT ?", (limit,)
            ).fetchall()
        return [_stored(row) for row in rows]

    def note_placed(self, vectors: Iterable[StoredVector]) -> None:
        """Note that the vector index has these, unless their passages changed meanwhile."""
        with self._database.writing() as writer:
            writer.executemany(
                "UPDATE chunks SET placed = 1 WHERE key = ? AND revision = ?",
                [(vector.key, vector.revision) for vector in vectors],
            )

    def all_vectors(self, batch: int) -> Iterator[list[StoredVector]]:
        """Yield every vector, some at a time; what changes meanwhile may be in it or not."""
        last = 0
        while True:
            with self._database.reading() as reader:
                rows = reader.execute(
                    f"SELECT {_FIELDS} {_FROM} WHERE c.vector IS NOT NULL AND c.key > ? ORDER BY c.key LIMIT ?",
                    (last, batch),
                ).fetchall()
            if not rows:
                return
            last = rows[-1][0]
            yield [_stored(row) for row in rows]

    def place_again(self, ids: Iterable[str]) -> None:
        """Have some vectors written to the vector index again."""
        with self._database.writing() as writer:
            writer.executemany("UPDATE chunks SET placed = 0 WHERE id = ?", [(one,) for one in ids])

    def gone(self, limit: int) -> list[tuple[str, str]]:
        """Return ids of vectors that the vector index is to forget, and whose they were."""
        with self._database.reading() as reader:
            return reader.execute("SELECT id, owner FROM gone LIMIT ?", (limit,)).fetchall()

    def note_forgotten(self, gone: Iterable[tuple[str, str]]) -> None:
        """Note that the vector index has forgotten these."""
        with self._database.writing() as writer:
            writer.executemany("DELETE FROM gone WHERE id = ? AND owner = ?", gone)

    def has_traces(self) -> bool:
        """Tell whether files may still hold bytes of what was deleted."""
        with self._database.reading() as reader:
            return bool(read_fact(reader, "traces"))

    def folder(self) -> int:
        """Return the number of the folder that the vector index is in."""
        with self._database.reading() as reader:
            return read_fact(reader, "folder") or 0

    def change_folder(self, number: int, *, is_filled: bool) -> None:
        """Use another folder from now on, which has all vectors or none."""
        with self._database.writing() as writer:
            write_fact(writer, "folder", number)
            if is_filled:
                write_fact(writer, "traces", 0)
            else:
                writer.execute("UPDATE chunks SET placed = 0 WHERE placed = 1")
                writer.execute("DELETE FROM gone")

    def placed_ids(self) -> dict[str, set[str]]:
        """Return which vectors the vector index should have of each owner."""
        found: dict[str, set[str]] = {}
        with self._database.reading() as reader:
            for owner, one in reader.execute(f"SELECT i.owner, c.id {_FROM} WHERE c.placed = 1"):
                found.setdefault(owner, set()).add(one)
        return found

    def within(self, ids: Sequence[str], scope: Scope) -> list[str]:
        """Return those of some ids whose passages are in a scope, in their order."""
        with self._database.reading() as reader:
            return scope.keep(reader, "id", ids)

    def nearest(self, vector: NDArray[np.float32], scope: Scope, limit: int) -> list[str]:
        """Return the ids of the nearest passages in a scope, looked at one by one, the latest `_MOST_EXACT` of them."""
        condition, values = scope.condition()
        with self._database.reading() as reader:
            rows = reader.execute(
                f"SELECT c.id, c.vector {_FROM} WHERE c.vector IS NOT NULL AND {condition}"
                " ORDER BY coalesce(c.time, i.time) DESC LIMIT ?",
                (*values, _MOST_EXACT),
            ).fetchall()
        rows = [row for row in rows if len(row[1]) == 2 * len(vector)]
        if not rows:
            return []
        vectors = np.frombuffer(b"".join(row[1] for row in rows), "<f2").reshape(len(rows), -1).astype(np.float32)
        best = np.argsort(-(vectors @ vector), kind="stable")[:limit]
        return [rows[place][0] for place in best]

    def is_rebuilding(self) -> bool:
        """Tell whether most vectors are still to be made, because the model or the reading of sources changed."""
        with self._database.reading() as reader:
            return bool(read_fact(reader, "rebuilding"))

    def note_rebuilt(self) -> None:
        """Note that every vector is made."""
        with self._database.writing() as writer:
            write_fact(writer, "rebuilding", 0)


def unpacked(blob: bytes) -> NDArray[np.float32]:
    """Return a vector as it is reckoned with."""
    return np.frombuffer(blob, "<f2").astype(np.float32)


def _withheld(connection: sqlite3.Connection, *, elsewhere: bool) -> str:
    """Return the collections of which a model is not told, as JSON."""
    return json.dumps(sorted(read_at_home(connection)) if elsewhere else [])


def _release(writer: sqlite3.Connection, kept: str) -> None:
    """Have vectors made again of what is not kept at home any more, and those forgotten of what is now."""
    writer.execute(
        f"UPDATE chunks SET placed = 0 WHERE vector IS NULL AND placed = -2 AND item NOT IN {_ITEMS_OF}",  # noqa: S608 - the same
        (kept,),
    )
    gone = writer.execute(
        "INSERT OR IGNORE INTO gone (id, owner, collection)"
        f" SELECT c.id, i.owner, i.collection {_FROM} WHERE c.vector IS NOT NULL AND c.item IN {_ITEMS_OF}",
        (kept,),
    ).rowcount
    if gone:
        write_fact(writer, "traces", 1)


def _stored(row: tuple[int, int, str, str, bytes]) -> StoredVector:
    """Return a row as a vector."""
    key, revision, one, owner, vector = row
    return StoredVector(key, revision, one, owner, unpacked(vector))
