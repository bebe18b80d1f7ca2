"""Test that a plain sentence becomes the automation that it means, or nothing."""

from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
import pytest

from custom_components.hearth.hands.automations import async_routine

KITCHEN, BLIND, DOOR = "light.kitchen_lights", "cover.kitchen_blind", "lock.front_door"
AT_SEVEN = {"trigger": "time", "at": "07:00:00"}
SUNSET = {"trigger": "sun", "event": "sunset"}


def step(action: str, entity_id: str, **data: Any) -> dict[str, Any]:
    """Return a step of an automation."""
    return {"action": action, "target": {"entity_id": [entity_id]}, **({"data": data} if data else {})}


async def routine(home: HomeAssistant, words: str, language: str = "en") -> dict[str, Any] | None:
    """Return the automation that a sentence means."""
    return await async_routine(
        home, words, language, llm.LLMContext("hearth", Context(), language, "conversation", None)
    )


@pytest.mark.parametrize(
    ("language", "words", "trigger", "steps"),
    [
        ("en", "every day at 7 turn on the kitchen lights", AT_SEVEN, [step("light.turn_on", KITCHEN)]),
        (
            "en",
            "turn on the kitchen lights every evening at 7:15",
            {"trigger": "time", "at": "19:15:00"},
            [step("light.turn_on", KITCHEN)],
        ),
        (
            "en",
            "at 7 pm every day turn off the kitchen lights",
            {"trigger": "time", "at": "19:00:00"},
            [step("light.turn_off", KITCHEN)],
        ),
        ("en", "every evening at sunset close the kitchen blind", SUNSET, [step("cover.close_cover", BLIND)]),
        (
            "en",
            "every day at midnight turn off the kitchen lights",
            {**AT_SEVEN, "at": "00:00:00"},
            [step("light.turn_off", KITCHEN)],
        ),
        ("en", "every day at noon unlock the front door", {**AT_SEVEN, "at": "12:00:00"}, [step("lock.unlock", DOOR)]),
        (
            "en",
            "when the front door unlocks turn on the kitchen lights",
            {"trigger": "state", "entity_id": [DOOR], "to": "unlocked"},
            [step("light.turn_on", KITCHEN)],
        ),
        ("de", "jeden Tag um 7 Uhr schalte Kitchen Lights ein", AT_SEVEN, [step("light.turn_on", KITCHEN)]),
        ("es", "al atardecer enciende Kitchen Lights", SUNSET, [step("light.turn_on", KITCHEN)]),
        ("fr", "chaque jour à 7 h allume Kitchen Lights", AT_SEVEN, [step("light.turn_on", KITCHEN)]),
        ("nl", "zet elke dag om 7 uur Kitchen Lights aan", AT_SEVEN, [step("light.turn_on", KITCHEN)]),
    ],
)
async def test_a_sentence_means_an_automation(
    home: HomeAssistant, language: str, words: str, trigger: dict[str, Any], steps: list[dict[str, Any]]
) -> None:
    """The moment becomes the trigger, and what the home's own matcher would do now becomes the steps."""
    config = await routine(home, words, language)
    assert config == {"alias": words, "triggers": [trigger], "actions": steps}


async def test_fields_are_called_as_the_action_calls_them(home: HomeAssistant) -> None:
    """What an intent calls brightness is a percentage to the action."""
    lamp = "light.lamp"
    home.states.async_set(lamp, "off", {"friendly_name": "Lamp", "supported_color_modes": ["brightness"]})
    async_expose_entity(home, "conversation", lamp, should_expose=True)
    config = await routine(home, "every day at 7 set the lamp brightness to 40%")
    assert config is not None
    assert config["actions"] == [step("light.turn_on", lamp, brightness_pct=40)]


@pytest.mark.parametrize(
    ("day", "weekdays"),
    [
        ("every weekday", ["mon", "tue", "wed", "thu", "fri"]),
        ("on weekends", ["sat", "sun"]),
        ("every Tuesday", ["tue"]),
    ],
)
async def test_only_on_some_days(home: HomeAssistant, day: str, weekdays: list[str]) -> None:
    """Days become a condition."""
    config = await routine(home, f"{day} at 7 turn on the kitchen lights")
    assert config is not None
    assert config["conditions"] == [{"condition": "time", "weekday": weekdays}]


@pytest.mark.parametrize(
    "words",
    [
        "every day at 7 tell me a joke",
        "every day at 7 is the front door locked",
        "every day at 27 turn on the kitchen lights",
        "every day at 7 turn on the unicorn",
        "when the unicorn opens turn on the kitchen lights",
        "turn on the kitchen lights",
        "every day at 7 turn on the fans in the kitchen",
        "every day at 7 set a timer for 5 minutes",
    ],
)
async def test_what_is_not_sure_is_left_to_a_model(home: HomeAssistant, words: str) -> None:
    """No automation is guessed."""
    assert await routine(home, words) is None
