"""Say how the library fares, to programs and people alike."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hearthd.library.item import CollectionRow


@dataclass(frozen=True, slots=True)
class Overview:
    """How the library fares: `problem` is for a person; `trouble` is the code of what keeps vectors from being made."""

    collections: tuple[CollectionRow, ...]
    model: str | None
    dimension: int | None
    is_rebuilding: bool
    trouble: str | None
    problem: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return it as it is told over the wire."""
        pending = sum(row.pending for row in self.collections)
        return {
            "collections": [_described(row) for row in self.collections],
            "embedding": {
                "model": self.model,
                "dimension": self.dimension,
                "state": "failed" if self.trouble else ("indexing" if pending else "ready"),
                "rebuilding": self.is_rebuilding,
                "error": self.trouble,
            },
            "state": "damaged" if self.problem else "ok",
            "problem": self.problem,
        }


def as_time(seconds: float | None) -> str | None:
    """Return Unix seconds in ISO 8601, UTC."""
    return None if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _described(row: CollectionRow) -> dict[str, Any]:
    """Describe how much a collection holds."""
    return {
        "name": row.name,
        "items": row.items,
        "chunks": row.chunks,
        "pending": row.pending,
        "words_only": row.words_only,
        "errors": row.errors,
        "updated": as_time(row.updated),
        "at_home": row.at_home,
    }
