"""Test that what would happen is told, and does not happen."""

from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser, async_mock_service

from custom_components.hearth.const import DOMAIN
from custom_components.hearth.hands import Effect, Resolution, Scope
from custom_components.hearth.hands.approvals import CONF_PHONES
from custom_components.hearth.hands.limits import ENTITY_ATTENDED, Limits
from custom_components.hearth.hands.policy import CONF_PRESET, CONF_RULES
from tests.conftest import AGENT_ID
from tests.furnished_home import home, satellite

__all__ = ["home", "satellite"]

UNLOCK = {"sentence": "unlock the front door"}


@pytest.fixture(autouse=True)
async def _people(home: HomeAssistant, entry: MockConfigEntry, satellite: str) -> None:
    """Let Anna live here with an account and Bert without one, and let the kitchen's satellite be one."""
    MockUser(id="anna", name="Anna").add_to_hass(home)
    persons = [{"id": "anna", "name": "Anna", "user_id": "anna"}, {"id": "bert", "name": "Bert"}]
    assert await async_setup_component(home, "person", {"person": persons})
    er.async_get(home).async_get_or_create("assist_satellite", "test", "kitchen", device_id=satellite)
    await home.async_block_till_done()


async def dry_run(hass: HomeAssistant, user_id: str | None = None, **data: Any) -> dict[str, Any]:
    """Ask what would happen."""
    response = await hass.services.async_call(
        DOMAIN, "dry_run", data, blocking=True, return_response=True, context=Context(user_id=user_id)
    )
    assert response is not None
    return dict(response)


def told(response: dict[str, Any]) -> tuple[Any, ...]:
    """Return the heart of an answer."""
    return response["decision"], response["class"], response["needs"], response["approved_by"]


async def test_a_voice_at_the_satellite(home: HomeAssistant, entry: MockConfigEntry, satellite: str) -> None:
    """A voice can't have the door unlocked where nobody who is known can be asked; by PIN it can."""
    response = await dry_run(home, **UNLOCK, device_id=satellite)
    assert told(response) == ("deny", "critical", None, None)
    assert response["text"].startswith("I would refuse: unlock Front Door. Only a person whom I know may say yes")
    await entry.runtime_data.hands.approvals.pin.async_set("4711")
    response = await dry_run(home, **UNLOCK, area_id="kitchen")
    assert told(response) == ("ask", "critical", "person", "pin")
    assert response["text"] == (
        "I would ask first: unlock Front Door. It lets people in, or may do harm, so a person whom I know must say "
        "yes. A yes would need the PIN."
    )
    assert response["actions"] == [
        {
            "action": "lock.unlock",
            "entity_id": "lock.front_door",
            "name": "Front Door",
            "class": "critical",
            "decision": "ask",
            "reason": "It lets people in, or may do harm, so a person whom I know must say yes.",
            "rule": None,
            "needs": "person",
        }
    ]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({**UNLOCK, "person": "person.anna"}, ("ask", "critical", "person", "yes")),
        ({**UNLOCK}, ("deny", "critical", None, None)),
        ({"sentence": "turn on the kitchen lights"}, ("allow", "reversible", None, None)),
        ({"sentence": "open the kitchen blind", "person": "person.anna"}, ("ask", "sensitive", "anyone", "yes")),
        (
            {"sentence": "turn on the kitchen lights", "person": "person.anna", "tainted": True},
            ("allow", "reversible", None, None),
        ),
        (
            {"tool": "script__open_up", "person": "person.anna"},
            ("ask", "critical", "person", "yes"),
        ),
        (
            {"tool": "script__anything", "arguments": {"wanted": "light.turn_on"}, "person": "person.anna"},
            ("ask", "unknown", "person", "yes"),
        ),
    ],
)
async def test_who_asks_for_what(home: HomeAssistant, asked: dict[str, Any], expected: tuple[Any, ...]) -> None:
    """The answer differs by who asks, and by what it comes down to."""
    assert told(await dry_run(home, **asked)) == expected


async def test_an_automations_question_goes_to_the_households_phones(
    home: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Words from nowhere have no ears; with a phone to ask there is somebody who may say yes."""
    nobody = await dry_run(home, sentence="open the kitchen blind")
    assert told(nobody) == ("deny", "sensitive", None, None)
    assert "choose a phone for approvals" in nobody["text"]
    phone = MockConfigEntry(domain="mobile_app", title="Pixel", data={"user_id": "anna", "device_name": "pixel"})
    phone.add_to_hass(home)
    async_mock_service(home, "notify", "mobile_app_pixel")
    options = {**entry.options, CONF_PHONES: {"household": ["mobile_app_pixel"]}}
    home.config_entries.async_update_entry(entry, options=options)
    asked = await dry_run(home, sentence="open the kitchen blind")
    assert told(asked) == ("ask", "sensitive", "anyone", "elsewhere")
    assert asked["text"].endswith("The question would go to Pixel.")


async def test_each_action_is_told_of(home: HomeAssistant) -> None:
    """What a script holds is listed, each with its own class and decision."""
    response = await dry_run(home, tool="script__open_up", person="person.anna")
    assert [(part["action"], part["class"], part["decision"]) for part in response["actions"]] == [
        ("script.open_up", "reversible", "allow"),
        ("light.turn_on", "reversible", "allow"),
        ("lock.unlock", "critical", "ask"),
    ]


async def test_rules_at_another_time(home: HomeAssistant, entry: MockConfigEntry) -> None:
    """A rule for the night is told of by its name, and by day it is not."""
    rule = {"name": "Dark nights", "when": {"after": "23:00:00", "before": "05:00:00"}, "verdict": "deny"}
    home.config_entries.async_update_entry(entry, options={**entry.options, CONF_RULES: [rule]})
    lights = {"sentence": "turn on the kitchen lights", "person": "person.anna"}
    night = await dry_run(home, **lights, time="2026-11-20 02:00:00")
    assert (night["decision"], night["rule"]) == ("deny", "Dark nights")
    assert night["text"] == "I would refuse: turn on Kitchen Lights. Your rule “Dark nights” says so."
    assert (await dry_run(home, **lights, time="2026-11-20 12:00:00"))["decision"] == "allow"


async def test_a_preset(home: HomeAssistant, entry: MockConfigEntry, satellite: str) -> None:
    """A cautious home wants to know who opens the blinds."""
    home.config_entries.async_update_entry(entry, options={**entry.options, CONF_PRESET: "cautious"})
    response = await dry_run(home, sentence="open the kitchen blind", device_id=satellite)
    assert (response["decision"], response["class"]) == ("deny", "sensitive")
    response = await dry_run(home, sentence="open the kitchen blind", person="person.anna")
    assert (response["decision"], response["needs"]) == ("ask", "anyone")


async def test_what_only_reads_or_is_not_understood(home: HomeAssistant) -> None:
    """A question is only answered, and what no matcher knows is left to a model."""
    read = await dry_run(home, sentence="is the front door locked?", person="person.anna")
    assert (read["decision"], read["text"]) == ("allow", "I would answer at once, and change nothing.")
    unknown = await dry_run(home, sentence="make it cosy", person="person.anna")
    assert unknown["actions"] == []
    assert unknown["text"].startswith("Home Assistant knows no such sentence.")


async def test_nothing_happens(home: HomeAssistant, entry: MockConfigEntry) -> None:
    """Nothing is switched, nothing asked, nothing written down."""
    hands = entry.runtime_data.hands
    rows = len(await hands.audit.async_rows())
    await dry_run(home, sentence="turn on the kitchen lights", person="person.anna")
    await dry_run(home, **UNLOCK, person="person.anna")
    await dry_run(home, tool="script__good_night", person="person.anna")
    await home.async_block_till_done()
    assert home.states.is_state("light.kitchen_lights", "off")
    assert home.states.is_state("lock.front_door", "locked")
    assert hands.approvals.open == []
    assert len(await hands.audit.async_rows()) == rows


async def test_what_a_limit_would_refuse_is_told(home: HomeAssistant, entry: MockConfigEntry) -> None:
    """Once the light has been switched too often that is said, of now and of no other time; nothing is used up."""
    limits = entry.runtime_data.hands.guard.limits = Limits(lambda: 0.0)
    kitchen = Resolution((Effect("light", "turn_on", "light.kitchen_lights"),))
    lights = {"sentence": "turn on the kitchen lights", "person": "person.anna"}
    for _ in range(3):
        assert (await dry_run(home, **lights))["decision"] == "allow"
    switched = 0
    while limits.allow(Scope("conversation", "conversation.hearth", "words", "en"), kitchen):
        switched += 1
    assert switched == ENTITY_ATTENDED.burst
    refused = await dry_run(home, **lights)
    assert refused["decision"] == "deny"
    assert refused["text"].endswith("That was too much in a short time. Please wait a moment.")
    assert (await dry_run(home, **lights, time="2026-11-20 12:00:00"))["decision"] == "allow"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({**UNLOCK, "person": "person.nobody"}, "no_such_person"),
        ({**UNLOCK, "person": "person.bert"}, "person_only_heard"),
        ({**UNLOCK, "device_id": "gone"}, "no_such_device"),
        ({**UNLOCK, "area_id": "garage"}, "no_satellite"),
        ({**UNLOCK, "agent": "conversation.other"}, "not_an_agent"),
        ({"tool": "lock__unlock"}, "dry_run_impossible"),
        ({"tool": "intent__HassTurnOn", "arguments": {"name": "Nothing Here"}}, "dry_run_impossible"),
    ],
)
async def test_what_is_not_there(home: HomeAssistant, data: dict[str, Any], key: str) -> None:
    """Whoever names somebody or something that does not exist is told so."""
    with pytest.raises(ServiceValidationError) as error:
        await dry_run(home, **data)
    assert error.value.translation_key == key


async def test_rights_are_for_administrators_to_see(home: HomeAssistant) -> None:
    """What others may do is not everybody's to know."""
    with pytest.raises(Unauthorized):
        await dry_run(home, "anna", **UNLOCK)


async def test_the_named_agent_is_asked(home: HomeAssistant, entry: MockConfigEntry) -> None:
    """A rule for one agent holds for it alone."""
    rule = {"name": "Mute", "when": {"agents": [AGENT_ID]}, "verdict": "deny"}
    home.config_entries.async_update_entry(entry, options={**entry.options, CONF_RULES: [rule]})
    lights = {"sentence": "turn on the kitchen lights", "person": "person.anna", "agent": "conversation.hearth"}
    assert (await dry_run(home, **lights))["rule"] == "Mute"
