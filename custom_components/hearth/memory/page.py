"""Read and write one page of the vault; what Hearth did not write stays as it is, byte for byte.

A fact is one line of Markdown:

    - [fact, pinned] The plumber is called Rosa. (2026-11-21, said by Anna, in 01JD) ^f3a9c1

What no longer holds stands struck under "## Earlier"; what was forgotten leaves only the day on which it was. A plain
bullet that a person wrote is a fact too. Everything else is theirs and only read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
import hashlib
import re
import secrets
from typing import Self

from .facts import Fact, FactKind

EARLIER = "## Earlier"

_KINDS = "|".join(FactKind)
_DAY = r"\d{4}-\d{2}-\d{2}"
_LINE = re.compile(
    rf"- (?P<struck>~~)?(?:\[(?P<kind>{_KINDS})(?P<pinned>, pinned)?\] )?(?P<text>\S.*?)(?(struck)~~)"
    rf"(?: \((?=\d|until )(?:(?P<day>{_DAY})(?:, (?P<how>said by|learnt from) (?P<name>[^(),;^]+))?"
    rf"(?:, in (?P<conversation>[\w.:-]+))?)?"
    rf"(?:(?:; |(?<=\())until (?P<until>{_DAY})(?:, then \^(?P<successor>\w+))?)?\))?"
    r"(?: \^(?P<id>\w+))?\s*"
)
# A task to tick off, or a line under another label, is the person's own.
_FOREIGN = re.compile(r"- (?:~~)?\[[^\]]*\]")
_FORGOTTEN = re.compile(rf"- Forgotten on {_DAY}\.")
_HEADING = re.compile(r"#{1,2} ")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_NOT_IN_A_NAME = re.compile(r"[(),;^\s]+")
_OWNER = re.compile(r"owner:\s*(\S+)\s*")
_RULE = "---"


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its end, and the fact that it states, if it does."""

    raw: str
    fact: Fact | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a page."""

    lines: tuple[Line, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a page."""
        return cls(tuple(_parse(re.findall(r"[^\n]*\n|[^\n]+", text))))

    @property
    def text(self) -> str:
        """Return the page as it is written."""
        return "".join(line.raw for line in self.lines)

    @property
    def owner(self) -> str | None:
        """Return whose page it says it is."""
        matches = (_OWNER.fullmatch(line.raw.strip()) for line in self._front)
        return next((match[1] for match in matches if match), None)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return the facts that hold, in the order in which they stand."""
        return tuple(line.fact for line in self.lines if line.fact and line.fact.is_current)

    @property
    def earlier(self) -> tuple[Fact, ...]:
        """Return the facts that no longer hold."""
        return tuple(line.fact for line in self.lines if line.fact and not line.fact.is_current)

    @property
    def core(self) -> tuple[Line, ...]:
        """Return what a prompt may show: the facts that hold and what the person wrote beside them."""
        earlier = self._earlier
        shown = [line for number, line in enumerate(self.lines) if number not in earlier][len(self._front) :]
        return tuple(
            line for line in shown if line.raw.strip() and not (line.fact is None and _FORGOTTEN.match(line.raw))
        )

    @property
    def words(self) -> int:
        """Return how many words a prompt would show."""
        return sum(len(as_told(line).split()) for line in self.core)

    def find(self, fact_id: str) -> Fact | None:
        """Return the fact of an ID, also one that no longer holds."""
        return next((line.fact for line in self.lines if line.fact and line.fact.id == fact_id), None)

    def with_fact(self, fact: Fact, at: int | None = None) -> Page:
        """Return the page with one more fact, by default after the last of its kind: current or earlier."""
        page = self if fact.is_current or self._earlier else self._with_earlier()
        place = page._end_of(fact.is_current) if at is None else at  # noqa: SLF001 - another page of this class
        return page._with_line(place, Line(f"{as_written(fact)}\n", fact))  # noqa: SLF001 - the same

    def without(self, fact_ids: Iterable[str]) -> Page:
        """Return the page without some facts."""
        gone = set(fact_ids)
        return Page(tuple(line for line in self.lines if line.fact is None or line.fact.id not in gone))

    def superseded(
        self, fact_ids: Iterable[str], until: date, new: Fact | None, successor: str | None = None
    ) -> tuple[Page, tuple[Fact, ...]]:
        """Move facts to those of earlier, and return them as they are then.

        A new one takes the place of the first; without it, `successor` is the ID of what says the same.
        """
        wanted = set(fact_ids)
        old = [(number, line.fact) for number, line in enumerate(self.lines) if line.fact and line.fact.id in wanted]
        heir = new.id if new is not None else successor
        struck = tuple(
            replace(fact, id=self._lasting_id(number, fact), pinned=False, until=until, successor=heir)
            for number, fact in old
        )
        places = [number for number, _ in old]
        page = self.without(wanted)
        if new is not None:
            page = page.with_fact(new, places[0] if places else None)
        for fact in struck:
            page = page.with_fact(fact)
        return page, struck

    def free_id(self) -> str:
        """Return an ID that no fact of the page has."""
        while self.find(fact_id := secrets.token_hex(3)) is not None:
            pass
        return fact_id

    def forgotten(self, day: date) -> Page:
        """Return the page with the mark of something that was forgotten, which says nothing but when."""
        page = self if self._earlier else self._with_earlier()
        return page._with_line(page._end_of(current=False), Line(f"- Forgotten on {day}.\n"))  # noqa: SLF001 - as above

    def unforgotten(self, day: date) -> Page:
        """Return the page without the last mark of something forgotten on a day."""
        mark = f"- Forgotten on {day}."
        places = [number for number, line in enumerate(self.lines) if line.raw.strip() == mark and line.fact is None]
        return Page(self.lines[: places[-1]] + self.lines[places[-1] + 1 :]) if places else self

    def _lasting_id(self, number: int, fact: Fact) -> str:
        """Return the ID that a fact keeps when its line is written anew: one made from the line would change."""
        return fact.id if self.lines[number].raw.rstrip().endswith(f"^{fact.id}") else self.free_id()

    @property
    def _front(self) -> tuple[Line, ...]:
        """Return the lines of the front matter, its rules included."""
        if not self.lines or self.lines[0].raw.rstrip() != _RULE:
            return ()
        ends = (number for number, line in enumerate(self.lines) if number and line.raw.rstrip() == _RULE)
        return self.lines[: next(ends, -1) + 1]

    @property
    def _earlier(self) -> range:
        """Return the numbers of the lines of the earlier facts, their heading's first; none without it."""
        start = next((number for number, line in enumerate(self.lines) if line.raw.strip() == EARLIER), None)
        if start is None:
            return range(0)
        after = range(start + 1, len(self.lines))
        return range(start, next((number for number in after if _HEADING.match(self.lines[number].raw)), after.stop))

    def _end_of(self, current: bool) -> int:  # noqa: FBT001 - one of two places, both named by what they hold
        """Return the number of the line before which a further fact goes."""
        earlier = self._earlier
        if not current:
            return self._after_text(earlier.start + 1, earlier.stop)
        facts = [number for number, line in enumerate(self.lines) if line.fact and line.fact.is_current]
        return facts[-1] + 1 if facts else (earlier.start if earlier else len(self.lines))

    def _after_text(self, start: int, stop: int) -> int:
        """Return the number of the line after the last one that is not blank."""
        return next((number for number in range(stop, start, -1) if self.lines[number - 1].raw.strip()), stop)

    def _with_earlier(self) -> Page:
        page = self._with_line(len(self.lines), Line("\n"))
        return page._with_line(len(page.lines), Line(f"{EARLIER}\n"))._with_line(len(page.lines) + 1, Line("\n"))  # noqa: SLF001

    def _with_line(self, place: int, line: Line) -> Page:
        """Return the page with a line put in; one before it that has no end gets one."""
        before = self.lines[:place]
        if before and not before[-1].raw.endswith("\n"):
            before = (*before[:-1], replace(before[-1], raw=f"{before[-1].raw}\n"))
        return Page((*before, line, *self.lines[place:]))


def as_written(fact: Fact) -> str:
    """Return the line of a fact, without its end."""
    label = f"[{fact.kind}{', pinned' if fact.pinned else ''}] {fact.text}"
    parts = [f"- {label}" if fact.is_current else f"- ~~{label}~~"]
    if provenance := _provenance(fact):
        parts.append(f"({provenance})")
    return " ".join([*parts, f"^{fact.id}"])


def as_told(line: Line) -> str:
    """Return a line as a prompt shows it."""
    return f"- {line.fact.text}" if line.fact else line.raw.rstrip()


def tidy(text: str) -> str:
    """Return a text as one line with a beginning and an end, as it stands on a page."""
    text = text.encode("utf-8", "ignore").decode()
    words = re.sub("~+", "~", " ".join(re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]", " ", text).split()))
    if not words:
        return ""
    return f"{words[0].upper()}{words[1:]}{'' if words[-1] in '.!?…' else '.'}"


def name_on_page(name: str) -> str | None:
    """Return a person's name without what a line needs for itself; None if nothing is left."""
    return _NOT_IN_A_NAME.sub(" ", name).strip() or None


def _provenance(fact: Fact) -> str:
    told = []
    if fact.day is not None:
        told.append(fact.day.isoformat())
        if fact.said_by:
            told.append(f", {'learnt from' if fact.learnt else 'said by'} {fact.said_by}")
        if fact.conversation:
            told.append(f", in {fact.conversation}")
    if fact.until is not None:
        told.append(f"{'; ' if told else ''}until {fact.until}")
        if fact.successor:
            told.append(f", then ^{fact.successor}")
    return "".join(told)


def _parse(raws: list[str]) -> Iterator[Line]:
    fenced = False
    earlier = False
    seen: set[str] = set()
    for raw in raws:
        if _FENCE.match(raw):
            fenced = not fenced
        if _HEADING.match(raw) and not fenced:
            earlier = raw.strip() == EARLIER
        fact = None if fenced else _fact(raw, earlier=earlier)
        if fact is not None:
            while fact.id in seen:
                fact = replace(fact, id=_hash(f"{fact.id}{raw}"))
            seen.add(fact.id)
        yield Line(raw, fact)


def _fact(raw: str, *, earlier: bool) -> Fact | None:
    """Return the fact that a line states: a struck one among those of earlier, or any other elsewhere."""
    match = _LINE.fullmatch(raw)
    if match is None or bool(match["struck"]) is not earlier or _FORGOTTEN.match(raw):
        return None
    if match["kind"] is None and _FOREIGN.match(raw):
        return None
    try:
        day, until = _day(match["day"]), _day(match["until"])
    except ValueError:
        return None
    if earlier and until is None:
        return None
    return Fact(
        id=match["id"] or _hash(raw),
        text=match["text"],
        kind=FactKind(match["kind"] or FactKind.FACT),
        pinned=match["pinned"] is not None,
        day=day,
        said_by=match["name"],
        learnt=match["how"] == "learnt from",
        conversation=match["conversation"],
        until=until,
        successor=match["successor"],
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
