"""Ask in the options how cautious the home is, and what rules of its own it has."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import WEEKDAYS
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers import area_registry as ar, entity_registry as er, label_registry as lr
from homeassistant.helpers.selector import (
    AreaSelector,
    AreaSelectorConfig,
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    LabelSelector,
    LabelSelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TimeSelector,
)
import probatio

from .access import OTHER_AGENTS
from .hands.phrases import name_of
from .hands.policy import CONF_PRESET, CONF_RULES, Actor, BadRuleError, Conflict, Preset, Rule, conflicts
from .hands.policy.classes import CLASSES as CLASSED
from .hands.policy.rules import ANNOTATIONS, CLASSES, PRESENCE, RULINGS
from .options_forms import OptionsForms, choice
from .speech import join, say

_CONF_REMOVE: Final = "remove"
_CONF_RULE: Final = "rule"
_NEW: Final = "new"
# The conditions of a rule, by the part of the form that they stand in.
_SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "who": ("actors", "people", "agents"),
    "what": ("classes", "domains", "actions", "entities", "areas", "labels", "annotations"),
    "circumstances": ("after", "before", "weekdays", "presence", "tainted"),
}

type _Stored = dict[str, Any]


class RulesOptions(OptionsForms):
    """The pages on what may happen without a question."""

    _preset: str = Preset.NORMAL
    _edited: str | None = None
    _pending: list[_Stored]

    async def async_step_rules(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose how cautious the home is, and a rule to change or to add."""
        if user_input is not None:
            self._preset = user_input[CONF_PRESET]
            if (chosen := user_input.get(_CONF_RULE)) is None:
                return self.save({CONF_PRESET: self._preset})
            self._edited = None if chosen == _NEW else chosen
            return await self.async_step_rule()
        names = {_NEW: _NEW, **{rule["name"]: rule["name"] for rule in self._rules}}
        fields = {CONF_PRESET: _select(Preset, CONF_PRESET), _CONF_RULE: choice(names, translation_key=_CONF_RULE)}
        shown = {CONF_PRESET: self.config_entry.options.get(CONF_PRESET, Preset.NORMAL)}
        return self.show("rules", fields, shown, placeholders={"conflicts": self._explained(self._rules)})

    async def async_step_rule(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Write down one rule, or take it away; one that disagrees with another is confirmed first."""
        errors: dict[str, str] = {}
        edited = next((rule for rule in self._rules if rule["name"] == self._edited), None)
        shown = _as_form(self.hass, edited) if edited else {}
        if user_input is not None:
            others = [rule for rule in self._rules if rule is not edited]
            rule, shown = _as_rule(self.hass, user_input), user_input
            if user_input.get(_CONF_REMOVE):
                return self._save_rules(others)
            if not (problem := _problem(rule, others)):
                self._pending = [*others, rule]
                disagrees = any(rule["name"] in _names(found) for found in _found(self._pending))
                return await self.async_step_conflict() if disagrees else self._save_rules(self._pending)
            errors["base"] = problem
        return self.show("rule", self._fields(), {_CONF_REMOVE: False, **shown}, required=True, errors=errors)

    async def async_step_conflict(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Explain how rules disagree, and save them all the same if that is meant."""
        if user_input is not None:
            return self._save_rules(self._pending)
        return self.show("conflict", {}, {}, placeholders={"conflicts": self._explained(self._pending)})

    @property
    def _rules(self) -> list[_Stored]:
        rules: list[_Stored] = self.config_entry.options.get(CONF_RULES, [])
        return rules

    def _save_rules(self, rules: list[_Stored]) -> ConfigFlowResult:
        return self.save({CONF_PRESET: self._preset, CONF_RULES: rules})

    def _fields(self) -> dict[str, Any]:
        """Return the fields of a rule, its conditions in three parts."""
        actions = {
            f"{domain}.{service}"
            for domain, services in self.hass.services.async_services().items()
            for service in services
        }
        conditions: dict[str, Any] = {
            "actors": _select(Actor, "actor", multiple=True),
            "people": choice(self._people(), multiple=True),
            "agents": choice({**self._agents(), OTHER_AGENTS: OTHER_AGENTS}, multiple=True, translation_key="agent"),
            "classes": _select(CLASSES, "class", multiple=True),
            "domains": _select({*CLASSED, *(state.domain for state in self.hass.states.async_all())}, multiple=True),
            "actions": _select(actions, multiple=True),
            "entities": EntitySelector(EntitySelectorConfig(multiple=True)),
            "areas": AreaSelector(AreaSelectorConfig(multiple=True)),
            "labels": LabelSelector(LabelSelectorConfig(multiple=True)),
            "annotations": _select(ANNOTATIONS, "annotation", multiple=True),
            "after": TimeSelector(),
            "before": TimeSelector(),
            "weekdays": _select(WEEKDAYS, "weekday", multiple=True),
            "presence": _select(PRESENCE, "presence"),
            "tainted": BooleanSelector(),
        }
        parts = {
            part: section(probatio.Schema({probatio.Optional(name): conditions[name] for name in names}))
            for part, names in _SECTIONS.items()
        }
        return {"name": TextSelector(), "verdict": _select(RULINGS, "ruling"), **parts, _CONF_REMOVE: BooleanSelector()}

    def _explained(self, rules: list[_Stored]) -> str:
        """Say in plain words which rules disagree, on what, and who wins."""
        language = self.hass.config.language
        told = [self._told(language, found) for found in _found(rules)]
        return "\n\n".join(told) if told else say(language, "rules_agree")

    def _told(self, language: str, found: Conflict) -> str:
        if found.winner is None:
            return say(language, "rule_powerless", loser=found.loser.name)
        on = [_name(self.hass, kind, thing) for kind, things in found.on.items() for thing in sorted(things)]
        return say(
            language,
            "rules_disagree",
            winner=found.winner.name,
            wins=say(language, f"ruling_{found.winner.ruling.name.lower()}"),
            loser=found.loser.name,
            loses=say(language, f"ruling_{found.loser.ruling.name.lower()}"),
            on=join(language, on) if on else say(language, "everything"),
        )


def _select(values: Iterable[str], translation_key: str | None = None, *, multiple: bool = False) -> SelectSelector:
    """Return a field that offers values; those without a translation are sorted, and others may be typed."""
    config = SelectSelectorConfig(
        options=list(values) if translation_key else sorted(values),
        multiple=multiple,
        mode=SelectSelectorMode.DROPDOWN,
        custom_value=translation_key is None,
    )
    if translation_key:
        config["translation_key"] = translation_key
    return SelectSelector(config)


def _found(rules: Iterable[_Stored]) -> list[Conflict]:
    """Return how rules disagree; one that can't be read disagrees with nothing, it is told of elsewhere."""
    readable = []
    for rule in rules:
        try:
            readable.append(Rule.read(rule))
        except BadRuleError:
            continue
    return conflicts(readable)


def _names(found: Conflict) -> set[str]:
    return {rule.name for rule in (found.loser, found.winner) if rule is not None}


def _problem(rule: _Stored, others: Iterable[_Stored]) -> str | None:
    """Return what is wrong with a rule as it was written, None for nothing."""
    if any(other["name"] == rule["name"] for other in others) or rule["name"] == _NEW:
        return "rule_name_taken"
    try:
        Rule.read(rule)
    except BadRuleError:
        return "rule_unreadable"
    return None


def _as_rule(hass: HomeAssistant, form: Mapping[str, Any]) -> _Stored:
    """Return what is stored of a form; an entity is kept by the ID that stays when it is renamed."""
    filled = {name: value for part in _SECTIONS for name, value in form.get(part, {}).items() if value}
    if "entities" in filled:
        registry = er.async_get(hass)
        entries = {entity_id: registry.async_get(entity_id) for entity_id in filled["entities"]}
        filled["entities"] = [entry.id if entry else entity_id for entity_id, entry in entries.items()]
    return {"name": form["name"].strip(), "when": filled, "verdict": form["verdict"]}


def _as_form(hass: HomeAssistant, rule: _Stored) -> dict[str, Any]:
    """Return what a form shows of a stored rule."""
    when = dict(rule.get("when", {}))
    if "entities" in when:
        when["entities"] = [_entity_id(hass, entity) for entity in when["entities"]]
    parts = {part: {name: when[name] for name in names if name in when} for part, names in _SECTIONS.items()}
    return {"name": rule["name"], "verdict": rule["verdict"], **parts}


def _entity_id(hass: HomeAssistant, entity: str) -> str:
    entry = er.async_get(hass).entities.get_entry(entity)
    return entry.entity_id if entry else entity


def _name(hass: HomeAssistant, kind: str, thing: str) -> str:
    """Return what people call something that a rule names."""
    match kind:
        case "entities":
            return name_of(hass, _entity_id(hass, thing))
        case "areas":
            area = ar.async_get(hass).async_get_area(thing)
            return area.name if area else thing
        case "labels":
            label = lr.async_get(hass).async_get_label(thing)
            return label.name if label else thing
        case _:
            return thing
