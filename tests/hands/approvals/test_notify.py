"""Test that the right phones are asked, told no more than they may, and that only their holders answer."""

from typing import Any

from homeassistant.core import Context, HomeAssistant, ServiceCall
import pytest

from custom_components.hearth.hands import Call, Effect, Hands, Outcome, Resolution
from custom_components.hearth.hands.approvals import Reply
from custom_components.hearth.hands.approvals.notify import EVENT_ACTION

from ..conftest import lock_state
from .conftest import Ask, By, Speak

type Sent = dict[str, list[ServiceCall]]


async def press(home: HomeAssistant, action: str, user_id: str | None) -> None:
    """Press a button, as the app of a user's phone tells it."""
    home.bus.async_fire(EVENT_ACTION, {"action": action}, context=Context(user_id=user_id))
    await home.async_block_till_done(wait_background_tasks=True)


async def buttons(home: HomeAssistant, sent: list[ServiceCall]) -> dict[str, str]:
    """Return the actions of the buttons that a phone was sent, by their words."""
    await home.async_block_till_done(wait_background_tasks=True)
    return {button["title"]: button["action"] for button in sent[0].data["data"]["actions"]}


async def test_a_person_is_asked_on_their_own_phone(home: HomeAssistant, phones: Sent, hands: Hands, ask: Ask) -> None:
    """Nobody else is; a locked screen shows nothing, and approving needs it unlocked."""
    await ask()
    assert list(await buttons(home, phones["anna"])) == ["Approve", "Deny", "Not today"]
    message = phones["anna"][0].data
    assert message["message"] == "May I unlock Front Door?"
    assert message["data"]["visibility"] == "private"
    assert message["data"]["actions"][0]["authenticationRequired"] is True
    assert phones["bert"] == []


@pytest.mark.parametrize(("button", "state"), [("Approve", "unlocked"), ("Deny", "locked"), ("Not today", "locked")])
async def test_a_button_answers(
    home: HomeAssistant, phones: Sent, hands: Hands, ask: Ask, button: str, state: str
) -> None:
    """And takes the notification back."""
    await ask()
    await press(home, (await buttons(home, phones["anna"]))[button], "anna")
    assert (lock_state(home), hands.approvals.open) == (state, [])
    asked, cleared = (call.data for call in phones["anna"])
    assert (cleared["message"], cleared["data"]["tag"]) == ("clear_notification", asked["data"]["tag"])
    answered = (row for row in await hands.audit.async_rows() if row.get("step") not in {None, "asked"})
    assert [row["channel"] for row in answered] == ["notification"]


@pytest.mark.parametrize("user_id", ["bert", "guest", "nobody", None])
async def test_a_forged_press_counts_for_nothing(
    home: HomeAssistant, phones: Sent, hands: Hands, ask: Ask, user_id: str | None
) -> None:
    """An event of another user, of an automation or of nobody leaves the question as it is."""
    await ask()
    approve = (await buttons(home, phones["anna"]))["Approve"]
    await press(home, approve, user_id)
    assert (lock_state(home), len(hands.approvals.open)) == ("locked", 1)
    await press(home, approve, "anna")
    await press(home, approve, "anna")
    assert lock_state(home) == "unlocked"
    assert sum(row.get("reason") == "approved" for row in await hands.audit.async_rows()) == 1


@pytest.mark.parametrize(
    "action", ["HEARTH_YES_", "HEARTH_YES_01KBB9V2S0ZJ4W0M7T3N8Q5R6Y", "HEARTH_MAYBE_{}", "URI", ""]
)
async def test_a_press_on_something_else(
    home: HomeAssistant, phones: Sent, hands: Hands, ask: Ask, action: str
) -> None:
    """What names no open question is nobody's answer."""
    await ask()
    await press(home, action.format(hands.approvals.open[0].id), "anna")
    assert (lock_state(home), len(hands.approvals.open)) == ("locked", 1)


async def test_only_the_phones_that_were_chosen_answer(
    home: HomeAssistant, options: dict[str, Any], phones: Sent, hands: Hands, ask: Ask, speak: Speak
) -> None:
    """For a voice, the household's phones are asked; whoever holds another does not answer there."""
    options["phones"] = {"household": ["mobile_app_bert"]}
    await ask(await speak(user_id=None, device_id="kitchen_satellite"))
    approve = (await buttons(home, phones["bert"]))["Approve"]
    assert phones["anna"] == []
    await press(home, approve, "anna")
    assert lock_state(home) == "locked"
    await press(home, approve, "bert")
    assert lock_state(home) == "unlocked"


async def test_what_is_private_is_not_sent(home: HomeAssistant, phones: Sent, hands: Hands, speak: Speak) -> None:
    """A notification passes through others' servers, and lies open on a table."""

    async def resolve() -> Resolution:
        return Resolution((Effect("hearth", "send_to_me", None, {"text": "the diagnosis"}),), private=True)

    async def run() -> dict[str, Any]:
        return {}

    scope = await speak()
    record = await hands.guard.async_call(scope, Call("hearth__send_to_me", {"text": "the diagnosis"}, resolve, run))
    assert record.outcome is Outcome.ASKED
    await buttons(home, phones["anna"])
    assert phones["anna"][0].data["message"] == "I need your approval for something that you asked for."


async def test_an_answer_elsewhere_takes_it_back(
    home: HomeAssistant, phones: Sent, hands: Hands, ask: Ask, by: By
) -> None:
    """The others are told that it is settled."""
    await ask()
    await hands.consent.async_answer(await by("anna", Reply.NO))
    await home.async_block_till_done(wait_background_tasks=True)
    assert [call.data["message"] for call in phones["anna"]][-1] == "clear_notification"


async def test_a_phone_that_is_out_of_reach(
    home: HomeAssistant, phones: Sent, hands: Hands, ask: Ask, by: By, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged without a word of what was asked; the question waits in the list."""
    home.services.async_remove("notify", "mobile_app_anna")

    async def fail(_call: ServiceCall) -> None:
        raise TimeoutError

    home.services.async_register("notify", "mobile_app_anna", fail)
    await ask()
    await home.async_block_till_done(wait_background_tasks=True)
    assert "mobile_app_anna could not be reached" in caplog.text
    await hands.consent.async_answer(await by("anna"))
    assert lock_state(home) == "unlocked"


async def test_a_yes_that_did_not_help_is_told(home: HomeAssistant, phones: Sent, hands: Hands, ask: Ask) -> None:
    """Whoever has pressed and gone on does not think that it was done."""
    await ask(None, "intent__HassTurnOff", {"name": "ways_in"})
    approve = (await buttons(home, phones["anna"]))["Approve"]
    home.states.async_remove("group.ways_in")
    await press(home, approve, "anna")
    assert phones["anna"][-1].data["message"] == "Sorry, that did not work."
