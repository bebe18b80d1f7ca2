"""Test that whatever hides in scripts, scenes and automations is found."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.hands.scripts import Inside

UNLOCK = {"action": "lock.unlock", "target": {"entity_id": "lock.front_door"}}
UNLOCKED = ("lock.unlock", "lock.front_door")


def look(hass: HomeAssistant, *steps: dict[str, Any]) -> Inside:
    """Return what steps hold, as Home Assistant keeps them after checking them."""
    inside = Inside(hass)
    inside.add_steps("a test", cv.SCRIPT_SCHEMA(list(steps)))
    return inside


def actions(inside: Inside) -> set[tuple[str, str | None]]:
    """Return the actions that were found, with their entities."""
    return {(f"{effect.domain}.{effect.service}", effect.entity_id) for effect in inside.effects}


@pytest.mark.parametrize(
    "step",
    [
        UNLOCK,
        {"action": "lock.unlock", "entity_id": "lock.front_door"},
        {"action": "lock.unlock", "data": {"entity_id": ["lock.front_door"]}},
        {"action": "lock.unlock", "target": {"area_id": "hall"}},
        {"sequence": [UNLOCK]},
        {"parallel": [UNLOCK, {"delay": 1}]},
        {"parallel": [{"sequence": [UNLOCK]}]},
        {"if": "{{ false }}", "then": [{"delay": 1}], "else": [UNLOCK]},
        {"choose": [{"conditions": "{{ false }}", "sequence": [UNLOCK]}]},
        {"choose": [], "default": [UNLOCK]},
        {"repeat": {"count": 2, "sequence": [UNLOCK]}},
        {"repeat": {"while": "{{ false }}", "sequence": [{"if": "{{ true }}", "then": [UNLOCK]}]}},
        {**UNLOCK, "enabled": False},
    ],
)
async def test_every_branch_is_looked_into(home: HomeAssistant, step: dict[str, Any]) -> None:
    """An action counts wherever it stands, also where it may never be reached."""
    inside = look(home, step)
    assert UNLOCKED in actions(inside)
    assert inside.unknown == []


@pytest.mark.parametrize(
    "step",
    [
        {"delay": 1},
        {"condition": "template", "value_template": "{{ true }}"},
        {"variables": {"a": 1}},
        {"stop": "enough"},
        {"wait_template": "{{ true }}"},
        {"wait_for_trigger": [{"trigger": "event", "event_type": "x"}]},
        {"set_conversation_response": "hello"},
    ],
)
async def test_steps_that_do_nothing(home: HomeAssistant, step: dict[str, Any]) -> None:
    """Waiting, testing and speaking change nothing."""
    inside = look(home, step)
    assert (inside.effects, inside.unknown) == ([], [])


@pytest.mark.parametrize(
    "step",
    [
        {"event": "anything"},
        {"action": "{{ 'lock.unlock' }}"},
        {"action": "light.turn_on", "target": {"entity_id": "{{ x }}"}},
        {"action": "light.turn_on", "target": {"area_id": ["hall", "{{ x }}"]}},
        {"action": "script.not_there"},
        {"action": "automation.trigger", "target": {"entity_id": "automation.not_there"}},
        {"scene": "scene.not_there"},
        {"action": "scene.create", "data": {"scene_id": "x", "snapshot_entities": ["lock.front_door"]}},
    ],
)
async def test_what_nobody_can_know_is_unknown(home: HomeAssistant, step: dict[str, Any]) -> None:
    """Templates decide as they run, events reach anyone, and what is not there can't be read."""
    assert look(home, step).unknown


async def test_a_step_of_a_new_kind_is_unknown(home: HomeAssistant) -> None:
    """A kind of step that a later Home Assistant may bring is not taken for harmless."""
    inside = Inside(home)
    inside.add_steps("a test", [{"brand_new": 1}, "not even a step"])
    inside.add_steps("another test", None)
    assert len(inside.unknown) == 3


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ({"scene": "scene.party"}, ("lock.apply", "lock.front_door")),
        (
            {"action": "scene.apply", "data": {"entities": {"lock.front_door": "unlocked"}}},
            ("lock.apply", "lock.front_door"),
        ),
        ({"action": "script.turn_on", "target": {"entity_id": "script.open_up"}}, UNLOCKED),
        ({"action": "script.toggle", "target": {"entity_id": "script.open_up"}}, UNLOCKED),
        ({"action": "script.open_up"}, UNLOCKED),
        ({"action": "homeassistant.turn_off", "target": {"entity_id": "lock.front_door"}}, UNLOCKED),
        ({"action": "homeassistant.turn_off", "target": {"entity_id": "group.ways_in"}}, UNLOCKED),
        ({"action": "automation.trigger", "target": {"entity_id": "automation.doorbell"}}, UNLOCKED),
    ],
)
async def test_things_behind_things(home: HomeAssistant, step: dict[str, Any], found: tuple[str, str]) -> None:
    """Scenes, scripts, groups and automations are as grave as what is inside them."""
    doorbell = {"alias": "Doorbell", "triggers": [], "actions": [UNLOCK]}
    assert await async_setup_component(home, "automation", {"automation": [doorbell]})
    inside = look(home, step)
    assert found in actions(inside)
    assert inside.unknown == []


async def test_stopping_a_script_is_harmless(home: HomeAssistant) -> None:
    """A script that is ended does none of its steps."""
    inside = look(home, {"action": "script.turn_off", "target": {"entity_id": "script.open_up"}})
    assert actions(inside) == {("script.turn_off", "script.open_up")}


async def test_a_loop_of_scripts_ends(home: HomeAssistant) -> None:
    """Scripts that call each other for ever are unknown, not endless."""
    inside = look(home, {"action": "script.ping"})
    assert inside.unknown == ["script goes too deep"]


async def test_device_actions_are_actions(home: HomeAssistant) -> None:
    """An action that names a device and a type is found by the entity that it is for."""
    entry = MockConfigEntry(domain="test")
    entry.add_to_hass(home)
    device = dr.async_get(home).async_get_or_create(config_entry_id=entry.entry_id, identifiers={("test", "lock")})
    registered = er.async_get(home).async_get("lock.front_door")
    assert registered is not None
    step = {"device_id": device.id, "domain": "lock", "entity_id": registered.id, "type": "unlock"}
    assert actions(look(home, step)) == {UNLOCKED}


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (
            "homeassistant.turn_on",
            {("light.turn_on", "light.kitchen_lights"), ("cover.open_cover", "cover.kitchen_blind")},
        ),
        ("light.turn_on", {("light.turn_on", "light.kitchen_lights")}),
        ("lock.unlock", set()),
    ],
)
async def test_an_action_on_all_of_an_area(
    home: HomeAssistant, action: str, expected: set[tuple[str, str | None]]
) -> None:
    """An area stands for everything in it that the action is made for."""
    area = ar.async_get(home).async_get_area_by_name("Kitchen")
    assert area is not None
    inside = look(home, {"action": action, "target": {"area_id": area.id}})
    assert actions(inside) == expected


@pytest.mark.parametrize(
    ("action", "area", "found"),
    [
        ("light.turn_off", "kitchen", {("light.turn_off", "light.kitchen_lights")}),
        ("light.turn_off", "hall", set()),
        ("lock.unlock", "hall", {UNLOCKED}),
    ],
)
async def test_an_action_on_an_area_reaches_its_own_kind(
    home: HomeAssistant, action: str, area: str, found: set[tuple[str, str]]
) -> None:
    """To turn the lights of an area off is nothing to its locks and blinds."""
    inside = look(home, {"action": action, "target": {"area_id": area}})
    assert (actions(inside), inside.unknown) == (found, [])


SETS_OFF = {"action": "input_boolean.turn_on", "target": {"entity_id": "input_boolean.bedroom"}}
CHANGED = {"trigger": "state", "entity_id": "input_boolean.bedroom"}


@pytest.mark.parametrize(
    ("trigger", "found"),
    [
        (CHANGED, True),
        ({"trigger": "state", "entity_id": ["light.bed_light", "input_boolean.bedroom"], "to": "on"}, True),
        ({"trigger": "template", "value_template": "{{ is_state('input_boolean.bedroom', 'on') }}"}, True),
        ({"trigger": "event", "event_type": "x", "event_data": {"entity_id": "input_boolean.bedroom"}}, True),
        ({"trigger": "switch.turned_on", "target": {"label_id": "ways"}}, True),
        ({"trigger": "switch.turned_on", "target": {"label_id": "others"}}, False),
        ({"trigger": "state", "entity_id": "input_boolean.kitchen"}, False),
        ({"trigger": "event", "event_type": "x"}, False),
    ],
)
async def test_what_a_helper_sets_off_counts(home: HomeAssistant, trigger: dict[str, Any], found: bool) -> None:
    """A helper is there for automations: it opens what they open, and is else as mild as it looks."""
    assert await async_setup_component(home, "switch", {})
    er.async_get(home).async_update_entity("input_boolean.bedroom", labels={"ways"})
    steps = [{"action": "light.turn_on", "target": {"entity_id": "light.bed_light"}}, {"event": "x"}, UNLOCK]
    welcome = {"alias": "Welcome", "triggers": [trigger], "actions": steps}
    assert await async_setup_component(home, "automation", {"automation": [welcome]})
    inside = look(home, SETS_OFF)
    switched = {("input_boolean.turn_on", "input_boolean.bedroom")}
    assert actions(inside) == (switched | {UNLOCKED} if found else switched)
    assert inside.unknown == []


async def test_an_automation_that_is_off_is_set_off_by_nothing(home: HomeAssistant) -> None:
    """To switch it on asks by itself."""
    welcome = {"alias": "Welcome", "triggers": [CHANGED], "actions": [UNLOCK], "initial_state": False}
    assert await async_setup_component(home, "automation", {"automation": [welcome]})
    assert actions(look(home, SETS_OFF)) == {("input_boolean.turn_on", "input_boolean.bedroom")}


async def test_helpers_that_set_each_other_off_end(home: HomeAssistant) -> None:
    """A circle of helpers is followed once, and what lies on it is found."""
    other = {"action": "input_boolean.toggle", "target": {"entity_id": "input_boolean.kitchen"}}
    ring = [
        {"alias": "One", "triggers": [CHANGED], "actions": [other]},
        {
            "alias": "Two",
            "triggers": [{"trigger": "state", "entity_id": "input_boolean.kitchen"}],
            "actions": [SETS_OFF, UNLOCK],
        },
    ]
    assert await async_setup_component(home, "automation", {"automation": ring})
    assert actions(look(home, SETS_OFF)) == {("input_boolean.turn_on", "input_boolean.bedroom"), UNLOCKED}


async def test_what_a_template_makes_of_an_entity_counts(home: HomeAssistant) -> None:
    """A switch that is made of a door's lock opens the door."""
    gate = {"name": "Gate", "template_type": "switch", "turn_on": [UNLOCK], "turn_off": [{"action": "{{ x }}"}]}
    entry = MockConfigEntry(domain="template", title="Gate", options=gate)
    entry.add_to_hass(home)
    assert await home.config_entries.async_setup(entry.entry_id)
    await home.async_block_till_done()
    inside = look(home, {"action": "switch.turn_on", "target": {"entity_id": "switch.gate"}})
    assert actions(inside) == {("switch.turn_on", "switch.gate"), UNLOCKED}
    assert inside.unknown == []
    off = {"switch.turn_off", "switch.toggle"}
    told = {one: actions(look(home, {"action": one, "target": {"entity_id": "switch.gate"}})) for one in off}
    assert {one: UNLOCKED in found for one, found in told.items()} == {"switch.turn_off": False, "switch.toggle": True}


@pytest.mark.parametrize(
    "step",
    [
        {"action": "light.turn_on", "data": "{{ {'entity_id': 'light.bed_light'} }}"},
        {"action": "light.turn_on", "data_template": "{{ {'entity_id': 'light.bed_light'} }}"},
    ],
)
async def test_fields_that_a_template_makes_are_unknown(home: HomeAssistant, step: dict[str, Any]) -> None:
    """What an action is given as a whole by a template can't be known before."""
    assert look(home, step).unknown


async def test_older_fields_count(home: HomeAssistant) -> None:
    """Home Assistant still takes fields under their older name."""
    step = {"action": "homeassistant.turn_off", "data_template": {"entity_id": "lock.front_door"}}
    assert actions(look(home, step)) == {UNLOCKED}


@pytest.mark.parametrize("wanted", [{"state": "heat", "temperature": 35}, "heat"])
async def test_what_a_scene_makes_of_the_heating_is_seen(home: HomeAssistant, wanted: Any) -> None:
    """A scene sets a temperature, too, and it is that which can freeze pipes."""
    step = {"action": "scene.apply", "data": {"entities": {"climate.hall": wanted}}}
    (effect,) = (effect for effect in look(home, step).effects if effect.domain == "climate")
    assert effect.data.get("temperature") == (35 if isinstance(wanted, dict) else None)
    assert effect.data["state"] == "heat"


@pytest.mark.parametrize(
    ("service", "what", "found"),
    [
        ("not_today", {"what": "automation.leak"}, {("automation.turn_off", "automation.leak")}),
        ("resume", {"what": "automation.leak"}, {("automation.turn_on", "automation.leak")}),
        ("not_today", {"what": "briefing"}, {("hearth.not_today", None)}),
        ("not_today", {"what": "{{ x }}"}, set()),
        ("resume", {}, set()),
    ],
)
async def test_letting_rest_is_switching_off(
    home: HomeAssistant, service: str, what: dict[str, str], found: set[tuple[str, str | None]]
) -> None:
    """What keeps an automation from running for a day is as grave as what does so for good; Hearth itself is opaque."""
    inside = look(home, {"action": f"hearth.{service}", "data": what})
    assert actions(inside) == found
    assert bool(inside.unknown) is not bool(found)


async def test_what_a_template_will_say_is_kept_as_it_is_written(home: HomeAssistant) -> None:
    """A question must outlive a restart, and be shown: Home Assistant's own objects can do neither."""
    step = {"action": "notify.family", "data": {"message": "{{ x }}", "data": {"actions": [{"title": "{{ y }}"}]}}}
    (effect,) = look(home, step).effects
    assert effect.data == {"message": "{{ x }}", "data": {"actions": [{"title": "{{ y }}"}]}}
