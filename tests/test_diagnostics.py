"""Test that diagnostics help to find a fault and tell nobody's business."""

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion
from syrupy.filters import props

from custom_components.hearth.access import (
    CONF_AGENTS,
    CONF_OWNERS,
    CONF_PEOPLE,
    CONF_RETENTION_DAYS,
    CONF_SATELLITES,
    CONF_SOURCES,
    NOBODY,
    OTHER_AGENTS,
    Source,
)
from custom_components.hearth.hands import CallRecord, Outcome, Resolution, Scope
from custom_components.hearth.mind import Tier, Turn, TurnOutcome
from tests.conftest import AGENT_ID, AI_TASK_ID, SetUp, hearth_entry
from tests.stub_engine import INSTANCE_ID, TOKEN, StubEngine

WORDS = "open the safe"
CALL = CallRecord(
    name="script__open_safe",
    args={"code": "4711"},
    resolution=Resolution(),
    decision="ask",
    reason="critical",
    outcome=Outcome.ASKED,
    audit_id=1,
    before={"lock.safe": "locked"},
    error="the safe said no",
)


async def test_what_they_hold(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry, snapshot: SnapshotAssertion
) -> None:
    """Hold the engine's state and how the last turns went, without words, arguments, entities or secrets."""
    scope = Scope("a conversation", "conversation.hearth", WORDS, "en", user_id="anna")
    turn = Turn(
        scope, tier=Tier.MODEL, outcome=TurnOutcome.ASKED, generations=[{"first_token_ms": 180.5, "cache_n": 900}]
    )
    with entry.runtime_data.turns.running(turn):
        scope.calls.append(CALL)
    diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert diagnostics == snapshot(exclude=props("url", "total", "succeeded_at", "exposed"))
    text = str(diagnostics)
    private = (TOKEN, WORDS, "lighthouse", "4711", "safe", "anna")
    assert [secret for secret in private if secret in text] == []


async def test_they_work_without_an_engine(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, set_up: SetUp, stub: StubEngine
) -> None:
    """Say why the engine can't be used."""
    entry = await set_up(hearth_entry(stub.url, "wrong", INSTANCE_ID))
    diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert diagnostics["engine"] == {
        "reachable": False,
        "failure": "invalid_api_key",
        "info": None,
        "roles": None,
        "installed": None,
    }


async def test_they_tell_who_may_know_what(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry
) -> None:
    """Show what was chosen and what follows from it, so that a hidden calendar is found, and nobody's name."""
    assert await async_setup_component(hass, "person", {"person": [{"id": "anna", "name": "Anna"}]})
    for name, exposed in (("calendar.family", True), ("calendar.divorce", False)):
        hass.states.async_set(name, "off")
        async_expose_entity(hass, "conversation", name, exposed)
    options = {
        CONF_SOURCES: {source.value: source is not Source.MAIL for source in Source},
        CONF_AGENTS: {AGENT_ID: ["calendar", "weather"], OTHER_AGENTS: ["weather"]},
        CONF_PEOPLE: {"person:anna": ["calendar", "mail"], "person:bert": ["weather"]},
        CONF_OWNERS: {"calendar.family": "household", "folder:/media/divorce": "person:anna", "entry:x": NOBODY},
        CONF_SATELLITES: {"a device": "person:anna"},
        CONF_RETENTION_DAYS: 7,
        "of tomorrow": "divorce",
    }
    hass.config_entries.async_update_entry(entry, options=options)
    diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert diagnostics["options"] == {
        CONF_AGENTS: options[CONF_AGENTS],
        CONF_OWNERS: {"household": 1, "person 1": 1, "nobody": 1},
        CONF_PEOPLE: {"person 1": ["calendar", "mail"], "person 2": ["weather"]},
        CONF_RETENTION_DAYS: 7,
        CONF_SATELLITES: {"person 1": 1},
        CONF_SOURCES: options[CONF_SOURCES],
        "others": ["of tomorrow"],
    }
    everything = {source.value for source in Source} - {"mail"}
    assert diagnostics["access"] == {
        AGENT_ID: {"guest": ["weather"], "household": ["calendar", "weather"], "person 1": ["calendar"]},
        AI_TASK_ID: {
            "guest": ["devices", "timers", "weather"],
            "household": sorted(everything),
            "person 1": ["calendar"],
        },
        OTHER_AGENTS: {"guest": ["weather"], "household": ["weather"], "person 1": []},
    }
    assert diagnostics["exposed"]["calendar"] == {"all": 2, "exposed": 1}
    assert [word for word in ("anna", "divorce", "bert") if word in str(diagnostics).lower()] == []
