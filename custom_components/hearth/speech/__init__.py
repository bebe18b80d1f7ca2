"""Hold the words that Hearth itself says and listens for, by language."""

from collections.abc import Mapping
from types import ModuleType

from . import de, en, es, fr, nl

_LANGUAGES: Mapping[str, ModuleType] = {"de": de, "en": en, "es": es, "fr": fr, "nl": nl}


def say(language: str, key: str, **placeholders: str) -> str:
    """Return a text in a language, or in English where that language has none; raises KeyError for an unknown key."""
    texts: Mapping[str, str] = _language(language).TEXTS
    return texts.get(key, en.TEXTS[key]).format(**placeholders)


def knows(key: str) -> bool:
    """Tell whether there is a text of this name."""
    return key in en.TEXTS


def words(language: str, key: str) -> frozenset[str]:
    """Return the phrases that mean the same, in a language and in English, in lower case without punctuation."""
    spoken: Mapping[str, frozenset[str]] = _language(language).WORDS
    return spoken.get(key, frozenset()) | en.WORDS[key]


def join(language: str, parts: list[str]) -> str:
    """Return a spoken list: "a, b and c"."""
    *first, last = parts
    return f"{', '.join(first)} {say(language, 'and')} {last}" if first else last


def _language(language: str) -> ModuleType:
    return _LANGUAGES.get(language.split("-", maxsplit=1)[0].lower(), en)
