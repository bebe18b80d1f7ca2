"""Let an automation that Hearth has made rest until tomorrow, at a word and under the guard like anything else."""

from typing import Final

from homeassistant.components.automation import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.const import CONF_ID
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import intent

from ..const import DOMAIN
from ..hands import Call, CallRecord, Effect, Hands, Resolution
from ..hands.automations.install import ID_PREFIX
from ..speech import bare, heard, say
from .turn import Turn

_ACTION: Final = "not_today"


async def async_rest(hass: HomeAssistant, hands: Hands, turn: Turn) -> CallRecord | None:
    """Let rest what somebody names with "not today", None where they name nothing of ours."""
    scope = turn.scope
    parts = heard(scope.language, _ACTION, scope.words)
    if parts is None or (automation := _named(hass, parts["text"])) is None:
        return None
    entity_id = automation.entity_id
    resolution = Resolution((Effect(DOMAIN, _ACTION, entity_id),))

    async def resolve() -> Resolution:
        return resolution

    async def run() -> intent.IntentResponse:
        await hands.pauses.async_pause(entity_id)
        response = intent.IntentResponse(language=scope.language)
        response.async_set_speech(say(scope.language, "paused_today", name=automation.name))
        return response

    return await hands.guard.async_call(
        scope, Call(f"{DOMAIN}__{_ACTION}", {"what": entity_id}, resolve, run), resolution
    )


def _named(hass: HomeAssistant, text: str) -> State | None:
    """Return the automation of ours with the longest name that is in a text."""
    said = bare(text).casefold()
    ours = (
        state
        for state in hass.states.async_all(AUTOMATION_DOMAIN)
        if str(state.attributes.get(CONF_ID, "")).startswith(ID_PREFIX)
    )
    named = (state for state in ours if bare(state.name).casefold() in said)
    return max(named, key=lambda state: len(state.name), default=None)
