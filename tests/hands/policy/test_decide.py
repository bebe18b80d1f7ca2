"""Test the policy's decisions."""

import itertools

from hypothesis import given, strategies as st
import pytest

from custom_components.hearth.hands.effects import Risk
from custom_components.hearth.hands.policy import Consent, Fact, Preset, Question, Reason, Rules, Verdict, decide

ALLOW, ASK, DENY = Verdict.ALLOW, Verdict.ASK, Verdict.DENY


INSTALLS, REMOVES = (Fact(Risk.SENSITIVE, "hearth", f"{verb}_automation") for verb in ("install", "remove"))


def facts(*risks: Risk | None) -> tuple[Fact, ...]:
    """Return effects of some classes."""
    return tuple(map(Fact, risks))


@pytest.mark.parametrize(
    ("question", "verdict", "reason"),
    [
        (Question(), ALLOW, Reason.READS),
        (Question(facts(Risk.READ)), ALLOW, Reason.READS),
        (Question(facts(Risk.REVERSIBLE, Risk.READ)), ALLOW, Reason.REVERSIBLE),
        (Question(facts(Risk.REVERSIBLE), tainted=True), ALLOW, Reason.REVERSIBLE),
        (Question(facts(Risk.SENSITIVE)), ASK, Reason.SENSITIVE),
        (Question(facts(Risk.SENSITIVE), tainted=True), ASK, Reason.TAINTED),
        (Question(facts(Risk.REVERSIBLE, Risk.CRITICAL)), ASK, Reason.CRITICAL),
        (Question(facts(None)), ASK, Reason.UNKNOWN),
        (Question(has_unknown=True), ASK, Reason.UNKNOWN),
        (Question(facts(Risk.CRITICAL), can_ask=False), DENY, Reason.NOBODY_TO_ASK),
        (Question(facts(None), can_ask=False), DENY, Reason.NOBODY_TO_ASK),
        (Question(facts(Risk.REVERSIBLE), can_ask=False), ALLOW, Reason.REVERSIBLE),
        (Question(facts(Risk.CRITICAL), approved=Consent.PERSON), ALLOW, Reason.APPROVED),
        (Question(facts(Risk.CRITICAL), approved=Consent.ANYONE), ASK, Reason.CRITICAL),
        (Question(facts(Risk.SENSITIVE), approved=Consent.ANYONE), ALLOW, Reason.APPROVED),
        (Question(facts(Risk.SENSITIVE), hidden=True, approved=Consent.PERSON), DENY, Reason.NOT_TO_BE_SEEN),
        (Question(facts(Risk.REVERSIBLE), halted=True), DENY, Reason.HALTED),
        (Question(has_unknown=True, halted=True, approved=Consent.PERSON), DENY, Reason.HALTED),
        (Question(facts(Risk.READ), halted=True), ALLOW, Reason.READS),
        (Question((INSTALLS,)), ASK, Reason.LASTING),
        (Question((REMOVES,)), ASK, Reason.LASTING),
        (Question((INSTALLS, *facts(Risk.CRITICAL, None))), ASK, Reason.LASTING),
        (Question((INSTALLS,), approved=Consent.PERSON), ASK, Reason.LASTING),
        (Question((INSTALLS,), approved=Consent.ADMIN), ALLOW, Reason.APPROVED),
        (Question((INSTALLS,), tainted=True, approved=Consent.ADMIN), DENY, Reason.TAINTED),
        (Question((REMOVES,), tainted=True), ASK, Reason.LASTING),
        (Question(facts(Risk.CRITICAL), approved=Consent.ADMIN), ALLOW, Reason.APPROVED),
    ],
)
def test_decisions(question: Question, verdict: Verdict, reason: Reason) -> None:
    """Each question has one decision and its reason."""
    decision = decide(question, Rules())
    assert (decision.verdict, decision.reason) == (verdict, reason)


RISKS = st.one_of(st.none(), st.sampled_from(Risk))


@given(st.lists(RISKS), RISKS, st.booleans(), st.booleans(), st.booleans())
def test_more_effects_never_make_it_milder(
    risks: list[Risk | None], added: Risk | None, has_unknown: bool, tainted: bool, can_ask: bool
) -> None:
    """Hiding a grave action among harmless ones, or a harmless one among grave ones, wins nothing."""
    order = [ALLOW, ASK, DENY]
    before, after = (
        decide(Question(facts(*found), has_unknown, tainted=tainted, can_ask=can_ask), Rules())
        for found in (risks, [*risks, added])
    )
    assert order.index(after.verdict) >= order.index(before.verdict)


@pytest.mark.parametrize("preset", Preset)
@pytest.mark.parametrize("effect", [INSTALLS, REMOVES])
def test_no_preset_lets_automations_come_and_go(preset: Preset, effect: Fact) -> None:
    """Only an administrator's yes does, however trusting the home is."""
    decision = decide(Question((effect,)), Rules(preset))
    assert (decision.verdict, decision.needs) == (ASK, Consent.ADMIN)


@pytest.mark.parametrize(("one", "other"), itertools.product(Consent, repeat=2))
def test_a_weightier_yes_will_do(one: Consent, other: Consent) -> None:
    """A person's yes counts where anybody's would, and an administrator's everywhere."""
    assert one.covers(other) is (list(Consent).index(one) >= list(Consent).index(other))
