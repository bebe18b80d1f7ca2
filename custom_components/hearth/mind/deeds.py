"""Answer without a model what was done, and why."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.util import dt as dt_util

from ..access import HearthTool
from ..hands import Guard, Outcome, call_of_tool
from ..speech import say
from ..speech.deeds import asked_what_was_done
from .answers import Answer
from .questions import days_of
from .turn import Turn, TurnOutcome


@dataclass(frozen=True, slots=True)
class Deeds:
    """What answers "what did you do today?"."""

    hass: HomeAssistant
    guard: Guard
    tool: HearthTool

    async def async_answer(self, turn: Turn, llm_context: llm.LLMContext) -> Answer | None:
        """Look it up in the audit; None where something else is asked."""
        language = turn.scope.language
        asked = asked_what_was_done(language, turn.scope.words)
        if asked is None:
            return None
        args = _arguments(language, *asked, dt_util.now().date())
        call = call_of_tool(self.hass, self.tool, llm.ToolInput(self.tool.name, args), llm_context)
        record = await self.guard.async_call(turn.scope, call)
        if record.outcome is not Outcome.ANSWERED or not isinstance(record.result, llm.ToolResult):
            return Answer(say(language, "not_allowed"), outcome=TurnOutcome.FAILED)
        return Answer(str(record.result.data["told"]))


def _arguments(language: str, when: str, area: str | None, today: date) -> dict[str, Any]:
    named = "today" if when == "morning" else when
    first, last, _called = days_of(language, named, today, backwards=True)
    days = {"day": first.isoformat(), "days": (last - first) // timedelta(days=1) + 1}
    return {**days, "until_noon": when == "morning", **({"area": area} if area else {})}
