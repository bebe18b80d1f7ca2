"""Test the policy's decisions."""

from hypothesis import given, strategies as st
import pytest

from custom_components.hearth.hands.effects import Risk
from custom_components.hearth.hands.policy import Question, Reason, Verdict, decide

ALLOW, ASK, DENY = Verdict.ALLOW, Verdict.ASK, Verdict.DENY


@pytest.mark.parametrize(
    ("question", "verdict", "reason"),
    [
        (Question(()), ALLOW, Reason.READS),
        (Question((Risk.READ,)), ALLOW, Reason.READS),
        (Question((Risk.REVERSIBLE, Risk.READ)), ALLOW, Reason.REVERSIBLE),
        (Question((Risk.REVERSIBLE,), tainted=True), ALLOW, Reason.REVERSIBLE),
        (Question((Risk.SENSITIVE,)), ASK, Reason.SENSITIVE),
        (Question((Risk.SENSITIVE,), tainted=True), ASK, Reason.TAINTED),
        (Question((Risk.REVERSIBLE, Risk.CRITICAL)), ASK, Reason.CRITICAL),
        (Question((None,)), ASK, Reason.UNKNOWN),
        (Question((), has_unknown=True), ASK, Reason.UNKNOWN),
        (Question((Risk.CRITICAL,), can_ask=False), DENY, Reason.NOBODY_TO_ASK),
        (Question((None,), can_ask=False), DENY, Reason.NOBODY_TO_ASK),
        (Question((Risk.REVERSIBLE,), can_ask=False), ALLOW, Reason.REVERSIBLE),
        (Question((Risk.CRITICAL,), approved=True), ALLOW, Reason.APPROVED),
    ],
)
def test_decisions(question: Question, verdict: Verdict, reason: Reason) -> None:
    """Each question has one decision and its reason."""
    decision = decide(question)
    assert (decision.verdict, decision.reason) == (verdict, reason)


RISKS = st.one_of(st.none(), st.sampled_from(Risk))


@given(st.lists(RISKS), RISKS, st.booleans(), st.booleans(), st.booleans())
def test_more_effects_never_make_it_milder(
    risks: list[Risk | None], added: Risk | None, has_unknown: bool, tainted: bool, can_ask: bool
) -> None:
    """Hiding a grave action among harmless ones, or a harmless one among grave ones, wins nothing."""
    order = [ALLOW, ASK, DENY]
    before = decide(Question(tuple(risks), has_unknown, tainted, can_ask))
    after = decide(Question((*risks, added), has_unknown, tainted, can_ask))
    assert order.index(after.verdict) >= order.index(before.verdict)
