"""Test what reaches the engine beside a turn's words: that it ends at once, whether it may think, what it took."""

import asyncio
from collections.abc import Callable
from typing import Any

from homeassistant.components.conversation.trace import async_clear_traces, async_get_traces
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.const import CONF_ROLE, CONF_THINKING
from custom_components.hearth.mind import Thinking, Tier, Turn, TurnOutcome, effort
from tests.conftest import AGENT_ID, hearth_entry
from tests.stub_engine import INSTANCE_ID, StubEngine, error, info, role, says

from .conftest import Talk, speech

CHAT = "/v1/chat/completions"
STOP = "/v1/stop"


@pytest.fixture
async def entry(home: HomeAssistant, stub: StubEngine, enable_custom_integrations: None) -> MockConfigEntry:
    """Return an entry in the furnished home with the stub as its engine."""
    stub.info = info(fast=role("tiny", "ready"), reasoning=role("large", "ready"))
    entry = hearth_entry(stub.url, stub.token, INSTANCE_ID)
    entry.add_to_hass(home)
    assert await home.config_entries.async_setup(entry.entry_id)
    await home.async_block_till_done(wait_background_tasks=True)
    return entry


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)


async def test_stop_reaches_the_engine(
    home: HomeAssistant, talk: Talk, stub: StubEngine, last_turn: Callable[[], Turn]
) -> None:
    """A stop ends what the engine does for anybody, not only what this Home Assistant waits for."""
    assert speech(await talk("stop")) == "Stopped."
    assert (last_turn().tier, last_turn().outcome) == (Tier.REFLEX, TurnOutcome.STOPPED)
    await home.async_block_till_done(wait_background_tasks=True)
    assert len(stub.bodies(STOP)) == 1


@pytest.mark.parametrize("trouble", [{"hangs": {STOP}}, {"down": True}, {"answers": {STOP: error("internal")}}])
async def test_stop_does_not_wait_for_the_engine(
    home: HomeAssistant,
    talk: Talk,
    stub: StubEngine,
    trouble: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An engine that is gone or hangs changes nothing of a stop."""
    monkeypatch.setattr("custom_components.hearth.engine.client._STOP_SECONDS", 100)
    for name, value in trouble.items():
        setattr(stub, name, value)
    async with asyncio.timeout(50):
        assert speech(await talk("stop")) == "Stopped."
    stub.proceed.set()
    await home.async_block_till_done(wait_background_tasks=True)
    assert [record for record in caplog.records if record.name.endswith("mind.converse") and record.levelno > 10] == []


async def test_a_pipeline_that_gives_up_ends_the_generation(talk: Talk, stub: StubEngine) -> None:
    """A conversation that is cancelled in Home Assistant is cancelled in the engine."""
    stub.replies = [[says("Once")[0], None]]
    talking = asyncio.ensure_future(talk("tell me a story"))
    await _until(lambda: stub.bodies(CHAT))
    talking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await talking
    await _until(lambda: stub.left)
    assert stub.left == [CHAT]


async def test_an_engine_that_was_stopped_by_somebody_else(
    talk: Talk, stub: StubEngine, last_turn: Callable[[], Turn]
) -> None:
    """What the engine was told to stop is no failure of it."""
    stub.replies = [[says("Once upon a")[0], error("stopped")]]
    assert speech(await talk("tell me a story")) == "Stopped."
    assert (last_turn().outcome, last_turn().error) == (TurnOutcome.STOPPED, None)


@pytest.mark.parametrize(
    ("thinking", "role_name", "spoken", "asked"),
    [
        ("auto", "fast", False, "none"),
        ("auto", "fast", True, "none"),
        ("auto", "reasoning", False, None),
        ("auto", "reasoning", True, "none"),
        ("always", "fast", True, None),
        ("always", "reasoning", False, None),
        ("never", "reasoning", False, "none"),
    ],
)
async def test_who_may_think(
    home: HomeAssistant,
    entry: MockConfigEntry,
    talk: Talk,
    satellite: str,
    stub: StubEngine,
    thinking: str,
    role_name: str,
    spoken: bool,
    asked: str | None,
) -> None:
    """Nobody who speaks waits for a model's thoughts, unless they want to."""
    subentry = entry.subentries[AGENT_ID]
    data = {**subentry.data, CONF_ROLE: role_name, CONF_THINKING: thinking}
    home.config_entries.async_update_subentry(entry, subentry, data=data)
    await home.async_block_till_done(wait_background_tasks=True)
    await talk("tell me something", device_id=satellite if spoken else None)
    assert stub.bodies(CHAT)[0].get("reasoning_effort") == asked
    assert effort(Thinking(thinking), role_name, spoken=spoken) == asked


TIMINGS = {
    "queue_ms": 1.5,
    "cache_n": 900,
    "prompt_n": 40,
    "predicted_n": 25,
    "preemptions": 1,
    "draft_n": 8,
    "draft_n_accepted": 6,
}


async def test_the_trace_tells_what_each_generation_took(
    talk: Talk, stub: StubEngine, last_turn: Callable[[], Turn]
) -> None:
    """Queue, cache, prompt, reply, drafts, preemptions and the model are in Hearth's trace and in core's."""
    async_clear_traces()
    call = {"index": 0, "id": "1", "function": {"name": "llm__GetDateTime", "arguments": "{}"}}
    asking = {"model": "tiny", "choices": [{"delta": {"tool_calls": [call]}, "finish_reason": "tool_calls"}]}
    first = {**asking, "timings": {**TIMINGS, "predicted_n": 7}}
    stub.replies = [[first], says("Late.", **TIMINGS)]
    assert speech(await talk("what time is it on the moon?")) == "Late."
    one, two = last_turn().as_dict()["generations"]
    assert (one["model"], one["predicted_n"]) == ("tiny", 7)
    assert {name: two[name] for name in TIMINGS} == TIMINGS
    assert two["first_token_ms"] > 0
    (trace,) = async_get_traces()
    details = [event["data"] for event in trace.as_dict()["events"] if "stats" in (event["data"] or {})]
    assert [detail["stats"] for detail in details] == [
        {"input_tokens": 940, "cached_input_tokens": 900, "output_tokens": 7},
        {"input_tokens": 940, "cached_input_tokens": 900, "output_tokens": 25},
    ]
    assert details[1]["timings"] == two
