"""Test the turns that need no language model."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import CONF_LLM_HASS_API
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.hands.approvals import LIFETIME
from custom_components.hearth.mind import Tier, Turn, TurnOutcome
from tests.conftest import AGENT_ID
from tests.hearthd import Hearthd

from .conftest import Talk, speech


@pytest.fixture
def anna_says(people: None, talk: Talk) -> Talk:
    """Return what says something as somebody who is known."""
    return partial(talk, user_id="anna")


@pytest.fixture(autouse=True)
def silent_model(hearthd: Hearthd) -> None:
    """Let any question that reaches the model fail."""
    hearthd.script([])


async def test_a_command_is_done_and_said_in_the_homes_words(
    home: HomeAssistant, talk: Talk, last_turn: Callable[[], Turn]
) -> None:
    """The home's own matcher answers what it knows, in its own words."""
    result = await talk("turn on the kitchen lights")
    assert home.states.is_state("light.kitchen_lights", "on")
    assert speech(result) == "Turned on the light"
    turn = last_turn().as_dict()
    assert (turn["tier"], turn["outcome"]) == ("T1", "done")
    assert turn["entities"] == {"light.kitchen_lights": {"before": "off", "after": "on"}}
    assert [call["decision"] for call in turn["tool_calls"]] == ["allow"]
    assert {"match", "resolve", "act", "total"} <= turn["timings_ms"].keys()


async def test_a_question_is_answered(talk: Talk, last_turn: Callable[[], Turn]) -> None:
    """A question about a state needs no consent."""
    result = await talk("is the front door locked?")
    assert speech(result) == "Yes"
    assert (last_turn().tier, last_turn().outcome) == (Tier.ROUTER, TurnOutcome.ANSWERED)


@pytest.mark.parametrize(
    ("answer", "state", "outcome", "said"),
    [
        ("yes", "unlocked", TurnOutcome.DONE, "Unlocking"),
        ("Yes, please!", "unlocked", TurnOutcome.DONE, "Unlocking"),
        ("no", "locked", TurnOutcome.DECLINED, "All right, I won't."),
        ("stop", "locked", TurnOutcome.STOPPED, "Stopped."),
    ],
)
async def test_a_grave_command_is_asked_about(
    home: HomeAssistant,
    anna_says: Talk,
    last_turn: Callable[[], Turn],
    answer: str,
    state: str,
    outcome: TurnOutcome,
    said: str,
) -> None:
    """Unlocking waits for the answer, and does what the answer says."""
    asked = await anna_says("unlock the front door")
    assert speech(asked) == "I need your yes before I unlock Front Door. Shall I?"
    assert asked.continue_conversation
    assert (home.states.is_state("lock.front_door", "locked"), last_turn().outcome) == (True, TurnOutcome.ASKED)
    answered = await anna_says(answer)
    assert home.states.is_state("lock.front_door", state)
    assert (speech(answered), last_turn().outcome, last_turn().tier) == (said, outcome, Tier.REFLEX)


async def test_a_yes_counts_once(home: HomeAssistant, anna_says: Talk) -> None:
    """A second yes finds nothing to say yes to."""
    await anna_says("unlock the front door")
    await anna_says("yes")
    await home.services.async_call("lock", "lock", {"entity_id": "lock.front_door"}, blocking=True)
    await anna_says("yes")
    assert home.states.is_state("lock.front_door", "locked")


async def test_a_question_lapses_when_something_else_is_said(home: HomeAssistant, anna_says: Talk) -> None:
    """A yes later on belongs to something else."""
    await anna_says("unlock the front door")
    await anna_says("turn on the kitchen lights")
    await anna_says("yes")
    assert home.states.is_state("lock.front_door", "locked")


async def test_a_yes_that_comes_too_late(
    home: HomeAssistant, anna_says: Talk, last_turn: Callable[[], Turn], freezer: FrozenDateTimeFactory
) -> None:
    """The person is told that it took too long."""
    await anna_says("unlock the front door")
    freezer.tick(LIFETIME + timedelta(seconds=1))
    assert speech(await anna_says("yes")) == "That took too long, so I let it be. Please ask me again."
    assert (home.states.is_state("lock.front_door", "locked"), last_turn().outcome) == (True, TurnOutcome.FAILED)


@pytest.mark.parametrize("other", [{"conversation_id": "two"}, {"user_id": "stranger"}])
async def test_nobody_else_can_say_yes(home: HomeAssistant, anna_says: Talk, other: dict[str, str]) -> None:
    """A yes from another conversation or another person is none."""
    await anna_says("unlock the front door")
    await anna_says("yes", **other)
    assert home.states.is_state("lock.front_door", "locked")


async def test_an_agent_that_may_only_talk_controls_nothing(
    home: HomeAssistant, talk: Talk, entry: MockConfigEntry, last_turn: Callable[[], Turn]
) -> None:
    """Without Assist among its APIs an agent does not act by the home's matcher either."""
    subentry = entry.subentries[AGENT_ID]
    home.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, CONF_LLM_HASS_API: []})
    await home.async_block_till_done()
    await talk("turn on the kitchen lights")
    assert home.states.is_state("light.kitchen_lights", "off")
    assert last_turn().calls == []


async def test_a_satellite_is_where_it_stands(home: HomeAssistant, talk: Talk, satellite: str) -> None:
    """A bare command means the room it is said in."""
    await home.services.async_call("light", "turn_on", {"entity_id": "light.bed_light"}, blocking=True)
    await talk("turn on the lights", device_id=satellite)
    assert home.states.is_state("light.kitchen_lights", "on")


async def test_a_device_that_does_not_react_is_not_praised(
    talk: Talk, last_turn: Callable[[], Turn], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What did not happen is said not to have happened."""
    monkeypatch.setattr("custom_components.hearth.hands.verify.async_verify.__defaults__", (0.01,))
    result = await talk("turn on the stuck light")
    assert speech(result) == "I tried, but Stuck Light did not react and is still off."
    assert last_turn().outcome is TurnOutcome.FAILED


async def test_german(home: HomeAssistant, anna_says: Talk) -> None:
    """Another language is matched, asked and answered in."""
    asked = await anna_says("schließe Front Door auf", language="de")
    assert speech(asked) == "Ich brauche dein Ja: Front Door aufschließen. Soll ich?"
    await anna_says("ja bitte", language="de")
    assert home.states.is_state("lock.front_door", "unlocked")


async def test_without_audit_nothing_is_done(
    home: HomeAssistant, talk: Talk, entry: object, last_turn: Callable[[], Turn]
) -> None:
    """When nothing can be written down, the person is told so and nothing happens."""
    await entry.runtime_data.hands.audit.async_close()
    result = await talk("turn on the kitchen lights")
    assert result.response.response_type is intent.IntentResponseType.ERROR
    assert speech(result) == "I can't write down what I do at the moment, so I do nothing."
    assert home.states.is_state("light.kitchen_lights", "off")
