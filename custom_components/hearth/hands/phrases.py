"""Say in a person's words what calls would do to the home."""

from typing import Final

from homeassistant.components.notify import DOMAIN as NOTIFY, SERVICE_SEND_MESSAGE
from homeassistant.core import HomeAssistant

from ..const import DOMAIN
from ..speech import join, knows, say
from .addresses import addressee
from .effects import Effect, Resolution, Risk
from .policy import Reason, classify

_INSTALL: Final = "update.install"


def phrases(
    hass: HomeAssistant,
    language: str,
    tool: str,
    resolution: Resolution,
    *,
    tainted: bool = False,
    said: str = "",
    least: Risk = Risk.SENSITIVE,
) -> list[str]:
    """Return a phrase for each thing that a use of a tool would do, entities with the same action in one phrase.

    What is less grave than `least` is left out; what nobody knows never is. How grave it is depends on whether text
    from outside was in the turn, and on what the person `said` in it.
    """
    by_action: dict[str, list[str]] = {}
    picked = {id(effect) for effect in resolution.picked}
    for effect in (*resolution.first, *resolution.effects):
        risk = classify(hass, effect, tainted=tainted, said=said, picked=id(effect) in picked)
        if risk is None or risk >= least:
            names = by_action.setdefault(_action(effect, resolution), [])
            if effect.domain == NOTIFY:
                names.append(addressee(hass, effect.entity_id or f"{NOTIFY}.{effect.service}"))
            elif effect.entity_id is not None:
                names.append(name_of(hass, effect.entity_id))
            elif effect.domain == DOMAIN and (text := effect.data.get("new") or effect.data.get("text")):
                names.append(str(text))
    told = [phrase(language, action, list(dict.fromkeys(names))) for action, names in by_action.items()]
    # The summary of a proposed automation tells by itself what can't be seen.
    is_proposal = any("yaml" in effect.data for effect in resolution.effects)
    hides = bool(resolution.unknown) and not is_proposal
    opaque = [say(language, "do_opaque", name=_tool_name(hass, tool))] if hides else []
    return list(dict.fromkeys(told + opaque))


def asked_for(
    hass: HomeAssistant, language: str, tool: str, resolution: Resolution, reason: str, said: str = ""
) -> list[str]:
    """Return a phrase for each thing for which a person who `said` something is asked; at least one.

    `reason` is the policy's.
    """
    # A rule may ask about what nobody else would.
    by_rule = reason in {Reason.PRESET, Reason.RULE}
    classes = (Risk.REVERSIBLE, Risk.READ) if by_rule else (Risk.SENSITIVE, Risk.REVERSIBLE, Risk.READ)
    tainted = reason == Reason.TAINTED
    told = (phrases(hass, language, tool, resolution, tainted=tainted, said=said, least=least) for least in classes)
    return next(filter(None, told), [say(language, "do_opaque", name=_tool_name(hass, tool))])


def drafts(language: str, resolution: Resolution) -> list[str]:
    """Return what says which messages calls would send, each once: nobody should approve words they have not seen."""
    sent = [effect.data for effect in resolution.judged if effect.data.get("message")]
    return list(dict.fromkeys(_draft(language, str(data["message"]), data.get("title")) for data in sent))


def name_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return what people call an entity."""
    state = hass.states.get(entity_id)
    return state.name if state else entity_id


def phrase(language: str, action: str, names: list[str]) -> str:
    """Return what an action would do to things of these names."""
    domain, service = action.split(".", maxsplit=1)
    keys = (f"do_{domain}_{service}", f"do_{service}", f"do_{domain}")
    key = next((key for key in keys if knows(key)), "do_action")
    listed = join(language, names) if names else (service if domain == NOTIFY else domain).replace("_", " ")
    return say(language, key, names=listed, action=action)


def _action(effect: Effect, resolution: Resolution) -> str:
    """Return an action under the name that its words go by: every message is one, an update may lack its backup."""
    action = f"{effect.domain}.{effect.service}"
    if effect.domain == NOTIFY:
        return f"{NOTIFY}.{SERVICE_SEND_MESSAGE}"
    return f"{action}_unsaved" if resolution.unsaved and action == _INSTALL else action


def _draft(language: str, text: str, title: str | None) -> str:
    if title:
        return say(language, "draft_titled", title=str(title), text=text)
    return say(language, "draft", text=text)


def _tool_name(hass: HomeAssistant, name: str) -> str:
    """Return what people call the script behind a tool; another tool goes by its own name."""
    script = hass.states.get(name.replace("__", ".", 1))
    return script.name if script else name
