"""Furnish a Home Assistant with devices that really react, for the tests of what acts on them."""

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

SWITCHES = ("kitchen", "bedroom", "front_door", "garage", "blind", "stuck", "alarm_armed")

HIDDEN = ("input_boolean", "zone", "sun")

# Of each of these core has tools, too.
MORE_KINDS = ("climate", "fan", "humidifier", "lawn_mower", "media_player", "todo", "vacuum")


def _switch(state: str, name: str) -> dict[str, object]:
    return {"action": f"input_boolean.turn_{state}", "target": {"entity_id": f"input_boolean.{name}"}}


def _light(name: str, switch: str) -> dict[str, object]:
    return {
        "name": name,
        "unique_id": f"light_{switch}",
        "state": f"{{{{ is_state('input_boolean.{switch}', 'on') }}}}",
        "turn_on": _switch("on", switch),
        "turn_off": _switch("off", switch),
    }


def _cover(name: str, switch: str, device_class: str) -> dict[str, object]:
    return {
        "name": name,
        "unique_id": f"cover_{switch}",
        "device_class": device_class,
        "state": f"{{{{ is_state('input_boolean.{switch}', 'on') }}}}",
        "open_cover": _switch("on", switch),
        "close_cover": _switch("off", switch),
    }


DEVICES = {
    "light": [
        _light("Kitchen Lights", "kitchen"),
        _light("Bed Light", "bedroom"),
        # It takes the command and stays as it is.
        {**_light("Stuck Light", "stuck"), "turn_on": [], "turn_off": []},
    ],
    "lock": [
        {
            "name": "Front Door",
            "unique_id": "lock_front_door",
            "state": "{{ is_state('input_boolean.front_door', 'on') }}",
            "lock": _switch("on", "front_door"),
            "unlock": _switch("off", "front_door"),
        }
    ],
    "cover": [_cover("Garage Door", "garage", "garage"), _cover("Kitchen Blind", "blind", "blind")],
}

SCRIPTS = {
    "good_night": {
        "alias": "Good Night",
        "sequence": [{"action": "light.turn_off", "target": {"entity_id": "light.kitchen_lights"}}],
    },
    "open_up": {
        "alias": "Open Up",
        "sequence": [
            {"action": "light.turn_on", "target": {"entity_id": "light.kitchen_lights"}},
            {
                "if": [{"condition": "state", "entity_id": "light.bed_light", "state": "off"}],
                "then": [{"action": "lock.unlock", "target": {"entity_id": "lock.front_door"}}],
            },
        ],
    },
    "come_in": {"alias": "Come In", "sequence": [{"action": "script.open_up"}]},
    "anything": {"alias": "Anything", "sequence": [{"action": "{{ wanted }}"}]},
    "anywhere": {
        "alias": "Anywhere",
        "sequence": [{"action": "light.turn_on", "target": {"entity_id": "{{ wanted }}"}}],
    },
    "ping": {"alias": "Ping", "sequence": [{"action": "script.pong"}]},
    "pong": {"alias": "Pong", "sequence": [{"action": "script.ping"}]},
    "whole_kitchen": {
        "alias": "Whole Kitchen",
        "sequence": [{"action": "homeassistant.turn_off", "target": {"area_id": "kitchen"}}],
    },
}

SCENES = [
    {"name": "Evening", "entities": {"light.bed_light": "on"}},
    {"name": "Party", "entities": {"light.bed_light": "on", "lock.front_door": "unlocked"}},
]

AREAS = {
    "light.kitchen_lights": "Kitchen",
    "cover.kitchen_blind": "Kitchen",
    "light.bed_light": "Bedroom",
    "light.stuck_light": "Bedroom",
    "lock.front_door": "Hall",
    "cover.garage_door": "Garage",
}


@pytest.fixture
async def home(hass: HomeAssistant) -> HomeAssistant:
    """Return a Home Assistant with a small house: lights, a lock, covers, scripts, scenes, a group."""
    parts = {
        "homeassistant": {},
        "llm": {},
        "conversation": {},
        "input_boolean": {name: {"initial": name == "front_door"} for name in SWITCHES},
        "template": [DEVICES],
        "script": SCRIPTS,
        "scene": SCENES,
        "group": {"ways_in": {"entities": ["lock.front_door", "light.bed_light"]}},
    }
    for domain, config in parts.items():
        assert await async_setup_component(hass, domain, {domain: config})
    await hass.async_block_till_done()
    for entity_id, area_name in AREAS.items():
        area = ar.async_get(hass).async_get_or_create(area_name)
        er.async_get(hass).async_update_entity(entity_id, area_id=area.id)
    for state in hass.states.async_all():
        async_expose_entity(hass, "conversation", state.entity_id, state.domain not in HIDDEN)
    await hass.async_block_till_done()
    return hass


@pytest.fixture
async def full_home(home: HomeAssistant) -> HomeAssistant:
    """Return the furnished home with one more thing of every kind that core has tools for."""
    assert await async_setup_component(home, "intent", {})
    for kind in MORE_KINDS:
        assert await async_setup_component(home, kind, {kind: {}})
        home.states.async_set(f"{kind}.one", "on", {"friendly_name": f"My {kind}"})
        async_expose_entity(home, "conversation", f"{kind}.one", should_expose=True)
    await home.async_block_till_done()
    return home


@pytest.fixture
def satellite(home: HomeAssistant) -> str:
    """Return the id of a device that stands in the kitchen."""
    entry = MockConfigEntry(domain="test")
    entry.add_to_hass(home)
    device = dr.async_get(home).async_get_or_create(config_entry_id=entry.entry_id, identifiers={("test", "satellite")})
    area = ar.async_get(home).async_get_area_by_name("Kitchen")
    assert area is not None
    dr.async_get(home).async_update_device(device.id, area_id=area.id)
    return device.id


@pytest.fixture
async def people(home: HomeAssistant) -> None:
    """Let Anna and Bert live in the home, each with a user, and a guest have one."""
    users = await home.auth.async_get_group(GROUP_ID_USER)
    assert users is not None
    for name in ("anna", "bert", "guest"):
        MockUser(id=name, name=name.capitalize(), groups=[users]).add_to_hass(home)
    persons = [{"id": name, "name": name.capitalize(), "user_id": name} for name in ("anna", "bert")]
    assert await async_setup_component(home, "person", {"person": persons})
