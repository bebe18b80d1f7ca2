"""Keep the last changes of memory for as long as they can be undone, and not a moment longer.

Nothing here may run in the event loop.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
import json
import logging
from pathlib import Path
from typing import Any

from .facts import Change, ChangeKind, Fact, FactKind
from .page_file import write

_LOGGER = logging.getLogger(__name__)

# How long a change can be undone; until then what was forgotten is kept here.
WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Journal:
    """The changes that can be undone, in a file beside the pages, oldest first."""

    path: Path

    def changes(self) -> list[Change]:
        """Return every change that is kept; a file that can't be read is empty: nothing but undoing depends on it."""
        try:
            return [_change(entry) for entry in json.loads(self.path.read_text("utf-8"))]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, KeyError) as err:
            _LOGGER.warning("What could be undone in the memory can't be read: %s", type(err).__name__)
            return []

    def add(self, change: Change) -> None:
        """Keep a change, once; raises OSError."""
        self._keep([*(kept for kept in self.changes() if kept.id != change.id), change])

    def remove(self, changes: Iterable[Change]) -> None:
        """Keep some changes no longer; raises OSError."""
        gone = {change.id for change in changes}
        kept = self.changes()
        if any(change.id in gone for change in kept):
            self._keep([change for change in kept if change.id not in gone])

    def last(self, by: str) -> Change | None:
        """Return the last change that somebody made."""
        return next((change for change in reversed(self.changes()) if change.by == by), None)

    def erase(self, owner: str | None) -> None:
        """Keep no change of anybody's page, or of one owner's or by them; raises OSError."""
        self.remove(change for change in self.changes() if owner is None or owner in (change.owner, change.by))

    def _keep(self, changes: list[Change]) -> None:
        if changes:
            write(self.path, json.dumps([asdict(change) for change in changes], default=str, indent=1).encode())
        else:
            self.path.unlink(missing_ok=True)


def _change(entry: dict[str, Any]) -> Change:
    return Change(
        id=entry["id"],
        kind=ChangeKind(entry["kind"]),
        owner=entry["owner"],
        by=entry["by"],
        at=datetime.fromisoformat(entry["at"]),
        before=tuple(map(_fact, entry["before"])),
        after=tuple(map(_fact, entry["after"])),
    )


def _fact(entry: dict[str, Any]) -> Fact:
    known = {field.name: entry[field.name] for field in fields(Fact)}
    days = {name: date.fromisoformat(known[name]) if known[name] else None for name in ("day", "until")}
    return Fact(**{**known, **days, "kind": FactKind(known["kind"])})
