"""Test that what is said to have happened is read back from the home."""

import asyncio
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.hands.effects import Effect, Resolution
from custom_components.hearth.hands.verify import Progress, Seen, async_verify, provable

LAMP, SCRIPT = Effect("light", "turn_on", "light.a"), Effect("script", "turn_on", "script.a")
SCENE, SET = Effect("scene", "turn_on", "scene.a"), Effect("light", "apply", "light.a", {"state": "on"})


DONE, STARTED, UNCHANGED = Progress.DONE, Progress.STARTED, Progress.UNCHANGED

# What is asked, what the state is after it, and how far that is.
TABLE: list[tuple[str, dict[str, object], str, dict[str, object], Progress]] = [
    ("alarm_control_panel.alarm_arm_home", {}, "arming", {}, STARTED),
    ("alarm_control_panel.alarm_arm_vacation", {}, "armed_vacation", {}, DONE),
    ("alarm_control_panel.alarm_disarm", {}, "armed_away", {}, UNCHANGED),
    ("alarm_control_panel.alarm_trigger", {}, "pending", {}, STARTED),
    ("automation.turn_off", {}, "on", {}, UNCHANGED),
    ("camera.turn_on", {}, "streaming", {}, DONE),
    ("climate.set_fan_mode", {"fan_mode": "low"}, "heat", {"fan_mode": "high"}, UNCHANGED),
    ("climate.set_humidity", {"humidity": 40}, "heat", {"humidity": 40.4}, DONE),
    ("climate.set_hvac_mode", {"hvac_mode": "cool"}, "cool", {}, DONE),
    ("climate.set_hvac_mode", {"hvac_mode": "cool"}, "heat", {}, UNCHANGED),
    ("climate.set_preset_mode", {"preset_mode": "away"}, "heat", {"preset_mode": "away"}, DONE),
    (
        "climate.set_temperature",
        {"target_temp_low": 18, "target_temp_high": 22},
        "auto",
        {"target_temp_low": 18},
        UNCHANGED,
    ),
    ("climate.set_temperature", {"temperature": 21}, "heat", {"temperature": 19}, UNCHANGED),
    ("climate.set_temperature", {"temperature": 21}, "heat", {"temperature": 21.0}, DONE),
    ("climate.set_temperature", {"temperature": 21}, "heat", {}, UNCHANGED),
    ("climate.turn_on", {}, "heat", {}, DONE),
    ("cover.open_cover", {}, "opening", {}, STARTED),
    ("cover.set_cover_position", {"position": 50}, "closing", {"current_position": 90}, STARTED),
    ("cover.set_cover_position", {"position": 50}, "open", {"current_position": 51}, DONE),
    ("cover.set_cover_tilt_position", {"tilt_position": 10}, "open", {"current_tilt_position": 80}, UNCHANGED),
    ("cover.stop_cover", {}, "opening", {}, UNCHANGED),
    ("fan.oscillate", {"oscillating": True}, "on", {"oscillating": False}, UNCHANGED),
    ("fan.set_direction", {"direction": "reverse"}, "on", {"direction": "reverse"}, DONE),
    ("fan.set_percentage", {"percentage": 40}, "on", {"percentage": 33}, DONE),
    ("fan.set_preset_mode", {"preset_mode": "auto"}, "on", {"preset_mode": "sleep"}, UNCHANGED),
    ("humidifier.set_humidity", {"humidity": 50}, "on", {"humidity": 50}, DONE),
    ("humidifier.set_mode", {"mode": "eco"}, "on", {"mode": "boost"}, UNCHANGED),
    ("input_boolean.turn_on", {}, "on", {}, DONE),
    ("input_datetime.set_datetime", {"datetime": "2026-11-22T07:30:00"}, "2026-11-22 07:30:00", {}, DONE),
    ("input_datetime.set_datetime", {"time": "07:30"}, "07:30:00", {}, DONE),
    ("input_datetime.set_datetime", {"time": "07:30"}, "08:30:00", {}, UNCHANGED),
    ("input_number.set_value", {"value": 5}, "5.0", {}, DONE),
    ("input_select.select_option", {"option": "away"}, "home", {}, UNCHANGED),
    ("input_text.set_value", {"value": "Hello"}, "Hello", {}, DONE),
    ("lawn_mower.dock", {}, "returning", {}, STARTED),
    ("lawn_mower.start_mowing", {}, "docked", {}, UNCHANGED),
    ("light.apply", {"state": "on"}, "off", {}, UNCHANGED),
    ("light.turn_on", {"brightness": 50}, "on", {"brightness": 127}, DONE),
    ("light.turn_on", {"brightness": 50}, "on", {}, DONE),
    ("light.turn_on", {"brightness_pct": 50}, "off", {"brightness": None}, UNCHANGED),
    ("light.turn_on", {"brightness_pct": 50}, "on", {"brightness": 128}, DONE),
    ("light.turn_on", {"brightness_pct": 50}, "on", {"brightness": 255}, STARTED),
    ("light.turn_on", {"rgb_color": [255, 0, 0]}, "on", {"rgb_color": (250, 10, 0)}, DONE),
    ("light.turn_on", {"rgb_color": [255, 0, 0]}, "on", {"rgb_color": (0, 0, 255)}, STARTED),
    ("light.turn_on", {"temperature": 2700}, "on", {"color_temp_kelvin": 2702}, DONE),
    ("light.turn_on", {}, "off", {}, UNCHANGED),
    ("light.turn_on", {}, "on", {}, DONE),
    ("lock.apply", {"state": "locked"}, "locking", {}, STARTED),
    ("lock.unlock", {}, "jammed", {}, UNCHANGED),
    ("lock.unlock", {}, "locked", {}, UNCHANGED),
    ("lock.unlock", {}, "unlocked", {}, DONE),
    ("lock.unlock", {}, "unlocking", {}, STARTED),
    ("media_player.media_pause", {}, "playing", {}, UNCHANGED),
    ("media_player.media_play", {}, "buffering", {}, STARTED),
    ("media_player.media_stop", {}, "idle", {}, DONE),
    ("media_player.repeat_set", {"repeat": "all"}, "playing", {"repeat": "off"}, UNCHANGED),
    ("media_player.select_sound_mode", {"sound_mode": "Movie"}, "on", {"sound_mode": "Movie"}, DONE),
    ("media_player.select_source", {"source": "HDMI 1"}, "on", {"source": "TV"}, UNCHANGED),
    ("media_player.shuffle_set", {"shuffle": True}, "playing", {"shuffle": True}, DONE),
    ("media_player.turn_on", {}, "idle", {}, DONE),
    ("media_player.volume_mute", {"is_volume_muted": True}, "on", {"is_volume_muted": True}, DONE),
    ("media_player.volume_set", {"volume_level": 0.3}, "on", {"volume_level": 0.3}, DONE),
    ("media_player.volume_set", {"volume_level": 30}, "on", {"volume_level": 0.3}, DONE),
    ("media_player.volume_set", {"volume_level": 30}, "on", {"volume_level": 0.8}, UNCHANGED),
    ("number.set_value", {"value": 5}, "4", {}, UNCHANGED),
    ("scene.turn_on", {}, "2020-01-01T00:00:00+00:00", {}, UNCHANGED),
    ("script.turn_off", {}, "off", {}, DONE),
    ("select.select_option", {"option": "eco"}, "eco", {}, DONE),
    ("siren.turn_off", {}, "on", {}, UNCHANGED),
    ("text.set_value", {"value": "Hello"}, "Bye", {}, UNCHANGED),
    ("timer.pause", {}, "paused", {}, DONE),
    ("timer.start", {}, "idle", {}, UNCHANGED),
    ("update.install", {}, "off", {}, DONE),
    ("update.install", {}, "on", {"in_progress": True}, STARTED),
    ("update.install", {}, "on", {}, UNCHANGED),
    ("vacuum.return_to_base", {}, "returning", {}, STARTED),
    ("vacuum.set_fan_speed", {"fan_speed": "max"}, "cleaning", {"fan_speed": "max"}, DONE),
    ("vacuum.stop", {}, "cleaning", {}, UNCHANGED),
    ("valve.close_valve", {}, "closing", {}, STARTED),
    ("valve.set_valve_position", {"position": 50}, "open", {"current_position": 100}, UNCHANGED),
    ("water_heater.set_away_mode", {"away_mode": True}, "eco", {"away_mode": "on"}, DONE),
    ("water_heater.set_operation_mode", {"operation_mode": "eco"}, "eco", {}, DONE),
    ("water_heater.set_temperature", {"temperature": 55}, "eco", {"temperature": 40}, UNCHANGED),
]


@pytest.mark.parametrize(("action", "data", "state", "attributes", "progress"), TABLE)
async def test_progress(
    hass: HomeAssistant,
    action: str,
    data: dict[str, object],
    state: str,
    attributes: dict[str, object],
    progress: Progress,
) -> None:
    """The state after an action tells how far it came."""
    domain, service = action.split(".")
    entity_id = f"{domain}.a"
    hass.states.async_set(entity_id, state, attributes)
    seen = await async_verify(hass, (Effect(domain, service, entity_id, data),), patience=0.01)
    assert seen[entity_id].progress is progress


@pytest.mark.parametrize("action", sorted({row[0] for row in TABLE}))
async def test_what_cannot_be_reached_did_nothing(hass: HomeAssistant, action: str) -> None:
    """An entity that is away, or was never there, has not changed, and is called out of reach."""
    domain, service = action.split(".")
    data = next(row[1] for row in TABLE if row[0] == action)
    for entity_id in (f"{domain}.away", f"{domain}.gone"):
        hass.states.async_set(f"{domain}.away", "unavailable")
        seen = await async_verify(hass, (Effect(domain, service, entity_id, data),), patience=0.01)
        assert seen == {entity_id: Seen(Progress.UNCHANGED, None)}


async def test_it_is_told_what_shows(hass: HomeAssistant) -> None:
    """Of a thermostat that did not follow, its temperature tells it, not that it heats."""
    hass.states.async_set("climate.a", "heat", {"temperature": 19})
    effect = Effect("climate", "set_temperature", "climate.a", {"temperature": 21})
    assert await async_verify(hass, (effect,), patience=0.01) == {"climate.a": Seen(Progress.UNCHANGED, "19")}


async def test_what_was_just_pressed_shows(hass: HomeAssistant) -> None:
    """A button and a scene keep the time when they were last used."""
    hass.states.async_set("input_button.a", dt_util.utcnow().isoformat())
    seen = await async_verify(hass, (Effect("input_button", "press", "input_button.a"),), patience=0.01)
    assert seen["input_button.a"].progress is Progress.DONE


@pytest.mark.parametrize("effect", [Effect("media_player", "play_media", "media_player.a"), Effect("timer", "start")])
async def test_what_leaves_no_mark_is_not_judged(hass: HomeAssistant, effect: Effect) -> None:
    """No claim is made about actions that no state shows."""
    assert await async_verify(hass, (effect,), patience=0.01) == {}


async def test_what_is_slow_is_told_to_be_on_its_way(hass: HomeAssistant) -> None:
    """Nobody waits for a blind to arrive: it would take longer than this test may."""
    hass.states.async_set("cover.a", "opening")
    seen = await async_verify(hass, (Effect("cover", "open_cover", "cover.a"),), patience=3600)
    assert seen["cover.a"].progress is Progress.STARTED


@pytest.mark.parametrize(
    ("resolution", "provable_ones"),
    [
        pytest.param(Resolution((LAMP,)), [LAMP], id="as it is"),
        pytest.param(Resolution((SCRIPT, LAMP), chosen=(SCRIPT,)), [SCRIPT], id="not what is inside a script"),
        pytest.param(Resolution((SCENE, SET), chosen=(SCENE,)), [SCENE, SET], id="what a scene sets"),
    ],
)
def test_only_what_must_be_so_is_looked_for(resolution: Resolution, provable_ones: list[Effect]) -> None:
    """A script may wait, or take another branch."""
    assert list(provable(resolution)) == provable_ones


@pytest.fixture
async def shopping(hass: HomeAssistant) -> str:
    """Return core's shopping list with milk on it."""
    assert await async_setup_component(hass, "homeassistant", {})
    entry = MockConfigEntry(domain="shopping_list")
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await hass.services.async_call("shopping_list", "add_item", {"name": "Milk"}, blocking=True)
    return "todo.shopping_list"


@pytest.mark.parametrize(
    ("effect", "progress"),
    [
        (Effect("shopping_list", "add_item", None, {"name": "milk"}), Progress.DONE),
        (Effect("shopping_list", "add_item", None, {"item": "Bread"}), Progress.UNCHANGED),
        (Effect("todo", "add_item", "todo.shopping_list", {"item": "Milk"}), Progress.DONE),
        (Effect("todo", "add_item", "todo.shopping_list", {"item": "Bread"}), Progress.UNCHANGED),
    ],
)
async def test_what_was_written_into_a_list_is_looked_up(
    hass: HomeAssistant, shopping: str, effect: Effect, progress: Progress
) -> None:
    """A list tells itself what is on it."""
    assert (await async_verify(hass, (effect,)))[shopping].progress is progress


@pytest.mark.parametrize(("summary", "progress"), [("Dentist", Progress.DONE), ("Party", Progress.UNCHANGED)])
async def test_what_was_written_into_a_calendar_is_looked_up(
    hass: HomeAssistant, summary: str, progress: Progress
) -> None:
    """A calendar tells itself what is in it."""
    Path(hass.config.path(".storage")).mkdir(exist_ok=True)
    entry = MockConfigEntry(domain="local_calendar", data={"calendar_name": "Family", "storage_key": "family"})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    span = {"start_date_time": "2026-11-22 09:00:00", "end_date_time": "2026-11-22 10:00:00"}
    event = {"entity_id": "calendar.family", "summary": "Dentist", **span}
    await hass.services.async_call("calendar", "create_event", event, blocking=True)
    effect = Effect("calendar", "create_event", "calendar.family", {"summary": summary, **span})
    assert (await async_verify(hass, (effect,)))["calendar.family"].progress is progress


@pytest.mark.parametrize(
    "effect",
    [
        Effect("todo", "add_item", "todo.gone", {"item": "Milk"}),
        Effect("todo", "add_item", None, {"item": "Milk"}),
        Effect("shopping_list", "add_item", None, {"name": "Milk"}),
        Effect("calendar", "create_event", "calendar.gone", {"summary": "Party"}),
        Effect("calendar", "create_event", "calendar.gone", {"summary": "Party", "start_date": "some day"}),
        Effect("calendar", "create_event", "calendar.gone", {"summary": "Party", "start_date": "2026-11-22"}),
    ],
)
async def test_what_cannot_be_looked_up_is_not_judged(hass: HomeAssistant, effect: Effect) -> None:
    """Nothing is said of a list that does not answer."""
    assert await async_verify(hass, (effect,)) == {}


async def test_it_waits_for_a_slow_device(hass: HomeAssistant) -> None:
    """A device that reacts within the patience counts as done, and the last effect on it decides."""
    hass.states.async_set("lock.a", "locked")
    effects = (Effect("lock", "lock", "lock.a"), Effect("lock", "unlock", "lock.a"))
    waiting = hass.async_create_task(async_verify(hass, effects, patience=5))
    await asyncio.sleep(0)
    for state in ("unlocking", "unlocked"):
        hass.states.async_set("lock.a", state)
    assert await waiting == {"lock.a": Seen(Progress.DONE, "unlocked")}
