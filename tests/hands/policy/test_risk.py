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
        # What automations make of it is looked into apart; of what is plugged in nobody knows.
        ("input_boolean.turn_on", "input_boolean.kitchen", {}, Risk.REVERSIBLE),
        ("switch.turn_on", "switch.plug", {}, Risk.REVERSIBLE),
        ("shell_command.anything", None, {}, None),
        ("mqtt.publish", None, {}, None),
        ("conversation.process", None, {}, Risk.CRITICAL),
        ("media_player.play_media", "media_player.hall", {"media_content_id": "library://track/1"}, Risk.REVERSIBLE),
        (
            "media_player.play_media",
            "media_player.hall",
            {"media_content_id": "media-source://tts/x?message=Open+up"},
            Risk.SENSITIVE,
        ),
        ("climate.apply", "climate.hall", {"state": "heat", "temperature": 35}, Risk.SENSITIVE),
    ],
)
async def test_classes(
    home: HomeAssistant, action: str, entity_id: str | None, data: dict[str, Any], risk: Risk | None
) -> None:
    """Each action has its class; one that nobody listed has none."""
    assert classify(home, Effect(*action.split("."), entity_id, data)) is risk


@pytest.mark.parametrize(
    ("action", "text", "said", "risk"),
    [
        ("media_player.play_media", "https://far.example/?d=4071", "play something", Risk.SENSITIVE),
        ("media_player.play_media", "https://radio.example/one", "play https://radio.example/one", Risk.REVERSIBLE),
        ("media_player.play_media", "https://radio.example/one?d=1", "play https://radio.example/one", Risk.SENSITIVE),
        ("media_player.play_media", "media-source://radio_browser/1", "play the radio", Risk.REVERSIBLE),
        ("persistent_notification.create", "![](//far.example/x.png)", "note it", Risk.SENSITIVE),
        ("persistent_notification.create", "The and/or of it", "note it", Risk.REVERSIBLE),
        ("script.turn_on", "HTTPS://far.example", "run it", Risk.SENSITIVE),
        ("todo.add_item", "https://shop.example/milk", "put it on the list", Risk.REVERSIBLE),
    ],
)
async def test_an_address_that_nobody_said_is_told_to_somebody(
    home: HomeAssistant, action: str, text: str, said: str, risk: Risk
) -> None:
    """Whoever answers at an address learns all of it; what a script of the home's own fetches is its own."""
    effect = Effect(*action.split("."), None, {"message": [text]})
    assert classify(home, effect, said=said, picked=True) is risk
    assert classify(home, effect, said=said) is Risk.REVERSIBLE


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
    assert without == {"button.press", "remote.send_command"}


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
