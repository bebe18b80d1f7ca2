"""Test the issue about automations that act on a sentence without asking, and its repair."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.assist_pipeline import async_get_pipelines, async_update_pipeline
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
SAID = [{"trigger": "conversation", "command": ["open sesame", "let me in"]}]
UNLOCKS = [{"action": "lock.unlock", "target": {"entity_id": "lock.front_door"}}]
AUTOMATIONS = [
    {"alias": "Sesame", "triggers": SAID, "actions": UNLOCKS},
    {"alias": "Off", "initial_state": False, "triggers": SAID, "actions": UNLOCKS},
    {
        "alias": "Light",
        "triggers": SAID,
        "actions": [{"action": "light.turn_on", "target": {"entity_id": "light.hall"}}],
    },
    {"alias": "Bell", "triggers": [{"trigger": "event", "event_type": "bell"}], "actions": UNLOCKS},
]
ISSUE = "sentence_automation.sesame"


@pytest.fixture
async def entry(hass: HomeAssistant, set_up: SetUp, stub: StubEngine) -> MockConfigEntry:
    """Return an entry in a home that obeys sentences."""
    for domain, config in (("assist_pipeline", {}), ("repairs", {}), ("automation", AUTOMATIONS)):
        assert await async_setup_component(hass, domain, {domain: config})
    await hass.async_block_till_done()
    return await set_up(hearth_entry(stub.url, stub.token, INSTANCE_ID))


async def _wait(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    freezer.tick(timedelta(seconds=31))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


def _issues(registry: ir.IssueRegistry) -> set[str]:
    return {issue_id for domain, issue_id in registry.issues if domain == DOMAIN and issue_id.startswith("sentence")}


async def test_a_sentence_that_goes_around_approvals(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    issue_registry: ir.IssueRegistry,
) -> None:
    """Only what would be asked about is told of, where one of our agents is spoken to; the repair switches it off."""
    assert _issues(issue_registry) == set()
    await async_update_pipeline(hass, async_get_pipelines(hass)[0], conversation_engine=AGENT)
    await _wait(hass, freezer)
    assert _issues(issue_registry) == {ISSUE}
    issue = issue_registry.async_get_issue(DOMAIN, ISSUE)
    assert issue is not None
    assert issue.translation_placeholders == {"automation": "Sesame", "sentence": "open sesame"}
    client: Any = await hass_client()
    response = await client.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": ISSUE})
    form = await response.json()
    assert (response.status, form["step_id"]) == (HTTPStatus.OK, "confirm")
    assert hass.states.is_state("automation.sesame", "on")
    response = await client.post(f"/api/repairs/issues/fix/{form['flow_id']}", json={})
    assert (await response.json())["type"] == "create_entry"
    assert hass.states.is_state("automation.sesame", "off")
    await _wait(hass, freezer)
    assert _issues(issue_registry) == set()
