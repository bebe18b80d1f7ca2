"""Test that requests that leave the home are written down, without a word of what they said."""

from typing import Any

from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.engine import Sent
from tests.stub_engine import StubEngine, info, role, says

REMOTE = "gpt@https://user:secret@models.example.org:8443/v1"


async def _rows(entry: MockConfigEntry) -> list[dict[str, Any]]:
    rows = await entry.runtime_data.hands.audit.async_rows()
    return [row for row in rows if row["kind"] == "remote_request"]


async def test_a_turn_with_a_remote_model_is_written_down(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine
) -> None:
    """Say how much of which kinds was sent where, for whom, and nothing of the words."""
    stub.info = info(fast=role(REMOTE, "ready", backend="remote"))
    await entry.runtime_data.coordinator.async_refresh()
    stub.replies = [[{**event, "model": REMOTE} for event in says("Paris.", prompt_n=100, predicted_n=3)]]
    await conversation.async_converse(
        hass, "what is the capital of France", "one", Context(), "en", "conversation.hearth"
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    row = next(row for row in await _rows(entry) if row["conversation_id"] is not None)
    assert (row["role"], row["host"], row["agent_id"]) == ("fast", "models.example.org", "conversation.hearth")
    assert row["tokens"] == {"sent": 100, "received": 3}
    assert "words" in row["sources"]
    assert not any(word in str(row) for word in ("secret", "France", "Paris"))


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (Sent("fast", model="tiny"), []),
        (Sent("fast", model=REMOTE), ["models.example.org"]),
        (Sent("reasoning", model="http://10.0.0.2/v1"), ["10.0.0.2"]),
        (Sent("embedding"), []),
    ],
)
async def test_what_stays_at_home_is_not(
    hass: HomeAssistant, entry: MockConfigEntry, sent: Sent, told: list[str]
) -> None:
    """Only a model elsewhere, also one that stands in, is told of."""
    entry.runtime_data.client._tell(sent)  # noqa: SLF001 - what the engine's client tells its listeners
    await hass.async_block_till_done(wait_background_tasks=True)
    assert [row["host"] for row in await _rows(entry)] == told
