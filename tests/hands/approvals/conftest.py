"""Let people live in the furnished home, with phones in their hands, and let Hearth ask them."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import llm
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.hearth.access import CONF_SATELLITES, Access, Asker, View
from custom_components.hearth.const import DOMAIN
from custom_components.hearth.hands import Hands, Scope
from custom_components.hearth.hands.approvals import Answer, Approval, Channel, Reply
from custom_components.hearth.hands.audit.rows import Step
from tests.furnished_home import people

from ..conftest import guarded_tools

__all__ = ["people"]

FRONT_DOOR = ("intent__HassTurnOff", {"name": "Front Door"})

type Ask = Callable[..., Awaitable[llm.ToolResult]]
type By = Callable[..., Awaitable[Answer]]
type Restart = Callable[[], Awaitable[Hands]]
type Speak = Callable[..., Awaitable[Scope]]


@pytest.fixture
def options() -> dict[str, Any]:
    """Return what the user has chosen, which a test may change: one satellite is Anna's alone."""
    return {CONF_SATELLITES: {"annas": "person:anna"}}


@pytest.fixture
def access(home: HomeAssistant, people: None, options: dict[str, Any]) -> Access:
    """Return who sees what."""
    return Access(home, MockConfigEntry(domain=DOMAIN, options=options))


@pytest.fixture
async def hands(home: HomeAssistant, access: Access, options: dict[str, Any]) -> AsyncGenerator[Hands]:
    """Return the hands of the home."""
    hands = await Hands.async_create(home, lambda: options, access=access)
    yield hands
    await home.async_block_till_done()
    await hands.async_close()


@pytest.fixture
async def restarted(
    home: HomeAssistant, hands: Hands, access: Access, options: dict[str, Any]
) -> AsyncGenerator[Restart]:
    """Return what opens the hands anew from what is on the disk, as after a kill."""
    opened: list[Hands] = []

    async def restart() -> Hands:
        hands.approvals.close()
        hands.notifier.stop()
        opened.append(await Hands.async_create(home, lambda: options, access=access))
        return opened[-1]

    yield restart
    await home.async_block_till_done()
    for again in opened:
        await again.async_close()


@pytest.fixture
def phones(home: HomeAssistant, people: None) -> dict[str, list[ServiceCall]]:
    """Give Anna and Bert a phone each, and return what was sent to whose."""
    sent = {}
    for name in ("anna", "bert"):
        MockConfigEntry(domain="mobile_app", title=name, data={"user_id": name, "device_name": name}).add_to_hass(home)
        sent[name] = async_mock_service(home, "notify", f"mobile_app_{name}")
    return sent


@pytest.fixture
def speak(access: Access) -> Speak:
    """Return what begins a turn: by default Anna's, in the app."""

    async def begin(
        words: str = "the words",
        user_id: str | None = "anna",
        device_id: str | None = None,
        conversation_id: str = "conversation",
        **more: Any,
    ) -> Scope:
        who = await access.async_principal(user_id=user_id, device_id=device_id)
        scope = Scope(conversation_id, "conversation.hearth", words, "en", user_id, device_id, View(access, Asker(who)))
        return replace(scope, **more)

    return begin


@pytest.fixture
def ask(home: HomeAssistant, hands: Hands, speak: Speak) -> Ask:
    """Return what calls a tool of Assist in a turn, by default one that would unlock the front door."""

    async def call(
        scope: Scope | None = None, name: str = FRONT_DOOR[0], args: dict[str, Any] | None = None
    ) -> llm.ToolResult:
        tools = await guarded_tools(home, hands, scope or await speak(), [llm.LLM_API_ASSIST])
        return await tools.async_call_tool(llm.ToolInput(tool_name=name, tool_args=args or dict(FRONT_DOOR[1])))

    return call


@pytest.fixture
def by(hands: Hands, access: Access) -> By:
    """Return what makes an answer of a user to the only open question."""

    async def answer(
        user_id: str | None,
        reply: Reply = Reply.YES,
        channel: Channel = Channel.LIST,
        approval_id: str | None = None,
        pin: str | None = None,
    ) -> Answer:
        who = await access.async_principal(user_id=user_id, device_id=None)
        return Answer(approval_id or hands.approvals.open[0].id, who, user_id, channel, reply, pin=pin)

    return answer


@pytest.fixture
def steps(hands: Hands) -> list[Step]:
    """Return what everybody was told of the questions."""
    told: list[Step] = []

    def follow(step: Step, _approval: Approval) -> None:
        told.append(step)

    hands.approvals.add_listener(follow)
    return told
