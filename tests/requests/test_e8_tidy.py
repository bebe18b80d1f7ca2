"""E8: "tidy the living room and make it calm": several things at once, and all of it undone at once."""

from .conftest import House, calls, says

THINGS = ("light.kitchen_lights", "light.bed_light", "cover.kitchen_blind")


def _home(house: House) -> dict[str, str]:
    states = {thing: house.hass.states.get(thing) for thing in THINGS}
    return {thing: state.state for thing, state in states.items() if state is not None}


async def test_calm_and_back_again(house: House) -> None:
    """A scene and a room change in one turn; one word brings every one of them back."""
    await house.say("turn on the kitchen lights")
    before = _home(house)
    assert before["light.kitchen_lights"] == "on"
    house.script(
        calls(
            ("intent__HassTurnOff", {"area": "Kitchen", "domain": ["light"]}),
            ("intent__HassTurnOn", {"name": "Evening", "domain": ["scene"]}),
        ),
        says("It is calm now.", "success"),
    )
    assert await house.say("tidy up and make it calm in here") == "It is calm now."
    after = _home(house)
    assert (after["light.kitchen_lights"], after["light.bed_light"]) == ("off", "on")
    assert [call.outcome.value for call in house.turn.calls] == ["done", "done"]

    await house.say("undo that")
    assert _home(house) == before
    assert [call.name for call in house.turn.calls] == ["hearth__undo"]
