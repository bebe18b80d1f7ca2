"""The demo home's prompt tells a model of few tools, the same ones in every turn."""

import pytest

from custom_components.hearth.hands import ToolBudget
from demo.running import RunningHome

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


async def test_the_tools_of_the_demo_home_fit(home: RunningHome) -> None:
    """What they take stands in the trace, and is within a small model's share."""
    for conversation_id in ("one", "two"):
        await home.websocket.command(
            "conversation/process",
            text="make it cosy in here",
            agent_id="conversation.hearth",
            conversation_id=conversation_id,
        )
    turns = (await home.websocket.command("hearth/turns/list"))["turns"]
    taken = {turn["prompt"]["tokens"]["tools"] for turn in turns if turn["tier"] == "T2"}
    assert len(taken) == 1
    assert 0 < taken.pop() <= (ToolBudget.of(None).prompt or 0)
