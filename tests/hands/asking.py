"""Use a tool of ours on behalf of a turn, and say yes."""

from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm

from custom_components.hearth.access import HearthTool
from custom_components.hearth.hands import CallRecord, Hands, Scope, call_of_tool
from custom_components.hearth.hands.approvals import Reply


async def use(home: HomeAssistant, hands: Hands, scope: Scope, tool: HearthTool, args: dict[str, Any]) -> CallRecord:
    """Call a tool through the guard."""
    llm_context = llm.LLMContext("hearth", Context(user_id=scope.user_id), "en", "conversation", scope.device_id)
    call = call_of_tool(home, tool, llm.ToolInput(tool.name, args), llm_context)
    return await hands.guard.async_call(scope, call)


async def agree(hands: Hands, scope: Scope) -> CallRecord:
    """Say yes to the one open question."""
    heard = await hands.consent.async_hear(scope, Reply.YES)
    assert heard is not None
    (record,) = heard.calls
    return record
