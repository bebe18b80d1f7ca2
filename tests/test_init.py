"""Test how an entry comes and goes."""

from datetime import timedelta
import logging
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.const import (
    CONF_TOKEN,
    EVENT_HOMEASSISTANT_CLOSE,
    EVENT_HOMEASSISTANT_STOP,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.hearth.const import DOMAIN
from tests.conftest import AGENT_ID, AI_TASK_ID, SetUp, hearth_entry, state_of
from tests.hearthd import Hearthd
from tests.stub_engine import INSTANCE_ID, StubEngine, health, info, role

CONNECTION = "binary_sensor.hearth_engine_connection"
FAST_MODEL = "sensor.hearth_engine_fast_model"


async def _poll(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    freezer.tick(timedelta(seconds=31))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_it_loads_and_unloads(hass: HomeAssistant, live_entry: MockConfigEntry, hearthd: Hearthd) -> None:
    """Set an entry up with a real engine and take it down again."""
    assert live_entry.state is ConfigEntryState.LOADED
    assert state_of(hass, CONNECTION) == STATE_ON
    assert hass.states.get("conversation.hearth") is not None
    assert hass.states.get("ai_task.hearth_ai_task") is not None
    assert await hass.config_entries.async_unload(live_entry.entry_id)
    assert live_entry.state is ConfigEntryState.NOT_LOADED
    assert state_of(hass, CONNECTION) == STATE_UNAVAILABLE


async def test_it_reloads_clean(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Start anew on a reload, with the same audit."""
    first = entry.runtime_data
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data is not first
    assert (await entry.runtime_data.hands.audit.async_verify()).ok


async def test_each_subentry_has_a_device(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Show the engine and each subentry as a device of its own."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert {device.name: device.sw_version for device in devices} == {
        "Hearth engine": "0.1.0",
        "Hearth": None,
        "Hearth AI Task": None,
    }
    assert {next(iter(device.identifiers)) for device in devices} == {
        (DOMAIN, entry.entry_id),
        (DOMAIN, AGENT_ID),
        (DOMAIN, AI_TASK_ID),
    }


async def test_a_removed_subentry_leaves_nothing_behind(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Take an agent's device and entity away with the agent."""
    assert hass.config_entries.async_remove_subentry(entry, AGENT_ID)
    await hass.async_block_till_done()
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert {device.name for device in devices} == {"Hearth engine", "Hearth AI Task"}
    assert hass.states.get("conversation.hearth") is None


async def test_a_silent_engine_does_not_keep_it_away(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    set_up: SetUp,
    stub: StubEngine,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Load without an engine, say once that it is gone and once that it is back."""
    stub.down = True
    entry = await set_up(hearth_entry(stub.url, stub.token, INSTANCE_ID))
    assert entry.state is ConfigEntryState.LOADED
    assert state_of(hass, CONNECTION) == STATE_OFF
    assert state_of(hass, FAST_MODEL) == STATE_UNAVAILABLE
    assert state_of(hass, "conversation.hearth") != STATE_UNAVAILABLE
    await _poll(hass, freezer)
    stub.down = False
    await _poll(hass, freezer)
    assert state_of(hass, CONNECTION) == STATE_ON
    assert state_of(hass, FAST_MODEL) == "tiny"
    stub.down = True
    await _poll(hass, freezer)
    await _poll(hass, freezer)
    assert state_of(hass, FAST_MODEL) == STATE_UNAVAILABLE
    said = [record for record in caplog.records if record.name == "custom_components.hearth.coordinator"]
    assert [record.levelno for record in said if record.levelno > logging.DEBUG] == [
        logging.ERROR,
        logging.INFO,
        logging.ERROR,
    ]
    assert stub.token not in caplog.text


async def test_a_refused_token_asks_for_a_new_one_until_the_old_one_is_good_again(
    freezer: FrozenDateTimeFactory, hass: HomeAssistant, set_up: SetUp, stub: StubEngine
) -> None:
    """Ask for a token once, and take the request back when it is not needed any more."""
    entry = await set_up(hearth_entry(stub.url, "wrong", INSTANCE_ID))
    assert entry.state is ConfigEntryState.LOADED
    assert [flow["step_id"] for flow in entry.async_get_active_flows(hass, {SOURCE_REAUTH})] == ["reauth_confirm"]
    await _poll(hass, freezer)
    assert len(list(entry.async_get_active_flows(hass, {SOURCE_REAUTH}))) == 1
    stub.token = "wrong"
    await _poll(hass, freezer)
    assert list(entry.async_get_active_flows(hass, {SOURCE_REAUTH})) == []
    assert state_of(hass, CONNECTION) == STATE_ON


async def test_a_changed_entry_is_set_up_anew(hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine) -> None:
    """Reload when the entry changes."""
    stub.token = "another"
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_TOKEN: "another"})
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert state_of(hass, CONNECTION) == STATE_ON


async def test_the_audit_is_closed_with_home_assistant(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Write to the audit until the very end, then let go of its file."""
    audit = entry.runtime_data.hands.audit
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert await audit.async_append("test", {}) > 0
    hass.bus.async_fire(EVENT_HOMEASSISTANT_CLOSE)
    await hass.async_block_till_done()
    with pytest.raises(HomeAssistantError):
        await audit.async_append("test", {})


async def test_without_an_audit_it_waits(hass: HomeAssistant, set_up: SetUp, stub: StubEngine) -> None:
    """Try again later when nothing could be recorded."""
    Path(hass.config.path("hearth")).write_text("in the way of the audit's folder")
    entry = await set_up(hearth_entry(stub.url, stub.token, INSTANCE_ID))
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "audit_unavailable"


async def test_the_engines_version_is_followed(
    freezer: FrozenDateTimeFactory, hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine
) -> None:
    """Show the engine's new version after an update of it."""
    stub.info["version"] = "0.2.0"
    await _poll(hass, freezer)
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)
    assert device is not None
    assert device.sw_version == "0.2.0"


async def test_issues_come_and_go_with_their_causes(
    freezer: FrozenDateTimeFactory, hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine
) -> None:
    """Raise an issue for what a person can mend, and withdraw it when it is mended."""

    def open_issues() -> dict[str, str | None]:
        found = ir.async_get(hass).issues
        return {issue_id: issue.translation_key for (domain, issue_id), issue in found.items() if domain == DOMAIN}

    assert open_issues() == {}
    stub.info = info(fast=role("tiny", "failed", error="model_failed"), reasoning=role("big", "missing"))
    await _poll(hass, freezer)
    broken = {"model_fast": "model_failed", "model_reasoning": "model_missing"}
    assert open_issues() == broken
    assert state_of(hass, "binary_sensor.hearth_engine_models") == STATE_ON
    stub.down = True
    await _poll(hass, freezer)
    assert open_issues() == broken
    stub.down, stub.health = False, health(protocol_version=2, version="9.0.0")
    await _poll(hass, freezer)
    assert open_issues() == {**broken, "wrong_version": "wrong_version"}
    stub.health, stub.info = health(), info()
    await _poll(hass, freezer)
    assert open_issues() == {}
    assert state_of(hass, "binary_sensor.hearth_engine_models") == STATE_OFF
    stub.info = info(fast=role("tiny", "failed"))
    await _poll(hass, freezer)
    await hass.config_entries.async_remove(entry.entry_id)
    assert open_issues() == {}
