"""What --check believes of a turn, and what it does not."""

from collections.abc import Mapping

import pytest

from demo.check import Change, Outcome, Seen, Turn, judge

OFF, ON = Seen("off", {"brightness": None}), Seen("on", {"brightness": 204})
DIMMED = Seen("on", {"brightness": 51})
LOCKED, UNLOCKED = Seen("locked"), Seen("unlocked")

SWITCHED = {"light.kitchen": Change(OFF, ON, "off", "on")}
UNTOUCHED_LOCK = {"lock.front_door": Change(LOCKED, LOCKED, "locked", "locked")}
OPENED_LOCK = {"lock.front_door": Change(LOCKED, UNLOCKED, "locked", "unlocked")}


def turn(
    outcome: Outcome | None,
    changes: Mapping[str, Change] | None = None,
    *,
    reply: str = "Done",
    tier: str = "T1",
    audit_ids: tuple[int, ...] = (1,),
    error: str | None = None,
) -> Turn:
    """Return a turn that ended so."""
    return Turn("words", reply, tier, outcome, changes=changes or {}, audit_ids=audit_ids, error=error)


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(turn(Outcome.ANSWERED, reply="Yes"), id="an answer"),
        pytest.param(turn(Outcome.ANSWERED, UNTOUCHED_LOCK), id="an answer about an entity"),
        pytest.param(turn(Outcome.DONE, SWITCHED), id="a light went on"),
        pytest.param(turn(Outcome.DONE, {"light.kitchen": Change(ON, DIMMED, "on", "on")}), id="only an attribute"),
        pytest.param(
            turn(Outcome.DONE, {**SWITCHED, "light.counter": Change(ON, ON, "on", "on")}), id="one was on already"
        ),
        pytest.param(
            turn(Outcome.DONE, {"lock.front_door": Change(LOCKED, UNLOCKED, "locked", "unlocking")}),
            id="it told while the lock still turned",
        ),
        pytest.param(turn(Outcome.DONE), id="an action without an entity, in the audit"),
        pytest.param(turn(Outcome.STOPPED, tier="T0"), id="the person said stop"),
    ],
)
def test_what_happened_is_believed(good: Turn) -> None:
    """A turn whose claim fits what we saw is good."""
    assert judge([good]) == [None]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(turn(None), "no record", id="not recorded"),
        pytest.param(turn(Outcome.ANSWERED, reply=" "), "empty", id="no words"),
        pytest.param(turn(Outcome.DONE, audit_ids=()), "no audit row", id="nothing to show for it"),
        pytest.param(
            turn(Outcome.DONE, {"light.kitchen": Change(OFF, OFF, "off", "on")}), "was off after", id="it lied"
        ),
        pytest.param(
            turn(Outcome.DONE, {"light.kitchen": Change(ON, OFF, "off", "off")}),
            "was on before",
            id="it lied of before",
        ),
        pytest.param(
            turn(Outcome.DONE, {"light.gone": Change(None, None, "off", "on")}), "was None", id="no such entity"
        ),
        pytest.param(
            turn(Outcome.DONE, {"light.kitchen": Change(OFF, OFF, "off", "off")}),
            "nothing changed",
            id="nothing changed",
        ),
        pytest.param(turn(Outcome.ASKED, UNTOUCHED_LOCK), "nobody decided", id="asked in vain"),
        pytest.param(turn(Outcome.DECLINED), "declined", id="declined without a question"),
        pytest.param(turn(Outcome.STOPPED, tier="T2"), "stopped", id="cut off"),
        pytest.param(turn(Outcome.FAILED), "failed", id="failed"),
        pytest.param(turn(Outcome.NO_MODEL), "no_model", id="no model"),
        pytest.param(turn(Outcome.ENGINE_ERROR), "engine_error", id="engine error"),
        pytest.param(
            turn(Outcome.DONE, SWITCHED, error="the pipeline failed: x"), "the pipeline failed", id="pipeline"
        ),
    ],
)
def test_what_did_not_happen_is_told(bad: Turn, reason: str) -> None:
    """A turn that did not do what was asked has a reason that says so."""
    (fault,) = judge([bad])
    assert fault is not None
    assert reason in fault


ASKED = turn(Outcome.ASKED, UNTOUCHED_LOCK)


@pytest.mark.parametrize(
    ("turns", "good"),
    [
        pytest.param([ASKED, turn(Outcome.DONE, OPENED_LOCK, tier="T0")], [True, True], id="agreed"),
        pytest.param([ASKED, turn(Outcome.DECLINED, tier="T0")], [True, True], id="declined"),
        pytest.param(
            [ASKED, turn(Outcome.ANSWERED), turn(Outcome.DONE, OPENED_LOCK)], [True, True, True], id="agreed later"
        ),
        pytest.param([ASKED, turn(Outcome.DONE, UNTOUCHED_LOCK)], [False, False], id="agreed, but nothing happened"),
        pytest.param([ASKED, turn(Outcome.FAILED)], [False, False], id="agreed, but it failed"),
        pytest.param([ASKED, ASKED, turn(Outcome.DONE, OPENED_LOCK)], [False, True, True], id="asked twice"),
        pytest.param([turn(Outcome.DONE, OPENED_LOCK), ASKED], [True, False], id="the yes came first"),
    ],
)
def test_a_question_is_good_once_it_was_decided(turns: list[Turn], good: list[bool]) -> None:
    """A turn that asked back counts by what the person's decision led to."""
    assert [fault is None for fault in judge(turns)] == good
