"""Look into scripts, scenes, groups and automations for what they would really do."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from homeassistant.const import ATTR_ENTITY_ID, CONF_TARGET, Platform
from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.helpers.template import Template, is_template_string

from ..const import DOMAIN
from .effects import Effect, Resolution, Risk
from .pauses import BRIEFING
from .policy import HEATING_FIELDS, classify
from .wired import wired_to

# A chain of scripts longer than this is taken for a loop.
_MAX_DEPTH = 8

# Core applies the actions of these to entities of their own domain only.
_ENTITY_DOMAINS = frozenset(Platform)

# What our own actions come down to for any automation that they name.
_RESTS = {"not_today": "turn_off", "resume": "turn_on"}
_TARGET_KEYS = ("entity_id", "device_id", "area_id", "floor_id", "label_id")
_HARMLESS = frozenset(
    {
        cv.SCRIPT_ACTION_CHECK_CONDITION,
        cv.SCRIPT_ACTION_DELAY,
        cv.SCRIPT_ACTION_SET_CONVERSATION_RESPONSE,
        cv.SCRIPT_ACTION_STOP,
        cv.SCRIPT_ACTION_VARIABLES,
        cv.SCRIPT_ACTION_WAIT_FOR_TRIGGER,
        cv.SCRIPT_ACTION_WAIT_TEMPLATE,
    }
)
# What "turn on" and its kin mean for entities that have actions of their own.
_ON_OFF = {
    "turn_on": {
        "cover": "open_cover",
        "lock": "lock",
        "valve": "open_valve",
        "button": "press",
        "input_button": "press",
    },
    "turn_off": {"cover": "close_cover", "lock": "unlock", "valve": "close_valve"},
}


def look_inside(hass: HomeAssistant, effects: Iterable[Effect]) -> Resolution:
    """Return everything that some effects come down to."""
    inside = Inside(hass)
    for effect in effects:
        inside.add(effect, is_chosen=True)
    return Resolution(tuple(inside.effects), tuple(inside.unknown), chosen=tuple(inside.chosen))


class Inside:
    """Collect the effects that hide behind effects, and what can't be looked into."""

    def __init__(self, hass: HomeAssistant, wired: set[tuple[str, str]] | None = None) -> None:
        """Start with nothing found; what is `wired` to these entities and services is looked into already."""
        self._hass = hass
        self.effects: list[Effect] = []
        self.chosen: list[Effect] = []
        self.unknown: list[str] = []
        self._wired = set() if wired is None else wired

    def add(self, effect: Effect, depth: int = 0, *, is_chosen: bool = False) -> None:
        """Take an effect and everything behind it; one that the caller picked itself is noted as such."""
        if depth > _MAX_DEPTH:
            self.unknown.append(f"{effect.entity_id or effect.domain} goes too deep")
            return
        called = effect
        if effect.domain == "homeassistant" and effect.entity_id is not None:
            effect = own_action(effect)
        self.effects.append(effect)
        if is_chosen:
            self.chosen += [effect] if called is effect else [called, effect]
        match effect.domain, effect.service:
            case "script", "turn_off":
                pass
            case "script", "turn_on" | "toggle":
                self._add_script(effect.entity_id, depth)
            case "script", service:
                self._add_script(_script_entity(self._hass, service), depth)
            case "automation", "trigger":
                self._add_automation(effect.entity_id, depth)
            case "scene", "turn_on":
                self._add_scene(effect.entity_id, depth)
            case "scene", "apply" | "create":
                self._add_scene_states(effect.data.get("entities"), depth)
            case _:
                self._add_members(effect, depth, is_chosen=is_chosen)
        self._add_wired(effect, depth)

    def _add_wired(self, effect: Effect, depth: int) -> None:
        """Take what opens the house of what is wired to an entity; the rest of that is as the home wants it."""
        if effect.entity_id is None or (effect.entity_id, effect.service) in self._wired:
            return
        self._wired.add((effect.entity_id, effect.service))
        for owner, steps in wired_to(self._hass, effect.entity_id, effect.service):
            behind = Inside(self._hass, self._wired)
            behind.add_steps(owner, steps, depth + 1)
            self.effects += [one for one in behind.effects if classify(self._hass, one) is Risk.CRITICAL]

    def _add_script(self, entity_id: str | None, depth: int) -> None:
        script = getattr(self._entity("script", entity_id), "script", None)
        self.add_steps(entity_id or "a script", getattr(script, "sequence", None), depth)

    def _add_automation(self, entity_id: str | None, depth: int) -> None:
        script = getattr(self._entity("automation", entity_id), "action_script", None)
        self.add_steps(entity_id or "an automation", getattr(script, "sequence", None), depth)

    def _add_scene(self, entity_id: str | None, depth: int) -> None:
        state = self._hass.states.get(entity_id) if entity_id else None
        members = state.attributes.get(ATTR_ENTITY_ID) if state else None
        if not members:
            self.unknown.append(f"{entity_id or 'a scene'} does not tell what it sets")
            return
        config = getattr(self._entity("scene", entity_id), "scene_config", None)
        states = getattr(config, "states", {})
        self._add_scene_states({member: states.get(member) for member in members}, depth)

    def _add_scene_states(self, states: Any, depth: int) -> None:
        if not isinstance(states, Mapping):
            self.unknown.append("a scene that is made on the spot")
            return
        for entity_id, wanted in states.items():
            self.add(Effect(split_entity_id(entity_id)[0], "apply", entity_id, _wanted(wanted)), depth + 1)

    def _add_members(self, effect: Effect, depth: int, *, is_chosen: bool) -> None:
        """Take the members of a group, whichever made it; those of a group of lights are as much picked as it is."""
        state = self._hass.states.get(effect.entity_id) if effect.entity_id else None
        members = state.attributes.get(ATTR_ENTITY_ID) if state else None
        if isinstance(members, list | tuple):
            for member in members:
                if member != effect.entity_id:
                    mine = own_action(Effect(split_entity_id(member)[0], effect.service, member, effect.data))
                    is_other = (mine.domain, mine.service) != (effect.domain, effect.service)
                    self.add(mine, depth + 1, is_chosen=is_chosen and is_other)

    def add_steps(self, owner: str, steps: Iterable[Any] | None, depth: int = 0) -> None:
        """Take the steps of a script; None stands for steps that nobody can see."""
        if steps is None:
            self.unknown.append(f"{owner} can't be looked into")
            return
        for step in steps:
            self._add_step(owner, step, depth)

    def _add_step(self, owner: str, action: Any, depth: int) -> None:
        try:
            kind = cv.determine_script_action(action)
        except ValueError, TypeError:
            self.unknown.append(f"{owner} has a step of an unknown kind")
            return
        if kind in _HARMLESS:
            return
        if kind == cv.SCRIPT_ACTION_CALL_SERVICE:
            self._add_service(owner, action, depth)
        elif kind == cv.SCRIPT_ACTION_ACTIVATE_SCENE:
            self.add(Effect("scene", "turn_on", action["scene"]), depth + 1)
        elif kind == cv.SCRIPT_ACTION_DEVICE_AUTOMATION:
            self._add_device_action(action, depth)
        elif kind == cv.SCRIPT_ACTION_FIRE_EVENT:
            self.unknown.append(f"{owner} fires an event")
        else:
            for branch in _branches(action):
                self.add_steps(owner, branch, depth)

    def _add_service(self, owner: str, action: Mapping[str, Any], depth: int) -> None:
        name = action.get("action") or action.get("service") or action.get("service_template")
        if not isinstance(name, str) or is_template_string(name) or "." not in name:
            self.unknown.append(f"{owner} chooses its action as it runs")
            return
        domain, service = name.split(".", 1)
        given, older, aim = (action.get(key) or {} for key in ("data", "data_template", CONF_TARGET))
        if not all(isinstance(part, Mapping) for part in (given, older, aim)):
            self.unknown.append(f"{owner} chooses what it does as it runs")
        fields = {**_mapping(given), **_mapping(older)}
        target = {**fields, **_mapping(aim), **action}
        data = {key: _written(value) for key, value in fields.items() if key not in _TARGET_KEYS}
        if domain == DOMAIN and service in _RESTS and data.get("what") != BRIEFING:
            self._add_resting(owner, service, data.get("what"), depth)
            return
        selection = {key: target[key] for key in _TARGET_KEYS if key in target}
        if not selection:
            self.add(Effect(domain, service, None, data), depth + 1)
            return
        if (entity_ids := self._entities(domain, selection)) is None:
            self.unknown.append(f"{owner} chooses its targets as it runs")
            self.add(Effect(domain, service, None, data), depth + 1)
            return
        for entity_id in sorted(entity_ids):
            self.add(Effect(domain, service, entity_id, data), depth + 1)

    def _add_resting(self, owner: str, service: str, what: Any, depth: int) -> None:
        """Take what lets an automation rest, or go on, for switching it; people say such words of Hearth's own only."""
        if isinstance(what, str) and not is_template_string(what):
            self.add(Effect("automation", _RESTS[service], what), depth + 1)
        else:
            self.unknown.append(f"{owner} lets something rest or go on that can't be known")

    def _add_device_action(self, action: Mapping[str, Any], depth: int) -> None:
        entity_id = action.get(ATTR_ENTITY_ID)
        if isinstance(entity_id, str) and (entry := er.async_get(self._hass).async_get(entity_id)):
            entity_id = entry.entity_id
        self.add(own_action(Effect(str(action.get("domain")), str(action.get("type")), entity_id)), depth + 1)

    def _entities(self, domain: str, selection: Mapping[str, Any]) -> set[str] | None:
        """Return the entities of a target that an action of `domain` reaches, or None when a template decides."""
        if any(_holds_template(value) for value in selection.values()):
            return None
        selected = async_extract_referenced_entity_ids(
            self._hass, TargetSelection(dict(selection)), expand_group=False, primary_entities_only=False
        )
        indirect = selected.indirectly_referenced
        if domain in _ENTITY_DOMAINS:
            # To turn the lights of a floor off is nothing to its locks.
            indirect = {entity_id for entity_id in indirect if split_entity_id(entity_id)[0] == domain}
        return selected.referenced | indirect

    def _entity(self, domain: str, entity_id: str | None) -> Any:
        component = self._hass.data.get(DATA_INSTANCES, {}).get(domain)
        return component.get_entity(entity_id) if component and entity_id else None


def own_action(effect: Effect) -> Effect:
    """Return an on/off effect as the action that the entity's own domain has for it."""
    domain = split_entity_id(effect.entity_id)[0] if effect.entity_id else effect.domain
    service = _ON_OFF.get(effect.service, {}).get(domain, effect.service)
    return Effect(domain, service, effect.entity_id, effect.data)


def _script_entity(hass: HomeAssistant, object_id: str) -> str | None:
    """Return the entity of the script that is called by its own action's name."""
    return er.async_get(hass).async_get_entity_id("script", "script", object_id) or f"script.{object_id}"


def _branches(action: Mapping[str, Any]) -> Iterator[Iterable[Any]]:
    """Yield every list of steps that a branching step may run."""
    for choice in action.get("choose") or ():
        yield choice["sequence"]
    for key in ("default", "then", "else", "sequence"):
        if action.get(key):
            yield action[key]
    if repeat := action.get("repeat"):
        yield repeat["sequence"]
    for branch in action.get("parallel") or ():
        yield branch.get("sequence", [branch])


def _wanted(wanted: Any) -> Mapping[str, Any]:
    """Return what a scene sets of an entity, as far as its class hangs on it."""
    match wanted:
        case State():
            given = {**wanted.attributes, "state": wanted.state}
        case Mapping():
            given = dict(wanted)
        case _:
            given = {"state": wanted}
    return {key: given.get(key) for key in ("state", *(one for one in HEATING_FIELDS if one in given))}


def _written(value: Any) -> Any:
    """Return what an action is given as people have written it, fit for a file."""
    match value:
        case Template():
            return value.template
        case Mapping():
            return {str(key): _written(part) for key, part in value.items()}
        case list() | tuple():
            return [_written(part) for part in value]
        case _:
            return value


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _holds_template(value: Any) -> bool:
    if isinstance(value, list):
        return any(_holds_template(item) for item in value)
    return isinstance(value, Template) or (isinstance(value, str) and is_template_string(value))
