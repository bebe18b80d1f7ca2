"""Test what is gathered for the policy about a turn and its home."""

from dataclasses import replace

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er, label_registry as lr
import pytest

from custom_components.hearth.access import OTHER_AGENTS
from custom_components.hearth.hands import Effect, Resolution, Risk, Scope
from custom_components.hearth.hands.policy import Actor, anybody_home, question_of


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ({}, None),
        ({"zone.home": "0"}, None),
        ({"zone.home": "2"}, True),
        ({"person.anna": "home", "person.bert": "unknown"}, True),
        ({"person.anna": "not_home", "zone.home": "0"}, False),
        ({"person.anna": "not_home", "person.bert": "unknown"}, None),
        ({"person.anna": "unavailable"}, None),
        ({"person.anna": "Office", "zone.office": "1"}, False),
        ({"person.anna": "Office"}, None),
    ],
)
def test_whether_anybody_is_home(hass: HomeAssistant, states: dict[str, str], expected: bool | None) -> None:
    """Persons and the home's zone tell; of what they do not tell nothing is known."""
    for entity_id, state in states.items():
        hass.states.async_set(entity_id, state, {"friendly_name": entity_id.partition(".")[2].capitalize()})
    assert anybody_home(hass) is expected


async def test_what_an_effect_touches(home: HomeAssistant, scope: Scope) -> None:
    """Class, action, entity by both of its names, area and labels are told of each effect."""
    label = lr.async_get(home).async_create("Way in")
    door = er.async_get(home).async_update_entity("lock.front_door", labels={label.label_id})
    effects = (Effect("lock", "unlock", "lock.front_door"), Effect("timer", "start"))
    question = question_of(home, scope, Resolution(effects, ("a part",)))
    unlock, timer = question.facts
    assert (unlock.risk, unlock.domain, unlock.service) == (Risk.CRITICAL, "lock", "unlock")
    assert (unlock.entity_id, unlock.entity_key, unlock.labels) == (door.entity_id, door.id, {label.label_id})
    area = ar.async_get(home).async_get_area(unlock.area_id or "")
    assert area is not None
    assert area.name == "Hall"
    assert (timer.entity_id, timer.area_id, timer.labels) == (None, None, frozenset())
    assert question.has_unknown


def test_whose_wish_it_is(hass: HomeAssistant, scope: Scope) -> None:
    """A person by their account is known, a voice at a device is not, and words from nowhere are an automation's."""
    question = question_of(hass, scope, Resolution())
    assert (question.actor, scope.is_identified, question.person) == (Actor.PERSON, True, "person:anna")
    assert question.agent_id == OTHER_AGENTS
    cases = [
        ({"user_id": None, "device_id": "satellite"}, (Actor.PERSON, False)),
        ({"user_id": None, "device_id": None}, (Actor.AUTOMATION, False)),
        ({"view": None}, (Actor.GUEST, False)),
    ]
    for changes, expected in cases:
        other = replace(scope, **changes)
        assert (question_of(hass, other, Resolution()).actor, other.is_identified) == expected
