"""Raise and withdraw the issues that a person can do something about."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from homeassistant.components.conversation import DOMAIN as CONVERSATION_DOMAIN
from homeassistant.const import CONF_ENTITY_ID
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_time_interval

from .const import CONF_ROLE, DOMAIN, ROLES, SIGNAL_OPTIONS_CHANGED
from .coordinator import BROKEN_STATES, HearthConfigEntry, WrongVersionError
from .engine import PROTOCOL_VERSION, EngineError, EngineInfo, RoleInfo
from .errors import translated
from .hands import AuditVerdict, unasked_sentences
from .hands.policy import CONF_RULES, BadRuleError, Rule, gone

if TYPE_CHECKING:
    from homeassistant.components.assist_pipeline import Pipeline

AUDIT: Final = "audit"
AUDIT_COPY: Final = "audit_copy"
ASSIST_PIPELINE_DOMAIN: Final = "assist_pipeline"
CONF_PIPELINE_ID: Final = "pipeline_id"
DISK_LOW: Final = "disk_low"
DOWNLOAD_FAILED: Final = "download_failed"
FALLBACK: Final = "fallback_serving"
LOCAL_INTENTS: Final = "local_intents"
MEMORY_COPY: Final = "memory_copy"
MODEL_NOT_CHANGED: Final = "model_not_changed"
MODEL_TOO_LARGE: Final = "model_too_large"
RULE_GONE: Final = "rule_gone"
RULE_UNREADABLE: Final = "rule_unreadable"
SENTENCE: Final = "sentence"
SOURCE: Final = "source"
WRONG_VERSION: Final = "wrong_version"

_HELP = "https://github.com/hearth-home/hearth/blob/main/docs/troubleshooting.md"
_AUDIT_HELP = "the-record-of-what-was-done-is-not-whole"
_GIGABYTE = 1_000_000_000
# Below it nothing that could be called a model can be fetched any more.
_LOW_BYTES = 2 * _GIGABYTE
# A source may be away for a moment without anybody needing to hear of it.
_PATIENCE = 3
_RULE = "rule_"
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
        _create(hass, WRONG_VERSION, WRONG_VERSION, placeholders, severity=ir.IssueSeverity.ERROR)
    elif failure is None and coordinator.data is not None:
        ir.async_delete_issue(hass, DOMAIN, WRONG_VERSION)
        for role in ROLES:
            info = coordinator.role_info(role)
            _update_role(hass, role, info)
            _update_fallback(hass, role, info)
        _update_disk(hass, coordinator.data.info)


@callback
def async_update_downloads(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    """Raise or withdraw an issue for each download that failed."""
    failed = {
        f"{DOWNLOAD_FAILED}_{model}": download for model, download in entry.runtime_data.downloads.failures.items()
    }
    _withdraw_others(hass, DOWNLOAD_FAILED, failed)
    for issue_id, download in failed.items():
        error = str(translated(download.error)) if download.error else ""
        placeholders = {"model": download.model, "error": error}
        _create(hass, issue_id, DOWNLOAD_FAILED, placeholders, data=asdict(download.source), anchor="a-download-fails")


@callback
def async_update_sources(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    """Raise or withdraw an issue for each source of the library that keeps failing."""
    statuses = entry.runtime_data.connectors.statuses()
    failing = {
        f"{SOURCE}_of_{collection}": (collection, status)
        for collection, status in statuses.items()
        if status.troubles and status.failures >= _PATIENCE
    }
    _withdraw_others(hass, f"{SOURCE}_of_", failing)
    for issue_id, (collection, status) in failing.items():
        trouble = next(iter(status.troubles.values()))
        things = ", ".join(sorted(thing for thing, what in status.troubles.items() if what is trouble))
        placeholders = {"source": collection, "things": things}
        _create(hass, issue_id, f"{SOURCE}_{trouble}", placeholders, anchor="a-source-of-the-library-fails")


@callback
def async_tell_of_copy(hass: HomeAssistant, path: Path) -> None:
    """Tell of a file of the memory that was set aside, for a person to look into."""
    _create(
        hass,
        f"{MEMORY_COPY}_{path.name}",
        MEMORY_COPY,
        {"file": str(path)},
        anchor="a-file-of-the-memory-was-set-aside",
    )


@callback
def async_update_audit(hass: HomeAssistant, verdict: AuditVerdict) -> None:
    """Raise or withdraw an issue about a record of what was done that is not as it was written."""
    if verdict.ok or verdict.problem is None:
        ir.async_delete_issue(hass, DOMAIN, AUDIT)
        return
    placeholders = {"rows": str(verdict.rows), "row": str(verdict.first_bad or "?")}
    key, data = f"{AUDIT}_{verdict.problem}", {"problem": verdict.problem.value}
    _create(hass, AUDIT, key, placeholders, severity=ir.IssueSeverity.ERROR, data=data, anchor=_AUDIT_HELP)


@callback
def async_tell_of_audit_copy(hass: HomeAssistant, path: Path) -> None:
    """Tell that the record of what was done could not be read and was set aside."""
    _create(hass, f"{AUDIT_COPY}_{path.name}", AUDIT_COPY, {"file": str(path)}, anchor=_AUDIT_HELP)


@callback
def async_watch_pipelines(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    """Raise or withdraw, now and from time to time, an issue for each way round our approvals and each broken rule."""

    @callback
    def update(_now: datetime | None = None) -> None:
        _update_pipelines(hass, entry)
        _update_sentences(hass, entry)
        update_rules()

    @callback
    def update_rules() -> None:
        # While Home Assistant starts, much is not there yet.
        if hass.state is CoreState.running:
            _update_rules(hass, entry)

    update()
    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_OPTIONS_CHANGED, update_rules))
    entry.async_on_unload(async_track_time_interval(hass, update, _PIPELINE_INTERVAL, cancel_on_shutdown=True))


@callback
def async_clear(hass: HomeAssistant) -> None:
    """Withdraw everything."""
    for issue_id in _known(hass):
        ir.async_delete_issue(hass, DOMAIN, issue_id)


def _known(hass: HomeAssistant) -> list[str]:
    return [issue_id for domain, issue_id in ir.async_get(hass).issues if domain == DOMAIN]


def _withdraw_others(hass: HomeAssistant, kind: str, still_there: Mapping[str, Any]) -> None:
    for issue_id in _known(hass):
        if issue_id.startswith(kind) and issue_id not in still_there:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


def _update_role(hass: HomeAssistant, role: str, info: RoleInfo | None) -> None:
    """Tell of a model that does not work, or of a new one that did not and left the old one in its place."""
    issue_id = f"model_{role}"
    key = _trouble(info) if info and info.model else None
    if info is None or info.model is None or key is None:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    words = str(translated(EngineError(info.error, ""))) if info.error else ""
    placeholders = {"role": role, "model": info.model, "error": words}
    _create(hass, issue_id, key, placeholders, data={CONF_ROLE: role}, anchor="a-model-does-not-work")


def _trouble(info: RoleInfo) -> str | None:
    """Return the key of what is wrong with a role's model, None for nothing."""
    if info.state in BROKEN_STATES:
        return MODEL_TOO_LARGE if info.error == "does_not_fit" else f"model_{info.state}"
    return MODEL_NOT_CHANGED if info.state == "ready" and info.error else None


def _update_fallback(hass: HomeAssistant, role: str, info: RoleInfo | None) -> None:
    issue_id = f"{FALLBACK}_{role}"
    if info is None or info.model is None or info.serving in (None, info.model):
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    placeholders = {"role": role, "model": info.model, "serving": info.serving}
    _create(hass, issue_id, FALLBACK, placeholders, anchor="another-model-answers")


def _update_disk(hass: HomeAssistant, info: EngineInfo) -> None:
    if info.disk is None or info.disk.models_bytes == 0 or info.disk.free_bytes >= _LOW_BYTES:
        ir.async_delete_issue(hass, DOMAIN, DISK_LOW)
        return
    sizes = {"free": info.disk.free_bytes, "models": info.disk.models_bytes}
    placeholders = {name: f"{size / _GIGABYTE:.1f}" for name, size in sizes.items()}
    _create(hass, DISK_LOW, DISK_LOW, placeholders, anchor="the-disk-is-almost-full")


def _update_pipelines(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    bypassing = {f"{LOCAL_INTENTS}_{pipeline.id}": pipeline for pipeline in _bypassing_pipelines(hass, entry)}
    _withdraw_others(hass, LOCAL_INTENTS, bypassing)
    for issue_id, pipeline in bypassing.items():
        data = {CONF_PIPELINE_ID: pipeline.id}
        _create(hass, issue_id, LOCAL_INTENTS, {"pipeline": pipeline.name}, data=data, anchor="it-acts-without-asking")


def _update_sentences(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    """Tell of automations that a sentence sets off, where one of our agents is spoken to."""
    unasked = unasked_sentences(hass) if _our_pipelines(hass, entry) else {}
    found = {f"{SENTENCE}_{entity_id}": (entity_id, sentences) for entity_id, sentences in unasked.items()}
    _withdraw_others(hass, SENTENCE, found)
    for issue_id, (entity_id, sentences) in found.items():
        state = hass.states.get(entity_id)
        placeholders = {"automation": state.name if state else entity_id, "sentence": sentences[0]}
        _create(
            hass, issue_id, SENTENCE, placeholders, data={CONF_ENTITY_ID: entity_id}, anchor="it-acts-without-asking"
        )


def _update_rules(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    """Tell of rules that can't be read, and of those that name what is gone."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for stored in entry.options.get(CONF_RULES, []):
        try:
            rule = Rule.read(stored)
        except BadRuleError as err:
            found[f"{_RULE}{err.rule}"] = RULE_UNREADABLE, {"rule": err.rule}
            continue
        if things := gone(hass, rule.when, entry.subentries):
            found[f"{_RULE}{rule.name}"] = RULE_GONE, {"rule": rule.name, "things": ", ".join(things)}
    _withdraw_others(hass, _RULE, found)
    for issue_id, (key, placeholders) in found.items():
        _create(hass, issue_id, key, placeholders, anchor="a-rule-is-broken")


def _bypassing_pipelines(hass: HomeAssistant, entry: HearthConfigEntry) -> list[Pipeline]:
    """Return the voice assistants of our agents that let Home Assistant act before the agent is asked."""
    return [pipeline for pipeline in _our_pipelines(hass, entry) if pipeline.prefer_local_intents]


def _our_pipelines(hass: HomeAssistant, entry: HearthConfigEntry) -> list[Pipeline]:
    """Return the voice assistants of our agents."""
    if ASSIST_PIPELINE_DOMAIN not in hass.config.components:
        return []
    # Only where it is set up is what it needs installed.
    from homeassistant.components.assist_pipeline import async_get_pipelines  # noqa: PLC0415

    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    agents = {entity.entity_id for entity in entities if entity.domain == CONVERSATION_DOMAIN}
    return [pipeline for pipeline in async_get_pipelines(hass) if pipeline.conversation_engine in agents]


def _create(
    hass: HomeAssistant,
    issue_id: str,
    translation_key: str,
    placeholders: dict[str, str],
    *,
    severity: ir.IssueSeverity = ir.IssueSeverity.WARNING,
    data: dict[str, Any] | None = None,
    anchor: str | None = None,
) -> None:
    """Raise an issue; one with data can be mended, the flow gets them."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data=data,
        is_fixable=data is not None,
        learn_more_url=f"{_HELP}#{anchor}" if anchor else None,
        severity=severity,
        translation_key=translation_key,
        translation_placeholders=placeholders,
    )
