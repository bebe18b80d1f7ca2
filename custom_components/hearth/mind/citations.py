"""Number the passages of a conversation, and hold what a reply cites against them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
import re
from typing import Any

from homeassistant.util import dt as dt_util

from ..engine import Passage
from ..speech import say, spoken_date

_BRACKETED = r"[\d\s,;\-\N{EN DASH}]"
_MARKER = re.compile(rf"([ \t\xa0]*)[\[【](?=[^\]】]*\d)({_BRACKETED}{{1,24}})[\]】]")
# What a marker that is still to come may begin with; it is as long as a marker may be, so that no split hides one.
_BEGUN = re.compile(rf"(?:[ \t\xa0]+|[ \t\xa0]*[\[【]{_BRACKETED}{{0,24}})\Z")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Footnote:
    """Where a passage is from: `number` is what a reply cites it by, `time` is aware, `url` leads a person there."""

    number: int
    collection: str
    item: str
    owner: str
    title: str
    time: datetime | None
    url: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return what the trace shows of a citation."""
        return {**asdict(self), "time": self.time.isoformat() if self.time else None}

    def written(self, language: str) -> str:
        """Return a line of a list of sources: its number, title, local date and link."""
        parts = [self.title or self.item]
        if self.time is not None:
            parts.append(spoken_date(language, dt_util.as_local(self.time), dt_util.now()))
        if self.url:
            parts.append(self.url)
        return f"[{self.number}] {', '.join(parts)}"


class Footnotes:
    """The passages that a conversation has been shown, each under one number for as long as it lasts."""

    def __init__(self) -> None:
        """Begin at one."""
        self._numbers: dict[tuple[str, ...], int] = {}
        self._notes: dict[int, Footnote] = {}
        self._standing: set[int] = set()

    def stands(self, passage: Passage) -> bool:
        """Tell whether a passage stands further up in the conversation."""
        return self._numbers.get((passage.collection, passage.item, passage.chunk)) in self._standing

    def clear_standing(self) -> None:
        """Note that nothing of what was shown stands in the conversation any more; the numbers stay."""
        self._standing.clear()

    def add(self, passage: Passage) -> int:
        """Return the number of a passage that is shown, a new one where it has none."""
        number = self._number(passage.collection, passage.item, passage.chunk)
        self._notes[number] = Footnote(
            number, passage.collection, passage.item, passage.owner, passage.title, passage.time, passage.url
        )
        return number

    def add_told(self, told: Mapping[str, Any]) -> int | None:
        """Return the number of a passage that a tool tells, None for what is none."""
        try:
            (collection, _, item), time = str(told["source"]).partition("/"), told.get("time")
            number = self._number(collection, item, str(told.get("chunk", "")))
            self._notes[number] = Footnote(
                number=number,
                collection=collection,
                item=item,
                owner=str(told["owner"]),
                title=str(told.get("title") or ""),
                time=None if time is None else datetime.fromisoformat(time),
                url=told.get("url"),
            )
        except KeyError, TypeError, ValueError:
            return None
        return number

    def get(self, number: int) -> Footnote | None:
        """Return where the passage of a number is from."""
        return self._notes.get(number)

    def _number(self, *place: str) -> int:
        number = self._numbers.setdefault(place, len(self._numbers) + 1)
        self._standing.add(number)
        return number


@dataclass(slots=True)
class Citations:
    """The citations of one turn, taken out of its replies or put right while these are streamed.

    `find` returns the footnote of a number that the asker may see. `used` is what was cited by number, `missing` what
    was cited although it is not there. Where they are not `shown`, as in speech, all markers are dropped.
    """

    find: Callable[[int], Footnote | None]
    shown: bool
    used: dict[int, Footnote] = field(default_factory=dict)
    missing: list[int] = field(default_factory=list)
    _held: str = ""

    @property
    def notes(self) -> list[Footnote]:
        """Return what was cited, by number."""
        return [self.used[number] for number in sorted(self.used)]

    def feed(self, text: str) -> str:
        """Return what can be said by now, of what was held back and some more text."""
        text = self._held + text
        begun = _BEGUN.search(text)
        whole, self._held = (text[: begun.start()], begun.group()) if begun else (text, "")
        return _MARKER.sub(self._put_right, whole)

    def end(self) -> str:
        """Return what was held back, at the end of a reply."""
        held, self._held = self._held, ""
        return _MARKER.sub(self._put_right, held)

    def _put_right(self, marker: re.Match[str]) -> str:
        space, numbers = marker.group(1), [int(number) for number in _NUMBER.findall(marker.group(2))]
        found = {number: note for number in numbers if (note := self.find(number)) is not None}
        self.used |= found
        self.missing += [number for number in numbers if number not in found and number not in self.missing]
        return f"{space}[{', '.join(map(str, found))}]" if found and self.shown else ""


def list_of_sources(language: str, notes: Sequence[Footnote]) -> str:
    """Return the list that stands below an answer, or nothing."""
    return "\n".join([say(language, "sources"), *(note.written(language) for note in notes)]) if notes else ""
