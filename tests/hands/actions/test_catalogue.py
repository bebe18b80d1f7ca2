"""Test what the home offers as tools, and what the model is told of it."""

import json
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

from homeassistant import components
from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.helpers import llm, selector, service, translation
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import probatio
import pytest

from custom_components.hearth.hands.actions import Action, ActionField, Permit, async_actions, async_titles
from custom_components.hearth.hands.actions.catalogue import may_be_tool
from custom_components.hearth.hands.actions.schema import parameters, refuse_templates


def openapi(action: Action, permit: Permit | None = None) -> dict[str, Any]:
    """Return the JSON schema of an action's tool as a model gets it."""
    schema: dict[str, Any] = probatio.to_openapi(
        parameters(action, permit or Permit()), openapi_version="3.1.0", custom_serializer=llm.selector_serializer
    )
    return schema


def describe(hass: HomeAssistant, name: str, fields: dict[str, Any], **schema: Any) -> None:
    """Let an integration of nobody's have an action."""
    hass.services.async_register("test", name, lambda _call: None, supports_response=SupportsResponse.NONE)
    service.async_set_service_schema(hass, "test", name, {"name": name, "fields": fields, **schema})


async def test_actions_tell_what_they_do(home: HomeAssistant) -> None:
    """Take name, description and fields, those in sections too, from the integration's own words."""
    actions = await async_actions(home, "en", {"light"})
    turn_on = actions["light.turn_on"]
    assert set(actions) == {"light.turn_on", "light.turn_off", "light.toggle"}
    assert (turn_on.title, turn_on.responds) == ("Turn on light", False)
    assert "lights" in turn_on.description
    assert turn_on.target == ({"domain": ["light"]},)
    fields = {field.key: field for field in turn_on.fields}
    assert fields["brightness_pct"].title == "Brightness"
    assert fields["brightness_pct"].is_number
    assert "white" in fields


async def test_actions_in_another_language(home: HomeAssistant) -> None:
    """Speak to the user in the home's language."""
    actions = await async_actions(home, "de", {"light"})
    assert actions["light.turn_on"].title == "Leuchte einschalten"
    assert await async_titles(home, "de", {"light", "lock"}) == {"light": "Leuchte", "lock": "Schloss"}


@pytest.mark.parametrize(
    ("action", "is_tool"),
    [
        ("light.turn_on", True),
        ("shell_command.anything", True),
        ("homeassistant.update_entity", True),
        ("homeassistant.restart", False),
        ("homeassistant.reload_all", False),
        ("automation.reload", False),
        ("conversation.process", False),
        ("ai_task.generate_data", False),
        ("hassio.host_reboot", False),
        ("imap.fetch", False),
        ("recorder.purge", False),
        ("recorder.get_statistics", True),
        ("hearth.ask", False),
    ],
)
def test_what_is_no_tool(action: str, is_tool: bool) -> None:
    """Leave out what runs Home Assistant itself, and every road around the guard."""
    assert may_be_tool(*action.split(".")) is is_tool


async def test_everything_in_the_home_can_be_described(home: HomeAssistant) -> None:
    """Every action that is there makes a schema."""
    actions = await async_actions(home, "en")
    assert {"lock.unlock", "cover.open_cover", "homeassistant.turn_off", "script.good_night"} <= set(actions)
    assert not [name for name in actions if name.startswith(("conversation.", "homeassistant.re"))]
    for action in actions.values():
        schema = openapi(action)
        assert schema["type"] == "object"
        assert ("target" in schema["properties"]) is (action.target is not None)


async def test_an_unfillable_action_is_left_out(home: HomeAssistant) -> None:
    """What needs a script, a template or a password is nothing for a model; where it may be left out, it is."""
    describe(home, "needs_steps", {"steps": {"required": True, "selector": {"action": {}}}})
    describe(home, "needs_password", {"code": {"required": True, "selector": {"text": {"type": "password"}}}})
    describe(home, "may_have", {"words": {"selector": {"text": {}}}, "note": {"selector": {"template": {}}}})
    actions = await async_actions(home, "en", {"test"})
    assert set(actions) == {"test.may_have"}
    assert [field.key for field in actions["test.may_have"].fields] == ["words"]


async def test_odd_descriptions(home: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fill placeholders in where they are given, and take a selector of nobody's for none."""
    texts = {
        "component.test.services.odd.name": "Ask {where}",
        "component.test.services.odd.description": "See {missing}",
    }
    monkeypatch.setattr(translation, "async_get_translations", AsyncMock(return_value=texts))
    describe(home, "odd", {"a": {"selector": {"hologram": {}}, "example": "x"}, "b": None})
    description = service.async_get_cached_service_description(home, "test", "odd")
    assert description is not None
    description["description_placeholders"] = {"where": "the moon"}
    odd = (await async_actions(home, "en", {"test"}))["test.odd"]
    assert (odd.title, odd.description) == ("Ask the moon", "See {missing}")
    assert [(field.title, field.kind, field.description) for field in odd.fields] == [
        ("A", "", "Example: x"),
        ("B", "", ""),
    ]


_TEXT_OR_OBJECT = {"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": True}]}
_NUMBER = {"number": {"min": 0, "max": 250, "unit_of_measurement": "W"}}


@pytest.mark.parametrize(
    ("chosen", "told", "good", "bad"),
    [
        ({"boolean": {}}, {"type": "boolean"}, "false", "perhaps"),
        (_NUMBER, {"type": "number", "minimum": 0, "maximum": 250}, 12, 251),
        ({"text": {}}, {"type": "string"}, "words", ["words"]),
        ({"text": {"multiple": True}}, {"type": "array", "items": {"type": "string"}}, ["words"], {"a": 1}),
        ({"select": {"options": ["low", "high"]}}, {"type": "string", "enum": ["low", "high"]}, "low", "middle"),
        ({"date": {}}, {"type": "string", "format": "date"}, "2026-11-21", "today"),
        ({"datetime": {}}, {"type": "string", "format": "date-time"}, "2026-11-21 10:00:00", "today"),
        ({"time": {}}, {"type": "string", "format": "time"}, "10:00", "soon"),
        ({"duration": {}}, {"type": "object"}, {"minutes": 5}, {"fortnights": 5}),
        ({"object": {}}, {"type": "object"}, {"anything": 1}, None),
        ({"color_rgb": {}}, {"type": "array", "minItems": 3, "maxItems": 3}, [1, 2, 3], [1, 2]),
        ({"color_temp": {"unit": "kelvin", "min": 2000, "max": 6500}}, {"type": "number"}, 3000, "warm"),
        ({"constant": {"value": True, "label": "Yes"}}, {}, True, False),
        ({"location": {}}, {"type": "object"}, {"latitude": 1.0, "longitude": 2.0}, "here"),
        ({"state": {"attribute": "effect"}}, {"type": "string"}, "rainbow", ["rainbow"]),
        ({"icon": {}}, {"type": "string"}, "mdi:home", 7),
        ({"theme": {}}, {"type": "string"}, "dark", 7),
        ({"language": {}}, {"type": "string"}, "de", 7),
        ({"entity": {"domain": "light"}}, {"type": "string"}, "Kitchen Lights", ["Kitchen Lights"]),
        ({"entity": {"multiple": True}}, {"type": "array", "items": {"type": "string"}}, "one will do", {"a": 1}),
        ({"area": {}}, {"type": "string"}, "Kitchen", 7),
        ({"device": {"multiple": True}}, {"type": "array"}, ["Toaster"], 7),
        ({"config_entry": {"integration": "test"}}, {"type": "string"}, "Account", 7),
        ({"hologram": {}}, _TEXT_OR_OBJECT, {"deep": 1}, 7),
        (None, _TEXT_OR_OBJECT, "plain", 7),
    ],
)
def test_selectors_become_schemas(chosen: Any, told: dict[str, Any], good: Any, bad: Any) -> None:
    """Each selector that integrations use is told to the model and checked; an unknown one is text or a structure."""
    kind, config = next(iter(chosen.items())) if chosen else ("", None)
    kind, config = (kind, config) if kind in selector.SELECTORS else ("", None)
    action = Action(
        "test", "do", "Do", "", None, (ActionField("field", "Field", "", True, kind, config),), responds=False
    )
    told_field = openapi(action)["properties"]["field"]
    assert {key: told_field[key] for key in told} == told
    schema = parameters(action, Permit())
    assert "field" in schema({"field": good})
    if bad is not None:
        with pytest.raises(probatio.Invalid):
            schema({"field": bad})
    with pytest.raises(probatio.Invalid):
        schema({"field": good, "entity_id": "lock.front_door"})


async def test_limits_are_told(home: HomeAssistant) -> None:
    """A model sees the range that it may use, and no field that would do the same by another name."""
    turn_on = (await async_actions(home, "en", {"light"}))["light.turn_on"]
    shown = openapi(turn_on, Permit(ranges={"brightness_pct": (0, 60)}))["properties"]
    assert (shown["brightness_pct"]["minimum"], shown["brightness_pct"]["maximum"]) == (0, 60)
    assert not {"brightness", "brightness_step", "brightness_step_pct", "color_temp_kelvin"} & set(shown)
    assert "brightness" in openapi(turn_on)["properties"]


@pytest.mark.parametrize(
    ("args", "is_refused"),
    [
        ({"message": "{{ states('sensor.secret') }}"}, True),
        ({"data": {"a": ["{% if true %}"]}}, True),
        ({"data": {"{{ key }}": 1}}, True),
        ({"message": "Half of {it}, 50 %", "level": 3, "on": True}, False),
    ],
)
def test_templates_are_refused(args: dict[str, Any], is_refused: bool) -> None:
    """Some actions fill templates in, and would tell a model whatever the home knows."""
    if is_refused:
        with pytest.raises(probatio.Invalid):
            refuse_templates(args)
    else:
        refuse_templates(args)


async def test_all_of_cores_actions_can_be_described(hass: HomeAssistant) -> None:
    """Make a schema of every action of a bouquet of core's integrations, as their files describe them."""
    assert await async_setup_component(hass, "homeassistant", {})
    folder = Path(components.__file__).parent
    domains = ("climate", "fan", "media_player", "mqtt", "notify", "todo", "tts", "vacuum", "water_heater", "zwave_js")
    described = await hass.async_add_executor_job(
        lambda: {domain: load_yaml_dict(str(folder / domain / "services.yaml")) for domain in domains}
    )
    for domain, names in described.items():
        for name, schema in names.items():
            if name.startswith("."):
                continue
            hass.services.async_register(domain, name, lambda _call: None)
            service.async_set_service_schema(hass, domain, name, schema or {})
    actions = await async_actions(hass, "en", domains)
    assert len(actions) > 60
    assert all(json.dumps(openapi(action)) for action in actions.values())
