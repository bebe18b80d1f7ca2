"""Look at everything that matters in the home now."""

from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
import probatio

from ...access import Access, Asker, HearthTool, Source
from ..situation import Situation
from .answers import answer

_BUDGET_TOKENS = 900


class SituationNow(HearthTool):
    """Tell what matters in the home now, in more lines than a turn begins with."""

    name = "hearth__situation"
    title = "Situation"
    description = (
        "What matters in the home now, most urgent first: who is home, what stands open, what is low or gone, the next "
        "events, what is due, notifications, weather, timers, energy."
    )
    parameters = probatio.Schema({})
    sources = frozenset(
        {
            Source.CALENDAR,
            Source.DEVICES,
            Source.ENERGY,
            Source.NOTIFICATIONS,
            Source.PRESENCE,
            Source.TIMERS,
            Source.TODO,
            Source.WEATHER,
        }
    )

    def __init__(self, access: Access, situation: Situation) -> None:
        """Take what puts it together."""
        super().__init__(access)
        self._situation = situation

    @override
    async def async_answer(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        told = await self._situation.async_assemble(
            asker, assistant=llm_context.assistant, budget_tokens=_BUDGET_TOKENS
        )
        left_out = {source.value: count for source, count in told.left_out.items()}
        return answer(situation=told.text or "Nothing out of the ordinary.", left_out=left_out or None)
