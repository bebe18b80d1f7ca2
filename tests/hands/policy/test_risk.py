"""Test which class an action is of."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.hearth.hands.effects import Effect, Risk
from custom_components.hearth.hands.policy import classify


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
        ("homeassistant.restart", None, {}, None),
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
