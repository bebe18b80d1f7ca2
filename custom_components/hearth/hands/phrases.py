"""Say in a person's words what calls would do to the home."""

from homeassistant.core import HomeAssistant

from ..const import DOMAIN
from ..speech import join, knows, say
from .effects import Resolution, Risk
from .policy import Reason, classify


def phrases(
    hass: HomeAssistant,
    language: str,
    tool: str,
    resolution: Resolution,
    *,
    tainted: bool = False,
    least: Risk = Risk.SENSITIVE,
) -> list[str]:
    """Return a phrase for each thing that a use of a tool would do, entities with the same action in one phrase.

    What is less grave than `least` is left out; what nobody knows never is.
    """
    by_action: dict[str, list[str]] = {}
    for effect in resolution.effects:
        if (risk := classify(hass, effect, tainted=tainted)) is None or risk >= least:
            names = by_action.setdefault(f"{effect.domain}.{effect.service}", [])
            if effect.entity_id is not None:
                names.append(name_of(hass, effect.entity_id))
            elif effect.domain == DOMAIN and (text := effect.data.get("new") or effect.data.get("text")):
                names.append(str(text))
    told = [phrase(language, action, list(dict.fromkeys(names))) for action, names in by_action.items()]
    # The summary of a proposed automation tells by itself what can't be seen.
    is_proposal = any("yaml" in effect.data for effect in resolution.effects)
    hides = bool(resolution.unknown) and not is_proposal
    opaque = [say(language, "do_opaque", name=_tool_name(hass, tool))] if hides else []
    return list(dict.fromkeys(told + opaque))


def asked_for(hass: HomeAssistant, language: str, tool: str, resolution: Resolution, reason: str) -> list[str]:
    """Return a phrase for each thing for which a person is asked, for a `reason` of the policy's; at least one."""
    # A rule may ask about what nobody else would.
    by_rule = reason in {Reason.PRESET, Reason.RULE}
    classes = (Risk.REVERSIBLE, Risk.READ) if by_rule else (Risk.SENSITIVE, Risk.REVERSIBLE, Risk.READ)
    tainted = reason == Reason.TAINTED
    told = (phrases(hass, language, tool, resolution, tainted=tainted, least=least) for least in classes)
    return next(filter(None, told), [say(language, "do_opaque", name=_tool_name(hass, tool))])


def drafts(resolution: Resolution) -> list[str]:
    """Return the messages that calls would send, each once: nobody should approve words that they have not seen."""
    said = (effect.data.get("message") for effect in resolution.judged)
    return list(dict.fromkeys(str(message) for message in said if message))


def name_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return what people call an entity."""
    state = hass.states.get(entity_id)
    return state.name if state else entity_id


def phrase(language: str, action: str, names: list[str]) -> str:
    """Return what an action would do to things of these names."""
    domain, service = action.split(".", maxsplit=1)
    key = next((key for key in (f"do_{domain}_{service}", f"do_{service}") if knows(key)), "do_action")
    listed = join(language, names) if names else domain.replace("_", " ")
    return say(language, key, names=listed, action=action)


def _tool_name(hass: HomeAssistant, name: str) -> str:
    """Return what people call the script behind a tool; another tool goes by its own name."""
    script = hass.states.get(name.replace("__", ".", 1))
    return script.name if script else name
