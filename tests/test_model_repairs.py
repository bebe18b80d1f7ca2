"""Test the issues about models, the disk and downloads, and their repairs."""

from http import HTTPStatus
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.hearth.const import DOMAIN
from tests.stub_engine import StubEngine, choice, error, info, progress, role

PULL = "/v1/models/pull"
GIGABYTE = 1_000_000_000


@pytest.fixture
async def client(hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator) -> Any:
    """Return what the frontend uses, with repairs set up."""
    assert await async_setup_component(hass, "repairs", {})
    return await hass_client()


async def _tell(hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, told: Any) -> None:
    stub.info = told
    await entry.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)


def _issue(hass: HomeAssistant, issue_id: str) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, issue_id)


async def _begin(client: Any, issue_id: str) -> dict[str, Any]:
    response = await client.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue_id})
    assert response.status == HTTPStatus.OK
    result: dict[str, Any] = await response.json()
    return result


async def _go_on(client: Any, flow: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
    response = await client.post(f"/api/repairs/issues/fix/{flow['flow_id']}", json=typed)
    assert response.status == HTTPStatus.OK
    result: dict[str, Any] = await response.json()
    return result


def _disk(free: float, models: float) -> dict[str, Any]:
    return {**info(), "disk": {"free_bytes": int(free * GIGABYTE), "models_bytes": int(models * GIGABYTE)}}


@pytest.mark.parametrize(
    ("told", "issue_id", "key", "placeholders"),
    [
        (
            info(fast=role("tiny", "missing", error="model_missing")),
            "model_fast",
            "model_missing",
            {"role": "fast", "model": "tiny"},
        ),
        (
            info(fast=role("tiny", "failed", error="model_failed")),
            "model_fast",
            "model_failed",
            {"role": "fast", "model": "tiny"},
        ),
        (
            info(reasoning=role("huge", "failed", error="does_not_fit")),
            "model_reasoning",
            "model_too_large",
            {"role": "reasoning", "model": "huge"},
        ),
        (
            info(fast=role("tiny", "ready", error="does_not_fit")),
            "model_fast",
            "model_not_changed",
            {"role": "fast", "model": "tiny"},
        ),
        (
            info(fast=role("far", "failed", error="remote_unreachable", serving="tiny", fallback=["tiny"])),
            "fallback_serving_fast",
            "fallback_serving",
            {"role": "fast", "model": "far", "serving": "tiny"},
        ),
        (_disk(1.25, 12), "disk_low", "disk_low", {"free": "1.2", "models": "12.0"}),
    ],
)
async def test_issues_come_and_go(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    stub: StubEngine,
    told: Any,
    issue_id: str,
    key: str,
    placeholders: dict[str, str],
) -> None:
    """Raise an issue when the engine tells of something that a person can mend, and withdraw it when it is mended."""
    await _tell(hass, entry, stub, told)
    issue = _issue(hass, issue_id)
    assert issue is not None
    assert issue.translation_key == key
    assert placeholders.items() <= (issue.translation_placeholders or {}).items()
    assert issue.learn_more_url is not None
    await _tell(hass, entry, stub, info(fast=role("tiny", "ready")))
    assert _issue(hass, issue_id) is None


@pytest.mark.parametrize("told", [_disk(1.25, 0), _disk(2, 12), {**info(), "disk": None}])
async def test_a_disk_that_is_nobodys_business(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, told: Any
) -> None:
    """Say nothing of a disk with room, or without any model."""
    await _tell(hass, entry, stub, told)
    assert _issue(hass, "disk_low") is None


@pytest.mark.parametrize(("typed", "model"), [({"model": "large"}, "large"), ({}, None)])
async def test_another_model_is_chosen(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    stub: StubEngine,
    client: Any,
    typed: dict[str, str],
    model: str | None,
) -> None:
    """Offer what is installed, and nothing, for a role whose model does not work."""
    await _tell(hass, entry, stub, info(fast=role("tiny", "failed", error="model_failed")))
    form = await _begin(client, "model_fast")
    assert (form["type"], form["step_id"]) == ("form", "choose")
    assert form["description_placeholders"]["model"] == "tiny"
    assert [option["value"] for option in form["data_schema"][0]["selector"]["select"]["options"]] == ["tiny", "large"]
    stub.info = info(fast=role(model, "ready" if model else "missing"))
    assert (await _go_on(client, form, typed))["type"] == "create_entry"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert ("PUT", "/v1/roles/fast", {"model": model}) in stub.asked
    assert _issue(hass, "model_fast") is None


async def test_a_model_that_is_refused_leaves_the_choice(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, client: Any
) -> None:
    """Say why, and let the person choose again."""
    await _tell(hass, entry, stub, info(fast=role("tiny", "failed", error="model_failed")))
    stub.answers["/v1/roles/fast"] = error("does_not_fit", "It needs 9 GB.")
    form = await _go_on(client, await _begin(client, "model_fast"), {"model": "large"})
    assert form["errors"] == {"model": "refused"}
    assert form["description_placeholders"]["refusal"].endswith("It needs 9 GB.")
    assert _issue(hass, "model_fast") is not None


@pytest.mark.parametrize("roles", [{"fast": choice("tiny", changeable=False)}, {}])
async def test_a_model_that_the_settings_choose(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, client: Any, roles: dict[str, Any]
) -> None:
    """Point to the engine's settings where they decide."""
    stub.roles = roles
    await _tell(hass, entry, stub, info(fast=role("tiny", "failed", error="model_failed")))
    result = await _begin(client, "model_fast")
    assert (result["type"], result["reason"]) == ("abort", "role_fixed")
    assert _issue(hass, "model_fast") is not None


async def _fail_to_download(hass: HomeAssistant, stub: StubEngine, code: str) -> None:
    stub.answers[PULL] = [progress("large", "downloading", 0, 10), error(code, "2 GB are missing.")]
    data = {"model": "large"}
    await hass.services.async_call(DOMAIN, "download_model", data, blocking=True)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_download_is_gone_on_with(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, client: Any
) -> None:
    """Tell of a download that failed when nobody looked, and try again when the person says so."""
    await _fail_to_download(hass, stub, "hub_unreachable")
    issue = _issue(hass, "download_failed_large")
    assert issue is not None
    assert (issue.translation_placeholders or {})["model"] == "large"
    assert "hub does not answer" in (issue.translation_placeholders or {})["error"]
    stub.answers[PULL] = [progress("large", "downloading", 5, 10), progress("large", "done", 10, 10)]
    form = await _begin(client, "download_failed_large")
    assert (form["step_id"], form["description_placeholders"]["model"]) == ("confirm", "large")
    assert (await _go_on(client, form, {}))["type"] == "create_entry"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert stub.bodies(PULL) == [{"id": "large"}] * 2
    assert _issue(hass, "download_failed_large") is None


async def test_a_download_that_fails_again(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, client: Any
) -> None:
    """Say what is wrong now, and keep the issue."""
    await _fail_to_download(hass, stub, "hub_unreachable")
    stub.answers[PULL] = error("disk_full", "2 GB are missing.")
    result = await _go_on(client, await _begin(client, "download_failed_large"), {})
    assert (result["type"], result["reason"]) == ("abort", "failed")
    assert "2 GB are missing." in result["description_placeholders"]["error"]
    assert _issue(hass, "download_failed_large") is not None


@pytest.mark.parametrize("issue_id", ["model_fast", "download_failed_large"])
async def test_a_repair_without_hearth(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, client: Any, issue_id: str
) -> None:
    """Say so when Hearth was unloaded meanwhile."""
    await _fail_to_download(hass, stub, "hub_unreachable")
    await _tell(hass, entry, stub, info(fast=role("tiny", "failed", error="model_failed")))
    form = await _begin(client, issue_id)
    assert await hass.config_entries.async_unload(entry.entry_id)
    result = await _go_on(client, form, {})
    assert (result["type"], result["reason"]) == ("abort", "not_loaded")
