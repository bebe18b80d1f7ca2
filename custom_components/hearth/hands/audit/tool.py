"""Answer from the audit what was done on a day, for any agent."""

from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, llm
from homeassistant.util import dt as dt_util
import probatio

from ...access import Access, Asker, HearthTool, Source, View
from ...const import DOMAIN
from ...speech.deeds import nothing_done
from .day import WHAT_WAS_DONE, deeds, told
from .log import Audit

_NOON = time(12)


class WhatWasDoneTool(HearthTool):
    """Tell what was asked of the home on a day, by whom and why, and what came of it."""

    name = f"{DOMAIN}__{WHAT_WAS_DONE}"
    title = "What was done"
    description = (
        "What you did, refused or still ask about on a day: each action with its time, who asked, in which words and "
        "what came of it. Use it for questions such as 'what did you do today, and why?'."
    )
    parameters = probatio.Schema(
        {
            probatio.Optional("day", description="The day, as 2026-11-21; today without it"): cv.date,
            probatio.Optional("until_noon", default=False, description="Only the morning of that day"): bool,
            probatio.Optional("days", default=1, description="How many days from that one on"): probatio.All(
                int, probatio.Range(min=1, max=31)
            ),
            probatio.Optional("area", description="Only what concerns this area"): cv.string,
        }
    )
    sources: ClassVar[frozenset[Source]] = frozenset({Source.DEVICES})

    def __init__(self, access: Access, audit: Audit) -> None:
        """Answer from an audit."""
        super().__init__(access)
        self._audit = audit

    @override
    async def async_answer(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Return the deeds that whoever asks may know of, and how they are said."""
        now, language = dt_util.now(), llm_context.language or hass.config.language
        day: date = args.get("day") or now.date()
        start = dt_util.start_of_local_day(day)
        end = start + timedelta(days=args["days"])
        if args["until_noon"]:
            end = datetime.combine(day, _NOON, start.tzinfo)
        rows = await self._audit.async_between(start, end)
        area = args.get("area")
        found = deeds(hass, rows, View(self.access, asker), language, area)
        said = told(language, found) if found else nothing_done(language, day, now.date(), area)
        return llm.ToolResult(data={"deeds": [deed.as_dict(language) for deed in found], "told": said})
