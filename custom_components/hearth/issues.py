"""Raise and withdraw the issues that a person can do something about."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from homeassistant.components.conversation import DOMAIN as CONVERSATION_DOMAIN
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.helpers.event import async_track_time_interval

from .const import DOMAIN, ROLES
from .coordinator import HearthConfigEntry, WrongVersionError
from .engine import PROTOCOL_VERSION, RoleInfo

if TYPE_CHECKING:
    from homeassistant.components.assist_pipeline import Pipeline

ASSIST_PIPELINE_DOMAIN: Final = "assist_pipeline"
CONF_PIPELINE_ID: Final = "pipeline_id"
LOCAL_INTENTS: Final = "local_intents"

WRONG_VERSION: Final = "wrong_version"
_PIPELINE_INTERVAL = timedelta(seconds=30)


@callback
def async_update_engine(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    """Raise or withdraw what is wrong with the engine and its models; an engine that is silent changes nothing."""
    coordinator = entry.runtime_data.coordinator
    failure = coordinator.failure
    if isinstance(failure, WrongVersionError):
        placeholders = {
            "engine_version": failure.health.version,
            "engine_protocol": str(failure.health.protocol_version),
            "our_protocol": str(PROTOCOL_VERSION),
        }
        _create(hass, WRONG_VERSION, WRONG_VERSION, placeholders, ir.IssueSeverity.ERROR)
    elif failure is None:
        ir.async_delete_issue(hass, DOMAIN, WRONG_VERSION)
        broken = coordinator.broken_roles()
        for role in ROLES:
            _update_role(hass, role, broken.get(role))


@callback
def async_watch_pipelines(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    """Raise or withdraw, now and from time to time, an issue for each voice assistant that goes round our approvals."""

    @callback
    def update(_now: datetime | None = None) -> None:
        _update_pipelines(hass, entry)

    update()
    entry.async_on_unload(async_track_time_interval(hass, update, _PIPELINE_INTERVAL, cancel_on_shutdown=True))


@callback
def async_clear(hass: HomeAssistant) -> None:
    """Withdraw everything."""
    for issue_id in _known(hass):
        ir.async_delete_issue(hass, DOMAIN, issue_id)


def _known(hass: HomeAssistant) -> list[str]:
    return [issue_id for domain, issue_id in ir.async_get(hass).issues if domain == DOMAIN]


def _update_role(hass: HomeAssistant, role: str, info: RoleInfo | None) -> None:
    issue_id = f"model_{role}"
    if info is None or info.model is None:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    placeholders = {"role": role, "model": info.model}
    _create(hass, issue_id, f"model_{info.state}", placeholders, ir.IssueSeverity.WARNING)


def _update_pipelines(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    bypassing = {f"{LOCAL_INTENTS}_{pipeline.id}": pipeline for pipeline in _bypassing_pipelines(hass, entry)}
    for issue_id in _known(hass):
        if issue_id.startswith(LOCAL_INTENTS) and issue_id not in bypassing:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
    for issue_id, pipeline in bypassing.items():
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            data={CONF_PIPELINE_ID: pipeline.id},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=LOCAL_INTENTS,
            translation_placeholders={"pipeline": pipeline.name},
        )


def _bypassing_pipelines(hass: HomeAssistant, entry: HearthConfigEntry) -> list[Pipeline]:
    """Return the voice assistants of our agents that let Home Assistant act before the agent is asked."""
    if ASSIST_PIPELINE_DOMAIN not in hass.config.components:
        return []
    # Only where it is set up is what it needs installed.
    from homeassistant.components.assist_pipeline import async_get_pipelines  # noqa: PLC0415

    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    agents = {entity.entity_id for entity in entities if entity.domain == CONVERSATION_DOMAIN}
    return [
        pipeline
        for pipeline in async_get_pipelines(hass)
        if pipeline.prefer_local_intents and pipeline.conversation_engine in agents
    ]


def _create(
    hass: HomeAssistant,
    issue_id: str,
    translation_key: str,
    placeholders: Mapping[str, str],
    severity: ir.IssueSeverity,
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=severity,
        translation_key=translation_key,
        translation_placeholders=dict(placeholders),
    )
