"""Say honestly what became of the calls of a turn."""

from collections.abc import Sequence

from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent, llm

from ..const import DOMAIN
from ..hands import CallRecord, Outcome, Risk
from ..hands.policy import Reason, classify
from ..speech import join, knows, say
from .route import spoken


def reply_for(hass: HomeAssistant, language: str, calls: Sequence[CallRecord]) -> str:
    """Return what to say about calls when no model speaks about them; a question comes last."""
    told = [text for call in calls if (text := _told(hass, language, call))]
    asked = question_for(hass, language, calls)
    return " ".join([*dict.fromkeys(told), *([asked] if asked else [])])


def correction_for(hass: HomeAssistant, language: str, calls: Sequence[CallRecord]) -> str:
    """Return what a model's own words must not hide: what did not happen although it was tried."""
    if calls and all(call.outcome in (Outcome.FAILED, Outcome.DENIED) for call in calls):
        return say(language, "changed_nothing")
    return " ".join(_unchanged(hass, language, call) for call in calls if call.outcome is Outcome.UNCHANGED)


def question_for(hass: HomeAssistant, language: str, calls: Sequence[CallRecord]) -> str:
    """Return the one question that asks for every consent that calls wait for, or nothing."""
    asked = [call for call in calls if call.outcome is Outcome.ASKED]
    actions = [action for call in asked for action in _actions(hass, language, call)]
    return say(language, "ask", actions=join(language, list(dict.fromkeys(actions)))) if actions else ""


def _told(hass: HomeAssistant, language: str, call: CallRecord) -> str:
    match call.outcome:
        case Outcome.DONE | Outcome.ANSWERED:
            return _speech(call) or (say(language, "done") if call.outcome is Outcome.DONE else "")
        case Outcome.STARTED:
            return _speech(call) or say(language, "started")
        case Outcome.UNCHANGED:
            return _unchanged(hass, language, call)
        case Outcome.DENIED:
            return say(language, "denied")
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
    states = dict.fromkeys(call.after.get(entity_id) or "?" for entity_id in call.unchanged)
    names = [_name(hass, entity_id) for entity_id in call.unchanged]
    return say(language, "unchanged", names=join(language, names), states=join(language, list(states)))


def _actions(hass: HomeAssistant, language: str, call: CallRecord) -> list[str]:
    """Return a phrase for everything in a call that needs consent, entities with the same action in one phrase."""
    by_action: dict[str, list[str]] = {}
    for effect in call.resolution.effects:
        tainted = call.reason == Reason.TAINTED
        if (risk := classify(hass, effect, tainted=tainted)) is None or risk >= Risk.SENSITIVE:
            names = by_action.setdefault(f"{effect.domain}.{effect.service}", [])
            if effect.entity_id is not None:
                names.append(_name(hass, effect.entity_id))
            elif effect.domain == DOMAIN and (text := effect.data.get("new") or effect.data.get("text")):
                names.append(str(text))
    actions = [_action(language, action, list(dict.fromkeys(names))) for action, names in by_action.items()]
    opaque = [say(language, "do_opaque", name=_tool_name(hass, call.name))] if call.resolution.unknown else []
    return actions + opaque


def _action(language: str, action: str, names: list[str]) -> str:
    domain, service = action.split(".", maxsplit=1)
    key = "do_apply" if service == "apply" else f"do_{domain}_{service}"
    listed = join(language, names) if names else domain.replace("_", " ")
    return say(language, key if knows(key) else "do_action", names=listed, action=action)


def _tool_name(hass: HomeAssistant, name: str) -> str:
    """Return what people call the script behind a tool; another tool goes by its own name."""
    script = hass.states.get(name.replace("__", ".", 1))
    return script.name if script else name


def _name(hass: HomeAssistant, entity_id: str) -> str:
    state = hass.states.get(entity_id)
    return state.name if state else entity_id
