"""Test that everything said to a person is in the translations, and nothing else is."""

import ast
from collections.abc import Iterator
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.const import WEEKDAYS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from custom_components.hearth import errors, issues, speech
from custom_components.hearth.access import HOUSEHOLD_OWNER, OTHER_AGENTS, Kind, Source
from custom_components.hearth.const import CHAT_ROLES, DOMAIN
from custom_components.hearth.coordinator import BROKEN_STATES
from custom_components.hearth.engine import EngineError
from custom_components.hearth.hands import Risk
from custom_components.hearth.hands.approvals import Refused
from custom_components.hearth.hands.audit import Problem
from custom_components.hearth.hands.policy import Actor, Preset, Verdict
from custom_components.hearth.hands.policy.rules import ANNOTATIONS, CLASSES, PRESENCE, RULINGS
from custom_components.hearth.memory.connectors import Trouble
from custom_components.hearth.mind import Thinking

HEARTH = Path(errors.__file__).parent
LANGUAGES = ("de", "es", "fr", "nl")
TEXTS: dict[str, Any] = json.loads((HEARTH / "translations" / "en.json").read_text())
ICONS: dict[str, Any] = json.loads((HEARTH / "icons.json").read_text())
ACTIONS: dict[str, Any] = yaml.safe_load((HEARTH / "services.yaml").read_text())
MODELS = {"tiny", "large"}


def _raised_keys() -> Iterator[str]:
    """Find the translation keys of all exceptions that the code makes; nothing else names the domain beside its key."""
    for path in HEARTH.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and any(keyword.arg == "translation_domain" for keyword in node.keywords):
                for keyword in node.keywords:
                    if keyword.arg == "translation_key" and isinstance(keyword.value, ast.Constant):
                        yield str(keyword.value.value)


def _leaves(texts: Any) -> Iterator[str]:
    """Find every text."""
    yield from _flat(texts).values()


def _flat(texts: Any, path: str = "") -> dict[str, str]:
    """Return every text by the path of its key."""
    if isinstance(texts, str):
        return {path: texts}
    return {key: text for name, inner in texts.items() for key, text in _flat(inner, f"{path}.{name}").items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text(language: str) -> None:
    """Say everything in each language that Hearth speaks, with the same placeholders, code and emphasis."""
    english = _flat(TEXTS)
    texts = _flat(json.loads((HEARTH / "translations" / f"{language}.json").read_text()))
    assert list(texts) == list(english)
    kept = re.compile(r"\{\w+\}|`[^`]+`|https?://\S+|\n\n|\*\*")
    for key, text in texts.items():
        assert sorted(kept.findall(text)) == sorted(kept.findall(english[key])), key


def test_no_language_is_missing() -> None:
    """Translate the frontend's texts into the languages that Hearth speaks, and no others."""
    names = {path.stem for path in (HEARTH / "translations").glob("*.json")}
    assert names == {"en", *LANGUAGES} == set(speech.LANGUAGES)


def test_exceptions() -> None:
    """Translate each exception that is raised, and each code of the engine."""
    assert set(TEXTS["exceptions"]) == set(_raised_keys()) | errors.ENGINE_CODES | {why.value for why in Refused}


@pytest.mark.parametrize("code", [*sorted(errors.ENGINE_CODES), "a_code_of_a_newer_engine"])
def test_engine_errors_become_translated_errors(code: str) -> None:
    """Turn whatever the engine says into words of ours, never into its own."""
    err = errors.translated(EngineError(code, "words from outside"))
    assert err.translation_key in TEXTS["exceptions"]
    assert (err.translation_key == code) is (code in errors.ENGINE_CODES)
    assert "words from outside" not in str(err.args)


def test_issues() -> None:
    """Translate each issue; one that can be mended has a flow, another a description."""
    models = {f"model_{state}" for state in BROKEN_STATES}
    audit = {f"{issues.AUDIT}_{problem}" for problem in Problem}
    mended = (
        {issues.LOCAL_INTENTS, issues.DOWNLOAD_FAILED, issues.MODEL_NOT_CHANGED, issues.MODEL_TOO_LARGE}
        | {issues.SENTENCE}
        | models
        | audit
    )
    told = {issues.AUDIT_COPY, issues.DISK_LOW, issues.FALLBACK, issues.MEMORY_COPY, issues.WRONG_VERSION}
    told |= {issues.RULE_GONE, issues.RULE_UNREADABLE}
    sources = {f"{issues.SOURCE}_{trouble}" for trouble in Trouble}
    assert set(TEXTS["issues"]) == told | sources | mended
    mendable = {key for key, issue in TEXTS["issues"].items() if "fix_flow" in issue}
    assert mendable == mended
    assert {key for key, issue in TEXTS["issues"].items() if "description" in issue} == set(TEXTS["issues"]) - mendable


async def test_entities_and_devices(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Name each entity and each of its states, and give it an icon."""
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    named = [entity for entity in entities if entity.translation_key is not None]
    keys = {(entity.domain, entity.translation_key) for entity in named}
    assert {(domain, key) for domain, texts in TEXTS["entity"].items() for key in texts} == keys
    assert {(domain, key) for domain, icons in ICONS["entity"].items() for key in icons} == keys
    for entity in named:
        # The names of models are nobody's to translate.
        options = [option for option in (entity.capabilities or {}).get("options", []) if option not in MODELS]
        assert list(TEXTS["entity"][entity.domain][entity.translation_key].get("state", {})) == options
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert {text["name"] for text in TEXTS["device"].values()} < {device.name for device in devices}


def test_selectors() -> None:
    """Name each choice."""
    assert set(TEXTS["selector"]["role"]["options"]) == set(CHAT_ROLES)
    assert set(TEXTS["selector"]["thinking"]["options"]) == set(Thinking)
    assert list(TEXTS["selector"]["source"]["options"]) == list(Source)
    assert set(TEXTS["selector"]["who"]["options"]) == {HOUSEHOLD_OWNER, Kind.GUEST}
    assert set(TEXTS["selector"]["agent"]["options"]) == {OTHER_AGENTS}
    assert set(TEXTS["selector"]["preset"]["options"]) == set(Preset)
    assert set(TEXTS["selector"]["rule"]["options"]) == {"new"}
    assert set(TEXTS["selector"]["ruling"]["options"]) == set(RULINGS)
    assert set(TEXTS["selector"]["actor"]["options"]) == set(Actor)
    assert set(TEXTS["selector"]["class"]["options"]) == set(CLASSES)
    assert set(TEXTS["selector"]["weekday"]["options"]) == set(WEEKDAYS)
    assert set(TEXTS["selector"]["presence"]["options"]) == set(PRESENCE)
    assert set(TEXTS["selector"]["annotation"]["options"]) == set(ANNOTATIONS)
    classes = {"unknown", *(risk.name.lower() for risk in Risk)}
    assert set(TEXTS["selector"]["action_policy"]["options"]) == {*classes, *Verdict, "ask_person", "limited", "never"}
    assert set(TEXTS["selector"]["action_range"]["fields"]) == {"field", "max", "min"}


async def test_actions(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Describe each action and each of its fields, and give it an icon."""
    assert set(hass.services.async_services_for_domain(DOMAIN)) == set(ACTIONS)
    assert set(TEXTS["services"]) == set(ICONS["services"]) == set(ACTIONS)
    for name, action in ACTIONS.items():
        texts = TEXTS["services"][name]
        fields = texts.get("fields", {})
        assert fields.keys() == ((action or {}).get("fields") or {}).keys()
        assert all(field["name"] and field["description"] for field in (texts, *fields.values()))


@pytest.mark.parametrize("kind", ["config", "options", "agent", "ai_task_data"])
def test_every_field_is_explained(kind: str) -> None:
    """Describe each field of each form, in other words than its label."""
    texts = TEXTS.get(kind) or TEXTS["config_subentries"][kind]
    steps = texts["step"].values()
    for step in (*steps, *(part for outer in steps for part in outer.get("sections", {}).values())):
        assert step.get("data", {}).keys() == step.get("data_description", {}).keys()
        assert not set(step.get("data", {}).values()) & set(step.get("data_description", {}).values())


def test_nothing_is_left_over_in_the_flows() -> None:
    """Keep no text for an error, a reason or a step that the flow does not have."""
    for flow in ("config", "options"):
        sources = (path.read_text() for path in (HEARTH / f"{flow}_flow.py", *HEARTH.glob(f"*_{flow}.py")))
        trees = [ast.parse(source) for source in sources]
        said = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        assert {text for kind in ("abort", "error", "step") for text in TEXTS[flow].get(kind, {})} <= said


def test_texts_stand_alone() -> None:
    """Refer to no other text: only core's own translations may."""
    assert [text for text in _leaves(TEXTS) if re.search(r"\[%key", text)] == []
