"""Find what is wired to an entity: the steps that a template gives it, and the automations that a helper sets off."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from homeassistant.components.automation import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.const import CONF_TARGET, STATE_ON
from homeassistant.core import HomeAssistant, callback, split_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.helpers.template import Template

# These are there for nothing but what automations make of them.
_HELPERS: Final = frozenset(
    {
        "counter",
        "input_boolean",
        "input_button",
        "input_datetime",
        "input_number",
        "input_select",
        "input_text",
        "schedule",
        "timer",
    }
)
_TEMPLATES: Final = "homeassistant.components.template."
# Each of these runs the one script of its own name, where there is one.
_ALONE: Final = frozenset({"close_cover", "lock", "open_cover", "press", "stop_cover", "turn_off", "unlock"})


@callback
def wired_to(hass: HomeAssistant, entity_id: str, service: str) -> Iterator[tuple[str, Iterable[Any] | None]]:
    """Yield whose steps run when a service is called on an entity, and the steps; None for what nobody can see."""
    domain = split_entity_id(entity_id)[0]
    instances = hass.data.get(DATA_INSTANCES, {})
    if domain in _HELPERS and AUTOMATION_DOMAIN in instances:
        for automation in instances[AUTOMATION_DOMAIN].entities:
            if hass.states.is_state(automation.entity_id, STATE_ON) and _is_set_off(hass, automation, entity_id):
                yield automation.entity_id, getattr(getattr(automation, "action_script", None), "sequence", None)
    entity = instances[domain].get_entity(entity_id) if domain in instances else None
    if type(entity).__module__.startswith(_TEMPLATES):
        scripts = getattr(entity, "_action_scripts", None) or {}
        for name, script in scripts.items():
            # Any other service may run several of them.
            if service not in _ALONE or service not in scripts or name == service:
                yield entity_id, getattr(script, "sequence", None)


@callback
def triggers_of(automation: object) -> Sequence[Mapping[str, Any]]:
    """Return the triggers of an automation, as core has understood them."""
    # Core shows them as they were written, in several spellings; this is what came of that.
    return getattr(automation, "_trigger_config", None) or ()


def _is_set_off(hass: HomeAssistant, automation: object, entity_id: str) -> bool:
    """Tell whether a trigger of an automation has to do with an entity."""
    entry = er.async_get(hass).async_get(entity_id)
    names = {entity_id, *([entry.id] if entry else [])}
    return any(_mentions(trigger, names) or entity_id in _targets(hass, trigger) for trigger in triggers_of(automation))


def _mentions(value: Any, names: set[str]) -> bool:
    match value:
        case str():
            return value in names
        case Template():
            return any(name in value.template for name in names)
        case Mapping():
            return any(_mentions(part, names) for part in value.values())
        case list() | tuple() | set():
            return any(_mentions(part, names) for part in value)
        case _:
            return False


def _targets(hass: HomeAssistant, trigger: Mapping[str, Any]) -> set[str]:
    """Return the entities that a trigger names by their area, floor, device or label."""
    target = trigger.get(CONF_TARGET)
    if not isinstance(target, Mapping):
        return set()
    selected = async_extract_referenced_entity_ids(hass, TargetSelection(dict(target)), primary_entities_only=False)
    return selected.referenced | selected.indirectly_referenced
