"""Make a call again from its data, by the road that it came."""

from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import intent, llm

from ...access import HearthLLMContext
from ...const import DOMAIN
from ..call import Call, CallKind, CallSpec, Scope
from ..guard import Guard
from ..resolve import async_resolve_intent
from ..tools import GuardedAPI, call_of_tool

__all__ = ["CallSpec", "async_rebuild", "call_of_intent"]


async def async_rebuild(hass: HomeAssistant, spec: CallSpec | None, guard: Guard, scope: Scope) -> Call:
    """Return the call that a spec describes, for a turn; raises HomeAssistantError for a tool that is gone."""
    if spec is None:
        raise _nothing_found()
    llm_context = HearthLLMContext(
        platform=DOMAIN,
        context=Context(id=scope.context_id, user_id=spec.user_id),
        language=spec.language,
        assistant=conversation.DOMAIN,
        device_id=spec.device_id,
        agent_id=spec.agent_id,
    )
    match spec.kind:
        case CallKind.TOOL:
            return await _async_rebuild_tool(hass, spec, guard, scope, llm_context)
        case CallKind.INTENT:
            return call_of_intent(hass, spec, llm_context)


async def _async_rebuild_tool(
    hass: HomeAssistant, spec: CallSpec, guard: Guard, scope: Scope, llm_context: llm.LLMContext
) -> Call:
    tools = await GuardedAPI(hass, guard, scope, spec.api_ids, "").async_get_api_instance(llm_context)
    tool = tools.offer.tools.get(spec.name)
    if tool is None:
        raise _nothing_found()
    return call_of_tool(hass, tool, llm.ToolInput(spec.name, dict(spec.args)), llm_context, spec)


def call_of_intent(hass: HomeAssistant, spec: CallSpec, llm_context: llm.LLMContext) -> Call:
    """Return the call of an intent with the slots that a spec has."""
    slots = {name: dict(slot) for name, slot in spec.args.items()}

    async def run() -> intent.IntentResponse:
        return await intent.async_handle(
            hass,
            DOMAIN,
            spec.name,
            slots,
            context=llm_context.context,
            language=spec.language,
            assistant=llm_context.assistant,
            device_id=spec.device_id,
        )

    return Call(
        name=spec.name,
        args={name: slot["value"] for name, slot in slots.items()},
        resolve=lambda: async_resolve_intent(hass, spec.name, slots, llm_context),
        run=run,
        spec=spec,
    )


def _nothing_found() -> HomeAssistantError:
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="nothing_found")
