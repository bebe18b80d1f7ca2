"""Lay out what is known as short lines, the most urgent first, in no more tokens than there are."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..access import Source
from .fence import fence
from .tokens import estimate_tokens

_MOST_CHARACTERS = 160
# No line that says anything takes fewer.
_LEAST_TOKENS = 5
# So many things that are alike are told together.
_MANY = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is known, on one line.

    `key` names what it is about and stays while the text may change; `urgency` runs from 0 to 1; the text of an
    `untrusted` line was written outside the home. Where many things are alike, the `name` of each stands behind how
    all of them are, `alike`: a list is read in a third of the time.
    """

    key: str
    text: str
    source: Source
    urgency: float
    untrusted: bool = False
    name: str = ""
    alike: str = ""

    def worded(self) -> Line:
        """Return the line, as `Draft.worded` does."""
        return self


@dataclass(frozen=True, slots=True)
class Draft:
    """One thing that is known and would be a line, of the same key, source and urgency, if there were room for it.

    Of a thousand things only a few are told; `write` puts one of them into words.
    """

    key: str
    source: Source
    urgency: float
    write: Callable[[], Line]

    def worded(self) -> Line:
        """Return the line."""
        return self.write()


type Tellable = Line | Draft


@dataclass(frozen=True, slots=True)
class Assembled:
    """The lines that fit, as text too, and how many of each source did not; `tokens` is a cautious estimate."""

    lines: tuple[Line, ...]
    left_out: Mapping[Source, int]
    text: str
    tokens: int

    @property
    def untrusted(self) -> bool:
        """Tell whether anything in it was written outside the home."""
        return any(line.untrusted for line in self.lines)


def clean(text: str, limit: int = _MOST_CHARACTERS) -> str:
    """Return a text on one line, without control characters and with at most `limit` characters."""
    if not text.isprintable():
        # A separator or a control character is a word's end; what joins letters, as in an emoji, stays.
        text = "".join(character if character.isprintable() or character == "\u200d" else " " for character in text)
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def render(lines: Sequence[Line], rest: str = "") -> str:
    """Return lines as text: what the home says itself, what was written outside it between marks, then the rest."""
    own = _written([line for line in lines if not line.untrusted])
    outside = _written([line for line in lines if line.untrusted])
    parts = [own, fence(outside) if outside else "", rest]
    return "\n".join(filter(None, parts))


def fit(
    things: Iterable[Tellable], budget_tokens: int, rest: Callable[[Sequence[Tellable]], str] | None = None
) -> Assembled:
    """Choose the most urgent of all that could be told that fits a budget, and count the others by source.

    `rest` says in words what did not fit; by default that is the counts.
    """
    ranked = sorted(things, key=lambda thing: (-thing.urgency, thing.key))
    lines = [thing.worded() for thing in ranked[: budget_tokens // _LEAST_TOKENS]]
    if len(lines) == len(ranked) and (everything := _assembled(lines, (), "")).tokens <= budget_tokens:
        return everything
    rest = rest or _counted
    chosen = _choose(lines, budget_tokens - estimate_tokens(rest(ranked)) - 1)
    while True:
        kept = {line.key for line in chosen}
        others = [thing for thing in ranked if thing.key not in kept]
        assembled = _assembled(chosen, others, rest(others))
        if assembled.tokens <= budget_tokens:
            return assembled
        if not chosen:
            # Not even the words for what is missing fit.
            return Assembled((), assembled.left_out, "", 0)
        chosen.pop()


def _choose(ranked: Sequence[Line], room: int) -> list[Line]:
    marks = estimate_tokens(fence("")) + 1
    chosen: list[Line] = []
    fenced = False
    for line in ranked:
        opens = line.untrusted and not fenced
        cost = estimate_tokens(_item(line.text)) + 1 + (marks if opens else 0)
        if cost <= room:
            chosen.append(line)
            room -= cost
            fenced = fenced or opens
    return chosen


def _assembled(lines: Sequence[Line], others: Sequence[Tellable], rest: str) -> Assembled:
    text = render(lines, rest)
    return Assembled(tuple(lines), Counter(thing.source for thing in others), text, estimate_tokens(text))


def _written(lines: Sequence[Line]) -> str:
    """Return lines as a list; of those that are alike, all stand where the first would."""
    together: dict[str, list[Line]] = {}
    for line in lines:
        together.setdefault(line.alike or line.key, []).append(line)
    return "\n".join(
        _item(f"{some[0].alike}: {', '.join(line.name for line in some)}" if len(some) >= _MANY else line.text)
        for some in together.values()
        for line in (some[:1] if len(some) >= _MANY else some)
    )


def _item(text: str) -> str:
    return f"- {text}"


def _counted(others: Sequence[Tellable]) -> str:
    counts = Counter(thing.source for thing in others)
    return f"(left out: {', '.join(f'{counts[source]} of {source.value}' for source in Source if counts[source])})"
