"""Test which class an action is of."""

import json
from pathlib import Path
from typing import Any

import homeassistant.components
from homeassistant.core import HomeAssistant
from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components.hearth.const import DOMAIN
from custom_components.hearth.hands.effects import Effect, Risk
from custom_components.hearth.hands.policy import classify
from custom_components.hearth.hands.policy.classes import ANY, CLASSES


@pytest.mark.parametrize(
    ("action", "entity_id", "data", "risk"),
    [
        ("light.turn_on", "light.kitchen_lights", {}, Risk.REVERSIBLE),
        ("lock.lock", "lock.front_door", {}, Risk.SENSITIVE),
        ("lock.unlock", "lock.front_door", {}, Risk.CRITICAL),
        ("lock.apply", "lock.front_door", {}, Risk.CRITICAL),
        ("cover.open_cover", "cover.kitchen_blind", {}, Risk.SENSITIVE),
        ("cover.open_cover", "cover.garage_door", {}, Risk.CRITICAL),
        ("cover.set_cover_position", "cover.garage_door", {"position": 100}, Risk.CRITICAL),
        ("cover.close_cover", "cover.garage_door", {}, Risk.SENSITIVE),
        ("cover.open_cover", "cover.not_there", {}, Risk.CRITICAL),
        ("cover.open_cover", None, {}, Risk.CRITICAL),
        ("alarm_control_panel.alarm_arm_home", "alarm_control_panel.home", {}, Risk.SENSITIVE),
        ("alarm_control_panel.alarm_disarm", "alarm_control_panel.home", {}, Risk.CRITICAL),
        ("valve.open_valve", "valve.water", {}, Risk.CRITICAL),
        ("climate.set_temperature", "climate.hall", {"temperature": 21}, Risk.REVERSIBLE),
        ("climate.set_temperature", "climate.hall", {"temperature": 35}, Risk.SENSITIVE),
        ("climate.set_temperature", "climate.hall", {"target_temp_low": 2, "target_temp_high": 20}, Risk.SENSITIVE),
        ("climate.set_temperature", "climate.hall", {"temperature": "{{ states('x') }}"}, Risk.SENSITIVE),
        ("todo.add_item", "todo.shopping", {}, Risk.REVERSIBLE),
        ("todo.remove_item", "todo.shopping", {}, Risk.SENSITIVE),
        ("calendar.create_event", "calendar.family", {}, Risk.SENSITIVE),
        ("calendar.get_events", "calendar.family", {}, Risk.READ),
        ("update.install", "update.core", {}, Risk.CRITICAL),
        ("homeassistant.restart", None, {}, Risk.CRITICAL),
        ("homeassistant.turn_off", None, {}, None),
        ("homeassistant.update_entity", "light.kitchen_lights", {}, Risk.REVERSIBLE),
        ("recorder.purge", None, {}, Risk.CRITICAL),
        ("device_tracker.see", None, {"location_name": "home"}, Risk.CRITICAL),
        ("zwave_js.set_lock_usercode", "lock.front_door", {}, Risk.CRITICAL),
        ("media_player.search_media", "media_player.hall", {}, Risk.READ),
        ("vacuum.send_command", "vacuum.robot", {}, Risk.SENSITIVE),
        ("vacuum.start", "vacuum.robot", {}, Risk.REVERSIBLE),
        ("remote.send_command", "remote.hall", {}, None),
        ("button.press", "button.reboot", {}, None),
        ("input_select.set_options", "input_select.mode", {}, Risk.SENSITIVE),
        # Whatever an automation does when it changes can't be known; docs/safety.md says so.
        ("input_boolean.turn_on", "input_boolean.kitchen", {}, Risk.REVERSIBLE),
        ("switch.turn_on", "switch.plug", {}, Risk.REVERSIBLE),
        ("shell_command.anything", None, {}, None),
        ("mqtt.publish", None, {}, None),
        ("conversation.process", None, {}, None),
    ],
)
async def test_classes(
    home: HomeAssistant, action: str, entity_id: str | None, data: dict[str, Any], risk: Risk | None
) -> None:
    """Each action has its class; one that nobody listed has none."""
    assert classify(home, Effect(*action.split("."), entity_id, data)) is risk


def test_the_actions_of_the_home_have_a_class() -> None:
    """Of Home Assistant's own kinds of devices and helpers, only what can't be judged by its name is left out."""
    folder = Path(homeassistant.components.__file__).parent
    listed = {
        f"{path.parent.name}.{service}"
        for path in folder.glob("*/services.yaml")
        if json.loads((path.parent / "manifest.json").read_text()).get("integration_type") == "entity"
        for service in load_yaml_dict(path)
    }
    without = {
        action
        for action in listed
        if action.split(".")[1] not in CLASSES.get(action.split(".")[0], {})
        and ANY not in CLASSES.get(action.split(".")[0], {})
    }
    assert len(listed) > 100
    assert without == {"button.press", "conversation.process", "conversation.reload", "remote.send_command"}


@pytest.mark.parametrize("domain", sorted(CLASSES))
def test_every_class_is_of_something(domain: str) -> None:
    """The list names no integration and no action that Home Assistant has not."""
    path = Path(homeassistant.components.__file__).parent / domain
    assert path.is_dir() or domain == DOMAIN
    services = path / "services.yaml"
    known = set(load_yaml_dict(services)) if services.exists() else set()
    named = set(CLASSES[domain]) - {ANY}
    # The classes of scenes and of intents are of actions that no service has.
    assert domain == DOMAIN or not services.exists() or named <= known | {"apply", "turn_on", "turn_off", "toggle"}
