"""Let Home Assistant's own sentence matcher answer what it knows, under the guard."""

from dataclasses import replace
from typing import Any

from hassil.recognize import RecognizeResult
from homeassistant.components.conversation import ChatLog, ConversationInput, async_handle_intents
from homeassistant.components.conversation.agent_manager import get_agent_manager
from homeassistant.components.zone import DOMAIN as ZONE_DOMAIN
from homeassistant.const import STATE_HOME
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, intent

from ..const import DOMAIN
from ..hands import Call, CallKind, Resolution, async_resolve_intent
from ..hands.approvals.spec import call_of_intent
from ..speech import heard
from .turn import Turn

# Nobody means the locks and the blinds, too.
_SWITCHED_OFF = ("light", "switch", "fan", "media_player", "input_boolean")

type _Slots = dict[str, dict[str, Any]]


async def async_match(hass: HomeAssistant, user_input: ConversationInput, turn: Turn) -> tuple[Call, Resolution] | None:
    """Return the call that an utterance comes down to and what it would do, or None when it is not surely one.

    Nothing is done yet; a sentence that fits but whose target does not exist is no match.
    """
    user_input = replace(user_input, device_id=device_of(hass, user_input))
    with turn.stage("match"):
        agent = get_agent_manager(hass).default_agent
        result = await agent.async_recognize_intent(user_input, strict_intents_only=True) if agent else None
    if result is None and (area := heard(turn.scope.language, "room_off", user_input.text)):
        return await _async_match_room(area["area"], user_input, turn, hass)
    if result is None or result.unmatched_entities or _is_guess(hass, result):
        return None
    slots = _slots(result)
    llm_context = user_input.as_llm_context(DOMAIN)

    async def resolve() -> Resolution:
        return await async_resolve_intent(hass, result.intent.name, slots, llm_context)

    async def run() -> intent.IntentResponse:
        return await _async_handle(hass, user_input, turn.scope.conversation_id, result.intent.name, slots)

    try:
        with turn.stage("resolve"):
            resolution = await resolve()
    except HomeAssistantError:
        return None
    if result.intent.name == intent.INTENT_GET_STATE and not resolution.reads_ids:
        # "Which windows are open?" may have been taken for one about blinds, of which there are none.
        return None
    args = {name: slot["value"] for name, slot in slots.items()}
    spec = turn.scope.spec(CallKind.INTENT, result.intent.name, slots)
    return Call(result.intent.name, args, resolve, run, spec=spec), resolution


async def _async_match_room(
    area: str, user_input: ConversationInput, turn: Turn, hass: HomeAssistant
) -> tuple[Call, Resolution] | None:
    """Return the call that switches everything in a room off, which Home Assistant has no sentence for."""
    slots: _Slots = {"area": {"value": area, "text": area}, "domain": {"value": list(_SWITCHED_OFF)}}
    spec = turn.scope.spec(CallKind.INTENT, intent.INTENT_TURN_OFF, slots)
    call = call_of_intent(hass, spec, user_input.as_llm_context(DOMAIN))
    try:
        with turn.stage("resolve"):
            return call, await call.resolve()
    except HomeAssistantError:
        return None


async def async_prepare(hass: HomeAssistant, language: str) -> None:
    """Load the sentences of a language, which the first match would otherwise have to wait for."""
    if (agent := get_agent_manager(hass).default_agent) is not None:
        await agent.async_prepare(language)


async def _async_handle(
    hass: HomeAssistant, user_input: ConversationInput, conversation_id: str, intent_type: str, slots: _Slots
) -> intent.IntentResponse:
    """Let Home Assistant handle the sentence, if it still means exactly what was judged."""

    def means_something_else(result: RecognizeResult) -> bool:
        return result.intent.name != intent_type or _slots(result) != slots

    # Home Assistant notes its steps in the chat log; ours gets the reply alone, whoever found it.
    scratch = ChatLog(hass, conversation_id)
    response = await async_handle_intents(hass, user_input, scratch, intent_filter=means_something_else)
    if response is None:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="nothing_found")
    if response.response_type is intent.IntentResponseType.ERROR:
        raise HomeAssistantError(spoken(response) or response.error_code)
    return response


def spoken(response: intent.IntentResponse) -> str:
    """Return what an intent's response says."""
    return str(response.speech.get("plain", {}).get("speech", ""))


def _is_guess(hass: HomeAssistant, result: RecognizeResult) -> bool:
    """Tell whether a question takes any word for a place: "who is the plumber?" is not about a zone of that name."""
    if result.intent.name != intent.INTENT_GET_STATE:
        return False
    zones = {state.name.casefold() for state in hass.states.async_all(ZONE_DOMAIN)} | {STATE_HOME}
    return any(
        entity.is_wildcard and str(entity.value).strip().casefold() not in zones for entity in result.entities_list
    )


def _slots(result: RecognizeResult) -> _Slots:
    return {
        entity.name: {"value": entity.value, "text": entity.text or entity.value} for entity in result.entities_list
    }


def device_of(hass: HomeAssistant, user_input: ConversationInput) -> str | None:
    """Return the device that was spoken to; a satellite may be known by its entity only."""
    if user_input.device_id is not None or user_input.satellite_id is None:
        return user_input.device_id
    entry = er.async_get(hass).async_get(user_input.satellite_id)
    return entry.device_id if entry else None
