"""Remember conversations beyond Home Assistant's five minutes, each for its owner only."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from functools import partial
import json
import logging
from pathlib import Path
import sqlite3
from typing import Any, Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from .claims import telling, tokens
from .facts import MemoryRefused

_LOGGER = logging.getLogger(__name__)

PAGE_SIZE = 5
_TIMEOUT_SECONDS = 15
_EXPORTED_AT_ONCE = 200
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
_COLUMNS = "id, owner, conversation, at, agent, place, words, reply, tools, outside"


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """One turn as it is kept: whose, when and where, what was said, which tools acted, whether outside text was in it.

    `at` has a zone; `id` is 0 before it is stored; `summary` stands for a conversation of long ago as a whole.
    """

    owner: str
    conversation: str
    at: datetime
    agent: str
    words: str
    reply: str
    place: str | None = None
    tools: tuple[str, ...] = ()
    outside: bool = False
    id: int = 0
    summary: str | None = None

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> Self:
        """Read a row."""
        values = {field.name: row[field.name] for field in fields(cls) if field.name in row.keys()}  # noqa: SIM118 - a Row iterates over values
        return cls(
            **{
                **values,
                "at": datetime.fromisoformat(row["at"]),
                "tools": tuple(json.loads(row["tools"])),
                "outside": bool(row["outside"]),
            }
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the turn as it is exported."""
        told = {name: value for name, value in asdict(self).items() if name not in ("id", "summary")}
        return {**told, "at": self.at.isoformat(), "tools": list(self.tools)}


@dataclass(frozen=True, slots=True)
class RecallPage:
    """Some turns that were found, and the number of the next page, None on the last."""

    turns: tuple[StoredTurn, ...]
    next_page: int | None = None


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """A conversation as a document: whose it was, when it began, and what was said in it."""

    owner: str
    time: datetime
    text: str
    title: str | None = None


class Recall:
    """The conversations, in an SQLite file; what a method returned is on the disk.

    `retention` gives the days that they are kept; none are with 0. Every async method raises MemoryRefused when the
    disk fails or is too slow.
    """

    def __init__(self, hass: HomeAssistant, path: Path, retention: Callable[[], int]) -> None:
        """Name the file; nothing is opened yet."""
        self._hass = hass
        self._path = path
        self._retention = retention
        self._lock = asyncio.Lock()
        self._connection: sqlite3.Connection | None = None
        self._listeners: list[Callable[[], None]] = []

    async def async_open(self) -> Path | None:
        """Open the file, or make it; a damaged one is moved aside, and where to is returned."""
        return await self._async_job(self._open_or_begin)

    async def async_close(self) -> None:
        """Close the file; nothing can be recalled afterwards."""
        if (connection := self._connection) is not None:
            self._connection = None
            await self._async_job(connection.close)

    async def async_store(self, turn: StoredTurn) -> int | None:
        """Keep a turn and return its ID; None if conversations are not kept."""
        if self._retention() <= 0:
            return None
        stored = await self._async_job(lambda: self._insert(turn))
        self._tell()
        return stored

    async def async_search(
        self,
        owners: Sequence[str],
        words: str = "",
        *,
        after: datetime | None = None,
        before: datetime | None = None,
        page: int = 0,
        size: int = PAGE_SIZE,
    ) -> RecallPage:
        """Return turns of owners: those that speak most of some words, or the newest; `before` itself is left out.

        A turn of a conversation that was summarised has the summary with it.
        """
        if not owners:
            return RecallPage(())
        asked = telling(words, self._hass.config.language) or tokens(words)
        if words.strip() and not asked:
            return RecallPage(())
        rows = await self._async_job(lambda: self._search(owners, asked, _utc(after), _utc(before), page, size + 1))
        turns = tuple(StoredTurn.from_row(row) for row in rows[:size])
        return RecallPage(turns, page + 1 if len(rows) > size else None)

    async def async_conversations(self) -> Mapping[str, str]:
        """Return the conversations that are kept, each with a version that another turn or a deletion changes."""
        rows = await self._async_job(
            lambda: self._all("SELECT conversation, count(*) n, max(id) last FROM turns GROUP BY conversation")
        )
        return {row["conversation"]: f"{row['n']}@{row['last']}" for row in rows}

    async def async_conversation(self, conversation: str) -> KeptConversation | None:
        """Return a conversation as a document; one of several owners is nobody's."""
        turns = await self.async_turns(conversation)
        if not turns or len({turn.owner for turn in turns}) > 1:
            return None
        text = "\n\n".join(f"Said: {turn.words}\nAnswered: {turn.reply}" for turn in turns)
        return KeptConversation(turns[0].owner, turns[0].at, text)

    async def async_turns(self, conversation: str, *, unconsidered: bool = False) -> tuple[StoredTurn, ...]:
        """Return the turns of a conversation in their order, or those that nothing has been learnt from yet."""
        sql = f"SELECT {_COLUMNS} FROM turns WHERE conversation = ? AND considered <= ? ORDER BY id"  # noqa: S608 - constants
        rows = await self._async_job(lambda: self._all(sql, (conversation, 0 if unconsidered else 1)))
        return tuple(StoredTurn.from_row(row) for row in rows)

    async def async_unconsidered(self, since: datetime) -> tuple[str, ...]:
        """Return the conversations since a time that nothing has been learnt from yet."""
        sql = "SELECT DISTINCT conversation FROM turns WHERE NOT considered AND at >= ? ORDER BY id"
        rows = await self._async_job(lambda: self._all(sql, (_utc(since),)))
        return tuple(row["conversation"] for row in rows)

    async def async_consider(self, turns: Iterable[StoredTurn]) -> None:
        """Note that turns have been learnt from."""
        ids = [(turn.id,) for turn in turns]
        await self._async_job(lambda: self._many("UPDATE turns SET considered = 1 WHERE id = ?", ids))

    async def async_unsummarised(self, before: datetime, least: int) -> tuple[str, ...]:
        """Return the conversations of at least so many turns that ended before a time and have no summary."""
        sql = (
            "SELECT conversation FROM turns WHERE conversation NOT IN (SELECT conversation FROM summaries)"
            " GROUP BY conversation HAVING max(at) < ? AND count(*) >= ? AND count(DISTINCT owner) = 1 ORDER BY max(id)"
        )
        rows = await self._async_job(lambda: self._all(sql, (_utc(before), least)))
        return tuple(row["conversation"] for row in rows)

    async def async_summarise(self, turns: Sequence[StoredTurn], text: str) -> None:
        """Keep a summary of all turns of a conversation; the turns stay for as long as any."""
        row = (turns[0].owner, turns[0].conversation, turns[-1].id, text)
        await self._async_job(lambda: self._many("INSERT OR REPLACE INTO summaries VALUES (?, ?, ?, ?)", [row]))

    async def async_forget(self, owners: Sequence[str] | None, gives_away: Callable[[str], bool]) -> int:
        """Delete the turns of owners, or of all, whose words and reply give something away; return how many."""
        mine = f"WHERE owner IN ({_marks(owners)})" if owners is not None else ""
        sql = f"SELECT id, words, reply FROM turns {mine}"  # noqa: S608 - marks only

        def find() -> list[int]:
            rows = self._all(sql, tuple(owners or ()))
            return [row["id"] for row in rows if gives_away(f"{row['words']} {row['reply']}")]

        return await self._async_delete(find)

    async def async_expire(self) -> int:
        """Delete what is older than it is to be kept, and return how many turns that was."""
        oldest = _utc(dt_util.utcnow() - timedelta(days=max(0, self._retention())))
        return await self._async_delete(lambda: self._ids("SELECT id FROM turns WHERE at < ?", (oldest,)))

    async def async_forget_conversation(self, conversation: str) -> int:
        """Delete every turn of a conversation, and return how many there were."""
        return await self._async_delete(
            lambda: self._ids("SELECT id FROM turns WHERE conversation = ?", (conversation,))
        )

    async def async_erase(self, owner: str | None) -> int:
        """Delete every turn of an owner, or all, and return how many there were."""
        return await self._async_delete(
            lambda: self._ids("SELECT id FROM turns WHERE ?1 IS NULL OR owner = ?1", (owner,))
        )

    async def async_export(self, owners: Sequence[str]) -> AsyncGenerator[dict[str, Any]]:
        """Yield every turn of owners, oldest first, fit for JSON."""
        sql = (
            f"SELECT {_COLUMNS} FROM turns WHERE id > ? AND owner IN ({_marks(owners)})"  # noqa: S608 - constants and marks
            f" ORDER BY id LIMIT {_EXPORTED_AT_ONCE}"
        )
        rows = await self._async_job(lambda: self._all(sql, (0, *owners)))
        while rows:
            for row in rows:
                yield StoredTurn.from_row(row).as_dict()
            after = (rows[-1]["id"], *owners)
            rows = await self._async_job(partial(self._all, sql, after))

    async def async_import(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Keep exported turns, from which nothing is learnt; raises KeyError, TypeError or ValueError for others."""
        turns = [
            StoredTurn(**{**row, "at": datetime.fromisoformat(row["at"]), "tools": tuple(row["tools"])}) for row in rows
        ]
        return await self._async_job(lambda: sum(self._insert(turn, considered=True) > 0 for turn in turns))

    @callback
    def add_listener(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after turns were kept or deleted until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def _async_delete(self, find: Callable[[], list[int]]) -> int:
        def delete() -> int:
            ids = find()
            if ids:
                with self._open:
                    self._open.executemany("DELETE FROM turns WHERE id = ?", [(turn_id,) for turn_id in ids])
                    # Only when its parts are merged does the index overwrite the words that are gone.
                    self._open.execute("INSERT INTO turn_words (turn_words) VALUES ('optimize')")
            return len(ids)

        deleted = await self._async_job(delete)
        if deleted:
            self._tell()
        return deleted

    async def _async_job[T](self, job: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS), self._lock:
                return await self._hass.async_add_executor_job(job)
        except (sqlite3.Error, OSError, TimeoutError) as err:
            _LOGGER.warning("The kept conversations could not be read or written: %s", type(err).__name__)
            raise MemoryRefused(translation_domain=DOMAIN, translation_key="recall_unavailable") from err

    @callback
    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()

    def _open_or_begin(self) -> Path | None:
        try:
            self._connection = self._connect()
        except sqlite3.OperationalError:
            # A full or read-only disk is no reason to give up a file that is sound.
            raise
        except sqlite3.DatabaseError:
            now = dt_util.now()
            aside = self._path.with_name(f"{self._path.stem}.damaged-{now:%Y%m%dT%H%M%S}{self._path.suffix}")
            self._path.rename(aside)
            self._path.with_name(f"{self._path.name}-journal").unlink(missing_ok=True)
            self._connection = self._connect()
            return aside
        return None

    def _connect(self) -> sqlite3.Connection:
        """Open the file and bring it up to date; raises sqlite3.DatabaseError for one that is damaged."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch(0o600)
        connection = sqlite3.connect(self._path, check_same_thread=False)
        connection.row_factory = sqlite3.Row
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

    @property
    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise sqlite3.ProgrammingError("the conversations are closed")
        return self._connection

    def _insert(self, turn: StoredTurn, *, considered: bool = False) -> int:
        with self._open:
            row = self._open.execute(
                "INSERT INTO turns (owner, conversation, at, agent, place, words, reply, tools, outside, considered)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                (
                    turn.owner,
                    turn.conversation,
                    _utc(turn.at),
                    turn.agent,
                    turn.place,
                    _writable(turn.words),
                    _writable(turn.reply),
                    json.dumps(turn.tools),
                    turn.outside,
                    considered,
                ),
            ).fetchone()
        return int(row["id"])

    def _search(
        self, owners: Sequence[str], asked: Sequence[str], after: str | None, before: str | None, page: int, size: int
    ) -> list[sqlite3.Row]:
        found = "JOIN turn_words ON turn_words.rowid = turns.id" if asked else ""
        order = "bm25(turn_words), turns.id DESC" if asked else "turns.id DESC"
        columns = ", ".join(f"turns.{column}" for column in _COLUMNS.split(", "))
        # Marks, columns and order are ours; everything that somebody said is bound.
        sql = f"""
            SELECT {columns}, summaries.text AS summary FROM turns {found}
            LEFT JOIN summaries ON summaries.conversation = turns.conversation AND summaries.last >= turns.id
            WHERE turns.owner IN ({_marks(owners)})
            AND (? IS NULL OR turns.at >= ?) AND (? IS NULL OR turns.at < ?)
            {"AND turn_words MATCH ?" if asked else ""}
            ORDER BY {order} LIMIT ? OFFSET ?"""  # noqa: S608 - see above
        bound = [*owners, after, after, before, before, *([_match(asked)] if asked else [])]
        return self._all(sql, (*bound, size, page * (size - 1)))

    def _ids(self, sql: str, bound: Sequence[Any]) -> list[int]:
        return [row["id"] for row in self._all(sql, bound)]

    def _all(self, sql: str, bound: Sequence[Any] = ()) -> list[sqlite3.Row]:
        return self._open.execute(sql, bound).fetchall()

    def _many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._open:
            self._open.executemany(sql, rows)


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


def _match(words: Sequence[str]) -> str:
    """Return a query of the index for any of some words; in quotes, none of them is an operator."""
    return " OR ".join('"{}"'.format(word.replace('"', "")) for word in words)


def _writable(text: str) -> str:
    """Return a text without what no file can hold: halves of characters, which a model may write."""
    return text.encode("utf-8", "replace").decode()


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def _utc(at: datetime | None) -> str | None:
    return dt_util.as_utc(at).isoformat(timespec="seconds") if at else None
