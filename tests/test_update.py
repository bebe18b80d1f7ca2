"""Test the models' updates and their downloads."""

import asyncio
from collections.abc import Callable
from typing import Any

from homeassistant.components.homeassistant import DOMAIN as HOMEASSISTANT_DOMAIN, SERVICE_UPDATE_ENTITY
from homeassistant.components.update import SERVICE_INSTALL
from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.const import DOMAIN
from tests.conftest import SetUp, hearth_entry, state_of
from tests.stub_engine import INSTANCE_ID, StubEngine, error, model, progress

PULL = "/v1/models/pull"
TINY = "update.hearth_engine_tiny"
LARGE = "update.hearth_engine_large"
GIGABYTE = 1_000_000_000
OLD, NEW = "1" * 40, "2" * 40


async def _refresh(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await entry.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)


def _attributes(hass: HomeAssistant, entity_id: str) -> dict[str, Any]:
    state = hass.states.get(entity_id)
    assert state is not None
    return dict(state.attributes)


async def _download(hass: HomeAssistant, **data: str) -> Any:
    return await hass.services.async_call(DOMAIN, "download_model", data, blocking=True, return_response=True)


@pytest.mark.parametrize(
    ("latest", "state", "version"), [(OLD, STATE_OFF, OLD[:7]), (NEW, STATE_ON, NEW[:7]), (None, STATE_OFF, OLD[:7])]
)
async def test_a_model_shows_its_revisions(
    hass: HomeAssistant, set_up: SetUp, stub: StubEngine, latest: str | None, state: str, version: str
) -> None:
    """Show what is installed and what the hub has, and where to read about it."""
    stub.models = [model("tiny", OLD, latest), model("large")]
    await set_up(hearth_entry(stub.url, stub.token, INSTANCE_ID))
    assert state_of(hass, TINY) == state
    attributes = _attributes(hass, TINY)
    assert (attributes["installed_version"], attributes["latest_version"]) == (OLD[:7], version)
    assert (attributes["title"], attributes["in_progress"]) == ("Tiny", False)
    assert attributes["release_url"] == "https://huggingface.co/makers/tiny"
    assert hass.states.get(LARGE) is None


async def test_models_come_and_go(hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine) -> None:
    """Follow what is installed from the hub; what an engine does not say for a moment changes nothing."""
    mine = model("mine", OLD)
    mine["installed"]["source"] = "local"
    stub.models = [model("tiny", OLD), model("large", OLD), mine]
    await _refresh(hass, entry)
    assert {state.entity_id for state in hass.states.async_all("update")} == {TINY, LARGE}
    stub.answers["/v1/catalog"] = error("internal")
    await _refresh(hass, entry)
    assert state_of(hass, TINY) == STATE_UNKNOWN
    del stub.answers["/v1/catalog"]
    stub.models = [model("large", OLD)]
    await _refresh(hass, entry)
    assert {state.entity_id for state in hass.states.async_all("update")} == {LARGE}
    assert er.async_get(hass).async_get(TINY) is None
    stub.down = True
    await _refresh(hass, entry)
    assert state_of(hass, LARGE) == STATE_UNAVAILABLE


async def test_a_model_that_went_while_nobody_looked(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine
) -> None:
    """Leave no entity behind of a model that was removed while the entry was not loaded."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    stub.models = []
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert er.async_get(hass).async_get(TINY) is None


async def test_an_update_is_installed_with_progress(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine
) -> None:
    """Show how far it is, and the new revision when it is there."""
    stub.models = [model("tiny", OLD, NEW)]
    await _refresh(hass, entry)
    stub.answers[PULL] = [
        progress("tiny", "checking"),
        progress("tiny", "downloading", GIGABYTE, 4 * GIGABYTE),
        None,
        progress("tiny", "done", 4 * GIGABYTE, 4 * GIGABYTE),
    ]
    installing = asyncio.ensure_future(
        hass.services.async_call("update", SERVICE_INSTALL, {ATTR_ENTITY_ID: TINY}, blocking=True)
    )
    await _until(lambda: _attributes(hass, TINY)["update_percentage"] == 25)
    assert _attributes(hass, TINY)["in_progress"] is True
    stub.models = [model("tiny", NEW)]
    stub.proceed.set()
    await installing
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (state_of(hass, TINY), _attributes(hass, TINY)["in_progress"]) == (STATE_OFF, False)
    assert _attributes(hass, TINY)["installed_version"] == NEW[:7]
    assert stub.bodies(PULL) == [{"id": "tiny"}]


async def test_an_update_that_fails_says_why(hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine) -> None:
    """Raise what went wrong, and keep what was there."""
    stub.models = [model("tiny", OLD, NEW)]
    await _refresh(hass, entry)
    stub.answers[PULL] = [progress("tiny", "downloading", 1, 2), error("checksum_mismatch")]
    with pytest.raises(HomeAssistantError) as caught:
        await hass.services.async_call("update", SERVICE_INSTALL, {ATTR_ENTITY_ID: TINY}, blocking=True)
    assert caught.value.translation_key == "checksum_mismatch"
    assert (state_of(hass, TINY), _attributes(hass, TINY)["in_progress"]) == (STATE_ON, False)


@pytest.mark.parametrize("answer", [{}, error("hub_offline")])
async def test_the_hub_is_asked_on_demand(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, answer: Any
) -> None:
    """Let the engine ask the hub when a person wants to know now, and live with a hub that is out of reach."""
    stub.answers["/v1/models/check"] = answer
    data = {ATTR_ENTITY_ID: TINY}
    await hass.services.async_call(HOMEASSISTANT_DOMAIN, SERVICE_UPDATE_ENTITY, data, blocking=True)
    assert len(stub.bodies("/v1/models/check")) == 1
    assert state_of(hass, TINY) == STATE_OFF


async def test_a_new_model_is_downloaded(hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine) -> None:
    """Return when the download has begun, and show it as an update until it is one."""
    stub.answers[PULL] = [
        progress("large", "checking"),
        progress("large", "downloading", 0, 4 * GIGABYTE),
        None,
        progress("large", "verifying", 4 * GIGABYTE, 4 * GIGABYTE),
        progress("large", "done", 4 * GIGABYTE, 4 * GIGABYTE),
    ]
    assert await _download(hass, model="large") == {"model": "large", "size_bytes": 4 * GIGABYTE}
    await _until(lambda: hass.states.get(LARGE))
    assert (state_of(hass, LARGE), _attributes(hass, LARGE)["in_progress"]) == (STATE_UNKNOWN, True)
    # Asking again joins the one that runs.
    await _download(hass, model="large")
    stub.models = [model("tiny", OLD), model("large", NEW)]
    stub.proceed.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (state_of(hass, LARGE), _attributes(hass, LARGE)["in_progress"]) == (STATE_OFF, False)
    assert stub.bodies(PULL) == [{"id": "large"}]


async def test_a_file_outside_the_catalogue_is_downloaded(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine
) -> None:
    """Learn the model's id from the engine."""
    stub.answers[PULL] = [progress("rare-q4", "downloading", 0, 10), progress("rare-q4", "done", 10, 10)]
    told = await _download(hass, repository="makers/rare", file="rare-q4.gguf")
    assert told["model"] == "rare-q4"
    assert stub.bodies(PULL) == [{"repo": "makers/rare", "file": "rare-q4.gguf"}]


async def test_a_download_goes_on_after_a_reload(hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine) -> None:
    """End with the entry and go on with it, since somebody asked for it and nobody took that back."""
    stub.answers[PULL] = [progress("large", "downloading", 0, 10), None, progress("large", "done", 10, 10)]
    await _download(hass, model="large")
    assert await hass.config_entries.async_unload(entry.entry_id)
    await _until(lambda: stub.left)
    stub.proceed.set()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert stub.bodies(PULL) == [{"id": "large"}] * 2
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(stub.bodies(PULL)) == 2


@pytest.mark.parametrize("end", [[], [error("shutting_down")]])
async def test_a_download_goes_on_when_the_engine_is_back(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, monkeypatch: pytest.MonkeyPatch, end: list[Any]
) -> None:
    """Wait for an engine that restarts in the middle, without bothering anybody."""
    monkeypatch.setattr("custom_components.hearth.downloads._RETRY_SECONDS", 0.05)
    stub.answers[PULL] = [progress("large", "downloading", 0, 10), *end]
    await _download(hass, model="large")
    stub.down = True
    await asyncio.sleep(0.1)
    assert _attributes(hass, LARGE)["in_progress"] is True
    stub.answers[PULL] = [progress("large", "done", 10, 10)]
    stub.down = False
    await hass.async_block_till_done(wait_background_tasks=True)
    assert hass.states.get(LARGE) is None
    assert [issue for domain, issue in ir.async_get(hass).issues if domain == DOMAIN] == []


@pytest.mark.parametrize(
    ("code", "is_everybodys_business"),
    [("unknown_model", False), ("hub_not_found", False), ("pull_running", False), ("disk_full", True)],
)
async def test_a_download_that_does_not_begin(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, code: str, is_everybodys_business: bool
) -> None:
    """Tell whoever asked; a mistake of theirs is nothing to repair."""
    stub.answers[PULL] = error(code, "4 GB are missing.")
    with pytest.raises(HomeAssistantError) as caught:
        await _download(hass, model="large")
    assert caught.value.translation_key == code
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "download_failed_large")
    assert (issue is not None) is is_everybodys_business
    assert hass.states.get(LARGE) is None


async def test_a_download_is_given_up(hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine) -> None:
    """Removing a model that is on its way ends the download for good."""
    stub.answers[PULL] = [progress("large", "downloading", 0, 10), None]
    await _download(hass, model="large")
    await hass.services.async_call(DOMAIN, "remove_model", {"model": "large"}, blocking=True)
    await _until(lambda: stub.left)
    assert ("DELETE", "/v1/models/large", None) in stub.asked
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(stub.bodies(PULL)) == 1
    assert hass.states.get(LARGE) is None


async def test_downloads_are_forgotten_with_the_entry(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, hass_storage: dict[str, Any]
) -> None:
    """Leave nothing on the disk that would begin again with another entry."""
    stub.answers[PULL] = [progress("large", "downloading", 0, 10), None]
    await _download(hass, model="large")
    await _until(lambda: "hearth.downloads" in hass_storage)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert "hearth.downloads" not in hass_storage
