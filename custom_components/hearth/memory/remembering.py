"""Remember, forget and find on behalf of whoever asks; none of it needs a model."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
import logging
import math

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..access import HOUSEHOLD_OWNER, Kind, Principal
from ..const import DOMAIN
from .claims import is_shared, says_the_same, scores, speaks_of_self
from .facts import Change, CoreText, Fact, FactKind, Found, Known, MemoryRefused
from .page import Line, as_told
from .pages import MAX_WORDS
from .vault import Vault

_LOGGER = logging.getLogger(__name__)

# A fact that speaks of less than this much of a question is no answer to it.
LEAST_SCORE = 0.5
# Two that fit about as well may both be meant.
_CLOSE = 0.8
_VECTORS_KEPT = 2000

type EmbedTexts = Callable[[Sequence[str]], Awaitable[Sequence[Sequence[float]]]]


@dataclass(slots=True)
class Remembering:
    """What people say to memory, in their own words.

    Every async method raises MemoryRefused: for a guest, of whom nothing is kept, for what can't be done, and when
    the disk fails.
    """

    hass: HomeAssistant
    vault: Vault
    _vectors: dict[str, Sequence[float]] = field(default_factory=dict)

    async def async_remember_words(
        self,
        principal: Principal,
        words: str,
        *,
        conversation_id: str | None = None,
        household: bool | None = None,
        kind: FactKind = FactKind.FACT,
        pinned: bool = False,
    ) -> Change:
        """Remember words as the household's or the speaker's; the words themselves tell whose if nobody else does."""
        by = _owner_of(principal)
        shared = is_shared(words, self._language) if household is None else household
        fact = Fact("", words, kind, pinned, said_by=self._name_of(principal), conversation=conversation_id)
        return await self.vault.async_remember(HOUSEHOLD_OWNER if shared else by, fact, by=by)

    async def async_replace_words(
        self, principal: Principal, old: str, new: str, *, conversation_id: str | None = None
    ) -> Change:
        """Put words in the place of the fact that others mean."""
        found = await self._async_meant(principal, old)
        fact = Fact("", new, said_by=self._name_of(principal), conversation=conversation_id)
        return await self.vault.async_replace(found.owner, found.fact, fact, by=_owner_of(principal))

    async def async_forget_words(self, principal: Principal, words: str) -> Change:
        """Forget the fact that words mean; `before` of the change tells which that was."""
        found = await self._async_meant(principal, words)
        return await self.vault.async_forget(found.owner, found.fact, by=_owner_of(principal))

    async def async_undo(self, principal: Principal) -> Change | None:
        """Take the last change back that this principal made; None if there is none that still can be."""
        return await self.vault.async_undo(_owner_of(principal))

    async def async_tell(self, principal: Principal) -> Known:
        """Return everything that a principal may know of what is remembered."""
        facts = {owner: page.facts for owner, page in (await self.vault.async_pages(principal.owners)).items()}
        own = facts.get(principal.owner or "", ()) if principal.kind is Kind.PERSON else ()
        return Known(own, facts.get(HOUSEHOLD_OWNER, ()))

    async def async_find(
        self, principal: Principal, question: str, embed: EmbedTexts | None = None, limit: int = 3
    ) -> tuple[Found, ...]:
        """Return the facts that answer a question, best first; a person's own go before the household's.

        With `embed`, facts that mean the same in other words are found as well; if it fails they are not.
        """
        known = await self._async_visible(principal)
        texts = [fact.text for _, fact in known]
        found = scores(question, texts, self._language)
        if embed is not None and texts:
            near = await self._async_nearness(embed, question, texts)
            found = [max(pair) for pair in zip(found, near, strict=True)]
        answers = [
            Found(fact, owner, score) for (owner, fact), score in zip(known, found, strict=True) if score >= LEAST_SCORE
        ]
        newest = sorted(answers, key=lambda answer: str(answer.fact.day or ""), reverse=True)
        return tuple(sorted(newest, key=lambda answer: (-round(answer.score, 2), answer.owner == HOUSEHOLD_OWNER)))[
            :limit
        ]

    async def async_core_text(self, principal: Principal, max_words: int = 2 * MAX_WORDS) -> CoreText:
        """Return the pages that a principal may know as a prompt shows them, the newest lines if not all fit.

        Lines that are pinned and those that a person wrote beside the facts go in first.
        """
        pages = await self.vault.async_pages(principal.owners)
        lines = [(owner, line) for owner, page in pages.items() for line in page.core if line.fact or _says(line)]
        room, kept = max_words, set[int]()
        order = sorted(range(len(lines)), key=lambda number: _urgency(lines[number][1], number))
        for number in order:
            if (words := len(self._told(*lines[number]).split())) <= room:
                room -= words
                kept.add(number)
        told = []
        for owner in pages:
            shown = [
                self._told(owner, line)
                for number, (whose, line) in enumerate(lines)
                if whose == owner and number in kept
            ]
            if shown:
                told.append("\n".join([_heading(owner, self.vault.name_of(owner)), *shown]))
        return CoreText("\n".join(told), len(lines) - len(kept))

    @property
    def _language(self) -> str:
        return self.hass.config.language

    def _told(self, owner: str, line: Line) -> str:
        """Return a line for a prompt; on everybody's page "my" needs to be told whose."""
        fact, told = line.fact, as_told(line)
        if owner == HOUSEHOLD_OWNER and fact and fact.said_by and speaks_of_self(fact.text, self._language):
            return f"{told} (said by {fact.said_by})"
        return told

    @callback
    def _name_of(self, principal: Principal) -> str | None:
        state = self.hass.states.get(principal.person_id) if principal.person_id else None
        return state.name if state else None

    async def _async_visible(self, principal: Principal) -> list[tuple[str, Fact]]:
        pages = await self.vault.async_pages(principal.owners)
        return [(owner, fact) for owner, page in pages.items() for fact in page.facts]

    async def _async_meant(self, principal: Principal, words: str) -> Found:
        """Return the one fact that words mean; raises MemoryRefused if there is none, or more than one."""
        _owner_of(principal)
        known = await self._async_visible(principal)
        asked = words.strip().removeprefix("^")
        for owner, fact in known:
            if fact.id == asked or says_the_same(fact.text, words, self._language):
                return Found(fact, owner, 1.0)
        found = scores(words, [fact.text for _, fact in known], self._language)
        ranked = sorted(zip(found, known, strict=True), key=lambda pair: pair[0], reverse=True)
        if not ranked or ranked[0][0] < LEAST_SCORE:
            raise MemoryRefused(translation_domain=DOMAIN, translation_key="memory_unknown")
        close = [fact for score, (_, fact) in ranked if score >= _CLOSE * ranked[0][0]]
        if len(close) > 1:
            raise MemoryRefused(
                translation_domain=DOMAIN,
                translation_key="memory_ambiguous",
                translation_placeholders={"facts": " ".join(f'"{fact.text}"' for fact in close)},
                candidates=tuple(close),
            )
        score, (owner, fact) = ranked[0]
        return Found(fact, owner, score)

    async def _async_nearness(self, embed: EmbedTexts, question: str, texts: Sequence[str]) -> list[float]:
        """Return the cosine of a question with each text; zeros while nothing embeds."""
        unknown = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        try:
            asked, *vectors = await embed([question, *unknown])
        except (HomeAssistantError, OSError, TimeoutError, ValueError) as err:
            _LOGGER.debug("Facts are compared by their words alone: %s", type(err).__name__)
            return [0.0] * len(texts)
        if len(self._vectors) > _VECTORS_KEPT:
            self._vectors.clear()
        held = {**self._vectors, **dict(zip(unknown, vectors, strict=True))}
        self._vectors.update(zip(unknown, vectors, strict=True))
        return [_cosine(asked, held[text]) for text in texts]


def _owner_of(principal: Principal) -> str:
    if principal.owner is None:
        raise MemoryRefused(translation_domain=DOMAIN, translation_key="memory_guest")
    return principal.owner


def _urgency(line: Line, number: int) -> tuple[int, int]:
    first = line.fact is None or line.fact.pinned
    return (0, number) if first else (1, -number)


def _says(line: Line) -> bool:
    """Tell whether a line that is no fact says something; a page's title does not."""
    return not line.raw.startswith("# ")


def _heading(owner: str, name: str | None) -> str:
    return "Known of this home:" if owner == HOUSEHOLD_OWNER else f"Known of {name or 'the person'} who speaks:"


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    length = math.sqrt(math.sumprod(one, one) * math.sumprod(other, other))
    return math.sumprod(one, other) / length if length else 0.0
