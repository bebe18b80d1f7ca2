"""Find out what a tool call or an intent would do, before it does it.

Nothing here trusts a tool's name: what counts is the handler that would run and the entities it would match.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, TypeGuard

from homeassistant.components.conversation.agent_manager import get_agent_manager
from homeassistant.components.conversation.models import ConversationInput
from homeassistant.components.intent_script import ScriptIntentHandler
from homeassistant.core import Context, HomeAssistant, State
from homeassistant.helpers import intent, llm

from ..access import HearthTool, Source
from ..const import DOMAIN
from .effects import Effect, Resolution
from .reads import matched_ids, resolve_reading
from .scripts import Inside, look_inside, own_action
from .strangers import innermost, is_believed, is_strangers

# Core's handlers that only read, and what they tell of.
_READS: Mapping[str, frozenset[Source]] = {
    intent.INTENT_GET_CURRENT_DATE: frozenset(),
    intent.INTENT_GET_CURRENT_TIME: frozenset(),
    intent.INTENT_GET_TEMPERATURE: frozenset({Source.DEVICES}),
    intent.INTENT_NEVERMIND: frozenset(),
    intent.INTENT_RESPOND: frozenset(),
    intent.INTENT_TIMER_STATUS: frozenset({Source.TIMERS}),
    "HassGetWeather": frozenset({Source.WEATHER}),
    "HassShoppingListLastItems": frozenset({Source.TODO}),
}
# Core's handlers that don't name their own action, and the action that each comes down to.
_ACTIONS = {
    "HassBroadcast": ("assist_satellite", "announce"),
    "HassCancelAllTimers": ("timer", "cancel"),
    "HassCancelTimer": ("timer", "cancel"),
    "HassClimateSetFanMode": ("climate", "set_fan_mode"),
    "HassClimateSetTemperature": ("climate", "set_temperature"),
    "HassDecreaseTimer": ("timer", "change"),
    "HassHumidifierMode": ("humidifier", "set_mode"),
    "HassHumidifierSetpoint": ("humidifier", "set_humidity"),
    "HassIncreaseTimer": ("timer", "change"),
    "HassListAddItem": ("todo", "add_item"),
    "HassListCompleteItem": ("todo", "update_item"),
    "HassListRemoveItem": ("todo", "remove_item"),
    "HassMediaSearchAndPlay": ("media_player", "play_media"),
    "HassPauseTimer": ("timer", "pause"),
    "HassSetVolumeRelative": ("media_player", "volume_set"),
    "HassShoppingListAddItem": ("shopping_list", "add_item"),
    "HassShoppingListCompleteItem": ("shopping_list", "complete_item"),
    "HassStartTimer": ("timer", "start"),
    "HassUnpauseTimer": ("timer", "start"),
    "HassVacuumCleanArea": ("vacuum", "clean_area"),
}
# The area that these intents name is not where their entity stands, or they have no entity at all.
_WITHOUT_TARGET = frozenset({"assist_satellite", "shopping_list", "timer", "vacuum"})
_TARGET_SLOTS = frozenset(
    {"name", "area", "floor", "domain", "device_class", "preferred_area_id", "preferred_floor_id"}
)
# By these a handler of core's that calls an action does so; one that has others may do anything.
_HANDLING = ("async_call_service", "async_handle", "async_handle_states", "get_domain_and_service")
# "In an hour, in an hour, ... unlock the door": a command inside a command is looked into this deep.
_MAX_COMMANDS = 3


class ResolvingTool(llm.Tool):
    """A tool of ours that itself finds out what a call of it would do."""

    @abstractmethod
    async def async_resolve(
        self, hass: HomeAssistant, args: Mapping[str, Any], llm_context: llm.LLMContext
    ) -> Resolution:
        """Return what a call would do; raises HomeAssistantError, and probatio.Invalid for arguments that don't fit."""


async def async_resolve_tool(
    hass: HomeAssistant, tool: llm.Tool, args: Mapping[str, Any], llm_context: llm.LLMContext
) -> Resolution:
    """Return what a call of an LLM tool would do.

    Raises intent.MatchFailedError when it is sure to reach nothing, and other HomeAssistantErrors for arguments
    that the tool would refuse.
    """
    believed = is_believed(tool)
    tool = innermost(tool)
    if _is_plainly(tool, llm.IntentTool):
        slots = {key: {"value": value} for key, value in args.items() if not intent.is_blank_slot_value(value)}
        return await async_resolve_intent(hass, tool.intent_type, slots, llm_context)
    if _is_plainly(tool, llm.ActionTool):
        # Only these attributes tell which action an ActionTool calls; without them the call is unknown.
        domain, action = getattr(tool, "_domain", None), getattr(tool, "_action", None)
        if domain is None or action is None:
            return Resolution(unknown=("the tool does not tell which action it calls",))
        return look_inside(hass, [Effect(domain, action, None, args)])
    if isinstance(tool, ResolvingTool):
        return await tool.async_resolve(hass, args, llm_context)
    if isinstance(tool, HearthTool) and tool.action is not None:
        return Resolution((Effect(DOMAIN, tool.action, None, args),), private=Source.MEMORY in tool.sources)
    # What a stranger says of its tool makes nothing milder, unless a person of this home says so too.
    strangers = is_strangers(tool)
    if believed if strangers else tool.annotations.read_only:
        return resolve_reading(hass, tool, args, llm_context)
    return Resolution(unknown=("the tool does not tell what it changes",), reads_outside=strangers)


def _is_plainly[T: llm.Tool](tool: llm.Tool, kind: type[T]) -> TypeGuard[T]:
    """Tell whether a tool is of a kind of core's and does what that kind does; a subclass may do anything else."""
    return isinstance(tool, kind) and type(tool).async_call is kind.async_call


async def async_resolve_intent(
    hass: HomeAssistant,
    intent_type: str,
    slots: Mapping[str, Mapping[str, Any]],
    llm_context: llm.LLMContext,
    depth: int = 0,
) -> Resolution:
    """Return what handling an intent would do; raises as `async_resolve_tool` does."""
    handler = next((handler for handler in intent.async_get(hass) if handler.intent_type == intent_type), None)
    if handler is None:
        raise intent.UnknownIntent(f"Unknown intent {intent_type}")
    if isinstance(handler, ScriptIntentHandler):
        script = handler.config.get("action")
        return _look_inside_steps(hass, intent_type, getattr(script, "sequence", ()))
    # Anyone may register a handler under the name of one of core's; only core's own are taken at their name.
    known = type(handler).__module__.startswith("homeassistant.")
    if isinstance(handler, intent.DynamicServiceIntentHandler) and (known or _calls_as_cores(handler)):
        return _resolve_service_intent(hass, handler, slots, llm_context)
    if known and intent_type == intent.INTENT_START_TIMER and (command := _value(slots, "conversation_command")):
        return await _async_resolve_command(hass, str(command), llm_context, depth)
    if known and intent_type == intent.INTENT_GET_STATE:
        constraints = _constraints(slots, llm_context, domains=None)
        return Resolution(reads_ids=matched_ids(hass, constraints, _preferences(slots)))
    if known and intent_type in _READS:
        return Resolution(reads=_READS[intent_type])
    if known and intent_type in _ACTIONS:
        return _resolve_core_intent(hass, *_ACTIONS[intent_type], slots, llm_context)
    return Resolution(unknown=(f"the intent {intent_type} does not tell what it does",))


def _calls_as_cores(handler: intent.DynamicServiceIntentHandler) -> bool:
    """Tell whether a stranger's handler leaves it to core which action is called, and how."""
    return all(getattr(type(handler), name) is getattr(intent.ServiceIntentHandler, name) for name in _HANDLING)


def _resolve_core_intent(
    hass: HomeAssistant,
    domain: str,
    service: str,
    slots: Mapping[str, Mapping[str, Any]],
    llm_context: llm.LLMContext,
) -> Resolution:
    """Match the entities of a handler of core that hides which they are."""
    data = _data(slots)
    if domain in _WITHOUT_TARGET:
        return Resolution((Effect(domain, service, None, data),))
    constraints = _constraints(slots, llm_context, domains={domain})
    states = _match(hass, constraints, slots, llm_context)
    return look_inside(hass, [Effect(domain, service, state.entity_id, data) for state in states])


async def _async_resolve_command(
    hass: HomeAssistant, command: str, llm_context: llm.LLMContext, depth: int
) -> Resolution:
    """Return what a spoken command would do later, when Home Assistant's own agent runs it unguarded."""
    understood = await async_understand(hass, command, llm_context) if depth < _MAX_COMMANDS else None
    if understood is None:
        return Resolution(unknown=("a command is to be run later that can't be looked into",))
    later = await async_resolve_intent(hass, *understood, llm_context, depth + 1)
    start = Effect("timer", "start", None, {"command": command})
    return Resolution((start, *later.effects), later.unknown, chosen=(start, *later.picked))


async def async_understand(
    hass: HomeAssistant, command: str, llm_context: llm.LLMContext
) -> tuple[str, dict[str, dict[str, Any]]] | None:
    """Return the intent that Home Assistant's own agent takes a spoken command for, and its slots, None for none."""
    agent = get_agent_manager(hass).default_agent
    if agent is None:
        return None
    user_input = ConversationInput(
        text=command,
        context=llm_context.context or Context(),
        conversation_id=None,
        device_id=llm_context.device_id,
        satellite_id=None,
        language=llm_context.language or hass.config.language,
        agent_id=agent.entity_id,
    )
    if await agent.async_recognize_sentence_trigger(user_input) is not None:
        return None
    result = await agent.async_recognize_intent(user_input, strict_intents_only=True)
    if result is None or result.unmatched_entities:
        return None
    return result.intent.name, {
        entity.name: {"value": entity.value, "text": entity.text} for entity in result.entities_list
    }


def _resolve_service_intent(
    hass: HomeAssistant,
    handler: intent.DynamicServiceIntentHandler,
    slots: Mapping[str, Mapping[str, Any]],
    llm_context: llm.LLMContext,
) -> Resolution:
    """Match the entities as the handler itself will, and name the action each of them gets."""
    checked = handler.async_validate_slots({key: dict(value) for key, value in slots.items()})
    constraints = _constraints(checked, llm_context, handler.required_domains)
    constraints.features = handler.required_features
    constraints.states = handler.required_states
    if not constraints.has_constraints:
        raise intent.IntentHandleError("Service handler cannot target all devices")
    intent_obj = intent.Intent(
        hass,
        llm_context.platform,
        handler.intent_type,
        checked,
        None,
        llm_context.context or Context(),
        llm_context.language or hass.config.language,
        assistant=llm_context.assistant,
        device_id=llm_context.device_id,
    )
    # A slot may be called otherwise than the field of the action that it fills.
    fields = {key: info.service_data_name for key, info in (handler.required_slots | handler.optional_slots).items()}
    given = {fields.get(key) or key: value for key, value in _data(checked).items()}
    effects = []
    for state in _match(hass, constraints, checked, llm_context):
        domain, service = handler.get_domain_and_service(intent_obj, state)
        effect = Effect(domain, service, state.entity_id, given)
        if domain == "homeassistant":
            effect = own_action(Effect(state.domain, service, state.entity_id, effect.data))
        effects.append(effect)
    return look_inside(hass, effects)


def _constraints(
    slots: Mapping[str, Mapping[str, Any]], llm_context: llm.LLMContext, domains: set[str] | None
) -> intent.MatchTargetsConstraints:
    name = _value(slots, "name")
    return intent.MatchTargetsConstraints(
        name=None if name == "all" else name,
        area_name=_value(slots, "area"),
        floor_name=_value(slots, "floor"),
        domains=_as_set(_value(slots, "domain")) or domains,
        device_classes=_as_set(_value(slots, "device_class")),
        assistant=llm_context.assistant,
    )


def _preferences(slots: Mapping[str, Mapping[str, Any]]) -> intent.MatchTargetsPreferences:
    return intent.MatchTargetsPreferences(
        area_id=_value(slots, "preferred_area_id"), floor_id=_value(slots, "preferred_floor_id")
    )


def _match(
    hass: HomeAssistant,
    constraints: intent.MatchTargetsConstraints,
    slots: Mapping[str, Mapping[str, Any]],
    llm_context: llm.LLMContext,
) -> list[State]:
    preferences = _preferences(slots)
    if preferences.area_id is None and preferences.floor_id is None:
        preferences = llm.async_get_match_preferences(hass, llm_context)
    result = intent.async_match_targets(hass, constraints, preferences)
    if not result.is_match:
        raise intent.MatchFailedError(result=result, constraints=constraints, preferences=preferences)
    return result.states


def _look_inside_steps(hass: HomeAssistant, owner: str, steps: Any) -> Resolution:
    inside = Inside(hass)
    inside.add_steps(owner, steps)
    return Resolution(tuple(inside.effects), tuple(inside.unknown), chosen=())


def _value(slots: Mapping[str, Mapping[str, Any]], name: str) -> Any:
    return slots.get(name, {}).get("value")


def _data(slots: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {key: slot.get("value") for key, slot in slots.items() if key not in _TARGET_SLOTS}


def _as_set(value: Any) -> set[str] | None:
    if value is None:
        return None
    return set(value) if isinstance(value, list | tuple | set) else {str(value)}
