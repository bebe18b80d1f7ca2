"""Look events up by range."""

from typing import Any, override

from homeassistant.helpers import config_validation as cv, llm
from homeassistant.util import dt as dt_util
import probatio

from ...access import Source
from ..entity import names_of
from ..events import Event, async_events
from ..lines import clean
from ..viewer import Viewer
from .answers import answer, bounded, period, refusal
from .lookup_tool import NamedLookupTool

_MOST_EVENTS = 40
_DEFAULT_DAYS = 7


class CalendarEvents(NamedLookupTool):
    """Tell what is in the calendars in a period."""

    name = "hearth__calendar_events"
    title = "Calendar events"
    description = (
        "Events of the home's calendars in any period, recurring and all-day ones included. Without 'end', seven days. "
        "Times are local; 'end' of an all-day event is its last day."
    )
    parameters = probatio.Schema(
        {
            probatio.Optional("start", description="First day or time, as 2026-11-21 or 2026-11-21T18:30"): cv.string,
            probatio.Optional("end", description="Last day (included) or time"): cv.string,
            probatio.Optional("calendar", description="Name of one calendar; all without it"): cv.string,
        }
    )
    sources = frozenset({Source.CALENDAR})

    @override
    async def async_look_up(self, viewer: Viewer, args: dict[str, Any], llm_context: llm.LLMContext) -> llm.ToolResult:
        hass = viewer.hass
        start, end = period(args, dt_util.start_of_local_day(), _DEFAULT_DAYS)
        calendars = self.find_of(viewer, "calendar", args.get("calendar"), "calendar")
        if not calendars:
            return refusal("No calendar of this home is shown to you.")
        names = {state.entity_id: names_of(hass, state)[0] for state in calendars}
        read = await async_events(hass, list(names), start, end, llm_context.context)
        events, cut = bounded(read.events, _MOST_EVENTS)
        silent = [names[entity_id] for entity_id in read.failed] or None
        if silent and len(silent) == len(names):
            return refusal(f"These calendars do not answer: {', '.join(silent)}")
        told = [_told(event, names[event.entity_id]) for event in events]
        return answer(events=told, not_shown=cut, calendars_that_do_not_answer=silent)


def _told(event: Event, calendar: str) -> dict[str, Any]:
    more = {"location": clean(event.location), "description": clean(event.description)}
    return {
        "calendar": calendar,
        "summary": clean(event.summary),
        **event.as_dict(),
        **{name: text for name, text in more.items() if text},
    }
