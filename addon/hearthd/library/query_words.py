"""Find the words of a question that say what it is about, in any language."""

from functools import cache
from pathlib import Path
import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS = 32
_LONGEST_WORD = 64
# Shorter ones change too much when their end is cut.
_CUT_FROM = 6
_PREFIX_FROM = 4


def fold(text: str) -> str:
    """Return a text without case and accents, as the keyword index sees it."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


def words_of(text: str) -> list[str]:
    """Return the folded words of a text, in order."""
    return _WORD.findall(fold(text))


def query_words(text: str) -> tuple[str, ...]:
    """Return what to look for: each word once, without those that every text has, unless there are no others."""
    words = [word for word in dict.fromkeys(words_of(text)) if len(word) <= _LONGEST_WORD][:_MOST_WORDS]
    return tuple(word for word in words if word not in stop_words()) or tuple(words)


def stem(word: str) -> str | None:
    """Return what a word's other forms begin with, None for one that is too short to have any.

    Most languages of Europe put their endings last; to leave a letter off and to let anything follow finds plurals and
    compounds without knowing the language.
    """
    if len(word) >= _CUT_FROM and not any(char.isdigit() for char in word):
        return word[:-1]
    return word if len(word) >= _PREFIX_FROM else None


def matches(word: str, stem_of_word: str | None, words: frozenset[str]) -> bool:
    """Tell whether a text that has these words has a word, or another form of it."""
    if word in words:
        return True
    return stem_of_word is not None and any(other.startswith(stem_of_word) for other in words)


@cache
def stop_words() -> frozenset[str]:
    """Return the words that say nothing of what a text is about, of the languages that Hearth speaks."""
    return frozenset(fold((Path(__file__).parent / "stop_words.txt").read_text("utf-8")).split())
