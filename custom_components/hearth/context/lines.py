"""Lay out what is known as short lines, the most urgent first, in no more tokens than there are."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..access import Source
from .fence import fence
from .tokens import estimate_tokens

_MOST_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is known, on one line.

    `key` names what it is about and stays while the text may change; `urgency` runs from 0 to 1; the text of an
    `untrusted` line was written outside the home.
    """

    key: str
    text: str
    source: Source
    urgency: float
    untrusted: bool = False


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
    own = [_written(line) for line in lines if not line.untrusted]
    outside = [_written(line) for line in lines if line.untrusted]
    parts = [*own, fence("\n".join(outside)) if outside else "", rest]
    return "\n".join(filter(None, parts))


def fit(lines: Iterable[Line], budget_tokens: int, rest: Callable[[Sequence[Line]], str] | None = None) -> Assembled:
    """Choose the most urgent lines that fit a budget, and count the others by source.

    `rest` says in words what did not fit; by default that is the counts.
    """
    ranked = sorted(lines, key=lambda line: (-line.urgency, line.key))
    everything = _assembled(ranked, (), "")
    if everything.tokens <= budget_tokens:
        return everything
    rest = rest or _counted
    chosen = _choose(ranked, budget_tokens - estimate_tokens(rest(ranked)) - 1)
    while True:
        kept = {line.key for line in chosen}
        others = [line for line in ranked if line.key not in kept]
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
        cost = estimate_tokens(_written(line)) + 1 + (marks if opens else 0)
        if cost <= room:
            chosen.append(line)
            room -= cost
            fenced = fenced or opens
    return chosen


def _assembled(lines: Sequence[Line], others: Sequence[Line], rest: str) -> Assembled:
    text = render(lines, rest)
    return Assembled(tuple(lines), Counter(line.source for line in others), text, estimate_tokens(text))


def _written(line: Line) -> str:
    return f"- {line.text}"


def _counted(others: Sequence[Line]) -> str:
    counts = Counter(line.source for line in others)
    return f"(left out: {', '.join(f'{counts[source]} of {source.value}' for source in Source if counts[source])})"
