"""Look up what is to be done."""

from typing import Any, override

from homeassistant.helpers import config_validation as cv, llm
import probatio

from ...access import Source
from ..entity import names_of
from ..lines import clean
from ..todo_lists import Item, async_items
from ..viewer import Viewer
from .answers import answer, bounded, refusal
from .lookup_tool import NamedLookupTool

_MOST_ITEMS = 40


class TodoItems(NamedLookupTool):
    """Tell what is open on the to-do lists."""

    name = "hearth__todo_items"
    title = "To-do items"
    description = "What is still open on the home's to-do and shopping lists, what is due first."
    parameters = probatio.Schema({probatio.Optional("list", description="Name of one list; all without it"): cv.string})
    sources = frozenset({Source.TODO})

    @override
    async def async_look_up(self, viewer: Viewer, args: dict[str, Any], llm_context: llm.LLMContext) -> llm.ToolResult:
        hass = viewer.hass
        lists = self.find_of(viewer, "todo", args.get("list"), "list")
        if not lists:
            return refusal("No to-do list of this home is shown to you.")
        items = await async_items(hass, [state.entity_id for state in lists], llm_context.context)
        names = {state.entity_id: names_of(hass, state)[0] for state in lists}
        told = [_told(names[entity_id], rows) for entity_id, rows in items.items() if rows is not None]
        silent = [names[entity_id] for entity_id, rows in items.items() if rows is None] or None
        if silent and not told:
            return refusal(f"These lists do not answer: {', '.join(silent)}")
        return answer(lists=told, lists_that_do_not_answer=silent)


def _told(name: str, items: list[Item]) -> dict[str, Any]:
    shown, cut = bounded(items, _MOST_ITEMS)
    rows = [{**item.as_dict(), "summary": clean(item.summary)} for item in shown]
    return {"name": name, "items": rows, **({"not_shown": cut} if cut else {})}
