"""Test who may say yes to what, how often, how long, and what it is a yes to."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.hearth.hands import Call, Effect, Hands, Outcome, Resolution
from custom_components.hearth.hands.approvals import (
    LIFETIME,
    AnswerRefusedError,
    Channel,
    Refused,
    Reply,
    digest_of,
)
from custom_components.hearth.hands.approvals.spec import async_rebuild
from custom_components.hearth.hands.audit.rows import Step
from custom_components.hearth.hands.call import CallKind, Ways

from ..conftest import lock_state
from .conftest import Ask, By, Restart, Speak

SATELLITE = "kitchen_satellite"
PIN = "4711"


async def said(hands: Hands, scope: Any, reply: Reply | None, pin: str | None = None) -> list[Any]:
    """Answer in a conversation and return the outcomes and refusals."""
    heard = await hands.consent.async_hear(scope, reply, pin)
    return [] if heard is None else [*(call.outcome for call in heard.calls), *heard.refused]


async def rows(hands: Hands, kind: str) -> list[dict[str, Any]]:
    """Return the rows of a kind in the audit, oldest first."""
    return [row for row in reversed(await hands.audit.async_rows()) if row["kind"] == kind]


async def test_a_yes_runs_it_once_and_is_proven(
    home: HomeAssistant, hands: Hands, ask: Ask, speak: Speak, steps: list[Step]
) -> None:
    """A yes runs exactly what was asked about; the audit knows who said it, where and after how long."""
    await ask()
    assert await said(hands, await speak("yes"), Reply.YES) == [Outcome.DONE]
    assert lock_state(home) == "unlocked"
    assert await said(hands, await speak("yes"), Reply.YES) == []
    asked, acted = await rows(hands, "call")
    assert (acted["reason"], acted["approved_from"]) == ("approved", asked["id"])
    assert [(row["step"], row["call"], row["channel"], row["user_id"]) for row in await rows(hands, "approval")] == [
        ("asked", asked["id"], None, "anna"),
        ("yes", asked["id"], "conversation", "anna"),
    ]
    assert steps == [Step.ASKED, Step.YES]
    assert hands.approvals.median_wait_s is not None
    assert hands.approvals.asked_today == 1


@pytest.mark.parametrize("reply", [Reply.NO, Reply.NOT_TODAY])
async def test_a_no_runs_nothing(home: HomeAssistant, hands: Hands, ask: Ask, speak: Speak, reply: Reply) -> None:
    """A no is kept as faithfully as a yes."""
    await ask()
    assert await said(hands, await speak("no"), reply) == [Outcome.DECLINED]
    assert (lock_state(home), hands.approvals.open) == ("locked", [])
    assert (await rows(hands, "approval"))[-1]["step"] == reply.value


@pytest.mark.parametrize(
    "other", [{"user_id": "bert"}, {"device_id": SATELLITE}, {"conversation_id": "another"}, {"user_id": None}]
)
async def test_a_word_counts_only_where_it_was_asked_for(
    home: HomeAssistant, hands: Hands, ask: Ask, speak: Speak, other: dict[str, Any]
) -> None:
    """Another person, another satellite or another conversation has no say; whoever was asked still has."""
    await ask()
    assert await said(hands, await speak("yes", **other), Reply.YES) == []
    assert await said(hands, await speak("yes"), Reply.YES) == [Outcome.DONE]


async def test_a_word_counts_only_in_the_next_turn(
    home: HomeAssistant, hands: Hands, ask: Ask, speak: Speak, by: By
) -> None:
    """Later on a yes belongs to something else; in the list the question is still there."""
    await ask()
    assert await said(hands, await speak("what time is it"), None) == []
    assert await said(hands, await speak("yes"), Reply.YES) == []
    assert lock_state(home) == "locked"
    await hands.consent.async_answer(await by("anna"))
    assert lock_state(home) == "unlocked"


async def test_a_word_that_comes_too_late(
    home: HomeAssistant, freezer: FrozenDateTimeFactory, hands: Hands, ask: Ask, speak: Speak
) -> None:
    """It runs nothing, and the question is closed everywhere."""
    await ask()
    freezer.tick(LIFETIME)
    assert await said(hands, await speak("yes"), Reply.YES) == [Outcome.LAPSED]
    assert (lock_state(home), hands.approvals.open) == ("locked", [])


async def test_a_question_expires(
    home: HomeAssistant, freezer: FrozenDateTimeFactory, hands: Hands, ask: Ask, by: By, steps: list[Step]
) -> None:
    """Nobody needs to do anything for it, and afterwards no answer counts."""
    await ask()
    answer = await by("anna")
    freezer.tick(timedelta(minutes=10))
    with pytest.raises(AnswerRefusedError) as err:
        await hands.consent.async_answer(answer)
    assert err.value.why is Refused.GONE
    async_fire_time_changed(home)
    await home.async_block_till_done()
    assert (lock_state(home), steps) == ("locked", [Step.ASKED, Step.LAPSED])
    assert (await rows(hands, "approval"))[-1]["step"] == "lapsed"


@pytest.mark.parametrize(
    ("asker", "answerer", "refused"),
    [
        ({"user_id": "anna"}, "anna", None),
        ({"user_id": "anna"}, "bert", Refused.NOT_YOURS),
        ({"user_id": "anna"}, "guest", Refused.NOT_YOURS),
        ({"user_id": "anna"}, "nobody", Refused.NOT_YOURS),
        ({"user_id": "anna"}, None, Refused.NOT_YOURS),
        ({"user_id": None, "device_id": SATELLITE}, "anna", None),
        ({"user_id": None, "device_id": SATELLITE}, "bert", None),
        ({"user_id": None, "device_id": SATELLITE}, "guest", Refused.NOT_YOURS),
        ({"user_id": None, "device_id": SATELLITE}, None, Refused.NEEDS_PERSON),
        ({"user_id": None, "device_id": "annas"}, "anna", None),
        ({"user_id": None, "device_id": "annas"}, "bert", Refused.NOT_YOURS),
    ],
)
@pytest.mark.parametrize("channel", [Channel.LIST, Channel.ACTION, Channel.NOTIFICATION])
async def test_who_may_answer_elsewhere(
    home: HomeAssistant,
    options: dict[str, Any],
    phones: object,
    hands: Hands,
    ask: Ask,
    speak: Speak,
    by: By,
    asker: dict[str, Any],
    answerer: str | None,
    refused: Refused | None,
    channel: Channel,
) -> None:
    """A person answers what they asked for; what a voice or an automation wants, whoever lives here."""
    options["phones"] = {"household": ["mobile_app_anna"]}
    await ask(await speak(**asker))
    answer = await by(answerer, channel=channel)
    if refused is None:
        assert (await hands.consent.async_answer(answer)).outcome is Outcome.DONE
    else:
        with pytest.raises(AnswerRefusedError) as err:
            await hands.consent.async_answer(answer)
        assert err.value.why is refused
        assert [row["reason"] for row in await rows(hands, "refusal")] == [refused.value]
        assert len(hands.approvals.open) == 1
    assert lock_state(home) == ("locked" if refused else "unlocked")


async def test_the_first_answer_wins(home: HomeAssistant, hands: Hands, ask: Ask, speak: Speak, by: By) -> None:
    """Of answers that come at once from everywhere, one counts; a no is not turned by a yes."""
    await ask()
    no = await by("anna", Reply.NO)
    yes = replace(no, reply=Reply.YES)
    answers = [hands.consent.async_answer(answer) for answer in (no, yes, yes, no)]
    results = await asyncio.gather(*answers, return_exceptions=True)
    assert sum(not isinstance(result, AnswerRefusedError) for result in results) == 1
    states = {row["step"] for row in await rows(hands, "approval")} - {"asked"}
    assert len(states) == 1
    assert lock_state(home) == ("unlocked" if states == {"yes"} else "locked")


async def test_asked_twice_it_still_runs_once(home: HomeAssistant, hands: Hands, ask: Ask, speak: Speak) -> None:
    """A model that repeats its call opens no second question."""
    scope = await speak()
    await ask(scope)
    await ask(scope)
    assert len(hands.approvals.open) == 1
    assert await said(hands, await speak("yes"), Reply.YES) == [Outcome.DONE]


async def test_one_yes_answers_all_that_was_asked_at_once(
    home: HomeAssistant, hands: Hands, ask: Ask, speak: Speak
) -> None:
    """And nothing that was asked in another turn."""
    await ask(await speak(), "intent__HassTurnOn", {"name": "Garage Door"})
    assert await said(hands, await speak("something else"), None) == []
    await ask()
    assert await said(hands, await speak("yes"), Reply.YES) == [Outcome.DONE]
    assert (lock_state(home), len(hands.approvals.open)) == ("unlocked", 1)


async def test_an_approval_is_bound_to_what_was_shown(
    home: HomeAssistant, hands: Hands, ask: Ask, speak: Speak
) -> None:
    """If the same call would do something else by now, the person is asked again."""
    await ask(None, "intent__HassTurnOff", {"name": "ways_in"})
    members = ["lock.front_door", "cover.garage_door"]
    home.states.async_set("group.ways_in", "on", {"friendly_name": "ways_in", "entity_id": members})
    assert await said(hands, await speak("yes"), Reply.YES) == [Outcome.ASKED]
    assert lock_state(home) == "locked"


async def test_a_call_that_has_become_harmless_is_judged_as_such(
    home: HomeAssistant, hands: Hands, ask: Ask, speak: Speak
) -> None:
    """A group that lost its lock meanwhile needs nobody's yes any more."""
    await ask(None, "intent__HassTurnOff", {"name": "ways_in"})
    home.states.async_set("group.ways_in", "on", {"friendly_name": "ways_in", "entity_id": ["light.bed_light"]})
    await said(hands, await speak("yes"), Reply.YES)
    assert (lock_state(home), (await rows(hands, "call"))[-1]["reason"]) == ("locked", "reversible")


async def test_an_approved_call_whose_target_is_gone(home: HomeAssistant, hands: Hands, ask: Ask, speak: Speak) -> None:
    """A yes to something that is no longer there does nothing."""
    await ask(None, "intent__HassTurnOff", {"name": "ways_in"})
    home.states.async_remove("group.ways_in")
    assert await said(hands, await speak("yes"), Reply.YES) == [Outcome.FAILED]
    assert lock_state(home) == "locked"


async def test_altered_arguments_are_no_longer_approved(hands: Hands, speak: Speak) -> None:
    """Who holds on to the arguments of a call and changes them gets another question."""
    args, ran = {"what": "this"}, []

    async def resolve() -> Resolution:
        return Resolution(unknown=("nobody can look into it",))

    async def run() -> None:
        ran.append(dict(args))

    scope = await speak()
    await hands.guard.async_call(scope, Call("opaque", args, resolve, run))
    args["what"] = "that"
    assert await said(hands, await speak("yes"), Reply.YES) == [Outcome.ASKED]
    assert ran == []


async def test_rules_that_have_become_stricter_count(
    home: HomeAssistant, options: dict[str, Any], hands: Hands, ask: Ask, speak: Speak
) -> None:
    """The policy is asked again at the moment of running."""
    await ask()
    options["rules"] = [{"name": "never", "when": {"domains": ["lock"]}, "verdict": "deny"}]
    assert await said(hands, await speak("yes"), Reply.YES) == [Outcome.DENIED]
    assert lock_state(home) == "locked"


async def test_a_restart_loses_nothing(home: HomeAssistant, hands: Hands, ask: Ask, by: By, restarted: Restart) -> None:
    """What was asked right before a kill is still there, can be approved, and then is gone for good."""
    await ask()
    answer = await by("anna")
    again = await restarted()
    assert [approval.id for approval in again.approvals.open] == [answer.approval_id]
    assert (await again.consent.async_answer(answer)).outcome is Outcome.DONE
    assert lock_state(home) == "unlocked"
    assert (await restarted()).approvals.open == []


async def test_a_restart_changes_no_digest(
    home: HomeAssistant, hands: Hands, ask: Ask, by: By, restarted: Restart
) -> None:
    """Also after a restart nothing runs but what was shown."""
    await ask(None, "intent__HassTurnOff", {"name": "ways_in"})
    answer = await by("anna")
    again = await restarted()
    members = ["lock.front_door", "cover.garage_door"]
    home.states.async_set("group.ways_in", "on", {"friendly_name": "ways_in", "entity_id": members})
    assert (await again.consent.async_answer(answer)).outcome is Outcome.ASKED
    assert lock_state(home) == "locked"


async def test_what_expired_meanwhile_lapses_at_the_start(
    home: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hands: Hands,
    ask: Ask,
    by: By,
    restarted: Restart,
) -> None:
    """A question is not asked across a long pause."""
    await ask()
    answer = await by("anna")
    freezer.tick(timedelta(minutes=11))
    again = await restarted()
    await home.async_block_till_done()
    assert again.approvals.open == []
    with pytest.raises(AnswerRefusedError):
        await again.consent.async_answer(answer)
    assert (await rows(again, "approval"))[-1]["step"] == "lapsed"


@pytest.mark.parametrize("secret", [{"code": "4711"}, {"text": "the PIN is 4711"}])
async def test_what_is_secret_or_private_is_not_stored(
    home: HomeAssistant, hands: Hands, speak: Speak, restarted: Restart, secret: dict[str, str]
) -> None:
    """It waits in memory only, and a restart forgets it."""

    async def resolve() -> Resolution:
        return Resolution((Effect("lock", "unlock", "lock.front_door"),))

    async def run() -> None:
        raise AssertionError

    scope = await speak()
    spec = scope.spec(CallKind.TOOL, "unlock", secret)
    await hands.guard.async_call(scope, Call("unlock", secret, resolve, run, spec=spec))
    assert len(hands.approvals.open) == 1
    assert (await restarted()).approvals.open == []


async def test_stop_closes_everything(home: HomeAssistant, hands: Hands, ask: Ask, by: By, steps: list[Step]) -> None:
    """After a stop no answer counts any more, and the audit has a row of each."""
    await ask()
    answer = await by("anna")
    assert hands.approvals.async_clear() == 1
    await home.async_block_till_done()
    with pytest.raises(AnswerRefusedError):
        await hands.consent.async_answer(answer)
    assert (steps, (await rows(hands, "approval"))[-1]["step"]) == ([Step.ASKED, Step.CANCELLED], "cancelled")


async def test_nothing_that_hearth_does_answers(
    home: HomeAssistant, hands: Hands, ask: Ask, by: By, speak: Speak
) -> None:
    """A call that tries to say yes, with whatever rights, says nothing."""
    await ask()
    answer, refused = await by("anna"), []

    async def resolve() -> Resolution:
        return Resolution((Effect("light", "turn_on", "light.kitchen_lights"),))

    async def run() -> None:
        for attempt in (hands.consent.async_answer(answer), asyncio.create_task(hands.consent.async_answer(answer))):
            with pytest.raises(AnswerRefusedError) as err:
                await attempt
            refused.append(err.value.why)
        heard = await hands.consent.async_hear(await speak("yes"), Reply.YES)
        assert heard is not None
        refused.extend(heard.refused)

    record = await hands.guard.async_call(await speak(conversation_id="another"), Call("sly", {}, resolve, run))
    assert record.error is None
    assert (refused, lock_state(home)) == ([Refused.BY_ITSELF] * 3, "locked")


async def test_a_yes_is_to_this_very_thing(home: HomeAssistant) -> None:
    """An entity ID that was given to another device by then makes another call of it."""

    async def nothing() -> Resolution:
        return resolution

    call, resolution = Call("unlock", {}, nothing, nothing), Resolution((Effect("lock", "unlock", "lock.front_door"),))
    asked, entities = digest_of(home, call, resolution), er.async_get(home)
    entities.async_update_entity("lock.front_door", name="Back Door")
    assert digest_of(home, call, resolution) == asked
    entities.async_update_entity("lock.front_door", new_entity_id="lock.back_door")
    entities.async_get_or_create("lock", "test", "other", suggested_object_id="front_door")
    assert digest_of(home, call, resolution) != asked


async def test_a_voice_without_pin_and_phones_is_refused(
    home: HomeAssistant, hands: Hands, ask: Ask, speak: Speak
) -> None:
    """Where nobody who may say yes can be reached, nothing is asked, and the person is told what to do."""
    scope = await speak(user_id=None, device_id=SATELLITE)
    await ask(scope)
    assert [(call.outcome, call.reason) for call in scope.calls] == [(Outcome.DENIED, "needs_person")]
    assert hands.approvals.open == []


async def test_a_voice_is_answered_for_on_the_phone(
    home: HomeAssistant, options: dict[str, Any], phones: object, hands: Hands, ask: Ask, speak: Speak
) -> None:
    """With phones of the household the question goes there, and the voice's own yes is none."""
    options["phones"] = {"household": ["mobile_app_bert"]}
    scope = await speak(user_id=None, device_id=SATELLITE)
    await ask(scope)
    assert [(call.outcome, call.ways) for call in scope.calls] == [(Outcome.ASKED, Ways.ELSEWHERE)]
    voice = await speak("yes", user_id=None, device_id=SATELLITE)
    assert await said(hands, voice, Reply.YES) == [Refused.NEEDS_PERSON]
    assert (lock_state(home), len(hands.approvals.open)) == ("locked", 1)


async def test_a_voice_with_the_pin_counts(home: HomeAssistant, hands: Hands, ask: Ask, speak: Speak) -> None:
    """A yes asks for the PIN, a wrong one is refused, the right one unlocks."""
    await hands.approvals.pin.async_set(PIN)

    def voice(words: str) -> Awaitable[Any]:
        return speak(words, user_id=None, device_id=SATELLITE)

    scope = await voice("unlock")
    await ask(scope)
    assert scope.calls[0].ways is Ways.PIN
    assert hands.consent.wants_pin(await voice("4711"))
    assert await said(hands, await voice("yes"), Reply.YES) == [Refused.NEEDS_PIN]
    assert await said(hands, await voice("••••"), None, "0000") == [Refused.WRONG_PIN]
    assert lock_state(home) == "locked"
    assert await said(hands, await voice("••••"), None, PIN) == [Outcome.DONE]
    assert lock_state(home) == "unlocked"
    assert not any(PIN in str(row) or "0000" in str(row) for row in await hands.audit.async_rows())


async def test_an_automation_is_answered_for_on_the_phone(
    home: HomeAssistant, options: dict[str, Any], phones: object, hands: Hands, ask: Ask, speak: Speak, by: By
) -> None:
    """Words that come from no account and no device can't answer themselves, not even with the PIN."""
    await hands.approvals.pin.async_set(PIN)
    options["phones"] = {"household": ["mobile_app_bert"]}
    scope = await speak(user_id=None)
    await ask(scope)
    assert [(call.outcome, call.ways) for call in scope.calls] == [(Outcome.ASKED, Ways.ELSEWHERE)]
    assert await said(hands, await speak("yes", user_id=None), Reply.YES, PIN) == [Refused.NEEDS_PERSON]
    assert lock_state(home) == "locked"
    await hands.consent.async_answer(await by("bert"))
    assert lock_state(home) == "unlocked"


@pytest.mark.parametrize(("pin", "refused"), [(PIN, None), ("0000", Refused.WRONG_PIN), (None, Refused.NEEDS_PERSON)])
async def test_an_action_with_the_pin_needs_no_account(
    home: HomeAssistant, hands: Hands, ask: Ask, speak: Speak, by: By, pin: str | None, refused: Refused | None
) -> None:
    """A keypad may answer for the household."""
    await hands.approvals.pin.async_set(PIN)
    await ask(await speak(user_id=None, device_id=SATELLITE))
    answer = await by(None, channel=Channel.ACTION, pin=pin)
    if refused is None:
        await hands.consent.async_answer(answer)
    else:
        with pytest.raises(AnswerRefusedError) as err:
            await hands.consent.async_answer(answer)
        assert err.value.why is refused
    assert lock_state(home) == ("locked" if refused else "unlocked")


@pytest.mark.parametrize("scope", [{"user_id": "anna"}, {"user_id": None, "device_id": SATELLITE}])
async def test_a_number_is_no_yes(
    home: HomeAssistant, hands: Hands, ask: Ask, speak: Speak, scope: dict[str, Any]
) -> None:
    """What was said as a number, and not as the PIN that was asked for, approves nothing."""
    await hands.approvals.pin.async_set(PIN)
    await ask(await speak(**scope))
    assert await said(hands, await speak("12345", **scope), None, "12345") in ([], [Refused.WRONG_PIN])
    assert lock_state(home) == "locked"


async def test_a_no_needs_no_pin(home: HomeAssistant, hands: Hands, ask: Ask, speak: Speak) -> None:
    """Whoever says no with a number says no."""
    await hands.approvals.pin.async_set(PIN)
    voice: dict[str, Any] = {"user_id": None, "device_id": SATELLITE}
    await ask(await speak(**voice))
    assert await said(hands, await speak("no", **voice), Reply.NO, "0000") == [Outcome.DECLINED]
    assert lock_state(home) == "locked"


async def test_a_sentence_outlives_a_restart_too(
    home: HomeAssistant, hands: Hands, speak: Speak, by: By, restarted: Restart
) -> None:
    """What Home Assistant's own matcher has understood is handled by it once more."""
    scope = await speak("unlock the front door")
    slots = {"name": {"value": "Front Door", "text": "front door"}, "domain": {"value": "lock", "text": "lock"}}
    spec = scope.spec(CallKind.INTENT, "HassTurnOff", slots)
    await hands.guard.async_call(scope, await async_rebuild(home, spec, hands.guard, scope))
    answer = await by("anna")
    again = await restarted()
    assert (await again.consent.async_answer(answer)).outcome is Outcome.DONE
    assert lock_state(home) == "unlocked"


async def test_a_tool_that_is_gone_after_a_restart(
    home: HomeAssistant, hands: Hands, ask: Ask, by: By, restarted: Restart
) -> None:
    """A yes to it does nothing, and says so."""
    await ask(None, "script__open_up", {})
    answer = await by("anna")
    async_expose_entity(home, "conversation", "script.open_up", should_expose=False)
    again = await restarted()
    assert (await again.consent.async_answer(answer)).outcome is Outcome.FAILED
    assert (lock_state(home), again.approvals.open) == ("locked", [])


async def test_what_can_not_be_read_is_not_done(
    home: HomeAssistant, hass_storage: dict[str, Any], hands: Hands, ask: Ask, by: By, restarted: Restart
) -> None:
    """A damaged store costs the questions, not the start."""
    await ask()
    answer = await by("anna")
    hass_storage["hearth.approvals"]["data"]["open"][0]["expires"] = "soon"
    again = await restarted()
    assert again.approvals.open == []
    with pytest.raises(AnswerRefusedError):
        await again.consent.async_answer(answer)


async def test_nobody_is_asked_for_everything_at_once(hands: Hands, speak: Speak) -> None:
    """The oldest of too many questions lapses."""

    async def resolve() -> Resolution:
        return Resolution(unknown=("nobody can look into it",))

    async def run() -> None:
        raise AssertionError

    for number in range(25):
        await hands.guard.async_call(await speak(), Call("opaque", {"number": number}, resolve, run))
    assert [approval.as_call().args["number"] for approval in hands.approvals.open] == list(range(5, 25))


@pytest.mark.parametrize(("owner", "left"), [("person:anna", ["bert"]), (None, [])])
async def test_what_is_erased_is_asked_no_more(
    hass_storage: dict[str, Any], hands: Hands, ask: Ask, speak: Speak, owner: str | None, left: list[str]
) -> None:
    """Neither in memory nor in the store is anything left of it."""
    for user_id in ("anna", "bert"):
        await ask(await speak(user_id=user_id))
    await hands.approvals.async_forget(owner)
    assert [approval.user_id for approval in hands.approvals.open] == left
    assert [stored["user_id"] for stored in hass_storage["hearth.approvals"]["data"]["open"]] == left
