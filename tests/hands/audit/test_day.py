"""Test what is told of what was done, to whom."""

from collections.abc import AsyncGenerator
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, llm
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.access import GUEST, HOUSEHOLD, Access, Asker, View
from custom_components.hearth.access.principal import person_by_user
from custom_components.hearth.const import DOMAIN
from custom_components.hearth.hands import Hands
from custom_components.hearth.hands.audit.day import Deed, deeds, told
from custom_components.hearth.hands.audit.tool import WhatWasDoneTool

LIGHT = {"action": "light.turn_on", "entity_id": "light.kitchen_lights", "data": {}}
TIMER = {"action": "timer.start", "entity_id": None, "data": {}}


def _call(row_id: int, **fields: Any) -> dict[str, Any]:
    row = {
        "id": row_id,
        "kind": "call",
        "at": dt_util.utcnow().isoformat(),
        "tool": "HassTurnOn",
        "reason": "reversible",
    }
    return {**row, "effects": [LIGHT], "unknown": [], "user_id": "anna", "words": "light please", **fields}


def _outcome(call: int, outcome: str = "done") -> dict[str, Any]:
    return {"id": call + 100, "kind": "outcome", "at": dt_util.utcnow().isoformat(), "call": call, "outcome": outcome}


@pytest.fixture
async def access(home: HomeAssistant) -> Access:
    """Return the rights in a home in which Anna lives."""
    home.states.async_set("person.anna", "home", {"id": "anna", "user_id": "anna", "friendly_name": "Anna"})
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(home)
    return Access(home, entry)


def _view(home: HomeAssistant, access: Access, who: str) -> View:
    principal = {"guest": GUEST, "household": HOUSEHOLD}.get(who) or person_by_user(home, who)
    assert principal is not None
    return View(access, Asker(principal))


def _told(home: HomeAssistant, access: Access, who: str, *rows: dict[str, Any], **kwargs: Any) -> list[Deed]:
    return deeds(home, rows, _view(home, access, who), "en", **kwargs)


@pytest.mark.parametrize(
    ("who", "fields", "asked_by", "words"),
    [
        ("anna", {}, None, "light please"),
        ("household", {}, "Anna", None),
        ("guest", {}, "", None),
        ("anna", {"user_id": None}, "", "light please"),
        ("household", {"user_id": None}, "", "light please"),
        ("guest", {"user_id": None}, "", None),
        ("household", {"user_id": "gone"}, "", None),
        ("anna", {"words": None}, None, None),
    ],
)
def test_words_are_for_those_whose_they_are(
    home: HomeAssistant, access: Access, who: str, fields: dict[str, Any], asked_by: str | None, words: str | None
) -> None:
    """What was done to a lamp everybody may know; who wanted it, who lives here; in which words, who said them."""
    (deed,) = _told(home, access, who, _call(1, **fields), _outcome(1))
    assert (deed.action, deed.who, deed.words, deed.outcome) == ("turn on Kitchen Lights", asked_by, words, "done")


@pytest.mark.parametrize(
    ("who", "fields", "is_told"),
    [
        ("anna", {"effects": [TIMER]}, True),
        ("household", {"effects": [TIMER]}, False),
        ("household", {"effects": [TIMER], "user_id": None}, True),
        ("guest", {"effects": [TIMER], "user_id": None}, False),
        ("guest", {"effects": [{**LIGHT, "entity_id": "todo.family"}]}, False),
        ("anna", {"effects": []}, False),
        ("anna", {"effects": [], "unknown": ["a command"]}, True),
    ],
)
def test_everybody_hears_what_they_may(
    home: HomeAssistant, access: Access, who: str, fields: dict[str, Any], is_told: bool
) -> None:
    """What is no device's is told to whoever asked for it; what only reads is no deed."""
    assert bool(_told(home, access, who, _call(1, **fields), _outcome(1))) is is_told


def test_a_question_and_its_answer_are_one_deed(home: HomeAssistant, access: Access) -> None:
    """Tell why it was wanted, not that somebody said yes, and what came of it; an open question is open."""
    asked = _call(1, outcome="asked", words="light please")
    answered = _call(2, approved_from=1, words="yes")
    (deed,) = _told(home, access, "anna", asked, answered, _outcome(2))
    assert (deed.words, deed.outcome) == ("light please", "done")
    assert [deed.outcome for deed in _told(home, access, "anna", asked)] == ["asked"]
    assert [deed.outcome for deed in _told(home, access, "anna", _call(1))] == ["failed"]


def test_refusals_say_why(home: HomeAssistant, access: Access) -> None:
    """A refusal is told with the policy's own words."""
    found = _told(home, access, "anna", _call(1, outcome="denied", reason="halted"))
    assert "refused. I'm switched off at the moment." in told("en", found)


def test_a_usual_temperature_is_not_called_unusual(home: HomeAssistant, access: Access) -> None:
    """Only what had to be asked about is."""
    effect = {"action": "climate.set_temperature", "entity_id": "light.kitchen_lights", "data": {}}
    mild = _told(home, access, "anna", _call(1, effects=[effect], risk="reversible"))
    assert "unusual" not in mild[0].action
    assert "unusual" in _told(home, access, "anna", _call(1, effects=[effect], risk="sensitive"))[0].action


def test_only_the_last_of_many_are_told(home: HomeAssistant, access: Access) -> None:
    """Nobody listens to a hundred deeds; what was done often is one."""
    rows = [_call(number, words=None, tool=f"tool {number}", effects=[], unknown=["?"]) for number in range(1, 21)]
    found = _told(home, access, "anna", *rows)
    said = told("en", found)
    assert (len(found), said.count("you:")) == (20, 12)
    assert said.startswith("These are the last ones of many.")
    often = _told(home, access, "anna", *(_call(number) for number in range(1, 6)))
    assert [deed.times for deed in often] == [5]
    assert often[0].as_dict("en")["times"] == 5


def test_a_place_is_only_its_own(home: HomeAssistant, access: Access) -> None:
    """Of an area, only what stands there is told."""
    assert ar.async_get(home).async_get_area_by_name("Kitchen") is not None
    assert len(_told(home, access, "anna", _call(1), area="kitchen")) == 1
    assert _told(home, access, "anna", _call(1), area="Bedroom") == []


@pytest.fixture
async def hands(home: HomeAssistant) -> AsyncGenerator[Hands]:
    """Return the hands of the furnished home."""
    hands = await Hands.async_create(home)
    yield hands
    await hands.async_close()


@pytest.mark.parametrize(
    ("args", "count"),
    [({}, 1), ({"days": 2}, 1), ({"until_noon": True, "day": "2020-01-01"}, 0), ({"area": "Bedroom"}, 0)],
)
async def test_a_model_can_look_it_up(
    home: HomeAssistant, access: Access, hands: Hands, args: dict[str, Any], count: int
) -> None:
    """The tool tells deeds and how they are said."""
    row = {key: value for key, value in _call(1).items() if key not in ("id", "kind", "at")}
    await hands.audit.async_append("call", {**row, "outcome": "denied"})
    tool = WhatWasDoneTool(access, hands.audit)
    context = llm.LLMContext("test", None, None, "conversation", None)
    asker = _view(home, access, "anna").asker
    result = await tool.async_answer(home, tool.parameters(args), asker, context)
    found, said = result.data["deeds"], result.data["told"]
    assert isinstance(found, list)
    assert len(found) == count
    assert (str(said).startswith("I did nothing")) is (count == 0)
