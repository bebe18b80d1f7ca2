"""Read to-do lists, whichever integration keeps them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.util import dt as dt_util

from .asking import async_ask
from .times import day_of, iso, when


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is still to be done; `due` is a day or a time."""

    uid: str
    summary: str
    due: datetime | date | None = None
    description: str = ""

    @property
    def due_at(self) -> datetime | None:
        """Return the moment from which it is late, None for never."""
        if self.due is None or isinstance(self.due, datetime):
            return self.due
        return dt_util.start_of_local_day(self.due).replace(hour=23, minute=59)

    def told(self, now: datetime) -> str:
        """Return when it is due, in words."""
        if self.due is None:
            return ""
        late = "overdue since " if self.due_at and self.due_at < now else "due "
        return late + (when(self.due, now) if isinstance(self.due, datetime) else day_of(self.due, now))

    def as_dict(self) -> dict[str, Any]:
        """Return it for a tool's result."""
        due = iso(self.due) if isinstance(self.due, datetime) else self.due.isoformat() if self.due else None
        return {"summary": self.summary, "due": due}


async def async_items(
    hass: HomeAssistant, entity_ids: Sequence[str], context: Context | None = None
) -> dict[str, list[Item] | None]:
    """Return what is open on each of several lists, those that are due first; None for a list that does not answer."""
    answers = await async_ask(hass, "todo.get_items", entity_ids, context, status="needs_action")
    return {entity_id: answer and _parsed(answer["items"]) for entity_id, answer in answers.items()}


def _parsed(rows: Iterable[Mapping[str, str]]) -> list[Item]:
    items = [
        Item(row.get("uid") or row["summary"], row["summary"], _due(row.get("due")), row.get("description") or "")
        for row in rows
    ]
    # Lists are kept in their people's own order; only what is due comes before that.
    return sorted(items, key=lambda item: (item.due_at is None, item.due_at or dt_util.utcnow()))


def _due(text: str | None) -> datetime | date | None:
    if not text:
        return None
    moment = dt_util.parse_datetime(text) if "T" in text else dt_util.parse_date(text)
    return dt_util.as_local(moment) if isinstance(moment, datetime) else moment
