"""Test the entities that show the engine and the last turn."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.const import ROLES
from custom_components.hearth.hands import Scope
from custom_components.hearth.mind import Tier, Turn, TurnLog
from tests.conftest import AGENT_ID, AI_TASK_ID, SetUp, hearth_entry, state_of
from tests.stub_engine import INSTANCE_ID, StubEngine, info, role, statistics

SHOWN = {
    "ai_task.hearth_ai_task",
    "binary_sensor.hearth_engine_connection",
    "binary_sensor.hearth_engine_models",
    "button.hearth_engine_stop",
    "conversation.hearth",
    "event.hearth_engine_approval",
    "select.hearth_engine_fast_model",
    "select.hearth_engine_reasoning_model",
    "sensor.hearth_engine_approvals_today",
    "sensor.hearth_engine_articles_in_the_library",
    "sensor.hearth_engine_calendar_events_in_the_library",
    "sensor.hearth_engine_conversations_in_the_library",
    "sensor.hearth_engine_days_in_the_library",
    "sensor.hearth_engine_devices_in_the_library",
    "sensor.hearth_engine_documents_in_the_library",
    "sensor.hearth_engine_fast_model",
    "sensor.hearth_engine_fast_model_cached_share_of_prompts",
    "sensor.hearth_engine_fast_model_state",
    "sensor.hearth_engine_fast_model_typical_generation_speed",
    "sensor.hearth_engine_fast_model_typical_time_to_first_token",
    "sensor.hearth_engine_fast_model_waiting_requests",
    "sensor.hearth_engine_library_items",
    "sensor.hearth_engine_mail_in_the_library",
    "sensor.hearth_engine_median_wait_for_an_approval",
    "sensor.hearth_engine_notes_in_the_library",
    "sensor.hearth_engine_notifications_in_the_library",
    "sensor.hearth_engine_reasoning_model",
    "sensor.hearth_engine_reasoning_model_state",
    "sensor.hearth_engine_response_time",
    "sensor.hearth_engine_time_to_first_token",
    "sensor.hearth_engine_to_do_items_in_the_library",
    "switch.hearth_enabled",
    "switch.hearth_engine_knows_calendars",
    "switch.hearth_engine_knows_devices_and_their_states",
    "switch.hearth_engine_knows_documents_and_notes",
    "switch.hearth_engine_knows_history_and_statistics",
    "switch.hearth_engine_knows_mail",
    "switch.hearth_engine_knows_news_feeds",
    "switch.hearth_engine_knows_notifications",
    "switch.hearth_engine_knows_past_conversations",
    "switch.hearth_engine_knows_timers_and_alarm_clocks",
    "switch.hearth_engine_knows_to_do_lists",
    "switch.hearth_engine_knows_weather",
    "switch.hearth_engine_knows_what_it_was_told_to_remember",
    "switch.hearth_engine_knows_who_is_where",
    "todo.hearth_engine_open_approvals",
    "update.hearth_engine_tiny",
}
HIDDEN = {
    "select.hearth_engine_embedding_model",
    "sensor.hearth_engine_cached_prompt_tokens",
    "sensor.hearth_engine_embedding_model",
    "sensor.hearth_engine_embedding_model_state",
    "sensor.hearth_engine_fast_model_evictions",
    "sensor.hearth_engine_fast_model_preemptions",
    "sensor.hearth_engine_generated_tokens",
    "sensor.hearth_engine_generation_speed",
    "sensor.hearth_engine_library_passages",
    "sensor.hearth_engine_processed_prompt_tokens",
    "sensor.hearth_engine_reasoning_model_cached_share_of_prompts",
    "sensor.hearth_engine_reasoning_model_evictions",
    "sensor.hearth_engine_reasoning_model_preemptions",
    "sensor.hearth_engine_reasoning_model_typical_generation_speed",
    "sensor.hearth_engine_reasoning_model_typical_time_to_first_token",
    "sensor.hearth_engine_reasoning_model_waiting_requests",
    "sensor.hearth_engine_router_model",
    "sensor.hearth_engine_router_model_state",
    "sensor.hearth_engine_time_in_queue",
}
USAGE = {
    "first_token_ms": 180.5,
    "queue_ms": 2.0,
    "prompt_n": 40,
    "cache_n": 900,
    "predicted_n": 25,
    "predicted_per_second": 12.5,
}
RESPONSE_TIME = "sensor.hearth_engine_response_time"
MEASURES = {
    "sensor.hearth_engine_cached_prompt_tokens": "900",
    "sensor.hearth_engine_generated_tokens": "25",
    "sensor.hearth_engine_generation_speed": "12.5",
    "sensor.hearth_engine_processed_prompt_tokens": "40",
    "sensor.hearth_engine_time_in_queue": "2.0",
    "sensor.hearth_engine_time_to_first_token": "180.5",
}


def _entities(hass: HomeAssistant, entry: MockConfigEntry) -> list[er.RegistryEntry]:
    return er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)


async def _take(hass: HomeAssistant, turns: TurnLog, **fields: Any) -> str:
    """Let a turn happen and return what it took."""
    with turns.running(Turn(Scope("a conversation", "conversation.hearth", "words", "en"), **fields)) as turn:
        pass
    await hass.async_block_till_done()
    return str(turn.timings_ms["total"])


@pytest.fixture
def everything_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show what is hidden at first."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", property(lambda _: True))


async def test_what_is_shown_and_what_is_hidden_at_first(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Keep what only few people watch out of the way."""
    entities = _entities(hass, entry)
    assert {entity.entity_id for entity in entities if entity.disabled_by is None} == SHOWN
    assert {entity.entity_id for entity in entities if entity.disabled_by is not None} == HIDDEN


async def test_identities_last(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Build on ids of Home Assistant's own, not on names or addresses."""
    ids = {entity.entity_id: entity.unique_id for entity in _entities(hass, entry)}
    assert ids["conversation.hearth"] == AGENT_ID
    assert ids["ai_task.hearth_ai_task"] == AI_TASK_ID
    assert ids["sensor.hearth_engine_fast_model"] == f"{entry.entry_id}_fast_model"
    assert len(set(ids.values())) == len(ids)


@pytest.mark.usefixtures("everything_enabled")
@pytest.mark.parametrize(
    ("described", "model", "state"),
    [
        (role("tiny", "ready"), "tiny", "ready"),
        (role("tiny", "loading"), "tiny", "loading"),
        (role("tiny", "failed", error="model_failed"), "tiny", "failed"),
        (role(), "unknown", "missing"),
        # A newer engine may know states that we do not.
        (role("tiny", "paused"), "tiny", "unknown"),
    ],
)
async def test_roles_are_shown(
    hass: HomeAssistant, set_up: SetUp, stub: StubEngine, described: dict[str, object], model: str, state: str
) -> None:
    """Show which model serves a role and how it fares."""
    stub.info = info(**dict.fromkeys(ROLES, described))
    await set_up(hearth_entry(stub.url, stub.token, INSTANCE_ID))
    assert {state_of(hass, f"sensor.hearth_engine_{name}_model") for name in ROLES} == {model}
    assert {state_of(hass, f"sensor.hearth_engine_{name}_model_state") for name in ROLES} == {state}


@pytest.mark.usefixtures("everything_enabled")
@pytest.mark.parametrize(
    ("measured", "shown"),
    [
        (
            {
                "first_token_ms": 210.4,
                "tokens_per_second": 11.25,
                "cached_share": 0.97,
                "waiting": 2,
                "preemptions": 3,
                "evictions": 1,
            },
            {
                "typical_time_to_first_token": "210.4",
                "typical_generation_speed": "11.25",
                "cached_share_of_prompts": "97.0",
                "waiting_requests": "2",
                "preemptions": "3",
                "evictions": "1",
            },
        ),
        ({}, {"typical_time_to_first_token": "unknown", "cached_share_of_prompts": "unknown", "waiting_requests": "0"}),
        # An engine that is older by some additions says nothing of it.
        (None, {"typical_time_to_first_token": "unknown", "waiting_requests": "unknown", "evictions": "unknown"}),
    ],
)
async def test_statistics_are_shown(
    hass: HomeAssistant, set_up: SetUp, stub: StubEngine, measured: dict[str, Any] | None, shown: dict[str, str]
) -> None:
    """Show what a role's last requests were like."""
    told = None if measured is None else statistics(**measured)
    stub.info = info(fast=role("tiny", "ready", statistics=told))
    await set_up(hearth_entry(stub.url, stub.token, INSTANCE_ID))
    assert {name: state_of(hass, f"sensor.hearth_engine_fast_model_{name}") for name in shown} == shown


@pytest.mark.usefixtures("everything_enabled")
async def test_the_last_turn_is_measured(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Show what the last turn took, and keep what a turn without a model does not have."""
    turns = entry.runtime_data.turns
    assert {state_of(hass, entity_id) for entity_id in (*MEASURES, RESPONSE_TIME)} == {"unknown"}
    took = await _take(hass, turns, tier=Tier.MODEL, generations=[USAGE])
    assert {entity_id: state_of(hass, entity_id) for entity_id in MEASURES} == MEASURES
    assert state_of(hass, RESPONSE_TIME) == took
    took = await _take(hass, turns)
    assert {entity_id: state_of(hass, entity_id) for entity_id in MEASURES} == MEASURES
    assert state_of(hass, RESPONSE_TIME) == took


async def test_after_unloading_no_turn_is_followed(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Let go of the turns with the entities."""
    turns = entry.runtime_data.turns
    assert await hass.config_entries.async_unload(entry.entry_id)
    await _take(hass, turns)
    assert state_of(hass, RESPONSE_TIME) == "unavailable"
