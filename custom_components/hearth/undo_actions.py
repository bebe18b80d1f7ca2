"""The action that undoes what was done."""

from functools import partial
from typing import Any, Final

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant, ServiceResponse, SupportsResponse, callback
from homeassistant.helpers import config_validation as cv, llm
from homeassistant.util.json import JsonValueType
import probatio

from .access import Asker, HearthLLMContext, View
from .caller import Caller, async_answer
from .const import DOMAIN
from .hands import CallKind, CallRecord, Scope, call_of_tool
from .hands.undo import UndoTool
from .mind.replies import reply_for

ATTR_ANYWAY: Final = "anyway"
ATTR_CALL: Final = "call"

_SCHEMA = probatio.Schema(
    {
        probatio.Optional(ATTR_CALL): probatio.All(probatio.Coerce(int), probatio.Range(min=1)),
        probatio.Optional(ATTR_ANYWAY, default=False): cv.boolean,
    }
)


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the action; it undoes only what was done for whoever calls."""
    hass.services.async_register(DOMAIN, "undo", partial(async_answer, _async_undo), _SCHEMA, SupportsResponse.OPTIONAL)


async def _async_undo(caller: Caller) -> ServiceResponse:
    """Undo the caller's last turn, or the call that they name; what asks, asks them as anything else would."""
    hass, call, hands = caller.call.hass, caller.call, caller.hearth.hands
    llm_context = HearthLLMContext(DOMAIN, call.context, hass.config.language, conversation.DOMAIN, None)
    tool = caller.hearth.tools[UndoTool.name]
    args: dict[str, Any] = {ATTR_ANYWAY: call.data[ATTR_ANYWAY]}
    if (row := call.data.get(ATTR_CALL)) is not None:
        args["calls"] = [row]
    scope = Scope(
        conversation_id=call.context.id,
        agent_id=DOMAIN,
        words="",
        language=hass.config.language,
        user_id=call.context.user_id,
        view=View(caller.hearth.access, Asker(caller.principal)),
        can_ask=call.context.user_id is not None,
        context_id=call.context.id,
    )
    spec = scope.spec(CallKind.TOOL, tool.name, args, [llm.LLM_API_ASSIST])
    record = await hands.guard.async_call(
        scope, call_of_tool(hass, tool, llm.ToolInput(tool.name, args), llm_context, spec)
    )
    return {
        "outcome": record.outcome.value,
        "text": reply_for(hass, scope.language, [record]),
        "restored": _ids(record, "success"),
        "not_restored": _ids(record, "failed"),
    }


def _ids(record: CallRecord, key: str) -> list[JsonValueType]:
    """Return what an undo has or has not brought back, nothing while it waits for a yes."""
    told: Any = record.result.data if isinstance(record.result, llm.ToolResult) else {}
    return [str(target["id"]) for target in told.get("data", {}).get(key, ())]
