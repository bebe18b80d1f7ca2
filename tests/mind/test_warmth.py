"""Test that what a turn begins with is warm before anybody speaks, and that nothing waits for it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
import json
import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.intent import async_register_timer_handler
from homeassistant.const import CONF_PROMPT, EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import Context, CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import area_registry as ar, entity_registry as er, floor_registry as fr, label_registry as lr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.hearth.access import CONF_SOURCES, Source
from custom_components.hearth.const import DOMAIN
from tests.conftest import AGENT_ID, hearth_entry
from tests.stub_engine import INSTANCE_ID, StubEngine, error, info, role, statistics

from .conftest import AGENT, Talk, speech

WARM = "/v1/warm"
CHAT = "/v1/chat/completions"


@pytest.fixture
async def entry(home: HomeAssistant, stub: StubEngine, enable_custom_integrations: None) -> MockConfigEntry:
    """Return an entry in the furnished home with the stub as its engine."""
    return await _load(home, stub)


async def _load(home: HomeAssistant, stub: StubEngine) -> MockConfigEntry:
    entry = hearth_entry(stub.url, stub.token, INSTANCE_ID)
    entry.add_to_hass(home)
    assert await home.config_entries.async_setup(entry.entry_id)
    await home.async_block_till_done(wait_background_tasks=True)
    return entry


# `freezer` comes first wherever it is asked for: timers set before the clock stands still are all due at once after it.


async def _pass(home: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: int) -> None:
    freezer.tick(timedelta(seconds=seconds))
    async_fire_time_changed(home)
    await home.async_block_till_done(wait_background_tasks=True)


async def _settle(home: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Let the home come to rest: what is done once it has is done, and what keeps that from happening twice is over."""
    await home.async_block_till_done()
    for _ in range(2):
        await _pass(home, freezer, 11)


async def _poll(home: HomeAssistant, entry: MockConfigEntry) -> None:
    await entry.runtime_data.coordinator.async_refresh()
    await home.async_block_till_done(wait_background_tasks=True)


@pytest.mark.parametrize("spoken", [True, False])
async def test_the_warm_beginning_is_the_turns_beginning(
    home: HomeAssistant, stub: StubEngine, talk: Talk, satellite: str, spoken: bool
) -> None:
    """A turn's request begins with exactly what was warmed, whoever asks from wherever, and only its words follow."""
    await talk("tell me something", device_id=satellite if spoken else None, user_id="anna")
    (warm,), (turn,) = stub.bodies(WARM), stub.bodies(CHAT)
    assert turn["messages"][:-1] == warm["messages"]
    assert turn["messages"][-1]["role"] == "user"
    assert [message["role"] for message in warm["messages"]] == ["system"]
    assert "Kitchen Lights" in warm["messages"][0]["content"]
    assert json.dumps(turn["tools"]) == json.dumps(warm["tools"])
    assert len(warm["tools"]) > 1
    assert (turn["model"], turn["reasoning_effort"]) == (warm["model"], warm["reasoning_effort"])
    assert warm["prefix"] == AGENT_ID


def _rename_area(home: HomeAssistant) -> None:
    area = ar.async_get(home).async_get_area_by_name("Kitchen")
    assert area is not None
    ar.async_get(home).async_update(area.id, name="Galley")


def _rename_entity(home: HomeAssistant) -> None:
    er.async_get(home).async_update_entity("light.bed_light", name="Reading Light")


def _hide_entity(home: HomeAssistant) -> None:
    async_expose_entity(home, conversation.DOMAIN, "light.bed_light", should_expose=False)


def _remove_entity(home: HomeAssistant) -> None:
    er.async_get(home).async_remove("light.bed_light")


def _show_entity(home: HomeAssistant) -> None:
    home.states.async_set("light.new", "on", {"friendly_name": "New Light"})
    async_expose_entity(home, conversation.DOMAIN, "light.new", should_expose=True)


@pytest.mark.parametrize("change", [_rename_area, _rename_entity, _hide_entity, _remove_entity, _show_entity])
async def test_a_changed_home_is_warmed_once_it_has_come_to_rest(
    freezer: FrozenDateTimeFactory,
    home: HomeAssistant,
    entry: MockConfigEntry,
    stub: StubEngine,
    change: Callable[[HomeAssistant], None],
) -> None:
    """What the model is told of the home is computed anew after a change, not with each of many."""
    change(home)
    await _pass(home, freezer, 2)
    assert len(stub.bodies(WARM)) == 1
    await _settle(home, freezer)
    before, after = stub.bodies(WARM)
    assert before["messages"] != after["messages"]
    assert before["prefix"] == after["prefix"]


async def test_a_change_that_no_model_is_told_of_costs_nothing(
    freezer: FrozenDateTimeFactory, home: HomeAssistant, entry: MockConfigEntry, stub: StubEngine
) -> None:
    """States, icons, floors and labels are not in the prompt."""
    await home.services.async_call("light", "turn_on", {"entity_id": "light.kitchen_lights"}, blocking=True)
    er.async_get(home).async_update_entity("light.bed_light", icon="mdi:bed")
    fr.async_get(home).async_create("Attic")
    lr.async_get(home).async_create("Old")
    await _settle(home, freezer)
    assert len(stub.bodies(WARM)) == 1


async def test_changed_options_are_warmed(
    freezer: FrozenDateTimeFactory, home: HomeAssistant, entry: MockConfigEntry, stub: StubEngine
) -> None:
    """What may not be known any more takes its tools out of the beginning."""
    sources = dict.fromkeys(Source, False)
    home.config_entries.async_update_entry(entry, options={**entry.options, CONF_SOURCES: sources})
    await _settle(home, freezer)
    before, after = stub.bodies(WARM)
    assert before["tools"] != after["tools"]


async def test_a_changed_agent_is_warmed(home: HomeAssistant, entry: MockConfigEntry, stub: StubEngine) -> None:
    """New instructions are another beginning."""
    subentry = entry.subentries[AGENT_ID]
    data = {**subentry.data, CONF_PROMPT: "You are a parrot."}
    home.config_entries.async_update_subentry(entry, subentry, data=data)
    await home.async_block_till_done(wait_background_tasks=True)
    assert [warm["messages"][0]["content"].splitlines()[0] for warm in stub.bodies(WARM)] == [
        "You are the voice of a lighthouse.",
        "You are a parrot.",
    ]


def ready(**fields: Any) -> dict[str, Any]:
    """Return what an engine says whose fast model works."""
    return info(fast=role("tiny", "ready", **{"context_length": 4096, **fields}))


@pytest.mark.parametrize(
    ("meanwhile", "after"),
    [
        (ready(), ready()),
        (info(fast=role("tiny", "loading")), ready()),
        (None, info(fast=role("large", "ready", context_length=4096))),
        (None, ready(context_length=8192)),
        (ready(statistics=statistics(requests=9)), ready(statistics=statistics(requests=1))),
    ],
    ids=["silent for a while", "loaded anew", "another model", "another context", "another process"],
)
async def test_an_engine_that_can_not_remember_is_told_again(
    home: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, meanwhile: Any, after: Any, request: Any
) -> None:
    """A new process, a new model or a new context is warmed like the first."""
    stub.down = "silent" in request.node.name
    stub.info = meanwhile or stub.info
    await _poll(home, entry)
    assert len(stub.bodies(WARM)) == 1
    stub.down, stub.info = False, after
    await _poll(home, entry)
    assert len(stub.bodies(WARM)) == 2


async def test_an_engine_that_remembers_is_left_alone(
    home: HomeAssistant, entry: MockConfigEntry, stub: StubEngine
) -> None:
    """Nothing is sent while nothing changes, however much is asked."""
    stub.info = ready(statistics=statistics(requests=9))
    for _ in range(3):
        await _poll(home, entry)
    assert len(stub.bodies(WARM)) == 1


@pytest.mark.parametrize(
    "told", [info(), info(fast=role("tiny", "loading")), info(fast=role("tiny", "ready", prefix_sharing="none"))]
)
async def test_what_can_not_be_warm_is_not_warmed(
    home: HomeAssistant, stub: StubEngine, enable_custom_integrations: None, told: Any
) -> None:
    """Without a model that is ready and remembers there is nothing to warm."""
    stub.info = told
    await _load(home, stub)
    assert stub.bodies(WARM) == []


@pytest.mark.parametrize(
    ("code", "is_tried_again"),
    [("engine_busy", True), ("stopped", True), ("model_loading", True), ("not_found", False), ("unsupported", False)],
)
async def test_a_failure_is_quiet_and_tried_again_where_that_makes_sense(
    freezer: FrozenDateTimeFactory,
    home: HomeAssistant,
    stub: StubEngine,
    enable_custom_integrations: None,
    caplog: pytest.LogCaptureFixture,
    code: str,
    is_tried_again: bool,
) -> None:
    """Nobody is told that something is not faster, and an engine that can't is not asked for ever."""
    stub.answers[WARM] = error(code)
    await _load(home, stub)
    await _pass(home, freezer, 61)
    assert (len(stub.bodies(WARM)) > 1) is is_tried_again
    said = [record for record in caplog.records if record.name.startswith("custom_components.hearth.mind")]
    assert {record.levelno for record in said} == {logging.DEBUG}


async def test_a_broken_template_is_no_beginning(home: HomeAssistant, entry: MockConfigEntry, stub: StubEngine) -> None:
    """Instructions that can't be rendered are core's to complain about."""
    subentry = entry.subentries[AGENT_ID]
    data = {**subentry.data, CONF_PROMPT: "{{ nonsense("}
    home.config_entries.async_update_subentry(entry, subentry, data=data)
    await home.async_block_till_done(wait_background_tasks=True)
    assert len(stub.bodies(WARM)) == 1


async def test_a_start_waits_for_nothing_and_warms_the_finished_home(
    home: HomeAssistant, stub: StubEngine, enable_custom_integrations: None
) -> None:
    """While Home Assistant starts the home changes with every integration: it is warmed once, at the end."""
    home.set_state(CoreState.starting)
    await _load(home, stub)
    _rename_area(home)
    await home.async_block_till_done(wait_background_tasks=True)
    assert stub.bodies(WARM) == []
    home.set_state(CoreState.running)
    home.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await home.async_block_till_done(wait_background_tasks=True)
    (warm,) = stub.bodies(WARM)
    assert "Galley" in warm["messages"][0]["content"]


async def test_a_wake_word_warms_what_no_event_told_of(
    home: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, satellite: str
) -> None:
    """A satellite that brings timers brings tools: they are computed while the person still speaks."""
    async_register_timer_handler(home, satellite, lambda *_: None)
    await conversation.async_prepare_agent(home, AGENT, "en")
    await home.async_block_till_done(wait_background_tasks=True)
    before, after = stub.bodies(WARM)
    assert ["timer" in json.dumps(warm["tools"]).replace("all timers", "") for warm in (before, after)] == [False, True]


@pytest.mark.parametrize(("backend", "times"), [("local", 2), ("remote", 1)])
async def test_a_wake_word_wakes_a_model_of_this_home(
    home: HomeAssistant, stub: StubEngine, enable_custom_integrations: None, backend: str, times: int
) -> None:
    """A model that was unloaded is loaded while the person still speaks; a server elsewhere is not asked in vain."""
    stub.info = ready(backend=backend)
    await _load(home, stub)
    await conversation.async_prepare_agent(home, AGENT, "en")
    await home.async_block_till_done(wait_background_tasks=True)
    assert len(stub.bodies(WARM)) == times


async def test_nothing_is_warmed_while_hearth_is_switched_off(
    freezer: FrozenDateTimeFactory, home: HomeAssistant, entry: MockConfigEntry, stub: StubEngine
) -> None:
    """Neither a changed home nor a wake word nor a new model nor the action reaches the engine; resuming warms."""
    await _switch(home, "turn_off")
    _rename_area(home)
    await conversation.async_prepare_agent(home, AGENT, "en")
    await _settle(home, freezer)
    stub.info = ready(context_length=8192)
    await _poll(home, entry)
    with pytest.raises(HomeAssistantError, match="switched off"):
        await home.services.async_call(DOMAIN, "warm_up", {"entity_id": [AGENT]}, blocking=True)
    assert len(stub.bodies(WARM)) == 1
    await _switch(home, "turn_on")
    _, after = stub.bodies(WARM)
    assert "Galley" in after["messages"][0]["content"]


async def _switch(home: HomeAssistant, service: str) -> None:
    await home.services.async_call("switch", service, {"entity_id": "switch.hearth_enabled"}, blocking=True)
    await home.async_block_till_done(wait_background_tasks=True)


@pytest.fixture
async def until() -> Callable[[Callable[[], object]], Awaitable[None]]:
    """Return what waits until something is true."""

    async def wait(condition: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                await asyncio.sleep(0.01)

    return wait


async def test_words_do_not_wait_for_warmth_and_unloading_ends_it(
    home: HomeAssistant,
    stub: StubEngine,
    enable_custom_integrations: None,
    until: Callable[[Callable[[], object]], Awaitable[None]],
) -> None:
    """An engine that takes minutes to warm up keeps nobody waiting, and is let go of with the entry."""
    stub.hangs.add(WARM)
    entry = hearth_entry(stub.url, stub.token, INSTANCE_ID)
    entry.add_to_hass(home)
    assert await home.config_entries.async_setup(entry.entry_id)
    await until(lambda: stub.bodies(WARM))
    result = await conversation.async_converse(home, "tell me something", "one", Context(), "en", AGENT)
    assert speech(result) == "Hello."
    assert await home.config_entries.async_unload(entry.entry_id)
    await until(lambda: stub.left)
    assert stub.left == [WARM]
