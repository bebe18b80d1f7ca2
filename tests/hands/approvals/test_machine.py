"""Test that a yes, whatever happens around it, does what was asked: once, in time, and only the right person's."""

import asyncio
from collections.abc import Awaitable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
import tempfile
from typing import Any, override
from unittest.mock import patch

from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_test_home_assistant, mock_storage

from custom_components.hearth.access import Access, Asker, View
from custom_components.hearth.const import DOMAIN
from custom_components.hearth.hands import Effect, GuardedAPI, Hands, Resolution, Scope
from custom_components.hearth.hands.approvals import Answer, AnswerRefusedError, Channel, Reply
from custom_components.hearth.hands.resolve import ResolvingTool

DOORS = ("lock.front", "lock.back")
ASKERS = {"anna": ("anna", None), "bert": ("bert", None), "voice": (None, "satellite")}
MAY = {"anna": {"anna"}, "bert": {"bert"}, "voice": {"anna", "bert"}}
ANSWERERS = st.sampled_from(["anna", "bert", "guest", None])
CONVERSATIONS = st.sampled_from(["one", "two"])


class Locksmith(ResolvingTool):
    """A tool that unlocks a door, and may come to unlock another as well."""

    name = "unlock"
    integration = "lock"

    def __init__(self) -> None:
        """Begin with honest doors."""
        self.also: dict[str, int] = {}
        self.ran: list[tuple[str, int]] = []

    @override
    async def async_resolve(
        self, hass: HomeAssistant, args: Mapping[str, Any], llm_context: llm.LLMContext
    ) -> Resolution:
        door = args["door"]
        return Resolution((Effect("lock", "unlock", door, {"also": self.also.get(door, 0)}),))

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        door = tool_input.tool_args["door"]
        hass.states.async_set(door, "unlocked")
        self.ran.append((door, self.also.get(door, 0)))
        return llm.ToolResult({})


@dataclass
class Asked:
    """What the test knows of an open question."""

    door: str
    version: int
    asker: str
    conversation: str
    asked: Any
    listening: bool = True


class Household(RuleBasedStateMachine):
    """Two people, a voice and a guest, who ask and answer as they like, in a home that is switched off at times."""

    def __init__(self) -> None:
        """Start a home."""
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.stack = ExitStack()
        self.offset = timedelta()
        self.model: dict[str, Asked] = {}

    @initialize()
    def begin(self) -> None:
        """Let people live there."""
        real = dt_util.utcnow
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.stack.enter_context(mock_storage())
        self.stack.enter_context(patch.object(dt_util, "utcnow", lambda: real() + self.offset))
        self.do(self._begin(folder))

    async def _begin(self, folder: str) -> None:
        self.home = async_test_home_assistant(config_dir=folder)
        self.hass = await self.home.__aenter__()
        await async_setup_component(self.hass, "homeassistant", {})
        for name in ("anna", "bert"):
            self.hass.states.async_set(f"person.{name}", "home", {"id": name, "user_id": name})
            phone = MockConfigEntry(domain="mobile_app", title=name, data={"user_id": name, "device_name": name})
            phone.add_to_hass(self.hass)
            self.hass.services.async_register("notify", f"mobile_app_{name}", self._forget)
        for door in DOORS:
            self.hass.states.async_set(door, "locked")
        self.tool = Locksmith()
        tool = self.tool

        class Locksmiths(llm.API):
            async def async_get_api_instance(self, llm_context: llm.LLMContext) -> llm.APIInstance:
                return llm.APIInstance(self, "", llm_context, [tool])

        llm.async_register_api(self.hass, Locksmiths(hass=self.hass, id="locks", name="Locks"))
        self.options = {"phones": {"household": ["mobile_app_anna"]}}
        self.access = Access(self.hass, MockConfigEntry(domain=DOMAIN))
        self.hands = await Hands.async_create(self.hass, lambda: self.options, access=self.access)

    async def _forget(self, _call: ServiceCall) -> None:
        """Take a notification."""

    def do[T](self, what: Awaitable[T]) -> T:
        """Let something happen."""
        return self.loop.run_until_complete(what)

    async def _scope(self, asker: str, conversation: str, words: str = "unlock lock.front lock.back") -> Scope:
        user_id, device_id = ASKERS[asker]
        who = await self.access.async_principal(user_id=user_id, device_id=device_id)
        view = View(self.access, Asker(who))
        return Scope(conversation, "conversation.hearth", words, "en", user_id, device_id, view)

    @rule(asker=st.sampled_from(sorted(ASKERS)), conversation=CONVERSATIONS, door=st.sampled_from(DOORS))
    def ask(self, asker: str, conversation: str, door: str) -> None:
        """Ask for a door; nothing may come of that alone."""
        before = list(self.tool.ran)
        self.do(self._ask(asker, conversation, door))
        assert self.tool.ran == before
        self._learn()

    async def _ask(self, asker: str, conversation: str, door: str) -> None:
        scope = await self._scope(asker, conversation)
        api = GuardedAPI(self.hass, self.hands.guard, scope, ["locks"], "")
        tools = await api.async_get_api_instance(llm.LLMContext("hearth", Context(), "en", "conversation", None))
        await tools.async_call_tool(llm.ToolInput("unlock", {"door": door}))
        await self.hass.async_block_till_done()

    def _learn(self) -> None:
        """Note what people are asked by now, and what they are shown."""
        for approval in self.hands.approvals.open:
            known = self.model.get(approval.id)
            if known is None or known.asked != approval.asked:
                (effect,) = approval.resolution.effects
                self.model[approval.id] = Asked(
                    door=str(effect.entity_id),
                    version=effect.data["also"],
                    asker=approval.user_id or "voice",
                    conversation=approval.conversation_id,
                    asked=approval.asked,
                )

    @rule(
        number=st.integers(0, 5),
        answerer=ANSWERERS,
        reply=st.sampled_from(list(Reply)),
        channel=st.sampled_from([Channel.LIST, Channel.ACTION, Channel.NOTIFICATION]),
        times=st.integers(1, 3),
    )
    def answer(self, number: int, answerer: str | None, reply: Reply, channel: Channel, times: int) -> None:
        """Answer a question, old or new, perhaps several times at once."""
        if not self.model:
            return
        key = sorted(self.model)[number % len(self.model)]
        asked, before = self.model[key], list(self.tool.ran)
        is_open = key in {approval.id for approval in self.hands.approvals.open}
        counted = self.do(self._answer(key, answerer, reply, channel, times))
        right = is_open and answerer in MAY[asked.asker] and self._age(asked) < timedelta(minutes=10)
        assert counted == (1 if right else 0)
        self._expect(before, [asked] if right and reply is Reply.YES else [])
        if right:
            del self.model[key]
        self._learn()

    async def _answer(self, key: str, answerer: str | None, reply: Reply, channel: Channel, times: int) -> int:
        who = await self.access.async_principal(user_id=answerer, device_id=None)
        answer = Answer(key, who, answerer, channel, reply)
        answers = [self.hands.consent.async_answer(replace(answer)) for _ in range(times)]
        results = await asyncio.gather(*answers, return_exceptions=True)
        await self.hass.async_block_till_done()
        strange = [one for one in results if isinstance(one, Exception) and not isinstance(one, AnswerRefusedError)]
        assert strange == []
        return sum(not isinstance(one, Exception) for one in results)

    @rule(asker=st.sampled_from(sorted(ASKERS)), conversation=CONVERSATIONS, reply=st.sampled_from([None, *Reply]))
    def say(self, asker: str, conversation: str, reply: Reply | None) -> None:
        """Say a word in a conversation, which may be an answer."""
        before = list(self.tool.ran)
        open_ids = {approval.id for approval in self.hands.approvals.open}
        here = {key: one for key, one in self.model.items() if one.conversation == conversation and one.listening}
        mine = {key: one for key, one in here.items() if one.asker == asker and key in open_ids}
        self.do(self._say(asker, conversation, reply))
        if mine:
            for one in here.values():
                one.listening = False
        # A voice that nobody knows may say no, but not yes.
        heard = {key: one for key, one in mine.items() if reply and not (reply is Reply.YES and asker == "voice")}
        in_time = [one for one in heard.values() if self._age(one) < timedelta(minutes=2)]
        self._expect(before, in_time if reply is Reply.YES else [])
        for key in heard:
            del self.model[key]
        self._learn()

    async def _say(self, asker: str, conversation: str, reply: Reply | None) -> None:
        await self.hands.consent.async_hear(await self._scope(asker, conversation, "a word"), reply)
        await self.hass.async_block_till_done()

    def _expect(self, before: list[tuple[str, int]], approved: list[Asked]) -> None:
        """Compare what ran with what was approved and still means the same."""
        same = [(one.door, one.version) for one in approved if self.tool.also.get(one.door, 0) == one.version]
        assert sorted(self.tool.ran[len(before) :]) == sorted(same)

    def _age(self, asked: Asked) -> timedelta:
        age: timedelta = dt_util.utcnow() - asked.asked
        return age

    @rule(seconds=st.sampled_from([30, 150, 400, 700]))
    def wait(self, seconds: int) -> None:
        """Let time go by."""
        self.offset += timedelta(seconds=seconds)

    @rule(door=st.sampled_from(DOORS))
    def alter(self, door: str) -> None:
        """Let the same words mean something else."""
        self.tool.also[door] = self.tool.also.get(door, 0) + 1

    @rule()
    def restart(self) -> None:
        """Switch the home off without a word, and on again."""
        self.do(self._restart())
        for asked in self.model.values():
            asked.listening = False

    async def _restart(self) -> None:
        await self.hass.async_block_till_done()
        await self.hands.async_close()
        self.hands = await Hands.async_create(self.hass, lambda: self.options, access=self.access)

    @rule()
    def stop(self) -> None:
        """Close everything that is open."""
        self.hands.approvals.async_clear()
        self.do(self.hass.async_block_till_done())
        self.model.clear()

    @override
    def teardown(self) -> None:
        """Leave the home; its audit must be whole."""
        if hasattr(self, "hands"):
            self.do(self._end())
        self.loop.close()
        self.stack.close()

    async def _end(self) -> None:
        assert (await self.hands.audit.async_verify()).ok
        await self.hands.async_close()
        await self.hass.async_stop(force=True)
        await self.home.__aexit__(None, None, None)


def test_whatever_happens_a_yes_counts_once_and_for_what_was_asked() -> None:
    """Never twice, never too late, never altered, never by the wrong person."""
    run_state_machine_as_test(Household, settings=settings(max_examples=15, stateful_step_count=25, deadline=None))
