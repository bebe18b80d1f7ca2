"""What a household is made of: items that it kept and questions that are asked of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

HOUSEHOLD = "household"
PEOPLE = ("person:nora", "person:felix")


class Kind(StrEnum):
    """What makes a question hard."""

    DOCUMENT = "document"  # one sentence of a long text, among texts that are built alike
    PARAPHRASE = "paraphrase"  # asked in other words than told
    CODE = "code"  # figures and codes, which have no meaning to be near to
    NEWEST = "newest"  # told again and otherwise: the newest counts
    DATED = "dated"  # when something is
    NEAR_DUPLICATE = "near-duplicate"  # many items differ in one word or figure
    NAME = "name"  # who somebody is, and what somebody is called
    PRIVATE = "private"  # one person's own
    SEVERAL = "several"  # the whole answer is in two or three items
    ABSENT = "absent"  # nothing answers it


class Half(StrEnum):
    """Which half of the facts and templates a question comes from: weights are tuned on one, judged on the other."""

    TRAIN = "train"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Item:
    """Something that was kept; `form` is the library's kind of text, `owner` who may read it."""

    id: str
    collection: str
    owner: str
    title: str
    text: str
    time: datetime
    form: str = "text"


@dataclass(frozen=True, slots=True)
class Question:
    """What `asker` wants to know; each of `items` holds one of `answers` word for word. Absent ones have neither."""

    kind: Kind
    half: Half
    asker: str
    words: str
    answers: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Household:
    """Items, questions, and any number of further items that answer none of them."""

    items: tuple[Item, ...]
    questions: tuple[Question, ...]
    more: Iterator[Item]


def readable_by(asker: str) -> tuple[str, ...]:
    """Return the owners whose items somebody may read; a guest's are none."""
    if asker in PEOPLE:
        return (HOUSEHOLD, asker)
    return (HOUSEHOLD,) if asker == HOUSEHOLD else ()
