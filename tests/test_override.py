"""Test everything that stops Hearth, and what lets it go on."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.components import ai_task, conversation
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser, async_mock_service

from custom_components.hearth.const import DOMAIN
from custom_components.hearth.hands.audit import Audit
from tests.conftest import state_of
from tests.stub_engine import StubEngine, says

CHAT = "/v1/chat/completions"
SWITCH = "switch.hearth_enabled"
BUTTON = "button.hearth_engine_stop"
BOUND = ("button.emergency", "event.remote", "binary_sensor.red_switch")


async def ask(hass: HomeAssistant, text: str, **who: Any) -> str:
    """Say something to the agent and return its answer."""
    result = await conversation.async_converse(hass, text, None, Context(**who), "en", "conversation.hearth")
    return result.response.speech["plain"]["speech"]


async def act(hass: HomeAssistant, action: str, **data: Any) -> None:
    """Call an action as the home itself does."""
    domain, service = action.split(".")
    await hass.services.async_call(domain, service, data, blocking=True)


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that must come."""
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


def telling(hass: HomeAssistant, stub: StubEngine) -> asyncio.Task[str]:
    """Have the agent begin a story that it never ends."""
    stub.replies = [[says("Once")[0], None]]
    return asyncio.create_task(ask(hass, "tell me a story"))


STOPS = {
    "switch": lambda hass: act(hass, "switch.turn_off", entity_id=SWITCH),
    "button": lambda hass: act(hass, "button.press", entity_id=BUTTON),
    "action": lambda hass: act(hass, "hearth.stop"),
    "voice": lambda hass: ask(hass, "stop"),
    "another language": lambda hass: ask(hass, "hör auf!"),
}


@pytest.mark.parametrize("how", STOPS)
@pytest.mark.parametrize("hangs", [False, True], ids=["", "engine_hangs"])
async def test_everything_that_stops(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, how: str, hangs: bool
) -> None:
    """Whatever stops Hearth ends what a model is saying, whether or not the engine answers."""
    stub.hangs = {"/v1/stop"} if hangs else set()
    story = telling(hass, stub)
    await until(lambda: stub.bodies(CHAT))
    await STOPS[how](hass)
    async with asyncio.timeout(30):
        assert await story == "Stopped."
    stub.proceed.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    (row,) = [row for row in await entry.runtime_data.hands.audit.async_rows() if row["kind"] == "halt"]
    assert (row["channel"], row["stays"]) == ("voice" if how == "another language" else how, how == "switch")
    assert row["ended"]["turns"] == 1


async def test_a_task_is_stopped(hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine) -> None:
    """An AI task ends at once, and none begins while Hearth is off."""
    stub.replies = [[says("Once")[0], None]]
    stub.hangs = {"/v1/stop"}
    task = asyncio.create_task(
        ai_task.async_generate_data(
            hass, task_name="story", entity_id="ai_task.hearth_ai_task", instructions="tell a story"
        )
    )
    await until(lambda: stub.bodies(CHAT))
    await act(hass, "switch.turn_off", entity_id=SWITCH)
    with pytest.raises(HomeAssistantError):
        await task
    asked = len(stub.bodies(CHAT))
    with pytest.raises(HomeAssistantError) as raised:
        await ai_task.async_generate_data(
            hass, task_name="story", entity_id="ai_task.hearth_ai_task", instructions="tell a story"
        )
    assert raised.value.translation_key == "halted"
    assert len(stub.bodies(CHAT)) == asked
    stub.proceed.set()


async def test_off_is_off_until_somebody_resumes(hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine) -> None:
    """No model is asked, also after a restart, and every answer says what is the matter and how to go on."""
    await act(hass, "switch.turn_off", entity_id=SWITCH)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state_of(hass, SWITCH) == "off"
    assert "“resume”" in await ask(hass, "tell me a story")
    assert stub.bodies(CHAT) == []
    assert await ask(hass, "go on") == "I'm here again."
    assert state_of(hass, SWITCH) == "on"
    stub.replies = [says("Once upon a time.")]
    assert await ask(hass, "tell me a story") == "Once upon a time."
    stub.replies = [says("What shall I go on with?")]
    assert await ask(hass, "go on") == "What shall I go on with?"


@pytest.mark.parametrize("how", ["voice", "action", "switch"])
async def test_a_guest_can_not_resume(hass: HomeAssistant, entry: MockConfigEntry, how: str) -> None:
    """Whoever does not live here is told so; the switch follows Home Assistant's own rights."""
    users = await hass.auth.async_get_group(GROUP_ID_USER)
    assert users is not None
    MockUser(id="guest", groups=[users]).add_to_hass(hass)
    await act(hass, "switch.turn_off", entity_id=SWITCH)
    if how == "voice":
        assert "Only somebody who lives here" in await ask(hass, "resume", user_id="guest")
    elif how == "action":
        with pytest.raises(HomeAssistantError) as raised:
            await hass.services.async_call(DOMAIN, "resume", {}, blocking=True, context=Context(user_id="guest"))
        assert raised.value.translation_key == "may_not_resume"
    else:
        assert entry.runtime_data.hands.halt.engaged_at is not None
        await act(hass, "hearth.resume")
        assert state_of(hass, SWITCH) == "on"
        return
    assert state_of(hass, SWITCH) == "off"


@pytest.mark.parametrize(
    ("entity_id", "states", "stops"),
    [
        ("button.emergency", ["unknown", "2026-01-01T10:00:00+00:00"], 1),
        ("button.emergency", ["2026-01-01T10:00:00+00:00", "2026-01-01T10:00:05+00:00"], 1),
        ("button.emergency", ["unavailable", "2026-01-01T10:00:00+00:00"], 0),
        ("event.remote", ["2026-01-01T10:00:00+00:00", "unavailable"], 0),
        ("event.remote", ["2026-01-01T10:00:00+00:00", "unknown"], 0),
        ("binary_sensor.red_switch", ["off", "on", "off", "on"], 2),
        ("binary_sensor.red_switch", ["unavailable", "on"], 0),
        ("binary_sensor.red_switch", ["unknown", "on"], 0),
        ("binary_sensor.other", ["off", "on"], 0),
    ],
)
async def test_what_is_bound_stops(
    hass: HomeAssistant, entry: MockConfigEntry, entity_id: str, states: list[str], stops: int
) -> None:
    """A press, an event or a switch that closes stops; what only comes back from somewhere does not."""
    hass.config_entries.async_update_entry(entry, options={"stopped_by": list(BOUND)})
    await hass.async_block_till_done()
    stopped: list[str] = []

    def note(by: Any) -> int:
        stopped.append(by.channel)
        return 0

    entry.runtime_data.hands.halt.add_stopper("test", note)
    for state in states:
        hass.states.async_set(entity_id, state)
        await hass.async_block_till_done()
    assert stopped == ["entity"] * stops
    assert state_of(hass, SWITCH) == "on"


async def test_what_is_bound_can_switch_off(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """By choice Hearth stays off after a bound stop; what is no longer bound stops nothing."""
    hass.states.async_set(BOUND[2], "off")
    options = {"stopped_by": [BOUND[2]], "stays_off": True}
    hass.config_entries.async_update_entry(entry, options=options)
    await hass.async_block_till_done()
    hass.states.async_set(BOUND[2], "on")
    await hass.async_block_till_done()
    assert state_of(hass, SWITCH) == "off"
    await act(hass, "switch.turn_on", entity_id=SWITCH)
    hass.config_entries.async_update_entry(entry, options={})
    await hass.async_block_till_done()
    hass.states.async_set(BOUND[2], "off")
    hass.states.async_set(BOUND[2], "on")
    await hass.async_block_till_done()
    assert state_of(hass, SWITCH) == "on"


async def test_the_options_bind(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """The page offers what can be bound and keeps the choice."""
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    form = await hass.config_entries.options.async_configure(flow["flow_id"], {"next_step_id": "override"})
    assert form["step_id"] == "override"
    chosen = {"stopped_by": [BOUND[0]], "stays_off": True}
    await hass.config_entries.options.async_configure(flow["flow_id"], chosen)
    assert {name: entry.options[name] for name in chosen} == chosen


async def test_what_speaks_is_silenced(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """The players of satellites that respond, and those that play a voice, are stopped; music goes on."""
    stopped = async_mock_service(hass, "media_player", "media_stop")
    device = dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, identifiers={("test", "satellite")})
    other = dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, identifiers={("test", "idle")})
    registry = er.async_get(hass)
    for name, found in (("hall", device), ("attic", other)):
        registry.async_get_or_create("assist_satellite", "test", name, device_id=found.id, suggested_object_id=name)
        registry.async_get_or_create("media_player", "test", name, device_id=found.id, suggested_object_id=name)
    hass.states.async_set("assist_satellite.hall", "responding")
    hass.states.async_set("assist_satellite.attic", "idle")
    hass.states.async_set("media_player.radio", "playing", {"media_content_id": "http://radio/stream"})
    hass.states.async_set(
        "media_player.kitchen", "playing", {"media_content_id": "http://speaker.local/api/tts_proxy/a.mp3"}
    )
    await act(hass, "hearth.stop")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert sorted(call.data["entity_id"] for call in stopped) == ["media_player.hall", "media_player.kitchen"]


async def test_not_today_asks_for_an_automation(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """What is no automation is refused, and so is a user who may not control it."""
    for wrong in ("light.kitchen", "somewhere"):
        with pytest.raises(probatio.Invalid):
            await act(hass, "hearth.not_today", what=wrong)
    with pytest.raises(HomeAssistantError) as raised:
        await act(hass, "hearth.not_today", what="automation.none")
    assert raised.value.translation_key == "nothing_to_pause"
    MockUser(id="nobody", groups=[]).add_to_hass(hass)
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN, "not_today", {"what": "automation.none"}, blocking=True, context=Context(user_id="nobody")
        )


async def test_what_rests_goes_on_when_hearth_is_removed(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Nobody else would switch it on again tomorrow."""
    trigger = [{"trigger": "event", "event_type": "test"}]
    automation = {"alias": "Blinds", "triggers": trigger, "actions": []}
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    await act(hass, "hearth.not_today", what="automation.blinds")
    assert state_of(hass, "automation.blinds") == "off"
    await act(hass, "hearth.resume", what="automation.blinds")
    assert state_of(hass, "automation.blinds") == "on"
    await act(hass, "hearth.not_today", what="automation.blinds")
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert state_of(hass, "automation.blinds") == "on"
    audit = Audit(hass, Path(hass.config.path("hearth", "audit.db")))
    await audit.async_open()
    rows = [(row["step"], row["channel"]) for row in await audit.async_rows() if row["kind"] == "pause"]
    await audit.async_close()
    assert rows == [("resumed", "removal"), ("paused", "action"), ("resumed", "action"), ("paused", "action")]


async def test_who_says_not_today_is_written_down(
    hass: HomeAssistant, entry: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    """The record knows what rests, until when, and who wanted it; and who let it go on."""
    context = Context(user_id=hass_admin_user.id)
    for action in ("not_today", "resume"):
        await hass.services.async_call(DOMAIN, action, {"what": "briefing"}, blocking=True, context=context)
    resumed, paused = [row for row in await entry.runtime_data.hands.audit.async_rows() if row["kind"] == "pause"]
    assert (paused["step"], resumed["step"], paused["target"]) == ("paused", "resumed", "briefing")
    assert paused["until"] is not None
    assert {row["user_id"] for row in (paused, resumed)} == {hass_admin_user.id}
