"""Choose among judged passages: the last word on a matter first, neighbours joined, and nothing twice.

Pure: no clock, no database, no model.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from hearthd.library.passage import Candidate, Ranked
from hearthd.library.query_words import words_of

# Characters of one passage, however many neighbours were found.
_LONGEST: Final = 2400
# What people tell, and tell anew when it has changed; lists, events and files are changed where they are kept.
_TOLD: Final = frozenset({"notes", "memory", "mail", "conversations"})
# Two passages whose vectors are so alike may be about one matter, if the newer is not much farther from the question.
_ALIKE: Final = 0.5
_FARTHER: Final = 0.2
_FEWER: Final = 0.01
# What was replaced falls back, behind what is as good; it is still there for who asks what was before.
_OUTDATED: Final = 0.1
_LITTLE: Final = 1e-4
# Only what would come first anyway is worth to be compared in pairs.
_COMPARED: Final = 12


def choose(ranked: Sequence[Ranked], limit: int) -> list[Ranked]:
    """Join neighbours and leave out what says the same as a better one; what is given is in its order."""
    chosen: list[Ranked] = []
    texts: list[frozenset[str]] = []
    for one in ranked:
        place = next((at for at, other in enumerate(chosen) if _touch(one.passage, other.passage)), None)
        if place is not None:
            chosen[place] = _joined(chosen[place], one)
            continue
        if len(chosen) == limit:
            continue
        text = frozenset(words_of(one.passage.text))
        if any(_same(text, other) for other in texts):
            continue
        chosen.append(one)
        texts.append(text)
    return chosen


def newest_first(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Put what was told last before what it takes the place of; what is given is in its order."""
    best = ranked[:_COMPARED]
    orders = {one.passage.key: one.order for one in ranked}
    for old in best:
        newer = [one for one in best if _replaces(one, old)]
        if newer:
            last = max(newer, key=lambda one: one.passage.time or 0.0)
            orders[last.passage.key] = max(orders[last.passage.key], old.order + _LITTLE)
            orders[old.passage.key] = min(orders[old.passage.key], old.order - _OUTDATED)
    return sorted((replace(one, order=orders[one.passage.key]) for one in ranked), key=lambda one: -one.order)


def _replaces(new: Ranked, old: Ranked) -> bool:
    """Tell whether a passage answers the same question of the same matter as an older one, as far as one can see."""
    newer, older = new.passage, old.passage
    if not {newer.collection, older.collection} <= _TOLD or (newer.collection, newer.item) == (
        older.collection,
        older.item,
    ):
        return False
    if newer.time is None or older.time is None or newer.time <= older.time:
        return False
    if newer.vector is None or older.vector is None or new.signals.cosine is None or old.signals.cosine is None:
        return False
    return (
        new.signals.coverage >= old.signals.coverage - _FEWER
        and new.signals.cosine >= old.signals.cosine - _FARTHER
        and new.signals.missing <= old.signals.missing
        and new.signals.evades <= old.signals.evades
        and float(newer.vector @ older.vector) >= _ALIKE
    )


def _touch(one: Candidate, other: Candidate) -> bool:
    """Tell whether two passages lie next to each other or over each other in one item, and are not long together."""
    if (one.collection, one.item) != (other.collection, other.item):
        return False
    if max(one.end, other.end) - min(one.start, other.start) > _LONGEST:
        return False
    return one.headings == other.headings and one.start <= other.end + 2 and other.start <= one.end + 2


def _joined(chosen: Ranked, other: Ranked) -> Ranked:
    """Return a passage with its neighbour's text; what it scored stays, as its best part did."""
    first, second = sorted((chosen.passage, other.passage), key=lambda one: (one.start, one.end))
    if second.end <= first.end:
        text, end = first.text, first.end
    else:
        overlap = first.end - second.start
        gap = " " * max(0, -overlap)
        text, end = first.text + gap + second.text[max(0, overlap) :], second.end
    passage = replace(chosen.passage, text=text, start=first.start, end=end, position=first.position)
    return replace(chosen, passage=passage, score=max(chosen.score, other.score))


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether two texts say the same: all but the same words, and no other number among them."""
    both = len(one & other)
    if both < 0.95 * len(one | other):
        return False
    return not any(char.isdigit() for word in one ^ other for char in word)
