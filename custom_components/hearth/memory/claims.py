"""Compare sentences without a model: which say the same, which can't both hold, and which answer a question."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
import math
import re
import unicodedata

from .wording import Wording, wording

_POSSESSIVE = re.compile(r"['\N{RIGHT SINGLE QUOTATION MARK}]s\b")
_CONTRACTION = re.compile(r"n['\N{RIGHT SINGLE QUOTATION MARK}]t\b")
_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
_WORD = re.compile(r"\w+(?:[.:@/]\w+)*")
_CLOCK = re.compile(r"\d{1,2}(?:[:.]\d{2})?(?:am|pm|h|th|st|nd|rd)?")
_OFF_THE_POINT = 0.9
# Words of this length and more lose the ending of their plural, and are found at the end of longer ones.
_LONG = 4


@dataclass(frozen=True, slots=True)
class Claim:
    """What a sentence says of its subject: `value` is what stands in the relation `relation` to it."""

    subject: tuple[str, ...]
    relation: str
    value: tuple[str, ...]
    unique: bool


def tokens(text: str) -> list[str]:
    """Return the words of a text in a form in which they can be compared."""
    plain = _HYPHEN.sub("", _CONTRACTION.sub("nt", _POSSESSIVE.sub("", text))).casefold()
    if not plain.isascii():
        plain = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    return _WORD.findall(plain)


def telling(text: str, language: str) -> list[str]:
    """Return the words of a text that say what it is about."""
    words = wording(language)
    empty = words.ignored | words.is_words | words.mine | words.ours
    return [token for token in tokens(text) if token not in empty]


def content(text: str, language: str) -> list[str]:
    """Return the words of a text that say what it is about, each without the ending of its plural."""
    return [_stem(token) for token in telling(text, language)]


def says_the_same(one: str, other: str, language: str) -> bool:
    """Tell whether two sentences differ by nothing but words that carry no meaning."""
    return tokens(one) == tokens(other) or (
        bool(content(one, language)) and content(one, language) == content(other, language)
    )


def contradicts(new: str, old: str, language: str) -> bool:
    """Tell whether a sentence takes the place of an older one: both can't hold, so far as words show it."""
    if says_the_same(new, old, language):
        return False
    words = wording(language)
    return (
        _turned_round(new, old, language, words)
        or _other_moment(new, old, words)
        or _other_value(claim(new, language), claim(old, language))
    )


def claim(text: str, language: str) -> Claim | None:
    """Read a sentence such as "the plumber is called Rosa"; None for one of no such form."""
    words, said = wording(language), tokens(text)
    for place in range(1, len(said)):
        for length in (2, 1):
            phrase = tuple(said[place : place + length])
            if relation := words.relations.get(phrase):
                return _claim(text, words, said[:place], relation, said[place + length :])
        if said[place] in words.is_words and (found := _claim(text, words, said[:place], "is", said[place + 1 :])):
            return found
    return None


def tells(fact: str, language: str) -> Callable[[str], bool]:
    """Return what tells whether a text gives away what a fact says, in whatever order and form."""
    phrases = {_stem(token) for phrase in wording(language).relations for token in phrase}
    gist = {token for token in content(fact, language) if token not in phrases}

    def gives_away(text: str) -> bool:
        if len(gist) > 1:
            return gist <= set(content(text, language))
        # One word alone is too little: it must have been said in the same way.
        return f" {' '.join(tokens(fact))} " in f" {' '.join(tokens(text))} "

    return gives_away


def is_shared(text: str, language: str) -> bool:
    """Tell whether a sentence speaks for everybody at home ("our plumber")."""
    return bool(set(tokens(text)) & wording(language).ours)


def speaks_of_self(text: str, language: str) -> bool:
    """Tell whether a sentence is about whoever says it ("my birthday")."""
    return bool(set(tokens(text)) & wording(language).mine)


def scores(question: str, texts: Sequence[str], language: str) -> list[float]:
    """Return how much of a question (0 to 1) each text speaks of.

    Rare words count for more than frequent ones; who asks "who" is told rather what names somebody.
    """
    asked = set(content(question, language))
    held = [set(content(text, language)) for text in texts]
    spread = Counter(token for tokens_held in held for token in tokens_held)
    weights = {token: math.log(1 + len(texts) / (1 + spread[token])) + 0.1 for token in asked}
    total = sum(weights.values())
    if not total:
        return [0.0] * len(texts)
    wanted = {wording(language).asks[token] for token in tokens(question) if token in wording(language).asks}
    shares = [sum(weights[token] for token in asked & tokens_held) / total for tokens_held in held]
    return [
        share * _OFF_THE_POINT if share and wanted - _gives(text, language) else share
        for text, share in zip(texts, shares, strict=True)
    ]


def _gives(text: str, language: str) -> set[str]:
    """Return which questions a sentence may answer: "who", "when" or "where"."""
    words, said = wording(language), tokens(text)
    inner = [word for word in _WORD.findall(text)[1:] if word[0].isupper()]
    found = claim(text, language)
    return {
        *(["who"] if inner or (found is not None and found.relation == "called") else []),
        *(["when"] if any(token in words.moments or _CLOCK.fullmatch(token) for token in said) else []),
        *(["where"] if any(token in words.places for token in said) else []),
    }


def _claim(text: str, words: Wording, before: list[str], relation: str, value: list[str]) -> Claim | None:
    subject = [_stem(token) for token in before if token not in words.ignored - words.mine]
    subject = ["i" if token in words.mine else token for token in subject]
    if not subject or not value:
        return None
    if relation != "is":
        return Claim(tuple(subject), relation, tuple(value), unique=True)
    if len(subject) > 1 and subject[-1] in words.names:
        return Claim(tuple(subject[:-1]), "called", tuple(value), unique=True)
    if value[0] in words.ignored - words.places and before[0] not in words.ignored and len(value) > 1:
        # "Rosa is our plumber" says of the plumber what "the plumber is called Rosa" does.
        role = [_stem(token) for token in value if token not in words.ignored]
        return Claim(tuple(role), "called", tuple(before), unique=_is_one_of(role, words.roles))
    attribute = _is_one_of((*subject, *before), words.attributes)
    if not attribute and value[0] in words.places:
        return Claim(tuple(subject), f"is {value[0]}", tuple(value[1:]), unique=True)
    named = _is_a_value(text, value[0])
    relation = "called" if named and _is_one_of(subject, words.roles) else "is"
    return Claim(tuple(subject), relation, tuple(value), unique=attribute or named)


def _is_one_of(said: Iterable[str], words: frozenset[str]) -> bool:
    """Tell whether one of some words was said, by itself or at the end of a longer one ("Hausarzt")."""
    return any(token == word or (len(word) >= _LONG and token.endswith(word)) for token in said for word in words)


def _is_a_value(text: str, token: str) -> bool:
    """Tell whether a word is a name or a figure, of which a subject has one, rather than one quality of many."""
    written = next((word for word in _WORD.findall(text) if tokens(word) == [token]), token)
    return written[0].isupper() or any(char.isdigit() for char in written)


def _other_value(new: Claim | None, old: Claim | None) -> bool:
    if new is None or old is None or new.relation != old.relation or new.value == old.value:
        return False
    same = set(new.subject) == set(old.subject) or "".join(new.subject) == "".join(old.subject)
    return same and new.unique and old.unique


def _turned_round(new: str, old: str, language: str, words: Wording) -> bool:
    """Tell whether one says yes to what the other says no to."""
    sides = [content(text, language) for text in (new, old)]
    first, second = ([token for token in side if token not in words.negations] for side in sides)
    negative = [any(token in words.negations for token in side) for side in sides]
    return bool(first) and first == second and negative[0] != negative[1]


def _other_moment(new: str, old: str, words: Wording) -> bool:
    """Tell whether two sentences differ in nothing but a time or a day."""
    frames = [_without_moments(tokens(text), words) for text in (new, old)]
    said = [token for token in frames[0] if token not in words.ignored | {"*"}]
    return frames[0] == frames[1] and "*" in frames[0] and bool(said)


def _without_moments(said: list[str], words: Wording) -> list[str]:
    """Return words with a mark for each time and day; a figure is one after "at" and the like, or with a colon."""
    return [
        "*"
        if (token in words.moments and place)
        or (_CLOCK.fullmatch(token) and (":" in token or (place and said[place - 1] in words.places)))
        else token
        for place, token in enumerate(said)
    ]


def _stem(token: str) -> str:
    return token[:-1] if len(token) >= _LONG and token.endswith("s") and not token.endswith("ss") else token
