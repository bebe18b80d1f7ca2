"""E19: "Not today.": what rests goes on tomorrow, nobody asks why, and nobody asks again in between."""

from datetime import datetime
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from .conftest import House, calls, says

HOME = ZoneInfo("Europe/Amsterdam")
CLOSE = ("intent__HassTurnOff", {"name": "Kitchen Blind"})


async def _go_to(house: House, freezer: FrozenDateTimeFactory, moment: datetime) -> None:
    freezer.move_to(moment)
    async_fire_time_changed(house.hass, dt_util.utcnow())
    # What is learnt from the conversations of before asks the model, too.
    house.script(*[says("[]")] * 10)
    await house.hass.async_block_till_done(wait_background_tasks=True)


async def test_a_suggestion_rests_until_tomorrow(freezer: FrozenDateTimeFactory, house: House) -> None:
    """The model asks for the same again and again, and the person is asked no more before midnight."""
    await house.hass.config.async_set_time_zone(str(HOME))
    await _go_to(house, freezer, datetime(2026, 3, 2, 19, tzinfo=HOME))
    house.hass.states.async_set("input_boolean.blind", "on")
    await house.hass.async_block_till_done()
    house.script(calls(CLOSE))
    assert (await house.say("it is getting late")).endswith("?")
    answer = await house.say("not today")
    assert not answer.endswith("?")
    for hour in (20, 22, 23):
        await _go_to(house, freezer, datetime(2026, 3, 2, hour, 30, tzinfo=HOME))
        house.script(calls(CLOSE), says("All right."))
        assert not (await house.say("what an evening", conversation_id=f"at {hour}")).endswith("?")
        assert house.hearth.hands.approvals.open == []
    await _go_to(house, freezer, datetime(2026, 3, 3, 19, tzinfo=HOME))
    house.script(calls(CLOSE))
    assert (await house.say("it is getting late", conversation_id="tomorrow")).endswith("?")
    assert house.hass.states.is_state("cover.kitchen_blind", "open")
