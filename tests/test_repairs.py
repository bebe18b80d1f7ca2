"""Test the issue about voice assistants that go around our approvals, and its repair."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.assist_pipeline import Pipeline, async_get_pipelines, async_update_pipeline
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.hearth.const import DOMAIN
from tests.conftest import SetUp, hearth_entry
from tests.stub_engine import INSTANCE_ID, StubEngine

AGENT = "conversation.hearth"


@pytest.fixture
async def pipeline(hass: HomeAssistant, set_up: SetUp) -> Pipeline:
    """Return the voice assistant that Home Assistant makes by itself."""
    assert await async_setup_component(hass, "assist_pipeline", {})
    assert await async_setup_component(hass, "repairs", {})
    return async_get_pipelines(hass)[0]


@pytest.fixture
async def entry(set_up: SetUp, stub: StubEngine, pipeline: Pipeline) -> MockConfigEntry:
    """Return an entry that was set up after the voice assistants."""
    return await set_up(hearth_entry(stub.url, stub.token, INSTANCE_ID))


async def _wait(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    freezer.tick(timedelta(seconds=31))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def _repair(client: Any, issue_id: str) -> dict[str, Any]:
    """Go through the repair as the frontend does and return its last result."""
    response = await client.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue_id})
    assert response.status == HTTPStatus.OK
    form = await response.json()
    assert form["step_id"] == "confirm"
    assert form["description_placeholders"] == {"pipeline": "Home Assistant"}
    response = await client.post(f"/api/repairs/issues/fix/{form['flow_id']}", json={})
    assert response.status == HTTPStatus.OK
    result: dict[str, Any] = await response.json()
    return result


async def test_a_bypass_is_reported_and_mended(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    pipeline: Pipeline,
    hass_client: ClientSessionGenerator,
    issue_registry: ir.IssueRegistry,
) -> None:
    """Turn "prefer handling commands locally" off when the person agrees."""
    issue_id = f"local_intents_{pipeline.id}"
    await async_update_pipeline(hass, pipeline, conversation_engine=AGENT, prefer_local_intents=True)
    await _wait(hass, freezer)
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is not None
    client = await hass_client()
    assert (await _repair(client, issue_id))["type"] == "create_entry"
    mended = async_get_pipelines(hass)[0]
    assert (mended.conversation_engine, mended.prefer_local_intents) == (AGENT, False)
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None


async def test_a_bypass_that_is_mended_by_hand_is_forgotten(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    pipeline: Pipeline,
    issue_registry: ir.IssueRegistry,
) -> None:
    """Withdraw the issue, the engine being up or not."""
    issue_id = f"local_intents_{pipeline.id}"
    await async_update_pipeline(hass, pipeline, conversation_engine=AGENT, prefer_local_intents=True)
    await _wait(hass, freezer)
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is not None
    await async_update_pipeline(hass, async_get_pipelines(hass)[0], prefer_local_intents=False)
    await _wait(hass, freezer)
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None


@pytest.mark.parametrize(
    ("agent", "prefer_local"), [(AGENT, False), ("conversation.home_assistant", True), ("conversation.other", True)]
)
async def test_other_voice_assistants_are_left_alone(
    hass: HomeAssistant,
    set_up: SetUp,
    stub: StubEngine,
    pipeline: Pipeline,
    issue_registry: ir.IssueRegistry,
    agent: str,
    prefer_local: bool,
) -> None:
    """Say nothing of what is none of our business."""
    await async_update_pipeline(hass, pipeline, conversation_engine=agent, prefer_local_intents=prefer_local)
    await set_up(hearth_entry(stub.url, stub.token, INSTANCE_ID))
    assert issue_registry.async_get_issue(DOMAIN, f"local_intents_{pipeline.id}") is None


async def test_a_voice_assistant_that_is_gone_needs_no_repair(
    hass: HomeAssistant, entry: MockConfigEntry, pipeline: Pipeline, hass_client: ClientSessionGenerator
) -> None:
    """End the repair well when there is nothing left to mend."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        "local_intents_gone",
        data={"pipeline_id": "gone"},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key="local_intents",
        translation_placeholders={"pipeline": "Home Assistant"},
    )
    client = await hass_client()
    assert (await _repair(client, "local_intents_gone"))["type"] == "create_entry"
    assert async_get_pipelines(hass) == [pipeline]
