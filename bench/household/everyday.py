"""Write what fills a household's days: short items of every collection, and the wrapping that facts are told in."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from string import Formatter
import tomllib
from typing import Any

from .types import HOUSEHOLD, PEOPLE, Item

FIRST_DAY = datetime(2024, 11, 1, 6, tzinfo=UTC)
DAYS = 730
_FACTS = Path(__file__).with_name("facts")
_TITLES = ("Note", "To remember", "Odds and ends", "House", "Family", "Scribbled down", "From today", "Don't forget")
_SUBJECTS = ("News", "One more thing", "Hello", "Re: Hello", "Short question", "From us", "For you", "Thanks")
_GREETINGS = ("Hi,", "Hello you two,", "Dear both,", "Good morning,")
_SHARES = {"notes": 30, "todo": 12, "notifications": 16, "feeds": 10, "mail": 12, "calendar": 10, "conversations": 10}
_PERSONAL = {"notes", "mail", "conversations", "calendar"}
_SHARE_OF_A_PERSON = 0.15
_SECONDS_OF_A_DAY = 57_600


def read_facts(name: str) -> dict[str, Any]:
    """Return a file of facts."""
    return tomllib.loads((_FACTS / f"{name}.toml").read_text("utf-8"))


class Everyday:
    """Writes items that nobody will ask for, and hides a fact among such sentences."""

    def __init__(self, chance: Random) -> None:
        """Draw everything from one source, so that a seed makes one household."""
        self._chance = chance
        filler = read_facts("filler")
        self._slots: Mapping[str, Sequence[str]] = filler["slots"]
        self._templates: Mapping[str, Sequence[str]] = filler["templates"]
        self._numbers = count()

    def items(self) -> Iterator[Item]:
        """Yield items without end."""
        collections, shares = list(_SHARES), list(_SHARES.values())
        while True:
            collection = self._chance.choices(collections, shares)[0]
            owner = self._owner() if collection in _PERSONAL else HOUSEHOLD
            yield self._everyday(collection, owner)

    def moment(self, after: datetime = FIRST_DAY, days: int = DAYS) -> datetime:
        """Return a moment of somebody's waking hours."""
        seconds = self._chance.randrange(_SECONDS_OF_A_DAY)
        return after + timedelta(days=self._chance.randrange(days), seconds=seconds)

    def item(self, collection: str, owner: str, title: str, text: str, time: datetime, form: str = "text") -> Item:
        """Return an item whose id tells nothing of it."""
        number = next(self._numbers) * 7919 % 1_000_003
        return Item(f"{collection}/{number:06d}", collection, owner, title, text, time, form)

    def told(self, sentence: str, owner: str, time: datetime | None = None) -> Item:
        """Return a fact as somebody told it: in a note, a mail, a conversation or a memory, among other things."""
        time = time or self.moment()
        way = self._chance.choices(("notes", "mail", "conversations", "memory"), (45, 20, 20, 15))[0]
        if way == "mail":
            return self.mail(self._around(sentence), owner, time)
        if way == "conversations":
            asker = owner.removeprefix("person:").capitalize() if owner in PEOPLE else "Somebody"
            said = f"{asker}: {sentence}\nHearth: I will remember that.\n{self.sentence('conversations')}"
            return self.item("conversations", owner, "Conversation", said, time)
        if way == "memory":
            return self.item("memory", owner, "Memory", f"[fact] {sentence} ({time:%Y-%m-%d})", time)
        return self.item("notes", owner, self._chance.choice(_TITLES), self._around(sentence), time, "markdown")

    def mail(self, text: str, owner: str, time: datetime) -> Item:
        """Return a mail as it travels."""
        writer, subject = self._chance.choice(self._slots["sender"]), self._chance.choice(_SUBJECTS)
        head = f"From: {writer} <post@example.org>\nTo: family@example.org\nSubject: {subject}\n"
        head += f"Date: {time:%a, %d %b %Y %H:%M:%S} +0000\nContent-Type: text/plain; charset=utf-8\n"
        return self.item(
            "mail", owner, subject, f"{head}\n{self._chance.choice(_GREETINGS)}\n\n{text}\n", time, "email"
        )

    def sentence(self, collection: str) -> str:
        """Return one everyday text of a collection."""
        template = self._chance.choice(self._templates[collection])
        return template.format_map({name: self._filled(name) for name in _names(template)})

    def _everyday(self, collection: str, owner: str) -> Item:
        text, time = self.sentence(collection), self.moment()
        if collection == "mail":
            return self.mail(text, owner, time)
        if collection == "calendar":
            end = time + timedelta(hours=1)
            return self.item(collection, owner, text, f"{text}\n{time:%A, %-d %B %Y, %H:%M} to {end:%H:%M}", time)
        if collection == "notes":
            text = " ".join([text, *(self.sentence("notes") for _ in range(self._chance.randrange(3)))])
        return self.item(collection, owner, collection.capitalize(), text, time)

    def _around(self, sentence: str) -> str:
        """Return a sentence between everyday ones."""
        before, after = self._chance.randrange(3), self._chance.randrange(3)
        return " ".join(
            [
                *(self.sentence("notes") for _ in range(before)),
                sentence,
                *(self.sentence("notes") for _ in range(after)),
            ]
        )

    def _owner(self) -> str:
        drawn = self._chance.random()
        return PEOPLE[int(drawn / _SHARE_OF_A_PERSON)] if drawn < 2 * _SHARE_OF_A_PERSON else HOUSEHOLD

    def _filled(self, name: str) -> str:
        """Return a word for a slot: a figure for one letter, a person for who asks, else one of its list."""
        if len(name) == 1:
            return str(self._chance.randrange(2, 400))
        return self._chance.choice(self._slots["person" if name == "asker" else name.rstrip("2")])


def _names(template: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(template) if name]
