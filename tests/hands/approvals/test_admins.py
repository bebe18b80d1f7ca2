"""Test that what only an administrator may allow waits for one, whoever asks and wherever they answer."""

from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.hearth.access import View
from custom_components.hearth.hands import Call, CallRecord, Effect, Hands, Outcome, Resolution, Scope
from custom_components.hearth.hands.approvals import AnswerRefusedError, Channel, Refused, Reply
from custom_components.hearth.hands.call import Ways

from ..conftest import lock_state
from .conftest import Ask, By, Speak
from .test_notify import buttons, press

PIN = "4711"
INSTALLS = Resolution((Effect("hearth", "install_automation", None, {"id": "hearth_x", "alias": "x", "text": "x"}),))

type Sent = dict[str, list[ServiceCall]]


@pytest.fixture(autouse=True)
def _bert_runs_the_home(home: HomeAssistant, people: None) -> None:
    """Let Bert be the only administrator."""
    MockUser(id="bert", name="Bert", is_owner=True).add_to_hass(home)


async def install(hands: Hands, scope: Scope) -> CallRecord:
    """Have a turn ask for an automation."""

    async def resolve() -> Resolution:
        return INSTALLS

    async def run() -> dict[str, Any]:
        return {}

    return await hands.guard.async_call(scope, Call("hearth__propose_automation", {}, resolve, run))


async def said(hands: Hands, scope: Scope, reply: Reply | None, pin: str | None = None) -> list[Any]:
    """Answer in a conversation and return the outcomes and refusals."""
    heard = await hands.consent.async_hear(scope, reply, pin)
    return [] if heard is None else [*(call.outcome for call in heard.calls), *heard.refused]


@pytest.mark.parametrize("who", [{"user_id": "anna"}, {"user_id": None, "device_id": "kitchen_satellite"}])
async def test_an_administrator_is_asked_on_their_phone(
    home: HomeAssistant, phones: Sent, hands: Hands, speak: Speak, by: By, who: dict[str, Any]
) -> None:
    """Whoever asked can't say yes, neither with a word nor in the list; the administrator can, on the phone."""
    record = await install(hands, await speak(**who))
    assert (record.outcome, record.reason, record.ways) == (Outcome.ASKED, "lasting", Ways.ADMIN)
    approve = (await buttons(home, phones["bert"]))["Approve"]
    assert phones["anna"] == []
    assert await said(hands, await speak("yes", **who), Reply.YES) == [Refused.NEEDS_ADMIN]
    answer = await by("anna", channel=Channel.LIST)
    with pytest.raises(AnswerRefusedError) as refused:
        await hands.consent.async_answer(answer)
    assert refused.value.why is Refused.NEEDS_ADMIN
    await press(home, approve, "anna")
    assert len(hands.approvals.open) == 1
    await press(home, approve, "bert")
    assert hands.approvals.open == []
    approved = [row for row in await hands.audit.async_rows() if row.get("reason") == "approved"]
    assert [row["user_id"] for row in approved] == [who["user_id"]]


async def test_an_administrator_just_says_yes(phones: Sent, hands: Hands, speak: Speak) -> None:
    """Whoever runs the home and asks for it themselves is asked like anybody else."""
    record = await install(hands, await speak(user_id="bert"))
    assert (record.outcome, record.ways) == (Outcome.ASKED, Ways.YES)
    assert await said(hands, await speak("yes", user_id="bert"), Reply.YES) == [Outcome.DONE]


async def test_anybody_takes_their_own_wish_back(phones: Sent, hands: Hands, speak: Speak) -> None:
    """A no needs no right."""
    await install(hands, await speak())
    assert await said(hands, await speak("no"), Reply.NO) == [Outcome.DECLINED]


async def test_the_pin_makes_nobody_an_administrator(
    home: HomeAssistant, phones: Sent, hands: Hands, ask: Ask, speak: Speak
) -> None:
    """It opens the door that was asked about at the same time, and sets nothing up."""
    await hands.approvals.pin.async_set(PIN)
    voice = {"user_id": None, "device_id": "kitchen_satellite"}
    scope = await speak(**voice)
    await ask(scope)
    await install(hands, scope)
    assert await said(hands, await speak("4711", **voice), None, PIN) == [Outcome.DONE, Refused.NEEDS_ADMIN]
    assert lock_state(home) == "unlocked"
    assert [approval.name for approval in hands.approvals.open] == ["hearth__propose_automation"]


async def test_another_persons_question_stays_theirs(phones: Sent, hands: Hands, ask: Ask, by: By) -> None:
    """To run the home is to be asked for what only administrators may allow, and for nothing else of others'."""
    await ask()
    answer = await by("bert", channel=Channel.LIST)
    with pytest.raises(AnswerRefusedError) as refused:
        await hands.consent.async_answer(answer)
    assert refused.value.why is Refused.NOT_YOURS


async def test_off_the_record_nobody_else_is_asked(phones: Sent, hands: Hands, speak: Speak) -> None:
    """What nobody may know of can't be shown to an administrator, so it is refused."""
    scope = await speak()
    assert scope.view is not None
    scope.view = View(scope.view.access, replace(scope.view.asker, incognito=True))
    record = await install(hands, scope)
    assert (record.outcome, record.reason) == (Outcome.DENIED, "needs_admin")
    assert phones["bert"] == []


async def test_without_an_administrators_phone_it_is_said_at_once(hands: Hands, speak: Speak) -> None:
    """Nobody is left to wait for an answer that can't come."""
    record = await install(hands, await speak())
    assert (record.outcome, record.reason, hands.approvals.open) == (Outcome.DENIED, "needs_admin", [])
