"""Keep an append-only record of everything that was asked, refused and done.

Each row carries the hash of the row before it, so that a later change or a missing row shows; where the chain ends, and
how the whole file looks, is known outside of it.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
import json
import logging
import math
from pathlib import Path
import sqlite3
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ...const import DOMAIN
from ...sqlite_file import SqliteFile
from ..effects import canonical_json
from ..secrets import Secrets
from . import chain, rewrite, rows
from .rows import Kind
from .seal import Problem, Seal, file_hash

_LOGGER = logging.getLogger(__name__)

_TIMEOUT_SECONDS: Final = 10
_STORAGE_VERSION: Final = 1
# What is added in this time after a row need not be sealed row by row.
_SEAL_SECONDS: Final = 1.0
# So many rows lie beside the file before they are written into it, and it is sealed anew.
_ROWS_BESIDE: Final = 256
# Nobody who acts waits for more rows than these to be looked at.
_WALK: Final = 1000

_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
);
{rewrite.NO_UPDATE}
{rewrite.NO_DELETE}
"""


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """Whether the audit is as it was written, how many rows fit, the first that does not, and what is wrong."""

    ok: bool
    rows: int
    first_bad: int | None
    problem: Problem | None = None


class Audit:
    """The audit in an SQLite file; what a method returned is on the disk.

    Every method raises HomeAssistantError when the disk fails or is too slow.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        path: Path,
        secrets: Secrets | None = None,
    ) -> None:
        """Name the file; nothing is opened yet."""
        self._path = path
        self._secrets = secrets or Secrets()
        self._copies: list[Path] = []
        self._copy_listeners: list[Callable[[Path], None]] = []
        self._store = Store[dict[str, Any]](hass, _STORAGE_VERSION, f"{DOMAIN}.audit_seal", atomic_writes=True)
        self._seal = Seal()
        self._beside = 0
        self._rewritten = 0
        self._is_open = False
        self._listeners: list[Callable[[str, int, Mapping[str, Any]], None]] = []
        self._file = SqliteFile(
            hass,
            path,
            _connect,
            _unavailable,
            seconds=_TIMEOUT_SECONDS,
            on_copy=self._on_copy,
            rescue=self._begin,
        )

    async def async_open(self) -> None:
        """Open the file, or make it; a damaged one is moved aside."""
        seal = Seal.from_stored(await self._store.async_load())
        self._seal = seal or Seal()
        await self._file.async_open()
        self._is_open = True
        await self._file.async_do(lambda connection: self._look(connection, is_known=seal is not None))

    async def async_close(self) -> None:
        """Close the file; the audit can't be used afterwards."""
        if self._is_open:
            self._is_open = False
            # A file that can't be sealed is told of, and its end is known all the same.
            with suppress(HomeAssistantError):
                await self._async_seal()
            await self._file.async_close()

    async def async_append(self, kind: str, body: Mapping[str, Any]) -> int:
        """Add a row and return its id; `body` must be fit for JSON, what is secret in it is masked."""
        body = self._secrets.masked(body)
        at = dt_util.utcnow().isoformat()
        row_id = await self._file.async_do(lambda connection: self._append(connection, at, kind, body))
        if self._beside < _ROWS_BESIDE:
            self._store.async_delay_save(self._stored, _SEAL_SECONDS)
        else:
            await self._async_seal()
        for listener in list(self._listeners):
            listener(kind, row_id, body)
        return row_id

    def add_listener(self, listener: Callable[[str, int, Mapping[str, Any]], None]) -> Callable[[], None]:
        """Call `listener` with the kind, the id and the body of every new row until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def on_copy(self, listener: Callable[[Path], None]) -> None:
        """Call `listener` with each damaged file that was moved aside, also with those of before."""
        self._copy_listeners.append(listener)
        for aside in self._copies:
            listener(aside)

    async def async_rows(self, limit: int = 100, before: int | None = None) -> list[dict[str, Any]]:
        """Return up to `limit` rows older than row `before`, newest first."""
        return await self._file.async_do(lambda connection: _rows(connection, limit, before))

    async def async_between(self, start: datetime, end: datetime) -> list[dict[str, Any]]:
        """Return the rows of a time, oldest first."""
        span = start.astimezone(dt_util.UTC).isoformat(), end.astimezone(dt_util.UTC).isoformat()
        return await self._file.async_do(lambda connection: _between(connection, *span))

    async def async_withhold(self, user_ids: Collection[str | None] | None) -> None:
        """Take out of what was asked by some users, or by anybody, the words and what was to be done with what.

        That something was done stays, and to which entities. The chain is sealed anew from the first row that changes,
        which is why a damaged one is left as it is; a file that was moved aside can't be sealed, and goes.
        """
        await self._file.async_delete_copies(math.inf)
        if (await self.async_verify()).ok:
            await self._async_rewrite(lambda connection: rewrite.withhold(connection, user_ids))

    async def async_prune(self, before: datetime, days: int) -> int:
        """Delete the rows of before a moment and return how many; a row says so, and the chain goes on from it.

        A chain that does not hold is left as it is: it is the proof that something happened to it.
        """
        await self._file.async_delete_copies(before.timestamp())
        cut = before.astimezone(dt_util.UTC).isoformat()
        through = await self._file.async_do(lambda connection: rewrite.older(connection, cut))
        if through is None or not (await self.async_verify()).ok:
            return 0
        at = dt_util.utcnow().isoformat()
        return await self._async_rewrite(lambda connection: rewrite.prune(connection, through, at, days))

    async def async_verify(self) -> AuditVerdict:
        """Look at every row and every byte."""
        if (problem := await self._file.async_do(self._look_at_file)) is not None:
            self._seal = replace(self._seal, problem=self._seal.problem or problem)
        verdict = None
        while verdict is None:
            verdict = await self._async_walk()
        return verdict

    async def _async_walk(self) -> AuditVerdict | None:
        """Go along the whole chain, some rows at a time; return None where it was rewritten in the meantime."""
        rewritten, walk = self._rewritten, None
        while rewritten == self._rewritten:
            found = await self._file.async_do(partial(self._walk, walk=walk))
            if isinstance(found, AuditVerdict):
                return found
            walk = found
        return None

    async def async_begin_anew(self) -> None:
        """Move the file aside for a person to look into, and begin a new one whose first row says so."""
        await self._file.async_set_aside()
        await self._store.async_save(self._seal.as_stored())

    async def _async_rewrite[T](self, job: Callable[[sqlite3.Connection], T]) -> T:
        def rewritten(connection: sqlite3.Connection) -> T:
            result = job(connection)
            self._rewritten += 1
            self._seal = replace(self._seal, newest=chain.newest(connection))
            return result

        result = await self._file.async_do(rewritten)
        await self._async_seal()
        return result

    async def _async_seal(self) -> None:
        """Write what lies beside the file into it, and seal it as it is then."""
        # Between the two nobody knows the file, so that a power cut there looks like no tampering.
        await self._store.async_save({**self._seal.as_stored(), "file": None})
        await self._file.async_do(self._seal_file)
        await self._store.async_save(self._seal.as_stored())

    def _stored(self) -> dict[str, Any]:
        return self._seal.as_stored()

    def _append(self, connection: sqlite3.Connection, at: str, kind: str, body: Mapping[str, Any]) -> int:
        link = chain.append(connection, at, kind, canonical_json(body))
        self._seal = replace(self._seal, newest=link)
        self._beside += 1
        return link.id

    def _look(self, connection: sqlite3.Connection, *, is_known: bool) -> None:
        """Take over the end of the chain, and note when it is not what it was."""
        is_cut = is_known and not chain.holds(connection, self._seal.newest)
        problem = self._seal.problem or (Problem.CUT if is_cut else None)
        self._seal = replace(self._seal, newest=chain.newest(connection), problem=problem)

    def _look_at_file(self, _connection: sqlite3.Connection) -> Problem | None:
        """Compare every byte of the file; what lies beside it has checksums of its own, and rows that are counted."""
        return Problem.FILE if self._seal.file not in (None, file_hash(self._path)) else None

    def _seal_file(self, connection: sqlite3.Connection) -> None:
        """Write what lies beside the file into it, and note how it looks from now on."""
        problem = self._seal.problem or self._look_at_file(connection)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._seal = replace(self._seal, file=file_hash(self._path), problem=problem)
        self._beside = 0

    def _walk(self, connection: sqlite3.Connection, walk: chain.Walk | None) -> chain.Walk | AuditVerdict:
        """Look at some rows; at the end, or where no row can be read any more, say what was found."""
        try:
            walk = chain.walk_on(connection, walk or chain.begin(connection), _WALK)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as err:
            if not chain.is_damage(err):
                raise
            count = walk.rows if walk else 0
            return AuditVerdict(ok=False, rows=count, first_bad=None, problem=Problem.DAMAGED)
        if not walk.at_end:
            return walk
        problem = Problem.CHAIN if walk.first_bad is not None else self._seal.problem
        if problem is None and walk.last != self._seal.newest:
            return AuditVerdict(ok=False, rows=walk.rows, first_bad=walk.last.id + 1, problem=Problem.CUT)
        return AuditVerdict(ok=problem is None, rows=walk.rows, first_bad=walk.first_bad, problem=problem)

    def _begin(self, aside: Path, connection: sqlite3.Connection) -> None:
        """Say in the first row of a new file which one it takes the place of."""
        before, self._seal = self._seal, Seal()
        body = rows.begun(aside.name, before.newest.id, before.newest.hash)
        self._append(connection, dt_util.utcnow().isoformat(), Kind.BEGUN, body)

    def _on_copy(self, aside: Path) -> None:
        _LOGGER.error("The audit could not be read and was moved to %s; a new one begins", aside.name)
        self._copies.append(aside)
        for listener in self._copy_listeners:
            listener(aside)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        # A byte that is no text must not hide the row that it stands in: its hash says that it was changed.
        connection.text_factory = lambda data: data.decode(errors="replace")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA secure_delete = ON")
        # Only with our knowledge does the file itself change, or its seal would be broken.
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE)
        connection.executescript(_SCHEMA)
        chain.newest(connection)
    except (sqlite3.Error, UnicodeDecodeError) as err:
        connection.close()
        if chain.is_damage(err):
            raise sqlite3.DatabaseError(str(err)) from err
        raise
    return connection


def _rows(connection: sqlite3.Connection, limit: int, before: int | None) -> list[dict[str, Any]]:
    found = connection.execute(
        "SELECT id, at, kind, body FROM audit WHERE ?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT ?2",
        (before, limit),
    )
    return [_readable(row) for row in found]


def _between(connection: sqlite3.Connection, start: str, end: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for row in connection.execute("SELECT id, at, kind, body FROM audit ORDER BY id DESC"):
        if row["at"] < start:
            break
        if row["at"] < end:
            found.append(_readable(row))
    return found[::-1]


def _readable(row: sqlite3.Row) -> dict[str, Any]:
    """Return a row with its body read; of one that was tampered with there may be no more to read."""
    try:
        body = dict(json.loads(row["body"]))
    except ValueError, TypeError:
        body = {"unreadable": True}
    return {"id": row["id"], "at": row["at"], "kind": row["kind"], **body}


def _unavailable() -> HomeAssistantError:
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="audit_unavailable")
