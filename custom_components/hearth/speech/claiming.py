"""Know the sentences that claim something was done in the home: "I've unlocked the door" does, "Erledigt" does.

Only whole claims count, not promises, offers, refusals, reports of what was earlier, or words about words; what says so
little that it may be about a text ("I've added it") needs a thing of the home beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
import re
from typing import Final
import unicodedata

from .claim_words import CLAIMINGS, Claiming
from .deed_kinds import Deed, Naming

_CLAUSE: Final = r"[,;:()\u2013\u2014]\s"
_AROUND: Final = " \t\n.!\u2026*_\"\u201c\u201d\u201e\u00ab\u00bb'-"


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that is said to have been done: the kinds of deed that its words may mean, none for any, and the words.

    The words are in small letters without accents, without what is said in passing.
    """

    deeds: frozenset[Deed]
    words: str


def claims_in(language: str, sentence: str) -> tuple[Claim, ...]:
    """Return what a sentence claims, in a language or in English, to have been or to be done in the home."""
    text = bare_words(sentence)
    if text.endswith("?"):
        return ()
    return tuple(dict.fromkeys(claim for one in _spoken(language) for claim in _claims(one, text)))


def is_bare_thing(language: str, words: str) -> bool:
    """Tell whether words say what a thing is and not which one: "light" does, "bed light" does not."""
    return any(_compiled(one.things).fullmatch(words) for one in _spoken(language))


def harmless_beginning(language: str, begun: str) -> int:
    """Return how many letters of a sentence that goes on are surely no part of a claim: words before any that hints."""
    hints = "|".join(one.hints for one in _spoken(language))
    hint = _compiled(rf"(?<![\w'\u2019])(?:{hints})(?![\w'\u2019])").search(begun.casefold())
    whole = max(begun.rfind(" "), begun.rfind("\n")) + 1
    return whole if hint is None else min(whole, hint.start())


def bare_words(text: str) -> str:
    """Return a text in small letters, without accents and what stands around it."""
    straight = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("ß", "ss").strip(_AROUND)
    letters = "".join(unicodedata.normalize("NFD", letter)[0] for letter in unicodedata.normalize("NFC", straight))
    return " ".join(letters.casefold().split())


def _spoken(language: str) -> tuple[Claiming, ...]:
    """Return how a language claims, and English."""
    english = CLAIMINGS["en"]
    spoken = CLAIMINGS.get(language.split("-", maxsplit=1)[0].lower(), english)
    return (english,) if spoken is english else (spoken, english)


def _claims(one: Claiming, text: str) -> Iterator[Claim]:
    if _compiled(one.beginning).search(text):
        return
    for pattern in (*one.sure, *one.maybe):
        for match in _compiled(pattern).finditer(text):
            begin, end = _clause(text, match)
            has_thing = pattern in one.sure or _things(one).search(text, begin, end)
            if has_thing and not _compiled(one.unless).search(text, begin, end):
                yield from (_claim(one.naming, part) for part in _parts(one, text, begin, end))


def _claim(naming: Naming, part: str) -> Claim:
    words = _compiled(naming.aside).split(part, maxsplit=1)[0].strip()
    return Claim(_deeds(naming, words) or _deeds(naming, part), words)


def _deeds(naming: Naming, words: str) -> frozenset[Deed]:
    return frozenset(deed for deed, pattern in naming.deeds.items() if _compiled(pattern).search(words))


def _clause(text: str, match: re.Match[str]) -> tuple[int, int]:
    """Return where the part of a sentence begins and ends that a match stands in."""
    starts = [found.end() for found in _compiled(_CLAUSE).finditer(text, 0, match.start() + 1)]
    end = _compiled(_CLAUSE).search(text, match.end())
    return starts[-1] if starts else 0, end.start() if end else len(text)


def _parts(one: Claiming, text: str, begin: int, end: int) -> list[str]:
    """Return the deeds that a clause claims, and those that the sentence goes on with, each with what it is done to."""
    parts = [""]
    for place, piece in _pieces(one.naming, text, begin):
        if place >= end and (not _goes_on(one, piece) or _compiled(one.unless).search(piece)):
            break
        if not _tells(one, parts[-1]):
            parts[-1] = f"{parts[-1]} {piece}".strip()
        elif _tells(one, piece):
            parts.append(piece)
        elif not _compiled(one.naming.finite).search(piece):
            parts[-1] = f"{parts[-1]} {piece}"
    return parts


def _pieces(naming: Naming, text: str, begin: int) -> Iterator[tuple[int, str]]:
    """Yield what stands between the "and"s and commas of a text, and where each begins."""
    place = begin
    for between in _compiled(rf"{_CLAUSE}+(?:(?:{naming.ands})\s)*|\s(?:(?:{naming.ands})\s)+").finditer(text, begin):
        yield place, text[place : between.start()]
        place = between.end()
    yield place, text[place:]


def _tells(one: Claiming, words: str) -> bool:
    """Tell whether words say that something was done."""
    return _goes_on(one, words) or any(_compiled(pattern).search(words) for pattern in (*one.sure, *one.maybe))


def _goes_on(one: Claiming, words: str) -> bool:
    """Tell whether words name a further deed, and leave out who did it: "and locked the door"."""
    if one.naming.verb_last:
        ends = _compiled(rf"\b(?:{one.verbs})$").search(words) is not None
        return ends and not _compiled(one.naming.finite).search(words)
    return _compiled(rf"(?:(?:{one.naming.before}) )*(?:{one.verbs})\b").match(words) is not None


def _things(one: Claiming) -> re.Pattern[str]:
    longer = r"\w*" if one.compounds else ""
    return _compiled(rf"\b{longer}(?:{one.things})\b")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
