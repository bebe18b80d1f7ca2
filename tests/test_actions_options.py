"""Test the pages of the options on actions."""

from collections.abc import Generator, Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.hands.actions import read_permits
from tests.flow_words import flows_in_words


@pytest.fixture(autouse=True)
async def _furniture(hass: HomeAssistant) -> None:
    """Let there be lights, locks and a person."""
    for domain, config in (("light", []), ("lock", []), ("person", [{"id": "anna", "name": "Anna"}])):
        assert await async_setup_component(hass, domain, {domain: config})
    await hass.async_block_till_done()


@pytest.fixture(autouse=True)
def _translated(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Check that every form and every choice in it has its words."""
    with flows_in_words(monkeypatch):
        yield


async def _open(hass: HomeAssistant, entry: MockConfigEntry, *steps: Mapping[str, Any]) -> dict[str, Any]:
    """Go through the pages on actions by what is chosen in them."""
    result = await hass.config_entries.options.async_init(entry.entry_id)
    for step in ({"next_step_id": "actions"}, *steps):
        result = await hass.config_entries.options.async_configure(result["flow_id"], dict(step))
    return dict(result)


def _suggested(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form is filled in with."""
    return {str(key): (key.description or {}).get("suggested_value") for key in result["data_schema"].schema}


def _offered(result: Mapping[str, Any], field: str) -> dict[str, str]:
    """Return what can be chosen in a field, by its label."""
    options = next(value.config["options"] for key, value in result["data_schema"].schema.items() if key == field)
    return {option["value"]: option["label"] for option in options}


LIGHT = {"integration": "light"}
LOCK = {"integration": "lock"}


async def test_every_integration_with_actions_is_there(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Choose among integrations by name; a number tells where something was decided."""
    offered = _offered(await _open(hass, entry), "integration")
    assert (offered["light"], offered["lock"]) == ("Light", "Lock")
    assert not {"hearth", "conversation"} & set(offered)
    assert list(offered.values()) == sorted(offered.values(), key=str.casefold)
    await _open(hass, entry, LIGHT, {"allowed": ["light.turn_on"], "never": ["light.toggle"]})
    assert _offered(await _open(hass, entry), "integration")["light"] == "Light (2)"


async def test_actions_are_described_with_the_policy_on_them(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Read of each action what it does, how grave it is and what would be done about it."""
    described = (await _open(hass, entry, LOCK))["description_placeholders"]["actions"]
    unlock = next(line for line in described.splitlines() if "Unlock" in line)
    assert "critical" in unlock
    assert "asks a known person first" in unlock
    assert "asks first" in next(line for line in described.splitlines() if "**Lock" in line)
    light = (await _open(hass, entry, LIGHT))["description_placeholders"]
    assert light["name"] == "Light"
    assert all("done without asking" in line for line in light["actions"].splitlines())
    assert len(light["actions"].splitlines()) == 3


async def test_a_rule_that_is_broken_shows(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """With rules that nobody understands everything is refused, and the page says so."""
    hass.config_entries.async_update_entry(entry, options={"rules": [{"name": "bad"}]})
    described = (await _open(hass, entry, LIGHT))["description_placeholders"]["actions"]
    assert all("refused" in line for line in described.splitlines())


async def test_actions_are_allowed_and_forbidden(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """What is chosen is kept beside what was chosen of other integrations, and can be taken back."""
    await _open(hass, entry, LOCK, {"never": ["lock.unlock"]})
    result = await _open(hass, entry, LIGHT, {"allowed": ["light.turn_on", "light.turn_off"]})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options["actions"] == {"lock.unlock": False, "light.turn_off": {}, "light.turn_on": {}}
    form = await _open(hass, entry, LOCK)
    assert _suggested(form) == {"allowed": [], "limited": None, "never": ["lock.unlock"]}
    assert "never used" in form["description_placeholders"]["actions"]
    await _open(hass, entry, LIGHT, {})
    assert entry.options["actions"] == {"lock.unlock": False}


@pytest.mark.parametrize("chosen", [{"allowed": ["lock.lock"]}, {"limited": "lock.lock"}])
async def test_nothing_is_a_tool_and_never_used(
    hass: HomeAssistant, entry: MockConfigEntry, chosen: dict[str, Any]
) -> None:
    """A contradiction is told, and what was chosen stays in the form."""
    result = await _open(hass, entry, LOCK, {**chosen, "never": ["lock.lock", "lock.unlock"]})
    assert result["errors"] == {"never": "allowed_and_never"}
    assert _suggested(result)["never"] == ["lock.lock", "lock.unlock"]
    assert "actions" not in entry.options


async def test_limits(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Limit an action; an entity is remembered by what stays, and shown by its name of today."""
    lamp = er.async_get(hass).async_get_or_create("light", "test", "lamp", suggested_object_id="lamp")
    hass.states.async_set("light.by_hand", "off")
    form = await _open(hass, entry, LIGHT, {"limited": "light.turn_on"})
    assert form["description_placeholders"]["name"] == "Turn on light"
    assert {str(key) for key in form["data_schema"].schema} == {
        "entities",
        "areas",
        "ranges",
        "from",
        "until",
        "people",
    }
    limits = {
        "entities": ["light.lamp", "light.by_hand"],
        "areas": ["kitchen"],
        "ranges": [{"field": "brightness_pct", "min": 0, "max": 60}],
        "from": "07:00:00",
        "until": "22:00:00",
        "people": ["person:anna"],
    }
    await _open(hass, entry, LIGHT, {"allowed": ["light.turn_off"], "limited": "light.turn_on"}, limits)
    assert entry.options["actions"] == {
        "light.turn_off": {},
        "light.turn_on": {
            "entities": [lamp.id, "light.by_hand"],
            "areas": ["kitchen"],
            "ranges": {"brightness_pct": [0, 60]},
            "times": ["07:00:00", "22:00:00"],
            "people": ["person:anna"],
        },
    }
    assert not any(permit.is_never for permit in read_permits(entry.options).values())
    er.async_get(hass).async_update_entity("light.lamp", new_entity_id="light.reading")
    again = await _open(hass, entry, LIGHT, {"limited": "light.turn_on"})
    assert _suggested(again) == {**limits, "entities": ["light.by_hand", "light.reading"]}
    assert "with limits" in (await _open(hass, entry, LIGHT))["description_placeholders"]["actions"]
    await _open(hass, entry, LIGHT, {"allowed": ["light.turn_on"]})
    assert entry.options["actions"]["light.turn_on"]["people"] == ["person:anna"]
    await _open(hass, entry, LIGHT, {"limited": "light.turn_on"}, {})
    assert entry.options["actions"] == {"light.turn_on": {}}


@pytest.mark.parametrize(
    ("limits", "errors"),
    [
        ({"from": "07:00:00"}, {"until": "times_incomplete"}),
        ({"until": "07:00:00"}, {"until": "times_incomplete"}),
        ({"ranges": [{"field": "transition", "min": 9, "max": 1}]}, {"ranges": "range_upside_down"}),
    ],
)
async def test_limits_that_make_no_sense(
    hass: HomeAssistant, entry: MockConfigEntry, limits: dict[str, Any], errors: dict[str, str]
) -> None:
    """Half a time or a range upside down is told, and nothing of the form is lost."""
    result = await _open(hass, entry, LIGHT, {"limited": "light.turn_on"}, limits)
    assert result["errors"] == errors
    shown = _suggested(result)
    assert {key: shown[key] for key in limits} == limits
    assert "actions" not in entry.options


async def test_what_has_no_entities_has_no_such_limits(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """An action that is for nothing in particular is limited by times and people alone."""
    hass.services.async_register("light", "dance", lambda _call: None)
    form = await _open(hass, entry, LIGHT, {"limited": "light.dance"})
    assert {str(key) for key in form["data_schema"].schema} == {"from", "until", "people"}
    with pytest.raises(InvalidData):
        await _open(hass, entry, LIGHT, {"limited": "light.dance"}, {"entities": ["light.lamp"]})
