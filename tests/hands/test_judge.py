"""Test what is decided before anything is done."""

from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.hearth.hands import Call, Effect, Hands, Resolution, Scope
from custom_components.hearth.hands.policy import CONF_RULES, Reason, Verdict

BLIND = Resolution((Effect("cover", "open_cover", "cover.kitchen_blind"),))


async def _never() -> Resolution:
    raise AssertionError("nothing runs here")


CALL = Call("blind", {}, _never, _never)


async def test_a_rule_that_can_not_be_read_is_named(home: HomeAssistant, hands: Hands, scope: Scope) -> None:
    """It might be one that forbids, so nothing is done, and it is said which one is to be mended."""
    rules = [{"name": "broken", "when": {"moon": "full"}, "verdict": "allow"}]
    judge = replace(hands.guard.judge, options=lambda: {CONF_RULES: rules})
    decision = judge.decide(scope, CALL, BLIND)
    assert (decision.verdict, decision.reason, decision.rule) == (Verdict.DENY, Reason.BAD_RULE, "broken")


@pytest.mark.parametrize("options", [{CONF_RULES: ["no rule"]}, {CONF_RULES: 7}, None])
async def test_what_can_not_be_decided_is_refused(
    home: HomeAssistant, hands: Hands, scope: Scope, options: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever goes wrong while deciding, nothing is allowed by it."""
    judge = replace(hands.guard.judge, options=lambda: options)
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
    ways = await judge.approvals.async_ways(automation, decision)
    assert ways is not None
    assert ways.value == "elsewhere"


async def test_another_agents_turn_asks_nobody(home: HomeAssistant, hands: Hands, scope: Scope) -> None:
    """Where nobody is there to answer, what would ask is refused, and what would not goes on."""
    scope.can_ask = False
    judge = hands.guard.judge
    assert judge.decide(scope, CALL, BLIND).verdict is Verdict.DENY
    light = Resolution((Effect("light", "turn_on", "light.bed_light"),))
    assert judge.decide(scope, CALL, light).verdict is Verdict.ALLOW
