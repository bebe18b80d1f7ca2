"""Answer without a language model: what code can look up, what is remembered, what the library has of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
import logging
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..access import Access, HearthTool, Source
from ..engine import EngineError
from ..hands import Guard, Outcome, call_of_tool
from ..memory import Memory
from ..speech import heard, say
from .answers import (
    Answer,
    amount_told,
    events_told,
    fact_told,
    last_time_told,
    lists_told,
    next_event_told,
    notifications_told,
    passage_quoted,
    weather_told,
)
from .conversations import Conversation
from .knowledge import RELEVANT, Knowledge, Wanted
from .questions import Question, Topic, read_question
from .turn import Turn, TurnOutcome

_LOGGER = logging.getLogger(__name__)

_TOOLS: Final[Mapping[Topic, str]] = {
    Topic.AMOUNT: "hearth__statistics",
    Topic.CALENDAR: "hearth__calendar_events",
    Topic.LIST: "hearth__todo_items",
    Topic.NEXT_EVENT: "hearth__calendar_events",
    Topic.NOTIFICATIONS: "hearth__notifications",
    Topic.PAST: "hearth__history",
    Topic.WEATHER: "hearth__weather",
}
# Of these a note or a memory may tell, where the tool knows nothing: "when was the boiler last serviced?"
_ALSO_WRITTEN: Final = frozenset({Topic.AMOUNT, Topic.NEXT_EVENT, Topic.PAST})
_CONDITION: Final = "component.weather.entity_component._.state."


@dataclass(frozen=True, slots=True)
class Unaided:
    """What answers the turns that no model can answer."""

    hass: HomeAssistant
    guard: Guard
    access: Access
    memory: Memory
    knowledge: Knowledge
    tools: Mapping[str, HearthTool]

    async def async_answer(
        self, turn: Turn, conversation: Conversation, wanted: Wanted, llm_context: llm.LLMContext
    ) -> Answer | None:
        """Return an answer, None where there is none to be found."""
        if heard(wanted.language, "help", wanted.words) is not None:
            return Answer(say(wanted.language, "abilities"))
        question = read_question(wanted.language, wanted.words, dt_util.now().date())
        if question is not None:
            answer = await self._async_look_up(turn, question, wanted, llm_context)
            if answer is not None or question.topic not in _ALSO_WRITTEN:
                return answer or Answer(say(wanted.language, "nothing_found"), outcome=TurnOutcome.FAILED)
        return await self._async_fact(wanted) or await self._async_passage(conversation, wanted)

    async def _async_look_up(
        self, turn: Turn, question: Question, wanted: Wanted, llm_context: llm.LLMContext
    ) -> Answer | None:
        """Answer by one of our tools, under the guard as any other; None where it finds nothing to look at."""
        tool, asker, language = self.tools[_TOOLS[question.topic]], wanted.asker, wanted.language
        if not tool.sources & self.access.sources(asker.principal, asker.agent_id):
            return Answer(say(language, "not_allowed"), outcome=TurnOutcome.FAILED)
        call = call_of_tool(self.hass, tool, llm.ToolInput(tool.name, _arguments(question)), llm_context)
        record = await self.guard.async_call(turn.scope, call)
        if record.outcome is not Outcome.ANSWERED or not isinstance(record.result, llm.ToolResult):
            return None
        text = await self._async_words(language, wanted.words, question, record.result.data)
        return None if text is None else Answer(text)

    async def _async_words(self, language: str, words: str, question: Question, data: Mapping[str, Any]) -> str | None:
        now = dt_util.now()
        match question.topic:
            case Topic.AMOUNT:
                return amount_told(language, data["name"], data["value"], data.get("unit"), question.when)
            case Topic.CALENDAR:
                return events_told(language, data["events"], question, now.date())
            case Topic.LIST:
                return lists_told(language, data["lists"], words)
            case Topic.NEXT_EVENT:
                return next_event_told(language, data["events"], question, words, now)
            case Topic.NOTIFICATIONS:
                return notifications_told(language, data["notifications"])
            case Topic.PAST:
                days = (now - datetime.fromisoformat(data["start"])).days
                return last_time_told(language, data["things"], days, now.date())
            case Topic.WEATHER:
                names = await async_conditions(self.hass, language)
                return weather_told(language, data["days"], question, now.date(), names)

    async def _async_fact(self, wanted: Wanted) -> Answer | None:
        principal = wanted.asker.principal
        if not self.access.allows(Source.MEMORY, principal, wanted.asker.agent_id):
            return None
        found = await self.memory.async_find(principal, wanted.words, limit=1)
        if not found:
            return None
        asker = self.hass.states.get(principal.person_id) if principal.person_id else None
        text = fact_told(wanted.language, found[0].fact, asker.name if asker else None, dt_util.now().date())
        return Answer(text)

    async def _async_passage(self, conversation: Conversation, wanted: Wanted) -> Answer | None:
        try:
            passages = await self.knowledge.async_search(wanted)
        except EngineError as err:
            _LOGGER.debug("The library can't be asked: %s", err)
            return None
        best = next((passage for passage in passages if passage.score >= RELEVANT), None)
        if best is None:
            return None
        note = conversation.footnotes.get(conversation.footnotes.add(best))
        text = passage_quoted(wanted.language, best, wanted.words, dt_util.now().date())
        return Answer(text, (note,) if note else ())


async def async_conditions(hass: HomeAssistant, language: str) -> Mapping[str, str]:
    """Return what Home Assistant calls the conditions of the weather in a language."""
    texts = await async_get_translations(hass, language, "entity_component", {"weather"})
    return {key.removeprefix(_CONDITION): text.lower() for key, text in texts.items() if key.startswith(_CONDITION)}


def _arguments(question: Question) -> dict[str, Any]:
    match question.topic:
        case Topic.AMOUNT:
            days = {"start": question.first.isoformat(), "end": question.last.isoformat()}
            return {"name": question.name, "kind": "sum", **days}
        case Topic.PAST:
            return {"name": question.name, "wanted_state": question.state}
        case Topic.CALENDAR | Topic.NEXT_EVENT:
            return {"start": question.first.isoformat(), "end": question.last.isoformat()}
        case Topic.WEATHER if question.first == question.last:
            return {"day": question.first.isoformat()}
        case _:
            return {}
