"""Ask in the options which of Home Assistant's actions models may use, and within which limits."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers import entity_registry as er, translation
from homeassistant.helpers.selector import (
    AreaSelector,
    AreaSelectorConfig,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    ObjectSelectorField,
    TimeSelector,
)

from .access import HOUSEHOLD_OWNER, people
from .const import DOMAIN
from .hands.actions import (
    CONF_ACTIONS,
    CONF_AREAS,
    CONF_ENTITIES,
    CONF_PEOPLE,
    CONF_RANGES,
    CONF_TIMES,
    NEVER,
    Action,
    Permit,
    async_actions,
    async_titles,
)
from .hands.effects import Effect
from .hands.policy import BadRuleError, Consent, Question, Rules, Verdict, decide, fact_of
from .options_forms import OptionsForms, choice

_CONF_ALLOWED: Final = "allowed"
_CONF_FIELD: Final = "field"
_CONF_FROM: Final = "from"
_CONF_INTEGRATION: Final = "integration"
_CONF_LIMITED: Final = "limited"
_CONF_MAX: Final = "max"
_CONF_MIN: Final = "min"
_CONF_NEVER: Final = "never"
_CONF_UNTIL: Final = "until"
_WORDS: Final = f"component.{DOMAIN}.selector.action_policy.options"
_ASK_PERSON: Final = "ask_person"
_LIMITED: Final = "limited"
_UNKNOWN: Final = "unknown"


class ActionsOptions(OptionsForms):
    """The pages on actions: an integration, its actions, the limits of one."""

    def __init__(self) -> None:
        """Start with nothing chosen."""
        super().__init__()
        self._integration = ""
        self._limited = ""
        self._permits: dict[str, Any] = {}

    async def async_step_actions(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose the integration whose actions to look at."""
        if user_input is not None:
            self._integration = user_input[_CONF_INTEGRATION]
            return await self.async_step_integration_actions()
        actions = await async_actions(self.hass, self._language)
        titles = await async_titles(self.hass, self._language, {action.domain for action in actions.values()})
        chosen = [name.partition(".")[0] for name in self._stored]
        labels = {
            domain: f"{title} ({chosen.count(domain)})" if domain in chosen else title
            for domain, title in sorted(titles.items(), key=lambda named: named[1].casefold())
        }
        return self.show("actions", {_CONF_INTEGRATION: choice(labels)}, {}, required=True)

    async def async_step_integration_actions(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose which actions of an integration are tools, which are never used, and which to limit."""
        actions = await async_actions(self.hass, self._language, {self._integration})
        errors: dict[str, str] = {}
        if user_input is not None:
            never, limited = set(user_input.get(_CONF_NEVER, [])), user_input.get(_CONF_LIMITED)
            allowed = {*user_input.get(_CONF_ALLOWED, []), *([limited] if limited else [])}
            if not allowed & never:
                self._permits = self._with(actions, allowed, never)
                if limited is None:
                    return self.save({CONF_ACTIONS: self._permits})
                self._limited = limited
                return await self.async_step_action_limits()
            errors[_CONF_NEVER] = "allowed_and_never"
        names = {name: action.title for name, action in actions.items()}
        stored = {name: permit for name, permit in self._stored.items() if name in names}
        shown = user_input or {
            _CONF_ALLOWED: [name for name, permit in stored.items() if permit is not NEVER],
            _CONF_NEVER: [name for name, permit in stored.items() if permit is NEVER],
        }
        fields = {
            _CONF_ALLOWED: choice(names, multiple=True),
            _CONF_LIMITED: choice(names),
            _CONF_NEVER: choice(names, multiple=True),
        }
        placeholders = {
            "name": (await async_titles(self.hass, self._language, {self._integration}))[self._integration],
            "actions": await self._async_described(actions),
        }
        return self.show("integration_actions", fields, shown, placeholders=placeholders, errors=errors)

    async def async_step_action_limits(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose what an action may be used on, by whom, when and how far."""
        action = (await async_actions(self.hass, self._language, {self._integration}))[self._limited]
        errors: dict[str, str] = {}
        if user_input is not None and not (errors := _errors(user_input)):
            return self.save({CONF_ACTIONS: {**self._permits, self._limited: self._permit(user_input)}})
        permit = Permit.read(self._permits[self._limited])
        return self.show(
            "action_limits",
            self._limit_fields(action),
            user_input or self._shown(permit),
            placeholders={"name": action.title, "description": action.description},
            errors=errors,
        )

    @property
    def _language(self) -> str:
        return self.hass.config.language

    @property
    def _stored(self) -> Mapping[str, Any]:
        stored: Mapping[str, Any] = self.config_entry.options.get(CONF_ACTIONS, {})
        return stored

    def _with(self, actions: Mapping[str, Action], allowed: set[str], never: set[str]) -> dict[str, Any]:
        """Return what is allowed once this is chosen of some actions; what is still allowed keeps its limits."""
        others = {name: permit for name, permit in self._stored.items() if name not in actions}
        kept = {name: self._stored.get(name) or {} for name in sorted(allowed)}
        return others | kept | dict.fromkeys(sorted(never), NEVER)

    async def _async_described(self, actions: Mapping[str, Action]) -> str:
        """Return a list that says of each action what it does, how grave it is and what is done about it."""
        texts = await translation.async_get_translations(self.hass, self._language, "selector", {DOMAIN})
        lines = [
            f"- **{action.title}**: {' '.join(action.description.split())} "
            f"*({', '.join(texts[f'{_WORDS}.{word}'] for word in self._policy(action))})*"
            for action in actions.values()
        ]
        return "\n".join(lines)

    def _policy(self, action: Action) -> list[str]:
        """Return the class of an action, at its worst, what is decided of it, and whether it has limits of its own."""
        fact = fact_of(self.hass, Effect(action.domain, action.service))
        words = [_UNKNOWN if fact.risk is None else fact.risk.name.lower()]
        if self._stored.get(action.id) is NEVER:
            return [*words, _CONF_NEVER]
        try:
            decision = decide(Question(facts=(fact,)), Rules.read(self.config_entry.options))
        except BadRuleError:
            return [*words, Verdict.DENY.value]
        asks_person = decision.verdict is Verdict.ASK and decision.needs is Consent.PERSON
        words.append(_ASK_PERSON if asks_person else decision.verdict.value)
        return [*words, _LIMITED] if self._stored.get(action.id) else words

    def _limit_fields(self, action: Action) -> dict[str, Any]:
        """Return the fields for what can be limited of an action."""
        fields: dict[str, Any] = {}
        kinds = {field.kind for field in action.fields}
        if action.target is not None or "entity" in kinds:
            domains = [domain for part in action.target or () for domain in part.get("domain", ())]
            entities = EntitySelectorConfig(multiple=True)
            if domains:
                entities["domain"] = domains
            fields[CONF_ENTITIES] = EntitySelector(entities)
        if action.target is not None or kinds & {"area", "device", "entity"}:
            fields[CONF_AREAS] = AreaSelector(AreaSelectorConfig(multiple=True))
        numbers = {field.key: field.title for field in action.fields if field.is_number}
        if numbers:
            fields[CONF_RANGES] = _ranges_field(numbers)
        persons = {str(person.owner): name for person, name in people(self.hass)}
        who = {HOUSEHOLD_OWNER: HOUSEHOLD_OWNER, **persons}
        return {
            **fields,
            _CONF_FROM: TimeSelector(),
            _CONF_UNTIL: TimeSelector(),
            CONF_PEOPLE: choice(who, multiple=True, translation_key="who"),
        }

    def _permit(self, user_input: Mapping[str, Any]) -> dict[str, Any]:
        """Return the limits as the options keep them: an entity that is renamed stays the one that was meant."""
        registry = er.async_get(self.hass)
        entities = [
            entry.id if (entry := registry.async_get(entity_id)) else entity_id
            for entity_id in user_input.get(CONF_ENTITIES, [])
        ]
        ranges = {row[_CONF_FIELD]: [row[_CONF_MIN], row[_CONF_MAX]] for row in user_input.get(CONF_RANGES, [])}
        limits = {
            CONF_ENTITIES: entities,
            CONF_AREAS: user_input.get(CONF_AREAS, []),
            CONF_RANGES: ranges,
            CONF_TIMES: [user_input[end] for end in (_CONF_FROM, _CONF_UNTIL) if end in user_input],
            CONF_PEOPLE: user_input.get(CONF_PEOPLE, []),
        }
        return {name: limit for name, limit in limits.items() if limit}

    def _shown(self, permit: Permit) -> dict[str, Any]:
        """Return what the form is filled in with."""
        registry = er.async_get(self.hass)
        times = {_CONF_FROM: permit.hours.start, _CONF_UNTIL: permit.hours.end} if permit.hours else {}
        return {
            CONF_ENTITIES: sorted(er.async_resolve_entity_id(registry, key) or key for key in permit.entities),
            CONF_AREAS: sorted(permit.areas),
            CONF_RANGES: [
                {_CONF_FIELD: field, _CONF_MIN: low, _CONF_MAX: high} for field, (low, high) in permit.ranges.items()
            ],
            CONF_PEOPLE: sorted(permit.people),
            **{end: clock.isoformat() for end, clock in times.items()},
        }


def _ranges_field(numbers: Mapping[str, str]) -> ObjectSelector:
    number = NumberSelector(NumberSelectorConfig(mode=NumberSelectorMode.BOX, step="any"))
    rows = {
        _CONF_FIELD: ObjectSelectorField(selector=choice(numbers), required=True),
        _CONF_MIN: ObjectSelectorField(selector=number, required=True),
        _CONF_MAX: ObjectSelectorField(selector=number, required=True),
    }
    return ObjectSelector(
        ObjectSelectorConfig(fields=rows, multiple=True, label_field=_CONF_FIELD, translation_key="action_range")
    )


def _errors(user_input: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with the limits, by field."""
    errors = {}
    if (_CONF_FROM in user_input) != (_CONF_UNTIL in user_input):
        errors[_CONF_UNTIL] = "times_incomplete"
    if any(row[_CONF_MIN] > row[_CONF_MAX] for row in user_input.get(CONF_RANGES, [])):
        errors[CONF_RANGES] = "range_upside_down"
    return errors
