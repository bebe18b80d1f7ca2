"""Hold the integration to Home Assistant's quality scale, which core checks for its own integrations only."""

import ast
import json
from pathlib import Path
from typing import Any

import homeassistant.components
import pytest
import yaml

ROOT = Path(__file__).parents[2]
HEARTH = ROOT / "custom_components" / "hearth"
MANIFEST: dict[str, Any] = json.loads((HEARTH / "manifest.json").read_text())
RULES: dict[str, Any] = yaml.safe_load((HEARTH / "quality_scale.yaml").read_text())["rules"]

TIERS = {
    "bronze": {
        "action-setup",
        "appropriate-polling",
        "brands",
        "common-modules",
        "config-flow",
        "config-flow-test-coverage",
        "dependency-transparency",
        "docs-actions",
        "docs-conditions",
        "docs-high-level-description",
        "docs-installation-instructions",
        "docs-removal-instructions",
        "docs-triggers",
        "entity-event-setup",
        "entity-unique-id",
        "has-entity-name",
        "runtime-data",
        "test-before-configure",
        "test-before-setup",
        "unique-config-entry",
    },
    "silver": {
        "action-exceptions",
        "config-entry-unloading",
        "docs-configuration-parameters",
        "docs-installation-parameters",
        "entity-unavailable",
        "integration-owner",
        "log-when-unavailable",
        "parallel-updates",
        "reauthentication-flow",
        "test-coverage",
    },
    "gold": {
        "devices",
        "diagnostics",
        "discovery",
        "discovery-update-info",
        "docs-data-update",
        "docs-examples",
        "docs-known-limitations",
        "docs-supported-devices",
        "docs-supported-functions",
        "docs-troubleshooting",
        "docs-use-cases",
        "dynamic-devices",
        "entity-category",
        "entity-device-class",
        "entity-disabled-by-default",
        "entity-translations",
        "exception-translations",
        "icon-translations",
        "reconfiguration-flow",
        "repair-issues",
        "stale-devices",
    },
    "platinum": {"async-dependency", "inject-websession", "strict-typing"},
}
PLATFORMS = (
    "ai_task",
    "binary_sensor",
    "button",
    "conversation",
    "event",
    "select",
    "sensor",
    "switch",
    "todo",
    "update",
)


def _status(rule: str) -> str:
    """Return how we stand to a rule."""
    value = RULES[rule]
    return str(value["status"] if isinstance(value, dict) else value)


def _functions(module: str) -> dict[str, ast.AsyncFunctionDef | ast.FunctionDef]:
    """Return the functions and methods of one of our modules by name."""
    tree = ast.parse((HEARTH / f"{module}.py").read_text())
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)}


def _called(module: str) -> set[str]:
    """Return the names of what one of our modules calls."""
    tree = ast.parse((HEARTH / f"{module}.py").read_text())
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {ast.unparse(func).rpartition(".")[2] for func in calls}


def test_every_rule_is_there_once_and_in_order() -> None:
    """List what core lists; its own integrations all list the same."""
    peer = Path(homeassistant.components.__path__[0]) / "peblar" / "quality_scale.yaml"
    assert set(RULES) == set(yaml.safe_load(peer.read_text())["rules"])
    ranks = [rank for rule in RULES for rank, names in enumerate(TIERS.values()) if rule in names]
    assert len(ranks) == len(RULES)
    assert ranks == sorted(ranks)


def _is_answered(answer: Any) -> bool:
    """Tell whether an answer has core's form, and ours: whoever does not say "done" says why."""
    match answer:
        case {"status": "done" | "todo" | "exempt", "comment": str(comment), **rest}:
            return bool(comment.strip()) and not rest
        case _:
            return bool(answer == "done")


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_is_answered(rule: str) -> None:
    """Say done, or say why not."""
    assert _is_answered(RULES[rule])


@pytest.mark.parametrize(
    "answer", ["todo", {"status": "exempt"}, {"status": "exempt", "comment": ""}, {"status": "fine", "comment": "so"}]
)
def test_a_half_answer_is_none(answer: Any) -> None:
    """Accept no excuse without a reason."""
    assert not _is_answered(answer)


def test_only_documents_are_left_to_do() -> None:
    """Have everything in every tier that is code."""
    left = {rule for rule in RULES if _status(rule) == "todo"}
    assert {rule for rule in left if not rule.startswith("docs-")} == set()


def test_brands() -> None:
    """Ship our own images."""
    assert (HEARTH / "brand" / "icon.png").exists()


def test_the_manifest_claims_nothing() -> None:
    """Leave the scale out of the manifest, where it would be overruled, and keep its keys in core's order."""
    assert "quality_scale" not in MANIFEST
    keys = list(MANIFEST)
    assert keys == ["domain", "name", *sorted(set(keys) - {"domain", "name"})]
    assert MANIFEST["config_flow"] is True
    assert MANIFEST["codeowners"] != []
    assert "requirements" not in MANIFEST


@pytest.mark.parametrize(
    "step",
    [
        "async_step_user",
        "async_step_hassio",
        "async_step_reauth",
        "async_step_reauth_confirm",
        "async_step_reconfigure",
    ],
)
def test_the_config_flow_has_each_step(step: str) -> None:
    """Set up, discover, ask for a new token, reconfigure."""
    assert step in _functions("config_flow")


def test_an_entry_is_unique() -> None:
    """Know an engine by its own identity."""
    assert {"async_set_unique_id", "_abort_if_unique_id_configured"} <= _called("config_flow")


def test_actions_are_there_before_any_entry() -> None:
    """Register actions in async_setup, so that automations are checked although no entry is loaded."""
    setup = _functions("__init__")["async_setup"]
    assert "services.async_register" in {
        ast.unparse(node.func) for node in ast.walk(setup) if isinstance(node, ast.Call)
    }


def test_setting_up_checks_what_it_needs() -> None:
    """Wait when nothing could be recorded."""
    assert "ConfigEntryNotReady" in _called("__init__")


@pytest.mark.parametrize("module", ["__init__", "diagnostics", *PLATFORMS])
def test_runtime_data_is_typed(module: str) -> None:
    """Take our own kind of entry in every hook, and keep nothing in hass.data."""
    hooks = [function for name, function in _functions(module).items() if name.startswith("async_")]
    entries = [arg for hook in hooks for arg in hook.args.args if arg.arg in {"entry", "config_entry"}]
    assert entries != []
    assert {ast.unparse(arg.annotation) for arg in entries if arg.annotation} == {"HearthConfigEntry"}
    assert "hass.data" not in (HEARTH / f"{module}.py").read_text()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_parallel_updates(platform: str) -> None:
    """Say in each platform how many may run at once."""
    names = [
        ast.unparse(target)
        for node in ast.parse((HEARTH / f"{platform}.py").read_text()).body
        if isinstance(node, ast.Assign)
        for target in node.targets
    ]
    assert "PARALLEL_UPDATES" in names


def test_no_platform_is_forgotten() -> None:
    """Check each platform that the entry sets up."""
    source = (HEARTH / "__init__.py").read_text()
    assert {node.attr.lower() for node in ast.walk(ast.parse(source)) if _is_platform(node)} == set(PLATFORMS)


def _is_platform(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Platform"


@pytest.mark.parametrize("face", ["diagnostics", "repairs", "coordinator", "entity", "services"])
def test_a_face_is_where_core_looks_for_it(face: str) -> None:
    """Keep to core's file names."""
    assert (HEARTH / f"{face}.py").exists()
