"""Look events up by range."""

from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, llm
from homeassistant.util import dt as dt_util
import probatio

from ...access import Access, Asker, HearthTool, Source, View
from ..entity import names_of
from ..events import Event, async_events
from ..lines import clean
from ..states import LiveStates
from ..viewer import Viewer
from .answers import answer, bounded, period, refusal
from .lookup import NotFound, find

_MOST_EVENTS = 40
_DEFAULT_DAYS = 7


class CalendarEvents(HearthTool):
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

    def __init__(self, access: Access, states: LiveStates) -> None:
        """Take what names are found by."""
        super().__init__(access)
        self._states = states

    @override
    async def async_answer(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        viewer = Viewer(hass, View(self.access, asker), llm_context.assistant)
        start, end = period(args, dt_util.start_of_local_day(), _DEFAULT_DAYS)
        calendars = viewer.states("calendar")
        if args.get("calendar"):
            try:
                calendars = find(
                    hass, self._states, viewer, args["calendar"], lambda state: state.domain == "calendar", "calendar"
                )
            except NotFound as err:
                return refusal(str(err))
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
