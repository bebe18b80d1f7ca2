"""Say whose items may be seen, and which of them are meant: the one place that keeps owners apart."""

from collections.abc import Sequence
from dataclasses import dataclass
import json
import sqlite3
from typing import Literal

HOUSEHOLD = "household"


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks, and what is asked for; there is no scope without an owner, so nothing is ever read without one.

    `collections` None means all. `after` and `before` are Unix seconds; with one of them, what has no time is left out.
    """

    owners: frozenset[str]
    collections: frozenset[str] | None = None
    after: float | None = None
    before: float | None = None

    def __post_init__(self) -> None:
        """Refuse to be without owners."""
        if not self.owners:
            raise ValueError("a scope needs an owner")

    def condition(self) -> tuple[str, list[str | float]]:
        """Return what SQL has to ask of an item `i` and its passage `c`, with the values that it asks for."""
        parts, values = ["i.owner IN (SELECT value FROM json_each(?))"], [json.dumps(sorted(self.owners))]
        told: list[str | float] = [*values]
        if self.collections is not None:
            parts.append("i.collection IN (SELECT value FROM json_each(?))")
            told.append(json.dumps(sorted(self.collections)))
        if self.after is not None:
            parts.append("coalesce(c.time, i.time) >= ?")
            told.append(self.after)
        if self.before is not None:
            parts.append("coalesce(c.time, i.time) < ?")
            told.append(self.before)
        return " AND ".join(parts), told

    def keep[T: int | str](
        self, reader: sqlite3.Connection, column: Literal["key", "id"], found: Sequence[T]
    ) -> list[T]:
        """Return those of some passages, by their key or id, that the scope covers, in their order."""
        condition, values = self.condition()
        rows = reader.execute(
            f"SELECT c.{column} FROM chunks c JOIN items i ON i.key = c.item"  # noqa: S608 - nothing of it is given
            f" WHERE c.{column} IN (SELECT value FROM json_each(?)) AND {condition}",
            (json.dumps(found), *values),
        )
        covered = {row[0] for row in rows}
        return [one for one in found if one in covered]
