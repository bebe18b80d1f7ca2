"""Test that a PIN can be neither read nor guessed."""

import asyncio
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.hearth.hands.approvals import Pin
from custom_components.hearth.hands.approvals.pin import PinVerdict


@pytest.mark.parametrize("pin", ["", "123", "1" * 13, "12a4", "\uff11\uff12\uff13\uff14", " 1234"])
async def test_only_digits_are_a_pin(hass: HomeAssistant, pin: str) -> None:
    """What can't be said digit by digit is refused."""
    with pytest.raises(ValueError, match="digits"):
        await Pin(hass).async_set(pin)


async def test_it_is_kept_as_a_hash_and_outlives_a_restart(hass: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    """What is stored tells nothing of it, and of the same PIN nothing of the same."""
    await (await Pin.async_create(hass)).async_set("84711")
    stored = hass_storage["hearth.pin"]["data"]
    assert "84711" not in str(stored)
    await (await Pin.async_create(hass)).async_set("84711")
    assert {stored["salt"], stored["hash"]}.isdisjoint(hass_storage["hearth.pin"]["data"].values())
    pin = await Pin.async_create(hass)
    assert (await pin.async_check("84711"), await pin.async_check("84712")) == (PinVerdict.RIGHT, PinVerdict.WRONG)
    await pin.async_set(None)
    assert (pin.is_set, "hearth.pin" in hass_storage, await pin.async_check("84711")) == (
        False,
        False,
        PinVerdict.UNSET,
    )


async def test_each_wrong_one_locks_for_longer(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """While it is locked the right one does not help either; a restart does not help; a right one forgives."""
    pin = Pin(hass)
    await pin.async_set("4711")
    assert [await pin.async_check("0000") for _ in range(3)] == [PinVerdict.WRONG] * 3
    for minutes in (1, 2, 4, 8):
        pin = await Pin.async_create(hass)
        freezer.tick(timedelta(minutes=minutes, seconds=-1))
        assert await pin.async_check("4711") is PinVerdict.LOCKED
        freezer.tick(1)
        assert await pin.async_check("0000") is PinVerdict.WRONG
    freezer.tick(timedelta(minutes=16))
    assert await pin.async_check("4711") is PinVerdict.RIGHT
    assert [await pin.async_check("0000") for _ in range(2)] == [PinVerdict.WRONG] * 2
    assert await pin.async_check("4711") is PinVerdict.RIGHT


async def test_guesses_at_once_are_counted_one_by_one(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Who asks many times at once has no more attempts than who asks one after the other."""
    pin = Pin(hass)
    await pin.async_set("4711")
    verdicts = await asyncio.gather(*(pin.async_check(f"{guess:04}") for guess in range(20)))
    assert verdicts == [PinVerdict.WRONG] * 3 + [PinVerdict.LOCKED] * 17
