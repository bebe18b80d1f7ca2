"""Test what is decided before anything is done."""

from dataclasses import replace

from homeassistant.core import HomeAssistant
import pytest

from custom_components.hearth.hands import Call, Effect, Hands, Resolution, Scope
from custom_components.hearth.hands.policy import CONF_RULES, Reason, Verdict

BLIND = Resolution((Effect("cover", "open_cover", "cover.kitchen_blind"),))


async def _never() -> Resolution:
    raise AssertionError("nothing runs here")


CALL = Call("blind", {}, _never, _never)


@pytest.mark.parametrize(
    "rules", [[{"name": "broken", "when": {"moon": "full"}, "verdict": "allow"}], ["no rule"], "no list"]
)
async def test_what_can_not_be_decided_is_refused(
    home: HomeAssistant, hands: Hands, scope: Scope, rules: object, caplog: pytest.LogCaptureFixture
) -> None:
    """Rules that nobody can read allow nothing."""
    judge = replace(hands.guard.judge, options=lambda: {CONF_RULES: rules})
    decision = judge.decide(scope, CALL, BLIND)
    assert (decision.verdict, decision.reason, decision.risk) == (Verdict.DENY, Reason.ERROR, None)
    assert "could not decide on blind" in caplog.text


async def test_an_automation_is_asked_on_a_phone_or_not_at_all(
    home: HomeAssistant, hands: Hands, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words from nowhere have no ears: where no phone can be asked, the answer is no and says why."""
    automation = replace(scope, user_id=None)
    judge = hands.guard.judge
    decision = judge.decide(automation, CALL, BLIND)
    assert (decision.verdict, decision.reason) == (Verdict.DENY, Reason.NOBODY_TO_ASK)
    monkeypatch.setattr(type(judge.approvals.phones), "of", lambda *_: ["mobile_app_pixel"])
    decision = judge.decide(automation, CALL, BLIND)
    assert (decision.verdict, decision.reason) == (Verdict.ASK, Reason.SENSITIVE)
    ways = judge.approvals.ways(automation, decision)
    assert ways is not None
    assert ways.value == "elsewhere"


async def test_another_agents_turn_asks_nobody(home: HomeAssistant, hands: Hands, scope: Scope) -> None:
    """Where nobody is there to answer, what would ask is refused, and what would not goes on."""
    scope.can_ask = False
    judge = hands.guard.judge
    assert judge.decide(scope, CALL, BLIND).verdict is Verdict.DENY
    light = Resolution((Effect("light", "turn_on", "light.bed_light"),))
    assert judge.decide(scope, CALL, light).verdict is Verdict.ALLOW
