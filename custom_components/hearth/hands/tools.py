"""Hand a language model its tools, every one of them behind the guard."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
import logging
from typing import Any, override

from homeassistant.components.homeassistant import llm as homeassistant_llm
from homeassistant.components.homeassistant.llm import GetLiveContextTool
from homeassistant.components.intent import async_device_supports_timers, llm as intent_llm
from homeassistant.components.llm.llm import GetDateTimeTool
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, llm
import probatio

from ..access import HearthTool, NeverCopied, View
from .actions import async_action_tools
from .call import CALL_SECONDS, Call, CallKind, CallRecord, CallSpec, Outcome, Scope
from .finding import FIND_TOOLS, USE_TOOL, Finder, Offer, ToolBudget, as_meant, by_name, misfit, offer
from .guard import Guard
from .planned import PlannedTool
from .policy import Reason
from .reads import LiveContextTool, is_closed
from .resolve import async_resolve_tool
from .results import as_result
from .strangers import CONF_BELIEVED, believe, innermost, is_strangers
from .tainted import TaintedTalks, Talk

_LOGGER = logging.getLogger(__name__)

# Core adds the time, with its seconds, to the top of the prompt when no tool of this ending is there.
_CLOCK = "GetDateTime"
# Ours that know whose a thing is, and what of core's they make superfluous.
_INSTEAD_OF = {"hearth__calendar_events": "calendar__get_events", "hearth__todo_items": "todo__get_items"}
# What another API has to say in the prompt, in characters.
_MOST_PROMPT = 2_000


@dataclass(slots=True)
class MalformedCall(llm.ToolInput):
    """A tool call whose arguments the model wrote as something other than a JSON object."""

    problem: str = ""


@dataclass(kw_only=True)
class GuardedTools(llm.APIInstance):
    """The tools of one turn; a chat log has no other road to them than through the guard.

    `tools` are all that may be called, `offer` is what a model is told of them.
    """

    guard: Guard
    scope: Scope
    offer: Offer
    budget: ToolBudget

    @override
    async def async_call_tool(self, tool_input: llm.ToolInput) -> llm.ToolResult:
        """Call a tool through the guard and tell the model the truth about it."""
        # A stop may end the turn here; what has begun to act must still come to its end in the audit.
        record = await asyncio.shield(self._async_call(tool_input))
        self.scope.tainted = self.scope.tainted or record.quoted
        tool, hidden = self.offer.tools.get(record.name), self.offer.hidden.get(record.name)
        result = as_result(record, self.budget.result if tool is not None and is_strangers(tool) else None)
        if record.outcome is Outcome.FAILED and hidden is not None:
            result.data["parameters"] = hidden["function"]["parameters"]
        return result

    async def _async_call(self, tool_input: llm.ToolInput) -> CallRecord:
        if isinstance(tool_input, MalformedCall):
            return await self._async_refuse_malformed(tool_input, tool_input.problem)
        try:
            meant = as_meant(tool_input)
        except ValueError as err:
            return await self._async_refuse_malformed(tool_input, str(err))
        name, args = meant.tool_name, meant.tool_args
        if (tool := self.offer.tools.get(name)) is None:
            problem = f"There is no tool {name}"
            if self.offer.hidden:
                problem = f"{problem}; {FIND_TOOLS} finds those that there are"
            return await self.guard.async_refuse(self.scope, name, args, Reason.UNKNOWN_TOOL, problem)
        if meant is not tool_input and (declared := self.offer.hidden.get(name)) and (why := misfit(declared, args)):
            return await self.guard.async_refuse(self.scope, name, args, Reason.BAD_ARGUMENTS, why)
        api_ids = self.api.api_ids if isinstance(self.api, GuardedAPI) else ()
        spec = self.scope.spec(CallKind.TOOL, name, args, api_ids)
        call = call_of_tool(self.api.hass, tool, meant, self.llm_context, spec)
        return await self.guard.async_call(self.scope, replace(call, hidden=self.scope.hidden))

    async def _async_refuse_malformed(self, tool_input: llm.ToolInput, problem: str) -> CallRecord:
        name = tool_input.tool_name
        return await self.guard.async_refuse(self.scope, name, {}, Reason.BAD_ARGUMENTS, problem)


def call_of_tool(
    hass: HomeAssistant,
    tool: llm.Tool,
    tool_input: llm.ToolInput,
    llm_context: llm.LLMContext,
    spec: CallSpec | None = None,
) -> Call:
    """Return the call that a use of a tool is to the guard; `spec` is the same as data, where it can be made again."""
    kind = innermost(tool)
    runs = kind.once() if isinstance(kind, PlannedTool) else tool
    return Call(
        name=tool.name,
        args=tool_input.tool_args,
        resolve=lambda: async_resolve_tool(hass, runs, tool_input.tool_args, llm_context),
        run=lambda: runs.async_call(hass, tool_input, llm_context),
        seconds=kind.seconds if isinstance(kind, HearthTool) else CALL_SECONDS,
        annotations=tool.annotations,
        spec=spec,
    )


class GuardedTool(NeverCopied):
    """A tool of ours in the hands of an agent that is not: every call of it goes through our guard all the same."""

    def __init__(self, guard: Guard, tainted: TaintedTalks, tool: HearthTool) -> None:
        """Look like the tool."""
        self._guard = guard
        self._tainted = tainted
        self.tool = tool
        self.name, self.title, self.description = tool.name, tool.title, tool.description
        self.parameters, self.annotations, self.integration = tool.parameters, tool.annotations, tool.integration

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Call the tool on behalf of an agent that has nobody of whom we could ask anything."""
        context, talk = llm_context.context, Talk.of(llm_context)
        scope = Scope(
            conversation_id=talk.conversation_id or (context.id if context else tool_input.id),
            agent_id=llm_context.platform,
            words="",
            language=llm_context.language or hass.config.language,
            user_id=context.user_id if context else None,
            device_id=llm_context.device_id,
            view=View(self.tool.access, await self.tool.access.async_asker(llm_context)),
            can_ask=False,
            tainted=talk in self._tainted,
            context_id=context.id if context else None,
        )
        call = call_of_tool(hass, self.tool, tool_input, llm_context)
        record = await asyncio.shield(self._guard.async_call(scope, call))
        if scope.tainted or record.quoted:
            self._tainted.add(talk)
        return as_result(record)


class GuardedAPI(llm.API):
    """Several LLM APIs as one, guarded, in an order and with a prompt that no satellite and no minute changes."""

    def __init__(
        self,
        hass: HomeAssistant,
        guard: Guard,
        scope: Scope,
        api_ids: Sequence[str],
        index: str,
        *,
        budget: ToolBudget | None = None,
        finder: Finder | None = None,
    ) -> None:
        """Name the APIs; `index` is what the model is told of the home above everything the APIs say.

        Without a `budget` all tools stand in the prompt.
        """
        super().__init__(hass=hass, id="hearth", name="Hearth")
        self._guard = guard
        self._scope = scope
        self.api_ids = api_ids
        self._index = index
        self._budget = budget
        self._finder = finder

    @override
    async def async_get_api_instance(self, llm_context: llm.LLMContext) -> GuardedTools:
        """Return the tools for a turn; an API that is gone is left out."""
        instances = [
            instance
            # Whoever takes a name of Assist's tools is renamed, and not Assist.
            for api_id in sorted(self.api_ids, key=lambda api_id: (api_id != llm.LLM_API_ASSIST, api_id))
            if (instance := await self._async_get_instance(api_id, llm_context)) is not None
        ]
        if llm.LLM_API_ASSIST in self.api_ids:
            instances.append(await self._async_actions(llm_context, instances))
        return guarded(self, self._guard, self._scope, llm_context, instances, self._index, self._budget, self._finder)

    async def _async_actions(
        self, llm_context: llm.LLMContext, instances: Sequence[llm.APIInstance]
    ) -> llm.APIInstance:
        """Return the actions that the user allows, without those that others offer already."""
        taken = {tool.name for instance in instances for tool in instance.tools}
        tools = await async_action_tools(self.hass, self._guard.judge.options())
        return llm.APIInstance(self, "", llm_context, [tool for tool in tools if tool.name not in taken])

    async def _async_get_instance(self, api_id: str, llm_context: llm.LLMContext) -> llm.APIInstance | None:
        """Return an API as it looks from a device that can do the most, so that the tools are the same for all."""
        context = replace(llm_context, device_id=_timer_device(self.hass))
        try:
            instance = await llm.async_get_api(self.hass, api_id, context)
        except HomeAssistantError as err:
            _LOGGER.warning("The LLM API %s is left out: %s", api_id, err)
            return None
        except Exception:
            # An API is someone else's code; its bug must not keep the home from being spoken to.
            _LOGGER.exception("The LLM API %s is left out", api_id)
            return None
        if api_id == llm.LLM_API_ASSIST:
            instance.api_prompt = _without_core_prompts(self.hass, context, instance.api_prompt)
        else:
            instance.api_prompt = instance.api_prompt[:_MOST_PROMPT]
        return instance


def guarded(
    api: llm.API,
    guard: Guard,
    scope: Scope,
    llm_context: llm.LLMContext,
    instances: Sequence[llm.APIInstance],
    index: str = "",
    budget: ToolBudget | None = None,
    finder: Finder | None = None,
) -> GuardedTools:
    """Put the tools of API instances behind the guard, under names that are unique, sorted by name."""
    budget = budget or ToolBudget()
    tools = _tools(guard, scope, instances)
    serializer = _first_that_knows([i.custom_serializer for i in instances if i.custom_serializer])
    offered = offer(api.hass, tools, llm_context.assistant, serializer, budget, finder or Finder(api.hass))
    return GuardedTools(
        api=api,
        api_prompt="\n".join(filter(None, [index, *(instance.api_prompt.strip() for instance in instances)])),
        llm_context=llm_context,
        tools=[offered.tools[name] for name in sorted(offered.tools)],
        custom_serializer=serializer,
        guard=guard,
        scope=scope,
        offer=offered,
        budget=budget,
    )


def _tools(guard: Guard, scope: Scope, instances: Sequence[llm.APIInstance]) -> dict[str, llm.Tool]:
    """Return the tools that a turn may use, by names that are unique: ours instead of core's, and always a clock."""
    believed = guard.judge.options().get(CONF_BELIEVED, ())
    offers = [
        (
            instance.api.id,
            [
                believe(instance.api.id, _as_ours(tool, scope), believed)
                for tool in instance.tools
                if not is_closed(scope.view, tool)
            ],
        )
        for instance in instances
    ]
    tools = by_name(offers, reserved=(FIND_TOOLS, USE_TOOL))
    for ours, core in _INSTEAD_OF.items():
        if ours in tools:
            tools.pop(core, None)
    if not any(name.endswith(_CLOCK) for name in tools):
        clock = GetDateTimeTool()
        tools[clock.name] = clock
    return tools


def _as_ours(tool: llm.Tool, scope: Scope) -> llm.Tool:
    """Return a tool for an agent of ours, whose every call is guarded already."""
    match tool:
        case llm.NamespacedTool() if type(tool) is llm.NamespacedTool:
            return llm.NamespacedTool(tool.namespace, _as_ours(tool.tool, scope))
        case GuardedTool():
            return tool.tool
        case GetLiveContextTool():
            return LiveContextTool(scope.view)
        case _:
            return tool


def _timer_device(hass: HomeAssistant) -> str | None:
    return next(
        (device.id for device in dr.async_get(hass).devices if async_device_supports_timers(hass, device.id)),
        None,
    )


def _without_core_prompts(hass: HomeAssistant, llm_context: llm.LLMContext, prompt: str) -> str:
    """Leave out what core says of devices and areas: it differs by satellite, and the index says it shorter."""
    for platform in (homeassistant_llm, intent_llm):
        tools = platform.async_get_tools(hass, llm_context, llm.LLM_API_ASSIST)
        if tools is not None and tools.prompt:
            prompt = prompt.replace(tools.prompt, "")
    return prompt


def _first_that_knows(serializers: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """Return a serializer that asks several in turn."""

    def serialize(schema: Any) -> Any:
        for serializer in serializers or [llm.selector_serializer]:
            if (result := serializer(schema)) is not probatio.UNSUPPORTED and result is not None:
                return result
        return probatio.UNSUPPORTED

    return serialize
