"""Understand which kinds of things somebody's words are about, in their language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import re
from typing import Self
import unicodedata

from homeassistant.core import HomeAssistant
from homeassistant.helpers import translation

from .entity import WORDS
from .kinds import COMPOUNDING, HERE, SAID_FOR, kinds_by_word, rooms_in

_DOMAINS = frozenset(
    {
        "alarm_control_panel",
        "binary_sensor",
        "calendar",
        "climate",
        "cover",
        "fan",
        "humidifier",
        "lawn_mower",
        "light",
        "lock",
        "media_player",
        "sensor",
        "siren",
        "switch",
        "todo",
        "vacuum",
        "valve",
        "water_heater",
        "weather",
    }
)
_NAME_KEY = re.compile(rf"component\.(\w+)\.{WORDS}\.(\w+)\.(?:name|state\.\w+)")
_TOKEN = re.compile(r"[^\W_]+")
# A word of fewer letters than this is meant whole; a longer one may go on.
_SHORT = 4
# A word for more kinds than this tells none of them.
_MOST_KINDS = 8
# What stands before the last part of a word put together has at least so many letters.
_COMPOUND = 3


def fold(text: str) -> list[str]:
    """Return the words of a text in small letters without accents: "Küche, Tür" is kuche and tur."""
    plain = text.casefold()
    if not plain.isascii():
        letters = unicodedata.normalize("NFKD", plain)
        plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _TOKEN.findall(plain)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language for kinds of things."""

    language: str
    kinds: Mapping[str, frozenset[str]]

    @classmethod
    async def async_load(cls, hass: HomeAssistant, language: str) -> Self:
        """Put Home Assistant's own names of kinds and their states together with ours."""
        language = language.split("-", maxsplit=1)[0].lower()
        known = kinds_by_word(language)
        texts = await translation.async_get_translations(hass, language, WORDS, _DOMAINS)
        theirs: dict[str, set[str]] = {}
        for key, text in texts.items():
            if (found := _NAME_KEY.fullmatch(key)) is None:
                continue
            domain, device_class = found.groups()
            for token in fold(text):
                if len(token) >= _SHORT:
                    theirs.setdefault(token, set()).add(domain if device_class == "_" else f"{domain}.{device_class}")
        clear = {word: frozenset(kinds) for word, kinds in theirs.items() if len(kinds) <= _MOST_KINDS}
        return cls(language, {**clear, **{word: kinds | clear.get(word, frozenset()) for word, kinds in known.items()}})

    def kinds_of(self, tokens: Sequence[str]) -> frozenset[str]:
        """Return the kinds of things that words are about."""
        return frozenset().union(*(self._kinds_of(token) for token in tokens))

    def understand(self, words: str) -> list[str]:
        """Return the words of what somebody said, with those that things are named by in their place.

        "This room" names none of the rooms.
        """
        known, tokens = SAID_FOR.get(self.language, {}), fold(words)
        nameless = {place for place, _is_here in rooms_in(tokens, self.language)}
        return [known.get(token, token) for place, token in enumerate(tokens) if place not in nameless]

    def means_here(self, tokens: Sequence[str]) -> bool:
        """Tell whether words are about the room that they are said in."""
        is_here = not HERE.get(self.language, frozenset()).isdisjoint(tokens)
        return is_here or any(is_this for _place, is_this in rooms_in(tokens, self.language))

    def _kinds_of(self, token: str) -> frozenset[str]:
        """Return what the longest known part of a word stands for."""
        if (exact := self.kinds.get(token)) is not None:
            return exact
        for length in range(len(token) - 1, _SHORT - 1, -1):
            if (found := self.kinds.get(token[:length])) is not None:
                return found
        if self.language in COMPOUNDING:
            for start in range(_COMPOUND, len(token) - _COMPOUND + 1):
                if (found := self.kinds.get(token[start:])) is not None:
                    return found
        return frozenset()
