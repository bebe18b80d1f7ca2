"""Open the library's files: one program at a time, and what is damaged is saved as far as it can be."""

from contextlib import closing
from dataclasses import dataclass
import fcntl
from io import TextIOWrapper
import logging
from pathlib import Path
import sqlite3

from hearthd.library.database import DamagedDatabaseError, Database, read_fact, write_at_home, write_fact
from hearthd.library.keyword_index import KeywordIndex
from hearthd.library.ledger import VectorLedger
from hearthd.library.overview import Overview
from hearthd.library.salvage import read_items, read_kept, set_aside
from hearthd.library.shelf import Shelf
from hearthd.library.vector_index import VectorIndex

_LOGGER = logging.getLogger(__name__)

DATABASE = "library.db"
_DAMAGED = (
    "The library's file was damaged and set aside as {aside}. {count} items could be saved from it; "
    "what else was in it has to be given again."
)


@dataclass(frozen=True, slots=True)
class Peek:
    """What a glance at the library's file tells; `problem` is for a person."""

    items: int
    chunks: int
    pending: int
    problem: str | None


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of an open library."""

    claim: TextIOWrapper
    database: Database
    shelf: Shelf
    ledger: VectorLedger
    keywords: KeywordIndex
    vectors: VectorIndex

    def overview(self, trouble: str | None = None) -> Overview:
        """Tell how the library fares."""
        model = self.ledger.model()
        with self.database.reading() as reader:
            problem = read_fact(reader, "problem")
        return Overview(
            tuple(self.shelf.collections()),
            model[0] if model else None,
            model[1] if model else None,
            self.ledger.is_rebuilding(),
            trouble,
            problem,
        )

    def verify(self) -> list[str]:
        """Check everything, have differences set right, and return in words what was wrong.

        Raises:
            VectorIndexError: the vectors cannot be looked at.
        """
        problems = self.shelf.check()
        if self.ledger.model() is not None and (differences := self.vectors.compare()):
            problems.append(f"{differences} vectors were missing or superfluous; the engine sets that right.")
        return problems

    def close(self) -> None:
        """Let the files go."""
        self.vectors.close()
        self.database.close()
        self.claim.close()


def open_parts(folder: Path, chroma_url: str | None) -> Parts:
    """Open the library in a folder, which is made if there is none; this may take seconds.

    Raises:
        BlockingIOError: another program has it open.
        OSError, sqlite3.DatabaseError: it cannot be used.
    """
    folder.mkdir(parents=True, exist_ok=True)
    claim = (folder / ".lock").open("w")
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path = folder / DATABASE
        aside = None
        try:
            database = Database(path)
        except DamagedDatabaseError as err:
            aside = set_aside(path)
            _LOGGER.error("The library's file is damaged (%s); it was set aside as %s", err, aside.name)  # noqa: TRY400
            database = Database(path)
        shelf, ledger = Shelf(database), VectorLedger(database)
        if aside is not None:
            _save(aside, database, shelf)
        return Parts(claim, database, shelf, ledger, KeywordIndex(database), VectorIndex(folder, ledger, chroma_url))
    except BaseException:
        claim.close()
        raise


def peek(folder: Path) -> Peek | None:
    """Look at a library without opening or changing it, whoever has it open; None if there is none.

    Raises:
        sqlite3.DatabaseError: its file cannot be read.
    """
    path = folder / DATABASE
    if not path.exists():
        return None
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as reader:
        items, chunks = reader.execute("SELECT count(*), coalesce(sum(chunks), 0) FROM items").fetchone()
        pending = reader.execute("SELECT count(*) FROM chunks WHERE vector IS NULL AND placed = 0").fetchone()[0]
        return Peek(items, chunks, pending, read_fact(reader, "problem"))


def _save(aside: Path, database: Database, shelf: Shelf) -> None:
    """Take over what can be read of a damaged database, and remember to tell of it."""
    count, found = 0, set[str]()
    for collection, item in read_items(aside):
        shelf.restore(collection, item)
        found.add(collection)
        count += 1
    kept = read_kept(aside)
    with database.writing() as writer:
        # What nobody knows any more is kept at home until somebody says that it need not be.
        write_at_home(writer, found if kept is None else kept)
        write_fact(writer, "problem", _DAMAGED.format(aside=aside.name, count=count))
