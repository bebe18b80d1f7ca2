"""Say honestly what became of the calls of a turn."""

from collections.abc import Sequence

from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent, llm

from ..hands import AsksBack, CallRecord, Outcome
from ..hands.call import Ways
from ..hands.phrases import asked_for, drafts, name_of
from ..hands.policy import because
from ..speech import join, say
from .route import spoken

_ASKS = {Ways.ADMIN: "ask_admin", Ways.ELSEWHERE: "ask_elsewhere", Ways.PIN: "ask_pin", Ways.YES: "ask"}


def reply_for(hass: HomeAssistant, language: str, calls: Sequence[CallRecord], said: str = "") -> str:
    """Return what to say about calls when no model speaks about them; a question comes last.

    `said` is what the person said in the turn.
    """
    told = [text for call in calls if (text := _told(hass, language, call))]
    asked = question_for(hass, language, calls, said)
    return " ".join([*dict.fromkeys(told), *([asked] if asked else [])])


def correction_for(hass: HomeAssistant, language: str, calls: Sequence[CallRecord]) -> str:
    """Return what a model's own words must not hide: what did not happen although it was tried."""
    if calls and all(call.outcome in (Outcome.FAILED, Outcome.DENIED) for call in calls):
        return say(language, "changed_nothing")
    return " ".join(_unchanged(hass, language, call) for call in calls if call.outcome is Outcome.UNCHANGED)


def question_for(hass: HomeAssistant, language: str, calls: Sequence[CallRecord], said: str = "") -> str:
    """Return what asks for all that calls wait for, each in its way; what a word can answer comes last."""
    asked = [call for call in calls if call.outcome is Outcome.ASKED]
    shown = [text for call in asked for text in drafts(language, call.resolution)]
    by_way = {ways: [call for call in asked if (call.ways or Ways.YES) is ways] for ways in _ASKS}
    asks = [text for ways, key in _ASKS.items() if (text := _ask(hass, language, key, by_way[ways], said))]
    back = [call.result.question for call in calls if isinstance(call.result, AsksBack)]
    return " ".join([*dict.fromkeys(shown), *dict.fromkeys(back), *asks])


def _ask(hass: HomeAssistant, language: str, key: str, asked: Sequence[CallRecord], said: str) -> str:
    actions = [
        action for call in asked for action in asked_for(hass, language, call.name, call.resolution, call.reason, said)
    ]
    return say(language, key, actions=join(language, list(dict.fromkeys(actions)))) if actions else ""


def _told(hass: HomeAssistant, language: str, call: CallRecord) -> str:
    match call.outcome:
        case Outcome.DONE | Outcome.ANSWERED:
            return _speech(call) or (say(language, "done") if call.outcome is Outcome.DONE else "")
        case Outcome.STARTED:
            return _speech(call) or say(language, "started")
        case Outcome.UNCHANGED:
            return _unchanged(hass, language, call)
        case Outcome.DENIED:
            return say(language, "denied", why=because(language, call.reason, call.rule))
        case Outcome.DECLINED:
            return say(language, "declined")
        case Outcome.LAPSED:
            return say(language, "lapsed")
        case Outcome.FAILED:
            return say(language, "failed")
        case Outcome.ASKED:
            return ""


def _speech(call: CallRecord) -> str:
    result = call.result.data if isinstance(call.result, llm.ToolResult) else call.result
    if isinstance(result, llm.IntentResponseDict):
        result = result.original
    return spoken(result) if isinstance(result, intent.IntentResponse) else ""


def _unchanged(hass: HomeAssistant, language: str, call: CallRecord) -> str:
    away = [name_of(hass, entity_id) for entity_id, value in call.seen.items() if value is None]
    still = {name_of(hass, entity_id): value for entity_id, value in call.seen.items() if value is not None}
    states = list(dict.fromkeys(still.values()))
    told = [
        say(language, "unreachable", names=join(language, away)) if away else "",
        say(language, "unchanged", names=join(language, list(still)), states=join(language, states)) if still else "",
    ]
    return " ".join(filter(None, told))
