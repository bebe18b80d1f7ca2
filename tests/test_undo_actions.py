"""Test the action that undoes, and automations that are proposed and installed by talking."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.hearth.mind import Tier, Turn, TurnOutcome
from tests.hands.automations.conftest import automations
from tests.hearthd import Hearthd
from tests.mind.conftest import Talk, entry, home, last_turn, people, speech, talk

__all__ = ["automations", "entry", "home", "last_turn", "people", "talk"]

KITCHEN = "light.kitchen_lights"


@pytest.fixture
def anna_runs_the_home(home: HomeAssistant, people: None) -> None:
    """Let Anna be an administrator."""
    MockUser(id="anna", name="Anna", is_owner=True).add_to_hass(home)


@pytest.fixture
def anna_says(people: None, talk: Talk, hearthd: Hearthd) -> Talk:
    """Return what says something as somebody who is known, where no model answers."""
    hearthd.script([])
    return partial(talk, user_id="anna")


async def undo(home: HomeAssistant, user_id: str | None = "anna", **data: int | bool) -> dict[str, object]:
    """Call the action."""
    context = Context(user_id=user_id)
    told = await home.services.async_call("hearth", "undo", data, blocking=True, context=context, return_response=True)
    return dict(told or {})


async def test_the_action_undoes_the_last_turn(home: HomeAssistant, anna_says: Talk) -> None:
    """It brings back what was switched, and tells what; once more, it does it again."""
    await anna_says("turn on the kitchen lights")
    told = {"outcome": "done", "text": "Undone.", "restored": [KITCHEN], "not_restored": []}
    assert await undo(home) == told
    assert home.states.is_state(KITCHEN, "off")
    assert await undo(home) == told
    assert home.states.is_state(KITCHEN, "on")


async def test_the_action_undoes_a_call_by_its_number(
    home: HomeAssistant, anna_says: Talk, last_turn: Callable[[], Turn]
) -> None:
    """An older call may be named; a number that is nobody's own undoes nothing."""
    await anna_says("turn on the kitchen lights")
    (number,) = (call.audit_id for call in last_turn().calls)
    await anna_says("turn on the bed light")
    assert (await undo(home, call=number, anyway=True))["restored"] == [KITCHEN]
    assert home.states.is_state("light.bed_light", "on")
    refused = await undo(home, "bert", call=number)
    assert (refused["outcome"], refused["restored"]) == ("failed", [])


async def test_there_is_nothing_to_undo(home: HomeAssistant, anna_says: Talk) -> None:
    """Who had nothing done is told so."""
    assert (await undo(home))["text"] == "There is nothing of yours that I could undo."


async def test_what_asks_does_so_here_too(home: HomeAssistant, anna_says: Talk) -> None:
    """An undo that would unlock waits for a yes."""
    for words in ("unlock the front door", "yes", "lock the front door", "yes"):
        await anna_says(words)
    told = await undo(home)
    assert told["outcome"] == "asked"
    assert "unlock Front Door" in str(told["text"])
    assert home.states.is_state("lock.front_door", "locked")


async def test_a_guest_may_not(home: HomeAssistant, anna_says: Talk) -> None:
    """Who is no person of the home undoes nothing."""
    with pytest.raises(ServiceValidationError):
        await undo(home, "guest")


@pytest.mark.usefixtures("anna_runs_the_home")
async def test_an_automation_is_agreed_on_by_talking(
    home: HomeAssistant, automations: Path, anna_says: Talk, last_turn: Callable[[], Turn]
) -> None:
    """A sentence is read back as what it would do, set up after a yes, and gone at a word."""
    before = automations.read_text()
    asked = await anna_says("every evening at sunset close the kitchen blind")
    assert speech(asked) == (
        "I need your yes before I set up this automation: “every day at sunset: close Kitchen Blind”. Shall I?"
    )
    assert (last_turn().tier, last_turn().outcome) == (Tier.ROUTER, TurnOutcome.ASKED)
    assert "event: sunset" in asked.response.card["simple"]["content"]
    assert automations.read_text() == before
    done = speech(await anna_says("yes"))
    assert done.startswith("“every evening at sunset close the kitchen blind” is set up.")
    assert home.states.is_state("automation.every_evening_at_sunset_close_the_kitchen_blind", "on")
    assert speech(await anna_says("undo that")) == "Undone."
    assert automations.read_text() == before


async def test_who_does_not_run_the_home_is_told_so(home: HomeAssistant, automations: Path, anna_says: Talk) -> None:
    """Whose yes it would need is said in plain words, and nothing is written."""
    before = automations.read_text()
    told = speech(await anna_says("every evening at sunset close the kitchen blind"))
    assert told.startswith("I won't do that. Only an administrator of Home Assistant may say yes to it")
    assert automations.read_text() == before


@pytest.mark.usefixtures("anna_runs_the_home")
async def test_an_automation_that_is_declined_is_not_there(
    home: HomeAssistant, automations: Path, anna_says: Talk
) -> None:
    """Without a yes nothing is written."""
    before = automations.read_text()
    await anna_says("every day at 7 unlock the front door")
    assert speech(await anna_says("no")) == "All right, I won't."
    assert automations.read_text() == before
