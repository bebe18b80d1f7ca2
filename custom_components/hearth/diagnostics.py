"""Diagnostics for the Hearth integration."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from homeassistant.components.conversation import DOMAIN as ASSISTANT
from homeassistant.components.diagnostics import async_redact_data
from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.const import CONF_PROMPT, CONF_TOKEN
from homeassistant.core import HomeAssistant

from .access import (
    CONF_AGENTS,
    CONF_LEARN,
    CONF_OWNERS,
    CONF_PEOPLE,
    CONF_RETENTION_DAYS,
    CONF_SATELLITES,
    CONF_SOURCES,
    GUEST,
    HOUSEHOLD,
    HOUSEHOLD_OWNER,
    NOBODY,
    OTHER_AGENTS,
    Kind,
    people,
)
from .coordinator import EngineState, HearthConfigEntry
from .memory.connectors import SourceStatus
from .mind import Turn

_REDACTED = {CONF_PROMPT, CONF_TOKEN}
# These name nobody and nothing of the home; agents go by the IDs of their subentries.
_PLAIN_OPTIONS: Final = (CONF_AGENTS, CONF_LEARN, CONF_RETENTION_DAYS, CONF_SOURCES)


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: HearthConfigEntry) -> dict[str, Any]:
    """Return what helps to find a fault, with nobody's words, home or secrets in it."""
    data = entry.runtime_data
    coordinator = data.coordinator
    verdict = await data.hands.audit.async_verify()
    return {
        "entry": async_redact_data(entry.data, _REDACTED),
        "subentries": [
            {
                "id": subentry.subentry_id,
                "type": subentry.subentry_type,
                "title": subentry.title,
                "data": async_redact_data(subentry.data, _REDACTED),
            }
            for subentry in entry.subentries.values()
        ],
        "options": _options(hass, entry),
        "access": _access(hass, entry),
        "exposed": _exposed(hass),
        "engine": {
            "reachable": coordinator.last_update_success,
            "failure": coordinator.failure.code if coordinator.failure else None,
            **_engine(coordinator.data),
        },
        "downloads": [
            {"model": download.model, "percentage": download.percentage}
            for download in data.downloads.running().values()
        ],
        "library": {
            "state": asdict(coordinator.library) if coordinator.library else None,
            "sources": {name: _source(status) for name, status in data.connectors.statuses().items()},
        },
        "audit": asdict(verdict),
        "turns": [_turn(turn) for turn in data.turns.recent()],
    }


def _options(hass: HomeAssistant, entry: HearthConfigEntry) -> dict[str, Any]:
    """Return what was chosen; of things only how many are whose, of what was chosen otherwise only that it was."""
    names = _names(hass, entry.options)
    told = {name: entry.options[name] for name in _PLAIN_OPTIONS if name in entry.options}
    told |= {
        name: dict(Counter(names.get(owner, owner) for owner in entry.options[name].values()))
        for name in (CONF_OWNERS, CONF_SATELLITES)
        if name in entry.options
    }
    if CONF_PEOPLE in entry.options:
        told[CONF_PEOPLE] = {names.get(owner, owner): may for owner, may in entry.options[CONF_PEOPLE].items()}
    return {**told, "others": sorted(entry.options.keys() - told.keys())}


def _access(hass: HomeAssistant, entry: HearthConfigEntry) -> dict[str, dict[str, list[str]]]:
    """Return what whoever asks is told through each agent, as it follows from all that was chosen."""
    access, names = entry.runtime_data.access, _names(hass, entry.options)
    principals = {HOUSEHOLD_OWNER: HOUSEHOLD, Kind.GUEST.value: GUEST}
    principals |= {names[str(person.owner)]: person for person, _name in people(hass)}
    return {
        agent: {
            name: sorted(access.sources(principal, None if agent == OTHER_AGENTS else agent))
            for name, principal in principals.items()
        }
        for agent in sorted(access.matrix.agents)
    }


def _names(hass: HomeAssistant, options: Mapping[str, Any]) -> dict[str, str]:
    """Return by what each person goes here: a number."""
    known = {str(person.owner) for person, _name in people(hass)}
    chosen = {*options.get(CONF_PEOPLE, {}), *options.get(CONF_SATELLITES, {}).values()}
    chosen |= set(options.get(CONF_OWNERS, {}).values())
    owners = sorted(known | chosen - {HOUSEHOLD_OWNER, Kind.GUEST.value, NOBODY})
    return {owner: f"person {number}" for number, owner in enumerate(owners, 1)}


def _exposed(hass: HomeAssistant) -> dict[str, dict[str, int]]:
    """Return how many entities of a kind there are, and how many Assist may see: mostly it is that which is missing."""
    told: dict[str, dict[str, int]] = {}
    for state in sorted(hass.states.async_all(), key=lambda state: state.domain):
        counts = told.setdefault(state.domain, {"all": 0, "exposed": 0})
        counts["all"] += 1
        counts["exposed"] += async_should_expose(hass, ASSISTANT, state.entity_id)
    return told


def _engine(state: EngineState | None) -> dict[str, Any]:
    """Return what the engine says; of the models that it knows only those that are installed."""
    if state is None:
        return {"info": None, "roles": None, "installed": None}
    models = [model for model in (state.models or {}).values() if model.installed is not None]
    return {
        "info": asdict(state.info),
        "roles": {role: asdict(choice) for role, choice in (state.roles or {}).items()},
        "installed": [asdict(model) for model in models],
    }


def _source(status: SourceStatus) -> dict[str, Any]:
    """Return how the feeding of a source goes, without the names of what it is read from."""
    return {**asdict(status), "troubles": sorted(status.troubles.values())}


def _turn(turn: Turn) -> dict[str, Any]:
    """Return how a turn went, without what it was about."""
    return {
        "tier": turn.tier,
        "outcome": turn.outcome,
        "error": turn.error,
        "calls": [{"decision": call.decision, "outcome": call.outcome} for call in turn.calls],
        "timings_ms": turn.timings_ms,
        "generations": turn.generations,
    }
