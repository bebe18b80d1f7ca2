"""Remember conversations beyond Home Assistant's five minutes, each for its owner only."""

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
import json
import math
from pathlib import Path
import sqlite3
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..sqlite_file import SqliteFile
from .claims import telling, tokens
from .facts import MemoryRefused
from .recall_file import connect, rescue
from .turns import KeptConversation, RecallPage, StoredTurn

_PAGE_SIZE = 5
_TIMEOUT_SECONDS = 15
_EXPORTED_AT_ONCE = 200
_COLUMNS = "id, owner, conversation, at, agent, place, words, reply, tools, outside"


class Recall:
    """The conversations, in an SQLite file; what a method returned is on the disk.

    `retention` gives the days that they are kept; none are with 0. `on_copy` is told of a file that was set aside
    because it was damaged. Every async method raises MemoryRefused when the disk fails or is too slow.
    """

    def __init__(
        self, hass: HomeAssistant, path: Path, retention: Callable[[], int], on_copy: Callable[[Path], None]
    ) -> None:
        """Name the file; nothing is opened yet."""
        self._hass = hass
        self._file = SqliteFile(
            hass, path, connect, _unavailable, seconds=_TIMEOUT_SECONDS, on_copy=on_copy, rescue=rescue
        )
        self._retention = retention
        self._listeners: list[Callable[[], None]] = []

    async def async_open(self) -> None:
        """Open the file, or make it; of a damaged one what can still be read is taken over."""
        await self._file.async_open()

    async def async_close(self) -> None:
        """Close the file; nothing can be recalled afterwards."""
        await self._file.async_close()

    async def async_store(self, turn: StoredTurn) -> int | None:
        """Keep a turn and return its ID; None if conversations are not kept."""
        if self._retention() <= 0:
            return None
        stored = await self._file.async_do(lambda connection: _insert(connection, turn))
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
        size: int = _PAGE_SIZE,
    ) -> RecallPage:
        """Return turns of owners: those that speak most of some words, or the newest; `before` itself is left out.

        A turn of a conversation that was summarised has the summary with it.
        """
        if not owners:
            return RecallPage(())
        asked = telling(words, self._hass.config.language) or tokens(words)
        if words.strip() and not asked:
            return RecallPage(())
        sql, bound = _query(owners, asked, _utc(after), _utc(before))
        rows = await self._async_rows(sql, *bound, size + 1, page * size)
        turns = tuple(StoredTurn.from_row(row) for row in rows[:size])
        return RecallPage(turns, page + 1 if len(rows) > size else None)

    async def async_conversations(self) -> Mapping[str, str]:
        """Return the conversations that are kept, each with a version that another turn or a deletion changes."""
        sql = "SELECT conversation, count(*) n, max(id) last FROM turns GROUP BY conversation"
        rows = await self._async_rows(sql)
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
        rows = await self._async_rows(sql, conversation, 0 if unconsidered else 1)
        return tuple(StoredTurn.from_row(row) for row in rows)

    async def async_unconsidered(self, since: datetime) -> tuple[str, ...]:
        """Return the conversations since a time that nothing has been learnt from yet."""
        sql = "SELECT DISTINCT conversation FROM turns WHERE NOT considered AND at >= ? ORDER BY id"
        rows = await self._async_rows(sql, _utc(since))
        return tuple(row["conversation"] for row in rows)

    async def async_consider(self, turns: Iterable[StoredTurn]) -> None:
        """Note that turns have been learnt from."""
        await self._async_write("UPDATE turns SET considered = 1 WHERE id = ?", [(turn.id,) for turn in turns])

    async def async_unsummarised(self, before: datetime, least: int) -> tuple[str, ...]:
        """Return the conversations of at least so many turns that ended before a time and have no summary."""
        sql = (
            "SELECT conversation FROM turns WHERE conversation NOT IN (SELECT conversation FROM summaries)"
            " GROUP BY conversation HAVING max(at) < ? AND count(*) >= ? AND count(DISTINCT owner) = 1 ORDER BY max(id)"
        )
        rows = await self._async_rows(sql, _utc(before), least)
        return tuple(row["conversation"] for row in rows)

    async def async_summarise(self, turns: Sequence[StoredTurn], text: str) -> None:
        """Keep a summary of all turns of a conversation; the turns stay for as long as any."""
        row = (turns[0].owner, turns[0].conversation, turns[-1].id, text)
        await self._async_write("INSERT OR REPLACE INTO summaries VALUES (?, ?, ?, ?)", [row])

    async def async_forget(self, owners: Sequence[str] | None, gives_away: Callable[[str], bool]) -> int:
        """Delete the turns of owners, or of all, whose words and reply give something away; return how many."""
        mine = f"owner IN ({_marks(owners)})" if owners is not None else "TRUE"
        return await self._async_delete(mine, tuple(owners or ()), gives_away)

    async def async_expire(self) -> int:
        """Delete what is older than it is to be kept, and return how many turns that was."""
        oldest = dt_util.utcnow() - timedelta(days=max(0, self._retention()))
        await self._file.async_delete_copies(oldest.timestamp())
        return await self._async_delete("at < ?", (_utc(oldest),))

    async def async_erase(self, owner: str | None) -> int:
        """Delete every turn of an owner, or all, and return how many there were; no damaged file of anybody's stays."""
        await self._file.async_delete_copies(math.inf)
        return await self._async_delete("?1 IS NULL OR owner = ?1", (owner,))

    async def async_export(self, owners: Sequence[str]) -> AsyncGenerator[dict[str, Any]]:
        """Yield every turn of owners, oldest first, fit for JSON."""
        sql = (
            f"SELECT {_COLUMNS} FROM turns WHERE id > ? AND owner IN ({_marks(owners)})"  # noqa: S608 - constants and marks
            f" ORDER BY id LIMIT {_EXPORTED_AT_ONCE}"
        )
        rows = await self._async_rows(sql, 0, *owners)
        while rows:
            for row in rows:
                yield StoredTurn.from_row(row).as_dict()
            rows = await self._async_rows(sql, rows[-1]["id"], *owners)

    async def async_import(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Keep exported turns, from which nothing is learnt; raises KeyError, TypeError or ValueError for others."""
        turns = [
            StoredTurn(**{**row, "at": datetime.fromisoformat(row["at"]), "tools": tuple(row["tools"])}) for row in rows
        ]
        return await self._file.async_do(
            lambda connection: sum(_insert(connection, turn, considered=True) > 0 for turn in turns)
        )

    @callback
    def add_listener(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after turns were kept or deleted until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def _async_delete(
        self, which: str, bound: Sequence[Any], gives_away: Callable[[str], bool] = lambda _said: True
    ) -> int:
        """Delete the turns that fit a condition and give something away, and return how many there were."""

        def delete(connection: sqlite3.Connection) -> int:
            rows = connection.execute(f"SELECT id, words, reply FROM turns WHERE {which}", bound)  # noqa: S608 - the conditions are ours
            ids = [(row["id"],) for row in rows if gives_away(f"{row['words']} {row['reply']}")]
            if ids:
                with connection:
                    connection.executemany("DELETE FROM turns WHERE id = ?", ids)
                    # Only when its parts are merged does the index overwrite the words that are gone.
                    connection.execute("INSERT INTO turn_words (turn_words) VALUES ('optimize')")
            return len(ids)

        deleted = await self._file.async_do(delete)
        if deleted:
            self._tell()
        return deleted

    async def _async_rows(self, sql: str, *bound: Any) -> list[sqlite3.Row]:
        return await self._file.async_do(lambda connection: connection.execute(sql, bound).fetchall())

    async def _async_write(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        def write(connection: sqlite3.Connection) -> None:
            with connection:
                connection.executemany(sql, rows)

        await self._file.async_do(write)

    @callback
    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()


def _insert(connection: sqlite3.Connection, turn: StoredTurn, *, considered: bool = False) -> int:
    with connection:
        row = connection.execute(
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


def _query(
    owners: Sequence[str], asked: Sequence[str], after: str | None, before: str | None
) -> tuple[str, tuple[Any, ...]]:
    """Return what finds turns of owners, by words if there are any, and what is bound but the page."""
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
    return sql, (*owners, after, after, before, before, *([_match(asked)] if asked else []))


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


def _unavailable() -> MemoryRefused:
    return MemoryRefused(translation_domain=DOMAIN, translation_key="recall_unavailable")
