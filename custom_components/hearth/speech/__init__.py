"""Hold the words that Hearth itself says and listens for, by language."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
import re
from types import ModuleType
import unicodedata

from . import de, en, es, fr, nl
from .clause import sentence_of
from .digits import find_digits

__all__ = [
    "LANGUAGES",
    "asked_about",
    "bare",
    "find_digits",
    "heard",
    "join",
    "knows",
    "named_day",
    "named_state",
    "plain",
    "say",
    "sentence_of",
    "spoken_date",
    "spoken_day",
    "spoken_number",
    "weekday_name",
    "words",
]

LANGUAGES: Mapping[str, ModuleType] = {"de": de, "en": en, "es": es, "fr": fr, "nl": nl}
# Further away, "on Tuesday" is no longer the one that everybody thinks of.
_WEEK_DAYS_AHEAD = 7
_NAMED_DAYS = {-1: "yesterday", 0: "today", 1: "tomorrow", 2: "day_after_tomorrow"}
_END = " \t\n.!?¡¿…"

type Parts = Mapping[str, str]


def say(language: str, key: str, **placeholders: str) -> str:
    """Return a text in a language, or in English where that language has none; raises KeyError for an unknown key."""
    texts: Mapping[str, str] = _language(language).TEXTS
    return texts.get(key, en.TEXTS[key]).format(**placeholders)


def knows(key: str) -> bool:
    """Tell whether there is a text of this name."""
    return key in en.TEXTS


def words(language: str, key: str) -> frozenset[str]:
    """Return the phrases that mean the same, in a language and in English: `bare`, small, without punctuation."""
    spoken: Mapping[str, frozenset[str]] = _language(language).WORDS
    return frozenset(map(bare, spoken.get(key, frozenset()) | en.WORDS[key]))


def join(language: str, parts: list[str]) -> str:
    """Return a spoken list: "a, b and c"."""
    *first, last = parts
    return f"{', '.join(first)} {say(language, 'and')} {last}" if first else last


def heard(language: str, key: str, text: str) -> Parts | None:
    """Return the parts of an utterance that as a whole means `key`, in a language or in English, None for any other."""
    text = plain(text)
    patterns = (pattern for module in _both(language) for pattern in module.PATTERNS[key])
    matches = (match for pattern in patterns if (match := _compiled(pattern).fullmatch(bare(text))))
    return next((_parts(text, match) for match in matches), None)


def asked_about(language: str, text: str) -> tuple[str, Parts] | None:
    """Return what a question is about, a key of QUESTIONS, and its parts, or None."""
    text = plain(text)
    for module in _both(language):
        for topic, patterns in module.QUESTIONS.items():
            for pattern in patterns:
                if match := _compiled(pattern).search(bare(text)):
                    return topic, _parts(text, match)
    return None


def named_state(language: str, text: str) -> str | None:
    """Return the state that words mean, a key of STATES, or None."""
    for module in _both(language):
        for key, pattern in module.STATES.items():
            if _compiled(pattern).fullmatch(bare(text)):
                state: str = key
                return state
    return None


def named_day(language: str, text: str) -> str | int | None:
    """Return the day or days that a text names: a key of DAYS, a weekday's number from Monday, or None."""
    for module in _both(language):
        days = {**module.DAYS, **{str(number): name for number, name in enumerate(module.WEEKDAYS)}}
        for key, pattern in days.items():
            if _compiled(rf"\b(?:{pattern})\b").search(bare(text)):
                return int(key) if key.isdigit() else key
    return None


def spoken_number(language: str, number: float) -> str:
    """Return a number as it is written in a language, without needless zeros."""
    return f"{number:.15g}".replace(".", _language(language).DECIMAL)


def spoken_date(language: str, day: date, today: date) -> str:
    """Return a date as it is said, with its year where that is another one."""
    module = _language(language)
    text: str = module.DATE.format(day=day.day, month=module.MONTHS[day.month - 1])
    return text if day.year == today.year else f"{text} {day.year}"


def spoken_day(language: str, day: date, today: date) -> str:
    """Return a day as it is said: "tomorrow", "on Tuesday", "on 3 May"."""
    distance = (day - today).days
    if name := _NAMED_DAYS.get(distance):
        return say(language, name)
    if 0 < distance < _WEEK_DAYS_AHEAD:
        return say(language, "on_weekday", weekday=_language(language).WEEKDAYS[day.weekday()])
    return say(language, "on_date", date=spoken_date(language, day, today))


def weekday_name(language: str, day: str) -> str:
    """Return the name of a weekday that Home Assistant calls "mon" to "sun"; raises ValueError for any other."""
    names: tuple[str, ...] = _language(language).WEEKDAYS
    return names[("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(day)]


def plain(text: str) -> str:
    """Return an utterance with straight apostrophes, single spaces and no punctuation around it."""
    return " ".join(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").strip(_END).split())


def bare(text: str) -> str:
    """Return a text without accents, each letter in its place: who types leaves them out."""
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in unicodedata.normalize("NFC", text))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern for texts without accents."""
    return re.compile(bare(pattern), re.IGNORECASE)


def _parts(text: str, match: re.Match[str]) -> Parts:
    """Return the named parts of a match in the letters of the text itself."""
    composed = unicodedata.normalize("NFC", text)
    named = (name for name, part in match.groupdict().items() if part is not None)
    return {name: composed[slice(*match.span(name))] for name in named}


def _both(language: str) -> Iterator[ModuleType]:
    """Yield a language and English."""
    yield from dict.fromkeys((_language(language), en))


def _language(language: str) -> ModuleType:
    return LANGUAGES.get(language.split("-", maxsplit=1)[0].lower(), en)
