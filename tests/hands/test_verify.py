"""Test that what is said to have happened is read back from the home."""

import asyncio

from homeassistant.core import HomeAssistant
import pytest

from custom_components.hearth.hands.effects import Effect
from custom_components.hearth.hands.verify import Progress, async_verify


@pytest.mark.parametrize(
    ("action", "entity_id", "data", "state", "attributes", "progress"),
    [
        ("light.turn_on", "light.a", {}, "on", {}, Progress.DONE),
        ("light.turn_on", "light.a", {}, "off", {}, Progress.UNCHANGED),
        ("light.turn_on", "light.a", {}, "unavailable", {}, Progress.UNCHANGED),
        ("lock.unlock", "lock.a", {}, "unlocked", {}, Progress.DONE),
        ("lock.unlock", "lock.a", {}, "unlocking", {}, Progress.STARTED),
        ("lock.unlock", "lock.a", {}, "locked", {}, Progress.UNCHANGED),
        ("lock.unlock", "lock.a", {}, "jammed", {}, Progress.UNCHANGED),
        ("cover.open_cover", "cover.a", {}, "opening", {}, Progress.STARTED),
        ("climate.set_temperature", "climate.a", {"temperature": 21}, "heat", {"temperature": 21.0}, Progress.DONE),
        ("climate.set_temperature", "climate.a", {"temperature": 21}, "heat", {"temperature": 19}, Progress.UNCHANGED),
        ("climate.set_temperature", "climate.a", {"temperature": 21}, "heat", {}, Progress.UNCHANGED),
        ("cover.set_cover_position", "cover.a", {"position": 50}, "open", {"current_position": 51}, Progress.DONE),
        (
            "cover.set_cover_position",
            "cover.a",
            {"position": 50},
            "closing",
            {"current_position": 90},
            Progress.STARTED,
        ),
    ],
)
async def test_progress(
    hass: HomeAssistant,
    action: str,
    entity_id: str,
    data: dict[str, object],
    state: str,
    attributes: dict[str, object],
    progress: Progress,
) -> None:
    """The state after an action tells how far it came."""
    hass.states.async_set(entity_id, state, attributes)
    effect = Effect(*action.split("."), entity_id, data)
    assert await async_verify(hass, (effect,), patience=0.01) == {entity_id: progress}


async def test_a_missing_entity_did_nothing(hass: HomeAssistant) -> None:
    """An entity that is not there has not changed."""
    effect = Effect("light", "turn_on", "light.gone")
    assert await async_verify(hass, (effect,), patience=0.01) == {"light.gone": Progress.UNCHANGED}


@pytest.mark.parametrize("effect", [Effect("media_player", "play_media", "media_player.a"), Effect("timer", "start")])
async def test_what_leaves_no_mark_is_not_judged(hass: HomeAssistant, effect: Effect) -> None:
    """No claim is made about actions that no state shows."""
    assert await async_verify(hass, (effect,), patience=0.01) == {}


async def test_it_waits_for_a_slow_device(hass: HomeAssistant) -> None:
    """A device that reacts within the patience counts as done, and the last effect on it decides."""
    hass.states.async_set("lock.a", "locked")
    effects = (Effect("lock", "lock", "lock.a"), Effect("lock", "unlock", "lock.a"))
    waiting = hass.async_create_task(async_verify(hass, effects, patience=5))
    await asyncio.sleep(0)
    for state in ("unlocking", "unlocked"):
        hass.states.async_set("lock.a", state)
    assert await waiting == {"lock.a": Progress.DONE}
