"""Test what a permit allows; nothing here needs a home."""

from datetime import datetime
from typing import Any

from homeassistant.util import dt as dt_util
import pytest

from custom_components.hearth.hands.actions import NEVER, Permit, read_permits
from custom_components.hearth.hands.effects import Risk
from custom_components.hearth.hands.policy import Fact

LAMP = Fact(Risk.REVERSIBLE, "light", "turn_on", "light.lamp", "id_of_lamp", "kitchen")
NOWHERE = Fact(Risk.REVERSIBLE, "light", "turn_on")
ANNA = "person:anna"


def at(clock: str) -> datetime:
    """Return a time of some day."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, 21, hour, minute, tzinfo=dt_util.UTC)


@pytest.mark.parametrize(
    ("stored", "fact", "fields", "person", "clock", "is_allowed"),
    [
        pytest.param({}, LAMP, {"brightness": 255}, None, "03:00", True, id="without limits"),
        pytest.param(NEVER, LAMP, {}, ANNA, "12:00", False, id="never"),
        pytest.param({"entities": ["id_of_lamp"]}, LAMP, {}, None, "12:00", True, id="an entity by its lasting ID"),
        pytest.param({"entities": ["light.lamp"]}, LAMP, {}, None, "12:00", True, id="an entity by its entity ID"),
        pytest.param({"entities": ["light.other"]}, LAMP, {}, None, "12:00", False, id="another entity"),
        pytest.param({"entities": ["light.lamp"]}, NOWHERE, {}, None, "12:00", False, id="no entity at all"),
        pytest.param({"areas": ["kitchen"]}, LAMP, {}, None, "12:00", True, id="an area"),
        pytest.param({"areas": ["bedroom"]}, LAMP, {}, None, "12:00", False, id="another area"),
        pytest.param({"areas": ["bedroom"]}, NOWHERE, {}, None, "12:00", False, id="no area at all"),
        pytest.param(
            {"areas": ["bedroom"], "entities": ["light.lamp"]}, LAMP, {}, None, "12:00", True, id="entities and areas"
        ),
        pytest.param({"people": [ANNA]}, LAMP, {}, ANNA, "12:00", True, id="a person"),
        pytest.param({"people": [ANNA]}, LAMP, {}, "person:bert", "12:00", False, id="another person"),
        pytest.param({"people": [ANNA]}, LAMP, {}, None, "12:00", False, id="a guest"),
        pytest.param({"times": ["07:00", "22:00"]}, LAMP, {}, None, "07:00", True, id="at the first minute"),
        pytest.param({"times": ["07:00", "22:00"]}, LAMP, {}, None, "22:00", False, id="after the last minute"),
        pytest.param({"times": ["22:00", "06:00"]}, LAMP, {}, None, "01:00", True, id="through midnight"),
        pytest.param({"times": ["22:00", "06:00"]}, LAMP, {}, None, "12:00", False, id="outside through midnight"),
        pytest.param({"ranges": {"level": [0, 60]}}, LAMP, {"level": 60}, None, "12:00", True, id="in range"),
        pytest.param({"ranges": {"level": [0, 60]}}, LAMP, {"level": "61"}, None, "12:00", False, id="out of range"),
        pytest.param({"ranges": {"level": [0, 60]}}, LAMP, {"level": -1}, None, "12:00", False, id="below range"),
        pytest.param({"ranges": {"level": [0, 60]}}, LAMP, {"level": "nan"}, None, "12:00", False, id="no number"),
        pytest.param({"ranges": {"level": [0, 60]}}, LAMP, {"level": True}, None, "12:00", False, id="a truth"),
        pytest.param({"ranges": {"level": [0, 60]}}, LAMP, {}, None, "12:00", True, id="nothing given"),
        pytest.param({"ranges": {"level": [0, 60]}}, LAMP, {"name": "red"}, None, "12:00", True, id="a word"),
        pytest.param({"ranges": {"level": [0, 60]}}, LAMP, {"raw": 255}, None, "12:00", False, id="another number"),
        pytest.param({"ranges": {"level": [0, 60]}}, LAMP, {"raw": "255"}, None, "12:00", False, id="one in a text"),
        pytest.param({"ranges": {"level": [0, 60]}}, LAMP, {"rgb": [1, 2]}, None, "12:00", False, id="one in a list"),
        pytest.param(
            {"ranges": {"level": [0, 60]}},
            LAMP,
            {"data": {"a": [{"b": 9}]}},
            None,
            "12:00",
            False,
            id="one deep inside",
        ),
        pytest.param({"entities": "light.lamp"}, LAMP, {}, ANNA, "12:00", False, id="of a wrong kind"),
        pytest.param({"times": ["25:00", "26:00"]}, LAMP, {}, ANNA, "12:00", False, id="at no time of day"),
        pytest.param({"wishes": ["all"]}, LAMP, {}, ANNA, "12:00", False, id="of a newer version"),
        pytest.param("anything", LAMP, {}, ANNA, "12:00", False, id="no permit"),
        pytest.param(None, LAMP, {}, ANNA, "12:00", False, id="nothing"),
    ],
)
def test_a_permit(
    stored: Any, fact: Fact, fields: dict[str, Any], person: str | None, clock: str, is_allowed: bool
) -> None:
    """What is limited is refused outside its limits, in words; what can't be understood allows nothing."""
    reason = Permit.read(stored).refusal(fact, fields, person, at(clock))
    assert (reason is None) is is_allowed
    assert reason is None or len(reason.split()) > 3


def test_nothing_is_said_of_what_nobody_chose() -> None:
    """By default there is no permit at all."""
    assert read_permits({}) == {}
    assert read_permits({"actions": {"light.turn_on": {}}}) == {"light.turn_on": Permit()}
