"""Undo at a word, without a model, under the guard like anything else."""

from collections.abc import Sequence

from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm

from ..access import HearthTool
from ..hands import CallKind, CallRecord, Hands, call_of_tool
from ..hands.undo import Who
from ..speech import heard
from .turn import Turn


async def async_undo(
    hass: HomeAssistant,
    hands: Hands,
    tool: HearthTool,
    turn: Turn,
    llm_context: llm.LLMContext,
    api_ids: Sequence[str],
) -> CallRecord | None:
    """Undo the last turn of whoever speaks, None where they ask something else."""
    scope = turn.scope
    anyway = heard(scope.language, "undo_anyway", scope.words) is not None
    if not anyway and heard(scope.language, "undo", scope.words) is None:
        return None
    # What a yes is good for must not depend on what is last by then.
    calls = await hands.undo.async_last(Who.of(llm_context, scope.principal), anyway=anyway)
    args = {"calls": list(calls), "anyway": anyway}
    spec = scope.spec(CallKind.TOOL, tool.name, args, api_ids)
    call = call_of_tool(hass, tool, llm.ToolInput(tool.name, args), llm_context, spec)
    return await hands.guard.async_call(scope, call)
