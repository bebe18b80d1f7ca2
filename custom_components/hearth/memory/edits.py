"""Decide what remembering, replacing, forgetting and undoing do to a page; nothing here touches a file."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from .claims import contradicts, says_the_same
from .facts import Change, ChangeKind, Fact
from .page import Page


@dataclass(frozen=True, slots=True)
class Edit:
    """A page as it is to be, and the facts that give way and come."""

    page: Page
    kind: ChangeKind
    before: tuple[Fact, ...] = ()
    after: tuple[Fact, ...] = ()


def remember(page: Page, fact: Fact, language: str, today: date) -> Edit:
    """Add a fact in the place of those that it contradicts; what is known already is left as it is.

    What was only learnt never takes the place of a pinned fact.
    """
    for known in page.facts:
        if says_the_same(fact.text, known.text, language):
            return pin(page, known) if fact.pinned and not known.pinned else Edit(page, ChangeKind.KNOWN, (), (known,))
    rivals = tuple(known for known in page.facts if contradicts(fact.text, known.text, language))
    if fact.learnt and any(rival.pinned for rival in rivals):
        return Edit(page, ChangeKind.KNOWN, (), rivals)
    kind = ChangeKind.LEARNT if fact.learnt else ChangeKind.REPLACED if rivals else ChangeKind.REMEMBERED
    return _take_place(page, rivals, fact, kind, today)


def put_in_place(page: Page, old: Fact, new: Fact, today: date) -> Edit:
    """Let a fact take another's place, whatever words show; the old one must be on the page."""
    return _take_place(page, (old,), replace(new, kind=old.kind), ChangeKind.REPLACED, today)


def pin(page: Page, fact: Fact) -> Edit:
    """Pin a fact."""
    pinned = replace(fact, pinned=True)
    place = next(number for number, line in enumerate(page.lines) if line.fact == fact)
    return Edit(page.without([fact.id]).with_fact(pinned, place), ChangeKind.REPLACED, (fact,), (pinned,))


def forget(page: Page, fact: Fact, language: str, today: date) -> Edit:
    """Take a fact away, wherever it stands, with everything that it once was; only the day of forgetting stays."""
    same = [known for known in page.facts if known == fact or says_the_same(known.text, fact.text, language)]
    gone = tuple(dict.fromkeys(lost for known in same for lost in (known, *_ancestors(page, known))))
    return Edit(page.without(fact.id for fact in gone).forgotten(today), ChangeKind.FORGOTTEN, gone)


def undo(page: Page, change: Change, day: date) -> Edit | None:
    """Take a change of a day back; None if what it left behind is no longer as it left it."""
    if any(page.find(fact.id) != fact for fact in change.after):
        return None
    if any(page.find(fact.id) for fact in change.before if fact.id not in {fact.id for fact in change.after}):
        return None
    current = [number for number, line in enumerate(page.lines) if line.fact in change.current]
    place = current[0] if current else None
    undone = page.without(fact.id for fact in change.after)
    if change.kind is ChangeKind.FORGOTTEN:
        undone = undone.unforgotten(day)
    for fact in change.before:
        undone = undone.with_fact(fact, place if fact.is_current else None)
    return Edit(undone, ChangeKind.UNDONE, change.after, change.before)


def doubles(page: Page, language: str) -> list[tuple[Fact, Fact]]:
    """Return each fact that is not pinned with the later one that says the same."""
    facts = page.facts
    found = []
    for number, fact in enumerate(facts):
        later = (other for other in facts[number + 1 :] if says_the_same(fact.text, other.text, language))
        if not fact.pinned and (same := next(later, None)) is not None:
            found.append((fact, same))
    return found


def merge(page: Page, old: Fact, same: Fact, today: date) -> Edit:
    """Leave only the later of two facts that say the same."""
    changed, struck = page.superseded([old.id], today, None, same.id)
    return Edit(changed, ChangeKind.MERGED, (old,), struck)


def _take_place(page: Page, old: tuple[Fact, ...], new: Fact, kind: ChangeKind, today: date) -> Edit:
    new = replace(new, id=page.free_id(), pinned=new.pinned or any(fact.pinned for fact in old))
    changed, struck = page.superseded([fact.id for fact in old], today, new)
    return Edit(changed, kind, old, (new, *struck))


def _ancestors(page: Page, fact: Fact) -> Iterator[Fact]:
    for known in page.earlier:
        if known.successor == fact.id:
            yield known
            yield from _ancestors(page, known)
