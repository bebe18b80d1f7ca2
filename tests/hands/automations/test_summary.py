"""Test that an automation is told as it is: when, under which conditions, what."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.hearth.hands import Effect, Resolution
from custom_components.hearth.hands.automations.summary import summary_of

LIGHT = Resolution((Effect("light", "turn_on", "light.kitchen_lights"),))


@pytest.mark.parametrize(
    ("language", "trigger", "told"),
    [
        ("en", {"trigger": "time", "at": "07:30:00"}, "every day at 07:30"),
        ("de", {"platform": "time", "at": "07:30"}, "jeden Tag um 07:30"),
        ("en", {"trigger": "time", "at": ["07:30", "08:00"]}, "when this happens: time"),
        ("es", {"trigger": "sun", "event": "sunrise"}, "cada día al amanecer"),
        (
            "fr",
            {"trigger": "sun", "event": "sunset", "offset": "-00:30:00"},
            "chaque jour au coucher du soleil (-00:30:00)",
        ),
        (
            "en",
            {"trigger": "state", "entity_id": ["lock.front_door"], "to": "unlocked"},
            "when Front Door changes to “Unlocked”",
        ),
        (
            "nl",
            {"trigger": "state", "entity_id": ["lock.front_door", "light.bed_light"], "to": ["a", "b"]},
            "als Front Door en Bed Light naar “a en b” gaat",
        ),
        (
            "en",
            {"trigger": "numeric_state", "entity_id": "light.bed_light", "above": 3},
            "when Bed Light changes to “> 3”",
        ),
        ("en", {"trigger": "webhook"}, "when this happens: webhook"),
    ],
)
def test_when(home: HomeAssistant, language: str, trigger: dict[str, Any], told: str) -> None:
    """A moment is told in plain words, or named where there are none for it."""
    config = {"alias": "A", "triggers": [trigger]}
    assert summary_of(home, language, config, LIGHT).startswith(told)


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ({"condition": "time", "weekday": ["mon", "tue"]}, "only on Monday and Tuesday"),
        ({"condition": "time", "weekday": "mon"}, "only on Monday"),
        ({"condition": "time", "weekday": "mon", "after": "07:00"}, "only under certain conditions"),
        (
            {"condition": "state", "entity_id": "lock.front_door", "state": "locked"},
            "only while Front Door is “Locked”",
        ),
        ("{{ true }}", "only under certain conditions"),
    ],
)
def test_under_which_conditions(home: HomeAssistant, condition: Any, told: str) -> None:
    """No condition goes unmentioned."""
    config = {"alias": "A", "triggers": [{"trigger": "sun", "event": "sunset"}], "conditions": [condition]}
    assert summary_of(home, "en", config, LIGHT) == f"every day at sunset, {told}: turn on Kitchen Lights"


def test_what_can_not_be_seen(home: HomeAssistant) -> None:
    """What nobody can look into is told of, and so is that nothing would happen."""
    config = {"alias": "Night", "triggers": [{"trigger": "sun", "event": "sunset"}]}
    told = summary_of(home, "en", config, Resolution(unknown=("a template",)))
    assert told == "every day at sunset: run Night, of which I can't see everything"
    assert summary_of(home, "en", config, Resolution()) == "every day at sunset: -"
