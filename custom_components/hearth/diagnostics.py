"""Diagnostics for the Hearth integration."""

from dataclasses import asdict
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_PROMPT, CONF_TOKEN
from homeassistant.core import HomeAssistant

from .coordinator import EngineState, HearthConfigEntry
from .memory.connectors import SourceStatus
from .mind import Turn

_REDACTED = {CONF_PROMPT, CONF_TOKEN}


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: HearthConfigEntry) -> dict[str, Any]:
    """Return what helps to find a fault, with nobody's words, home or secrets in it."""
    data = entry.runtime_data
    coordinator = data.coordinator
    verdict = await data.hands.audit.async_verify()
    return {
        "entry": async_redact_data(entry.data, _REDACTED),
        "subentries": [
            {
                "type": subentry.subentry_type,
                "title": subentry.title,
                "data": async_redact_data(subentry.data, _REDACTED),
            }
            for subentry in entry.subentries.values()
        ],
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
