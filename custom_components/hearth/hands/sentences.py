"""Find automations that act on a sentence: voice assistants obey those before they ask any agent."""

from homeassistant.components.automation import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.components.conversation import DOMAIN as CONVERSATION_DOMAIN
from homeassistant.const import CONF_COMMAND, CONF_PLATFORM, STATE_ON
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_component import DATA_INSTANCES

from .effects import Effect, Risk
from .policy import classify
from .scripts import look_inside
from .wired import triggers_of


@callback
def unasked_sentences(hass: HomeAssistant) -> dict[str, tuple[str, ...]]:
    """Return the sentences on which automations do what Hearth would ask about first, by the automation's entity."""
    instances = hass.data.get(DATA_INSTANCES, {})
    if AUTOMATION_DOMAIN not in instances:
        return {}
    heard = {entity.entity_id: _sentences(entity) for entity in instances[AUTOMATION_DOMAIN].entities}
    return {
        entity_id: sentences
        for entity_id, sentences in heard.items()
        if sentences and hass.states.is_state(entity_id, STATE_ON) and _would_be_asked_about(hass, entity_id)
    }


def _sentences(automation: object) -> tuple[str, ...]:
    spoken = (trigger for trigger in triggers_of(automation) if trigger.get(CONF_PLATFORM) == CONVERSATION_DOMAIN)
    return tuple(sentence for trigger in spoken for sentence in trigger.get(CONF_COMMAND, ()))


def _would_be_asked_about(hass: HomeAssistant, entity_id: str) -> bool:
    inside = look_inside(hass, [Effect(AUTOMATION_DOMAIN, "trigger", entity_id)])
    risks = [classify(hass, effect) for effect in inside.effects]
    return bool(inside.unknown) or any(risk is None or risk >= Risk.SENSITIVE for risk in risks)
