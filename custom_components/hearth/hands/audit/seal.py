"""Know from outside the audit's file how it must look, so that rows cut off its end and another file show."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
import hashlib
from pathlib import Path
from typing import Any, Self

from .chain import BEGINNING, Link


class Problem(StrEnum):
    """What can be wrong with the audit: a row, rows that are missing at the end, other bytes, or all of the file."""

    CHAIN = "chain"
    CUT = "cut"
    FILE = "file"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Seal:
    """The end of the chain, the hash of the whole file where it is known, and what was once found to be wrong."""

    newest: Link = BEGINNING
    file: str | None = None
    problem: Problem | None = None

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any] | None) -> Self | None:
        """Read what `as_stored` wrote, None for nothing."""
        if not stored:
            return None
        problem = stored["problem"]
        return cls(Link(stored["id"], stored["hash"]), stored["file"], Problem(problem) if problem else None)

    def as_stored(self) -> dict[str, Any]:
        """Return the seal fit for JSON."""
        return {"id": self.newest.id, "hash": self.newest.hash, "file": self.file, "problem": self.problem}


def file_hash(path: Path) -> str:
    """Return the hash of every byte of a file; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
