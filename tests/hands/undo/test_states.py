"""Test what is kept of an entity, and which actions bring it back."""

from typing import Any

from homeassistant.core import Context, HomeAssistant
import pytest

from custom_components.hearth.hands.undo.states import (
    Kept,
    async_ways_back,
    can_come_back,
    changed_since,
    is_as,
    keep,
    stands_for_others,
)

type State = tuple[str, dict[str, Any]]

BRIGHT = {"color_mode": "hs", "brightness": 200, "hs_color": (30.0, 50.0), "supported_color_modes": ["hs"]}
HEATS = {"temperature": 21.0, "fan_mode": "low", "current_temperature": 18.0}
PLAYS = {"volume_level": 0.4, "source": "Radio", "media_content_id": "song", "media_content_type": "music"}
ANY_PLAYER = {"supported_features": 4 | 8 | 128 | 256 | 512 | 1 | 2048 | 16384 | 4096}


@pytest.mark.parametrize(
    ("entity_id", "before", "after", "ways"),
    [
        pytest.param("switch.a", ("off", {}), ("on", {}), [("turn_off", {})], id="switch"),
        pytest.param(
            "light.a",
            ("on", BRIGHT),
            ("off", {"supported_color_modes": ["hs"]}),
            [("turn_on", {"brightness": 200, "hs_color": (30.0, 50.0)})],
            id="light with colour and brightness",
        ),
        pytest.param(
            "light.a",
            ("on", {"color_mode": "brightness", "brightness": 20}),
            ("on", {"color_mode": "brightness", "brightness": 255}),
            [("turn_on", {"brightness": 20})],
            id="light that was dimmed",
        ),
        pytest.param(
            "cover.a",
            ("open", {"current_position": 30, "supported_features": 15}),
            ("closed", {"current_position": 0, "supported_features": 15}),
            [("set_cover_position", {"position": 30})],
            id="cover with a position",
        ),
        pytest.param(
            "cover.a",
            ("open", {"supported_features": 3}),
            ("closed", {"supported_features": 3}),
            [("open_cover", {})],
            id="cover without",
        ),
        pytest.param(
            "climate.a",
            ("heat", HEATS),
            ("heat", {**HEATS, "temperature": 25.0}),
            [("set_hvac_mode", {"hvac_mode": "heat"}), ("set_temperature", {"temperature": 21.0})],
            id="thermostat",
        ),
        pytest.param(
            "media_player.a",
            ("playing", {**PLAYS, **ANY_PLAYER}),
            ("paused", {**PLAYS, "volume_level": 0.9, **ANY_PLAYER}),
            [("turn_on", {}), ("volume_set", {"volume_level": 0.4}), ("media_play", {})],
            id="player that goes on",
        ),
        pytest.param(
            "fan.a",
            ("on", {"percentage": 33}),
            ("on", {"percentage": 100}),
            [("set_percentage", {"percentage": 33})],
            id="fan",
        ),
        pytest.param(
            "humidifier.a",
            ("on", {"humidity": 40, "mode": "auto"}),
            ("on", {"humidity": 60, "mode": "auto"}),
            [("set_humidity", {"humidity": 40})],
            id="humidifier",
        ),
        pytest.param("input_number.a", ("3.0", {}), ("5.0", {}), [("set_value", {"value": "3.0"})], id="number"),
        pytest.param("input_text.a", ("old", {}), ("new", {}), [("set_value", {"value": "old"})], id="text"),
        pytest.param(
            "select.a",
            ("a", {"options": ["a", "b"]}),
            ("b", {"options": ["a", "b"]}),
            [("select_option", {"option": "a"})],
            id="select",
        ),
        pytest.param("timer.a", ("idle", {}), ("active", {}), [("cancel", {})], id="timer"),
        pytest.param("lock.a", ("unlocked", {}), ("locked", {}), [("unlock", {})], id="lock"),
        pytest.param("valve.a", ("open", {}), ("closed", {}), [("open_valve", {})], id="valve"),
        pytest.param("siren.a", ("off", {}), ("on", {}), [("turn_off", {})], id="siren"),
        pytest.param("lawn_mower.a", ("docked", {}), ("mowing", {}), [("dock", {})], id="mower"),
        pytest.param("lawn_mower.a", ("error", {}), ("mowing", {}), [], id="state that no action brings"),
    ],
)
async def test_ways_back(
    hass: HomeAssistant, entity_id: str, before: State, after: State, ways: list[tuple[str, dict[str, Any]]]
) -> None:
    """Core's own scenes say what brings a state back; nothing happens while they are asked."""
    hass.states.async_set(entity_id, *before)
    kept = keep(hass, entity_id)
    assert kept is not None
    assert Kept.from_dict(kept.as_dict()) == kept
    assert is_as(hass, entity_id, kept)
    hass.states.async_set(entity_id, *after)
    assert not is_as(hass, entity_id, kept)
    found = await async_ways_back(hass, {entity_id: kept})
    assert [(effect.service, dict(effect.data)) for effect in found] == ways
    assert {(effect.domain, effect.entity_id) for effect in found} <= {(entity_id.partition(".")[0], entity_id)}


@pytest.mark.parametrize(
    ("entity_id", "state", "attributes"),
    [
        ("sensor.a", "3", {}),
        ("button.a", "2026-01-01", {}),
        ("light.a", "unavailable", {}),
        ("light.all", "on", {"entity_id": ["light.a", "light.b"]}),
    ],
)
def test_what_is_not_kept(hass: HomeAssistant, entity_id: str, state: str, attributes: dict[str, Any]) -> None:
    """What can't be set, can't be reached or stands for others is not kept itself."""
    hass.states.async_set(entity_id, state, attributes)
    assert keep(hass, entity_id) is None
    assert stands_for_others(hass, entity_id) == ("entity_id" in attributes)
    assert can_come_back("light")
    assert not can_come_back("button")


LEFT = ("off", {"brightness": 10})


@pytest.mark.parametrize(
    ("left", "now", "context", "changed"),
    [
        pytest.param(LEFT, ("on", {}), Context(user_id="bert"), True, id="by a person"),
        pytest.param(LEFT, ("on", {}), Context(), True, id="at the switch"),
        pytest.param(LEFT, ("off", {"brightness": 99}), Context(), False, id="reported late"),
        pytest.param(LEFT, ("off", {"brightness": 99}), Context(user_id="bert"), True, id="dimmed by a person"),
        pytest.param(LEFT, ("off", {"brightness": 99}), Context(parent_id="x"), True, id="dimmed by an automation"),
        pytest.param(("closing", {}), ("closed", {}), Context(), False, id="came to rest"),
        pytest.param(("closing", {}), ("open", {}), Context(user_id="bert"), True, id="turned round by a person"),
        pytest.param(LEFT, LEFT, Context(user_id="bert"), False, id="as it was left"),
    ],
)
def test_changed_since(hass: HomeAssistant, left: State, now: State, context: Context, *, changed: bool) -> None:
    """Only a trace of somebody, or another state, counts as a change."""
    hass.states.async_set("light.a", *left)
    kept = keep(hass, "light.a")
    assert kept is not None
    assert changed_since(hass, "light.a", kept) is None
    hass.states.async_set("light.a", *now, context=context)
    assert (changed_since(hass, "light.a", kept) is not None) == changed
