"""Understand the sentences that come down to a tool of ours: "undo that", "at sunset close the blinds"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm

from ..access import HearthTool
from ..hands import CallKind, CallRecord, Hands, call_of_tool
from ..hands.automations import ProposeAutomationTool, async_routine
from ..hands.undo import UndoTool, Who
from ..speech import heard
from .turn import Turn


@dataclass(frozen=True, slots=True)
class Sentences:
    """What is done at a word, without a model, under the guard like anything else."""

    hass: HomeAssistant
    hands: Hands
    tools: Mapping[str, HearthTool]
    turn: Turn
    llm_context: llm.LLMContext
    api_ids: Sequence[str]

    async def async_undo(self) -> CallRecord | None:
        """Undo the last turn of whoever speaks, None where they ask something else."""
        scope = self.turn.scope
        anyway = heard(scope.language, "undo_anyway", scope.words) is not None
        if not anyway and heard(scope.language, "undo", scope.words) is None:
            return None
        # What a yes is good for must not depend on what is last by then.
        calls = await self.hands.undo.async_last(Who.of(self.llm_context, scope.principal), anyway=anyway)
        return await self._async_use(UndoTool.name, {"calls": list(calls), "anyway": anyway})

    async def async_propose(self) -> CallRecord | None:
        """Propose an automation, None where the words ask for none that is understood."""
        scope = self.turn.scope
        config = await async_routine(self.hass, scope.words, scope.language, self.llm_context)
        return await self._async_use(ProposeAutomationTool.name, config) if config else None

    async def _async_use(self, name: str, args: Mapping[str, Any]) -> CallRecord:
        scope = self.turn.scope
        spec = scope.spec(CallKind.TOOL, name, args, self.api_ids)
        tool_input = llm.ToolInput(name, dict(args))
        call = call_of_tool(self.hass, self.tools[name], tool_input, self.llm_context, spec)
        return await self.hands.guard.async_call(scope, call)
