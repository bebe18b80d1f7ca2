"""Learn from conversations once they rest, at background priority, with a model of this home only."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later, async_track_time_change
from homeassistant.util import dt as dt_util

from ..access import HOUSEHOLD_OWNER
from ..const import ROLE_FAST
from ..engine import ChatRequest, EngineClient, EngineError, RoleInfo, TextDelta
from .facts import ChangeKind, Fact, MemoryRefused
from .proposals import (
    PROPOSALS,
    SUMMARY,
    Proposal,
    ask_for_facts,
    ask_for_summary,
    read_proposals,
    read_summary,
    teaches,
)
from .recall import Recall
from .turns import StoredTurn
from .vault import Vault

_LOGGER = logging.getLogger(__name__)

# A conversation that has said nothing for so long is over; Home Assistant forgets it then as well.
REST = timedelta(minutes=5)
# What nobody could be asked about for so long is not worth asking any more.
_WORTH_CONSIDERING = timedelta(days=7)
_OLD = timedelta(days=30)
_LEAST_TO_SUMMARISE = 3
_MOST_AT_ONCE = 20
_REPLY_SECONDS = 600
_NIGHT = (3, 17)
_LOCAL = frozenset({"local", "scripted"})


@dataclass(slots=True)
class Extraction:
    """What is learnt by itself.

    `role_info` tells how a role's model fares, `is_on` whether people want to be learnt from at all.
    """

    hass: HomeAssistant
    entry: ConfigEntry[Any]
    client: EngineClient
    role_info: Callable[[str], RoleInfo | None]
    vault: Vault
    recall: Recall
    is_on: Callable[[], bool]
    _waiting: dict[str, CALLBACK_TYPE] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Begin to learn: what was left over when Home Assistant stopped soon, the rest as it comes.

        Returns what ends it.
        """
        hour, minute = _NIGHT
        ends = [
            async_track_time_change(self.hass, self._at_night, hour=hour, minute=minute, second=0),
            async_call_later(self.hass, REST, self._left_over),
        ]

        @callback
        def end() -> None:
            for stop in (*ends, *self._waiting.values()):
                stop()
            self._waiting.clear()

        return end

    @callback
    def async_note(self, turn: StoredTurn) -> None:
        """Learn from a turn's conversation once it rests."""

        @callback
        def rested(_now: datetime) -> None:
            del self._waiting[turn.conversation]
            self._in_background(self.async_learn(turn.conversation))

        if (waiting := self._waiting.pop(turn.conversation, None)) is not None:
            waiting()
        if self.is_on() and turn.owner != HOUSEHOLD_OWNER and teaches(turn):
            self._waiting[turn.conversation] = async_call_later(self.hass, REST, rested)

    async def async_learn(self, conversation: str) -> int:
        """Learn from the new turns of a conversation, and return how many facts that were.

        Without a model of this home nothing happens, and the turns wait for one.
        """
        async with self._lock:
            turns = await self.recall.async_turns(conversation, unconsidered=True)
            said = [turn for turn in turns if teaches(turn) and turn.owner != HOUSEHOLD_OWNER]
            learnt = 0
            if said and self.is_on():
                name = self.vault.name_of(said[0].owner) or "the person"
                reply = await self._async_ask(ask_for_facts(said, name), PROPOSALS)
                if reply is None:
                    return 0
                for proposal in read_proposals(reply, said, name, self.hass.config.language):
                    learnt += await self._async_keep(proposal)
            await self.recall.async_consider(turns)
            return learnt

    async def async_consolidate(self) -> None:
        """Drop what is too old, catch up on learning, merge what says the same, summarise what is long ago."""
        await self.recall.async_expire()
        await self._async_learn_left_over()
        for owner in [HOUSEHOLD_OWNER, *self.vault.people()]:
            await self.vault.async_merge(owner)
        old = dt_util.utcnow() - _OLD
        for conversation in (await self.recall.async_unsummarised(old, _LEAST_TO_SUMMARISE))[:_MOST_AT_ONCE]:
            if not await self._async_summarise(conversation):
                return

    async def _async_summarise(self, conversation: str) -> bool:
        """Summarise a conversation, and tell whether a model was there to do it."""
        turns = await self.recall.async_turns(conversation)
        name = self.vault.name_of(turns[0].owner) or "Somebody"
        reply = await self._async_ask(ask_for_summary(turns, name), SUMMARY)
        if reply is None:
            return False
        if summary := read_summary(reply):
            await self.recall.async_summarise(turns, summary)
        return True

    async def _async_keep(self, proposal: Proposal) -> bool:
        turn = proposal.turn
        fact = Fact(
            "",
            proposal.text,
            proposal.kind,
            said_by=self.vault.name_of(turn.owner),
            learnt=True,
            conversation=turn.conversation,
        )
        try:
            change = await self.vault.async_remember(turn.owner, fact, by=turn.owner)
        except MemoryRefused as err:
            _LOGGER.info("Memory did not take what was learnt: %s", err.translation_key)
            return False
        return change.kind is not ChangeKind.KNOWN

    async def _async_ask(self, messages: list[dict[str, Any]], schema: dict[str, Any]) -> str | None:
        """Return what a model of this home says; None while there is none, or it is busy with what matters more."""
        info = self.role_info(ROLE_FAST)
        if info is None or info.model is None or info.backend not in _LOCAL or info.state != "ready":
            return None
        # By the model's own name: those that stand in for a role may be servers of others.
        request = ChatRequest(info.model, messages, schema=schema, priority="background", reasoning="none")
        try:
            async with asyncio.timeout(_REPLY_SECONDS):
                events = [event async for event in self.client.async_chat(request)]
        except (EngineError, TimeoutError) as err:
            _LOGGER.debug("Nothing could be learnt for now: %s", type(err).__name__)
            return None
        return "".join(event.text for event in events if isinstance(event, TextDelta))

    @callback
    def _in_background(self, work: Coroutine[Any, Any, Any]) -> None:
        self.entry.async_create_background_task(self.hass, self._async_quietly(work), "hearth memory")

    async def _async_quietly(self, work: Coroutine[Any, Any, Any]) -> None:
        """Work; what the disk refuses is in the log already, and is done another time."""
        with suppress(MemoryRefused):
            await work

    @callback
    def _at_night(self, _now: datetime) -> None:
        self._in_background(self.async_consolidate())

    @callback
    def _left_over(self, _now: datetime) -> None:
        self._in_background(self._async_learn_left_over())

    async def _async_learn_left_over(self) -> None:
        for conversation in await self.recall.async_unconsidered(dt_util.utcnow() - _WORTH_CONSIDERING):
            if conversation not in self._waiting:
                await self.async_learn(conversation)
