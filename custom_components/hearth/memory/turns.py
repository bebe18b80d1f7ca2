"""Say what is kept of conversations."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
import json
import sqlite3
from typing import Any, Self


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
