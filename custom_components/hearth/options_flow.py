"""Options flow for the Hearth integration: what it may know, of whom, and through which agent."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.selector import (
    BooleanSelector,
    DeviceSelector,
    DeviceSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)

from . import exposure
from .access import (
    ALL,
    CONF_AGENTS,
    CONF_LEARN,
    CONF_OWNERS,
    CONF_PEOPLE,
    CONF_PRIVATE,
    CONF_RETENTION_DAYS,
    CONF_SATELLITES,
    CONF_SOURCES,
    DEFAULT_RETENTION_DAYS,
    ENTRY_THING,
    FOLDER_THING,
    HOUSEHOLD_OWNER,
    NOBODY,
    NOT_PERSONAL,
    OTHER_AGENTS,
    Access,
    Kind,
    Source,
    phone_name,
    source_of_entity,
)
from .actions_options import ActionsOptions
from .approvals_options import ApprovalsOptions
from .hands.audit.retention import CONF_AUDIT_DAYS, DEFAULT_AUDIT_DAYS
from .options_forms import choice
from .override_options import OverrideOptions
from .rules_options import RulesOptions
from .tools_options import ToolsOptions

_CONF_AGENT = "agent"
_CONF_DEVICES = "devices"
_CONF_WHO = "who"
_MOST_DAYS = 3650
_NOTIFY = "notify"

# The kinds of things that belong to somebody, by the form's field: entities of a domain, or entries of an integration.
_ENTITY_KINDS = {"calendars": "calendar", "lists": "todo"}
_ENTRY_KINDS = {"mailboxes": "imap", "feeds": "feedreader"}
_CONF_PHONES = "phones"
_CONF_FOLDERS = "folders"
# These services speak to everybody, to nobody yet, or to entities that have a name of their own.
_NO_PHONES = frozenset({"notify", "persistent_notification", "send_message"})


class HearthOptionsFlow(ActionsOptions, ApprovalsOptions, OverrideOptions, RulesOptions, ToolsOptions):
    """Change what may be known, one topic at a time."""

    def __init__(self) -> None:
        """Start with nobody chosen."""
        self._who = HOUSEHOLD_OWNER
        self._agent = OTHER_AGENTS

    async def async_step_init(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer the topics."""
        return self.async_show_menu(
            step_id="init",
            menu_options=[
                "sources",
                "people",
                "agents",
                "owners",
                "storage",
                "expose",
                "actions",
                "rules",
                "approvals",
                "tools",
                "override",
            ],
        )

    async def async_step_sources(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose what may be known in this home at all."""
        if user_input is not None:
            chosen = user_input.get(CONF_SOURCES, [])
            private = [source.value for source in Source if source in user_input.get(CONF_PRIVATE, [])]
            known = {source.value: source in chosen for source in Source}
            return self.save({CONF_SOURCES: known, CONF_PRIVATE: private})
        matrix = self._access.matrix
        personal = [source for source in Source if source not in NOT_PERSONAL]
        fields = {CONF_SOURCES: _sources_field(Source), CONF_PRIVATE: _sources_field(personal)}
        shown = {CONF_SOURCES: matrix.home, CONF_PRIVATE: matrix.private}
        return self.show(
            "sources",
            fields,
            {name: [source for source in Source if source in chosen] for name, chosen in shown.items()},
        )

    async def async_step_people(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose whose rights to change."""
        if user_input is not None:
            self._who = user_input[_CONF_WHO]
            return await (self.async_step_person() if self._who in self._people() else self.async_step_group())
        who = {HOUSEHOLD_OWNER: HOUSEHOLD_OWNER, Kind.GUEST.value: Kind.GUEST.value, **self._people()}
        return self.show("people", {_CONF_WHO: choice(who, translation_key=_CONF_WHO)}, {}, required=True)

    async def async_step_person(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose what a person may know, and which devices are theirs alone."""
        satellites: Mapping[str, str] = self.config_entry.options.get(CONF_SATELLITES, {})
        if user_input is not None:
            others = {device_id: owner for device_id, owner in satellites.items() if owner != self._who}
            theirs = dict.fromkeys(user_input.get(_CONF_DEVICES, []), self._who)
            return self.save({CONF_PEOPLE: self._with_sources(user_input), CONF_SATELLITES: {**others, **theirs}})
        devices = dr.async_get(self.hass)
        mine = [device for device, owner in satellites.items() if owner == self._who and devices.async_get(device)]
        fields = {
            CONF_SOURCES: _sources_field(Source),
            _CONF_DEVICES: DeviceSelector(DeviceSelectorConfig(multiple=True)),
        }
        shown = {CONF_SOURCES: self._sources_of(self._who), _CONF_DEVICES: mine}
        return self.show("person", fields, shown, placeholders={"name": self._people()[self._who]})

    async def async_step_group(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose what the household as a whole, or a guest, may know."""
        if user_input is not None:
            return self.save({CONF_PEOPLE: self._with_sources(user_input)})
        offered = Source if self._who == HOUSEHOLD_OWNER else sorted(NOT_PERSONAL, key=list(Source).index)
        return self.show("group", {CONF_SOURCES: _sources_field(offered)}, {CONF_SOURCES: self._sources_of(self._who)})

    async def async_step_agents(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose which agent's rights to change."""
        if user_input is not None:
            self._agent = user_input[_CONF_AGENT]
            return await self.async_step_agent()
        agents = {**self._agents(), OTHER_AGENTS: OTHER_AGENTS}
        return self.show("agents", {_CONF_AGENT: choice(agents, translation_key=_CONF_AGENT)}, {}, required=True)

    async def async_step_agent(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose what an agent may use."""
        if user_input is not None:
            agents = self.config_entry.options.get(CONF_AGENTS, {})
            return self.save({CONF_AGENTS: {**agents, self._agent: _in_order(user_input)}})
        agent_id = None if self._agent == OTHER_AGENTS else self._agent
        usable = self._access.matrix.agents.get(agent_id or OTHER_AGENTS, frozenset())
        shown = {CONF_SOURCES: [source for source in Source if source in usable]}
        return self.show("agent", {CONF_SOURCES: _sources_field(Source)}, shown)

    async def async_step_owners(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose whose things to name."""
        if user_input is not None:
            self._who = user_input[_CONF_WHO]
            return await self.async_step_things()
        who = {HOUSEHOLD_OWNER: HOUSEHOLD_OWNER, **self._people()}
        return self.show("owners", {_CONF_WHO: choice(who, translation_key=_CONF_WHO)}, {}, required=True)

    async def async_step_things(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose what is somebody's; what nobody has is not known."""
        errors: dict[str, str] = {}
        if user_input is not None:
            folders = [path.rstrip("/") for path in user_input.get(_CONF_FOLDERS, [])]
            if await self._async_are_allowed(folders):
                chosen = [thing for kind in self._things() for thing in user_input.get(kind, [])]
                return self.save({CONF_OWNERS: self._with_owner(chosen, folders)})
            errors[_CONF_FOLDERS] = "folder_not_allowed"
        things = self._things()
        fields = {kind: choice(names, multiple=True) for kind, names in things.items() if names}
        theirs = {
            kind: [thing for thing in names if self._access.owner_of(thing) == self._who]
            for kind, names in things.items()
        }
        folders_field = TextSelector(TextSelectorConfig(multiple=True))
        shown = user_input or {**theirs, _CONF_FOLDERS: self._folders(self._who)}
        name = self._people().get(self._who, self.hass.config.location_name)
        return self.show(
            "things", {**fields, _CONF_FOLDERS: folders_field}, shown, placeholders={"name": name}, errors=errors
        )

    async def async_step_storage(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose how long conversations and the record of what was done are kept, and whether anything is learned."""
        if user_input is not None:
            days = {option: int(user_input[option]) for option in (CONF_RETENTION_DAYS, CONF_AUDIT_DAYS)}
            return self.save({**user_input, **days})
        fields = {CONF_RETENTION_DAYS: _days_field(0), CONF_LEARN: BooleanSelector(), CONF_AUDIT_DAYS: _days_field(1)}
        defaults = {
            CONF_RETENTION_DAYS: DEFAULT_RETENTION_DAYS,
            CONF_LEARN: True,
            CONF_AUDIT_DAYS: DEFAULT_AUDIT_DAYS,
        }
        shown = {name: self.config_entry.options.get(name, default) for name, default in defaults.items()}
        return self.show("storage", fields, shown, required=True)

    async def async_step_expose(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose which calendars, to-do lists and persons Assist sees."""
        if user_input is not None:
            exposure.async_show(self.hass, user_input.get(exposure.CONF_SHOWN, []))
            return self.save({})
        schema = self.add_suggested_values_to_schema(
            exposure.async_schema(self.hass), {exposure.CONF_SHOWN: exposure.async_shown(self.hass)}
        )
        return self.async_show_form(step_id="expose", data_schema=schema)

    @property
    def _access(self) -> Access:
        """Return what the options say; the entry need not be loaded."""
        return Access(self.hass, self.config_entry)

    def _sources_of(self, owner: str) -> list[Source]:
        """Return what somebody may know, whatever the home and the agents allow."""
        seen = self._access.matrix.people.get(owner, ALL)
        return [source for source in Source if source in seen]

    def _with_sources(self, user_input: Mapping[str, Any]) -> dict[str, list[str]]:
        """Return what everybody may know after a form about the chosen one."""
        return {**self.config_entry.options.get(CONF_PEOPLE, {}), self._who: _in_order(user_input)}

    def _things(self) -> dict[str, dict[str, str]]:
        """Return the names of everything that may belong to somebody, by the form's field and by thing."""
        states, candidates = self.hass.states, exposure.async_candidates(self.hass)
        entities = {
            kind: {state.entity_id: state.name for state in states.async_all(domain) if state.entity_id in candidates}
            for kind, domain in _ENTITY_KINDS.items()
        }
        entries = {
            kind: {
                ENTRY_THING + entry.entry_id: entry.title for entry in self.hass.config_entries.async_entries(domain)
            }
            for kind, domain in _ENTRY_KINDS.items()
        }
        services = set(self.hass.services.async_services_for_domain(_NOTIFY)) - _NO_PHONES
        told = [state for state in states.async_all() if source_of_entity(state.entity_id) is Source.NOTIFICATIONS]
        phones = {
            f"{_NOTIFY}.{name}": phone_name(self.hass, f"{_NOTIFY}.{name}") or name.replace("_", " ").capitalize()
            for name in sorted(services)
        }
        return {**entities, _CONF_PHONES: {**phones, **{state.entity_id: state.name for state in told}}, **entries}

    def _folders(self, owner: str) -> list[str]:
        return [path for path, whose in self._access.folders().items() if whose == owner]

    def _with_owner(self, chosen: Iterable[str], folders: Iterable[str]) -> dict[str, str]:
        """Return whose everything is once the chosen ones are the chosen owner's, and no other things are."""
        access = self._access
        lost = [thing for names in self._things().values() for thing in names if access.owner_of(thing) == self._who]
        given_up = {FOLDER_THING + path for path in self._folders(self._who)}
        owners = {
            thing: owner
            for thing, owner in self.config_entry.options.get(CONF_OWNERS, {}).items()
            if thing not in given_up
        }
        # What is taken from somebody is nobody's, lest it be shown to everybody.
        owners |= {access.key_of(thing): NOBODY for thing in lost}
        owners |= {access.key_of(thing): self._who for thing in chosen}
        return owners | {FOLDER_THING + path: self._who for path in folders}

    async def _async_are_allowed(self, folders: Collection[str]) -> bool:
        """Tell whether Home Assistant lets integrations read folders, and whether they are there."""

        def check() -> bool:
            return all(self.hass.config.is_allowed_path(path) and Path(path).is_dir() for path in folders)

        return await self.hass.async_add_executor_job(check)


def _days_field(least: int) -> NumberSelector:
    return NumberSelector(NumberSelectorConfig(min=least, max=_MOST_DAYS, mode=NumberSelectorMode.BOX))


def _sources_field(offered: Iterable[Source]) -> SelectSelector:
    options = [source.value for source in offered]
    return SelectSelector(
        SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST, translation_key="source")
    )


def _in_order(user_input: Mapping[str, Any]) -> list[str]:
    chosen = user_input.get(CONF_SOURCES, [])
    return [source.value for source in Source if source in chosen]
