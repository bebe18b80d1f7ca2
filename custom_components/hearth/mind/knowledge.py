"""Gather what may help with somebody's words, all of it at once and none of it for long."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
import logging
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from ..access import RULES, Access, Asker, Source
from ..const import ROLE_EMBEDDING
from ..context import Assembled, Surroundings, clean, estimate_tokens, fence
from ..engine import EngineClient, EngineError, Passage, RoleInfo, SearchRequest
from ..speech import heard
from .conversations import Conversation

_LOGGER = logging.getLogger(__name__)

# Nobody waits longer than this for any of it; a library that is asleep is done without.
SECONDS: Final = 2.0
# The score from which a passage is about what was asked: below it, saying nothing is right more often.
RELEVANT: Final = 0.5
_MOST_PASSAGES: Final = 6
_MOST_QUERY: Final = 1_000
_MOST_PASSAGE: Final = 1_500
_UNKNOWN_CONTEXT: Final = 8_192
# For so long a model may read what is told with the words, where it can be measured.
_SPOKEN_SECONDS: Final = 1.5
_WRITTEN_SECONDS: Final = 4.0
# However slowly a model reads, it is told the most urgent, what the words are about in short, and one passage.
_LEAST_TOLD: Final = 50
_LEAST_PASSAGES: Final = 250
_SOURCES: Final[Mapping[str, Source]] = {name: source for source in Source for name in source.collections}


@dataclass(frozen=True, slots=True)
class Budget:
    """How many tokens each part of what is told may take."""

    memory: int
    situation: int
    passages: int
    states: int

    @classmethod
    def of(cls, context_length: int | None) -> Budget:
        """Share out what a model of this context can spare; a small one is told less."""
        length = context_length or _UNKNOWN_CONTEXT
        return cls(
            memory=min(3_000, length // 8),
            situation=min(300, length // 24),
            passages=min(1_200, length // 8),
            states=min(400, length // 20),
        )

    def read_within(self, tokens: int) -> Budget:
        """Return what is left of it where so many tokens can be read before somebody waits too long.

        Passages are there for questions that they answer only, which are worth a longer wait.
        """
        share = min(1.0, tokens / (self.situation + self.states))
        return replace(
            self,
            situation=min(self.situation, max(_LEAST_TOLD, int(self.situation * share))),
            states=min(self.states, max(_LEAST_TOLD, int(self.states * share))),
            passages=min(self.passages, max(_LEAST_PASSAGES, 2 * tokens)),
        )


@dataclass(frozen=True, slots=True)
class Reader:
    """The model that is told: how many tokens it can read in all, and how many a second; None where nobody knows."""

    context_length: int | None
    tokens_per_second: float | None

    @classmethod
    def of(cls, info: RoleInfo | None) -> Reader:
        """Return the model that serves a role."""
        if info is None:
            return cls(None, None)
        return cls(info.context_length, info.statistics.prompt_tokens_per_second if info.statistics else None)

    def budget(self, *, spoken: bool) -> Budget:
        """Return what the model can be told without keeping whoever spoke, or wrote, waiting for its first word."""
        budget = Budget.of(self.context_length)
        if self.tokens_per_second is None:
            return budget
        return budget.read_within(int(self.tokens_per_second * (_SPOKEN_SECONDS if spoken else _WRITTEN_SECONDS)))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be gathered for: the newest words, in a language, of somebody who stands in an area or nowhere.

    `about_home` tells whether the agent may see the home at all; `priority` is the engine's.
    """

    words: str
    language: str
    asker: Asker
    area_id: str | None
    about_home: bool
    priority: str
    budget: Budget


@dataclass(slots=True)
class Gathered:
    """What there is to know; `left_out` says of each part what is missing and why."""

    situation: Assembled | None = None
    passages: tuple[Passage, ...] = ()
    states: Assembled | None = None
    left_out: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """The text that stands before somebody's words; `untrusted` where some of it was written outside the home."""

    text: str
    tokens: Mapping[str, int]
    left_out: Mapping[str, str | int]
    untrusted: bool


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything that can be looked up for a turn."""

    hass: HomeAssistant
    client: EngineClient
    access: Access
    surroundings: Surroundings

    async def async_gather(self, wanted: Wanted) -> Gathered:
        """Look everything up at once; what fails or takes too long is left out, and said to be."""
        gathered = Gathered()
        situation, passages, states = await asyncio.gather(
            _within("situation", partial(self._async_situation, wanted), gathered.left_out),
            _within("passages", partial(self.async_search, wanted), gathered.left_out),
            _within("states", partial(self._async_states, wanted), gathered.left_out),
        )
        gathered.situation, gathered.states = situation, states
        gathered.passages = tuple(passage for passage in passages or () if passage.score >= RELEVANT)
        return gathered

    async def async_search(self, wanted: Wanted) -> Sequence[Passage]:
        """Return the passages that whoever asks may see, best first; raises EngineError.

        Nothing fits a question as well as the same question of yesterday, and tells as little: past conversations are
        left to the tool that looks for them.
        """
        asker = wanted.asker
        visible = self.access.collections(asker.principal, asker.agent_id)
        collections = [name for name in visible if name not in Source.CONVERSATIONS.collections]
        if not asker.principal.owners or not collections:
            return ()
        reply = await self.client.async_search(
            SearchRequest(
                query=_subject(wanted)[:_MOST_QUERY],
                owners=asker.principal.owners,
                collections=collections,
                limit=_MOST_PASSAGES,
                priority=wanted.priority,
                deadline_s=SECONDS,
            )
        )
        return reply.passages

    def area_of(self, device_id: str | None) -> str | None:
        """Return the ID of the area that a device stands in."""
        device = dr.async_get(self.hass).async_get(device_id) if device_id else None
        return dr.async_get_effective_area_id(self.hass, device) if device else None

    async def _async_situation(self, wanted: Wanted) -> Assembled | None:
        if not wanted.about_home:
            return None
        situation = self.surroundings.situation
        return await situation.async_assemble(wanted.asker, budget_tokens=wanted.budget.situation)

    async def _async_states(self, wanted: Wanted) -> Assembled | None:
        if not wanted.about_home:
            return None

        async def embed(texts: Sequence[str]) -> Sequence[Sequence[float]]:
            return await self.client.async_embed(texts, priority=wanted.priority)

        return await self.surroundings.states.async_relevant(
            wanted.words,
            asker=wanted.asker,
            language=wanted.language,
            area_id=wanted.area_id,
            embed=None if self.access.keeps_from(Source.DEVICES, ROLE_EMBEDDING) else embed,
            budget_tokens=wanted.budget.states,
        )


def tell(conversation: Conversation, moment: Mapping[str, str], gathered: Gathered, budget: Budget) -> Told:
    """Lay out what is new for a conversation, in the order moment, situation, passages, states."""
    left_out = dict(gathered.left_out)
    situation, states = gathered.situation, gathered.states
    passages, rest = _fitting(gathered.passages, conversation, budget.passages)
    if rest:
        left_out["passages"] = rest
    for name, part in (("situation", situation), ("states", states)):
        if part is not None and part.left_out:
            left_out[name] = sum(part.left_out.values())
    new_moment = conversation.new_of_moment(moment)
    parts = {
        "moment": f"({new_moment})" if new_moment else "",
        "situation": _titled("Now:", _new_of(conversation, situation, states)),
        "passages": _titled("Passages, to be cited by their numbers:", passages),
        "states": _titled("States:", states.text if states else ""),
    }
    untrusted = any(part.untrusted for part in (situation, states) if part is not None)
    return Told(
        text="\n".join(filter(None, parts.values())),
        tokens={name: estimate_tokens(text) for name, text in parts.items()},
        left_out=left_out,
        untrusted=untrusted or any(map(is_untrusted, gathered.passages)),
    )


def _subject(wanted: Wanted) -> str:
    """Return what words are about: in "what do my notes say about the boiler?" no note speaks of notes."""
    framed = heard(wanted.language, "about", wanted.words)
    return framed["text"] if framed else wanted.words


def source_of(passage: Passage) -> Source | None:
    """Return what a passage came from, None for a collection that nobody knows."""
    return _SOURCES.get(passage.collection)


def is_untrusted(passage: Passage) -> bool:
    """Tell whether a passage was written outside the home; nobody vouches for an unknown one."""
    source = source_of(passage)
    return source is None or RULES[source].untrusted


async def _within[T](part: str, look: Callable[[], Awaitable[T]], left_out: dict[str, str | int]) -> T | None:
    """Return what was looked up in time, or note why it was not; a turn may be stopped before it even begins."""
    try:
        async with asyncio.timeout(SECONDS):
            return await look()
    except TimeoutError:
        left_out[part] = "too_slow"
    except EngineError as err:
        left_out[part] = err.code
    _LOGGER.debug("The %s is left out: %s", part, left_out[part])
    return None


def _fitting(passages: Sequence[Passage], conversation: Conversation, budget: int) -> tuple[str, int]:
    """Return as many passages as fit, numbered, and how many did not; what stands further up is only pointed at."""
    written: list[tuple[bool, str]] = []
    for passage in passages:
        known = conversation.footnotes.stands(passage)
        text = "" if known else clean(passage.text, _MOST_PASSAGE)
        cost = estimate_tokens(text) + estimate_tokens(passage.title)
        if cost > budget:
            continue
        budget -= cost
        number = conversation.footnotes.add(passage)
        written.append((is_untrusted(passage), f"[{number}] above" if known else _line(number, passage, text)))
    own = [line for outside, line in written if not outside]
    outside = [line for outside, line in written if outside]
    return "\n".join([*own, *([fence("\n".join(outside))] if outside else [])]), len(passages) - len(written)


def _line(number: int, passage: Passage, text: str) -> str:
    about = [clean(passage.title) or passage.item, passage.collection]
    if passage.time is not None:
        about.append(f"{dt_util.as_local(passage.time):%d %B %Y}")
    return f"[{number}] {', '.join(about)}: {text}"


def _new_of(conversation: Conversation, situation: Assembled | None, states: Assembled | None) -> str:
    if situation is None:
        return ""
    beside = states.lines if states is not None else ()
    return conversation.new_of_situation(situation.lines, whole=not situation.left_out, beside=beside)


def _titled(title: str, text: str) -> str:
    return f"{title}\n{text}" if text else ""
