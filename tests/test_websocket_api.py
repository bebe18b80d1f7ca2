"""Test the websocket commands."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.hearth.hands import Scope
from custom_components.hearth.mind import Tier, Turn, TurnOutcome

COMMANDS = ["hearth/turns/list", "hearth/audit/list", "hearth/audit/verify"]


async def _ask(client: Any, **command: Any) -> dict[str, Any]:
    await client.send_json_auto_id(command)
    answer: dict[str, Any] = await client.receive_json()
    return answer


async def test_turns_are_listed(
    hass: HomeAssistant, entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    """List the last turns oldest first, of one conversation if asked so."""
    turns = entry.runtime_data.turns
    for conversation_id in ("one", "two", "one"):
        scope = Scope(conversation_id, "conversation.hearth", "the words", "en")
        with turns.running(Turn(scope, tier=Tier.ROUTER, outcome=TurnOutcome.DONE)):
            pass
    client = await hass_ws_client(hass)
    everything = (await _ask(client, type="hearth/turns/list"))["result"]["turns"]
    assert [turn["conversation_id"] for turn in everything] == ["one", "two", "one"]
    assert everything == [turn.as_dict() for turn in turns.recent()]
    assert "the words" not in str(everything)
    answer = await _ask(client, type="hearth/turns/list", conversation_id="one", limit=1)
    assert answer["result"]["turns"] == everything[2:]


async def test_the_audit_is_listed(
    hass: HomeAssistant, entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    """List rows newest first, page by page."""
    audit = entry.runtime_data.hands.audit
    first, second, third = [await audit.async_append("test", {"number": number}) for number in range(3)]
    client = await hass_ws_client(hass)
    rows = (await _ask(client, type="hearth/audit/list", limit=2))["result"]["rows"]
    assert [row["id"] for row in rows] == [third, second]
    rows = (await _ask(client, type="hearth/audit/list", before=second))["result"]["rows"]
    assert [(row["id"], row["kind"], row["number"]) for row in rows] == [(first, "test", 0)]


async def test_the_audit_is_verified(
    hass: HomeAssistant, entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    """Tell whether the chain holds."""
    audit = entry.runtime_data.hands.audit
    client = await hass_ws_client(hass)
    before = (await _ask(client, type="hearth/audit/verify"))["result"]
    await audit.async_append("test", {})
    after = (await _ask(client, type="hearth/audit/verify"))["result"]
    assert after == {"ok": True, "rows": before["rows"] + 1, "first_bad": None, "problem": None}


@pytest.mark.parametrize("command", COMMANDS)
async def test_only_administrators_may_ask(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
    command: str,
) -> None:
    """Show nobody else what was said and done in the home."""
    client = await hass_ws_client(hass, hass_read_only_access_token)
    answer = await _ask(client, type=command)
    assert (answer["success"], answer["error"]["code"]) == (False, "unauthorized")


@pytest.mark.parametrize("command", COMMANDS)
async def test_without_a_loaded_entry_they_say_so(
    hass: HomeAssistant, entry: MockConfigEntry, hass_ws_client: WebSocketGenerator, command: str
) -> None:
    """Answer with a translated error."""
    await hass.config_entries.async_unload(entry.entry_id)
    client = await hass_ws_client(hass)
    answer = await _ask(client, type=command)
    assert (answer["success"], answer["error"]["translation_key"]) == (False, "not_loaded")
    assert answer["error"]["message"] == "Hearth is not set up"


async def test_a_broken_audit_is_no_stack_trace(
    hass: HomeAssistant, entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    """Answer with a translated error when the disk fails."""
    await entry.runtime_data.hands.audit.async_close()
    client = await hass_ws_client(hass)
    answer = await _ask(client, type="hearth/audit/list")
    assert (answer["success"], answer["error"]["translation_key"]) == (False, "audit_unavailable")


@pytest.mark.parametrize(
    "command",
    [
        {"type": "hearth/turns/list", "limit": 0},
        {"type": "hearth/turns/list", "limit": 51},
        {"type": "hearth/turns/list", "conversation_id": 7},
        {"type": "hearth/audit/list", "limit": 1001},
        {"type": "hearth/audit/list", "before": "yesterday"},
    ],
)
async def test_nonsense_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, hass_ws_client: WebSocketGenerator, command: dict[str, Any]
) -> None:
    """Check what is asked before anything is done."""
    client = await hass_ws_client(hass)
    answer = await _ask(client, **command)
    assert (answer["success"], answer["error"]["code"]) == (False, "invalid_format")
