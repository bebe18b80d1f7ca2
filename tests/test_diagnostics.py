"""Test that diagnostics help to find a fault and tell nobody's business."""

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion
from syrupy.filters import props

from custom_components.hearth.hands import CallRecord, Outcome, Resolution, Scope
from custom_components.hearth.mind import Tier, Turn, TurnOutcome
from tests.conftest import SetUp, hearth_entry
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
    assert diagnostics == snapshot(exclude=props("url", "total", "succeeded_at"))
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
