"""Find tools by what they do: by words always, by meaning too where an engine compares texts."""

from collections.abc import Sequence
import re
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import intent, llm

from ...context import EmbedTexts, Meanings, Vocabulary, Words, fold
from ..strangers import innermost
from .declared import sentences

_MOST_FOUND: Final = 6
# What has less to do with the words than this, by itself or beside the best, is left out.
_LEAST_SCORE: Final = 0.25
_LEAST_SHARE: Final = 0.5
# How much it counts that a tool is for the kind of thing that was said, "Staubsauger" as well as "vacuum".
_OF_A_KIND: Final = 0.5
_INNER_CAPITAL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Finder:
    """The tools of a home by what they do; vectors of their descriptions are kept as long as they are offered."""

    def __init__(self, hass: HomeAssistant, embed: EmbedTexts | None = None) -> None:
        """Compare by meaning with `embed`, as long as it does not fail."""
        self._hass = hass
        self._embed = embed
        self._meanings = Meanings(hass)
        self._vocabularies: dict[str, Vocabulary] = {}

    async def async_find(self, wanted: str, tools: Sequence[llm.Tool], language: str) -> list[llm.Tool]:
        """Return the tools that do what is wanted, the likeliest first."""
        texts = {tool.name: _text(tool) for tool in tools}
        scores = _by_words(wanted, texts)
        kinds = (await self._async_vocabulary(language)).kinds_of(fold(wanted))
        domains = {kind.partition(".")[0] for kind in kinds}
        for tool in tools:
            if domains & _is_for(self._hass, tool):
                scores[tool.name] = scores.get(tool.name, 0.0) + _OF_A_KIND
        if self._embed is not None:
            likenesses = await self._meanings.async_like(wanted, texts, self._embed, patient=True)
            for name, likeness in likenesses.items():
                scores[name] = scores.get(name, 0.0) + likeness
        least = max(_LEAST_SCORE, _LEAST_SHARE * max(scores.values(), default=0.0))
        found = [tool for tool in tools if scores.get(tool.name, 0.0) >= least]
        return sorted(found, key=lambda tool: (-scores[tool.name], tool.name))[:_MOST_FOUND]

    @callback
    def stop(self) -> None:
        """Make no more vectors."""
        self._meanings.stop()

    async def _async_vocabulary(self, language: str) -> Vocabulary:
        if (vocabulary := self._vocabularies.get(language)) is None:
            vocabulary = self._vocabularies[language] = await Vocabulary.async_load(self._hass, language)
        return vocabulary


def _is_for(hass: HomeAssistant, tool: llm.Tool) -> set[str]:
    """Return the domains of the things that a tool works on, as far as it shows."""
    kind = innermost(tool)
    handlers = intent.async_get(hass) if isinstance(kind, llm.IntentTool) else ()
    platforms = next((one.platforms for one in handlers if one.intent_type == getattr(kind, "intent_type", "")), None)
    return {tool.integration or "", *(platforms or ()), *tool.name.rpartition("__")[2].split("_")}


def _by_words(wanted: str, texts: dict[str, str]) -> dict[str, float]:
    """Return which part of the wanted words each text has, the rare ones counting most; without those with none."""
    asked = tuple(fold(wanted))
    tokens = {name: tuple(fold(text)) for name, text in texts.items()}
    words = Words.of([[some] for some in tokens.values()], more=[asked])
    said = words.said(asked)
    whole = sum(words.weights[word] for word in set(asked))
    scores = {
        name: sum(said.get(word, 0.0) * words.weights[word] for word in set(some)) / whole
        for name, some in tokens.items()
        if whole
    }
    return {name: score for name, score in scores.items() if score}


def spoken(name: str) -> str:
    """Return a tool's name in words: "media player Media Next"."""
    return " ".join(_INNER_CAPITAL.sub(" ", name.replace("_", " ").replace("Hass", " ")).split())


def _text(tool: llm.Tool) -> str:
    """Return what a tool is called and does: "media player Media Next. Skips a media player to the next item"."""
    return sentences(". ".join(part for part in (spoken(tool.name), tool.title, tool.description) if part))
