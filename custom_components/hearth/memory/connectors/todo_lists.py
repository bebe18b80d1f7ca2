"""Feed the library with the items of the to-do lists that the home shows to assistants."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, override

from homeassistant.util import dt as dt_util

from ...access import Source
from ...engine import LibraryItem
from .connector import SourceError, Trouble, digest
from .entities import EntityConnector

if TYPE_CHECKING:
    from homeassistant.components.todo import TodoItem

_DONE = "completed"


class TodoLists(EntityConnector):
    """What is to do and what is done, for as long as it stands on a list."""

    source = Source.TODO
    collection = "todo"
    prefix = "todo/"
    domain = "todo"

    @override
    async def _async_items(self, entity: Any, prefix: str, name: str, owner: str) -> AsyncIterator[LibraryItem]:
        if entity.todo_items is None:
            raise SourceError(Trouble.UNAVAILABLE)
        for todo_item in entity.todo_items:
            yield _item(prefix, entity.entity_id, name, owner, todo_item)


def _item(prefix: str, entity_id: str, name: str, owner: str, todo_item: TodoItem) -> LibraryItem:
    summary = todo_item.summary or ""
    lines = [summary, f"List: {name}", "Done." if todo_item.status == _DONE else "To do."]
    if todo_item.due is not None:
        lines.append(f"Due: {_when(todo_item.due)}")
    if todo_item.description:
        lines.append(todo_item.description)
    return LibraryItem(
        id=prefix + digest(todo_item.uid or summary),
        owner=owner,
        title=summary or name,
        content="\n".join(lines),
        time=None if todo_item.due is None else _time(todo_item.due),
        url=f"/todo?entity_id={entity_id}",
    )


def _when(due: date) -> str:
    return f"{dt_util.as_local(due):%A, %d %B %Y, %H:%M}" if isinstance(due, datetime) else f"{due:%A, %d %B %Y}"


def _time(due: date) -> datetime:
    return dt_util.as_utc(due) if isinstance(due, datetime) else dt_util.start_of_local_day(due)
