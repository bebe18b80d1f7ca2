"""Let no model say that it has done what was not done: its words are held until a sentence is whole, and judged."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
import re
from typing import Final

from ..speech import say
from ..speech.claiming import claims_action

_SENTENCE_END: Final = re.compile(r"[.!?\u2026]+[\"\u201d\u00bb)*_]*\s+|\s*\n\s*")
# What goes on for so long without an end is no claim.
_LONGEST: Final = 400


@dataclass(slots=True)
class Claims:
    """The words of one reply on their way to whoever listens.

    `is_proven` tells whether a call of the turn did something, or told what had been done: then its words are passed on
    as they come. A claim is held, with everything after it, until it is known whether the reply calls a tool after all.
    """

    language: str
    is_proven: Callable[[], bool]
    corrected: bool = False
    _begun: str = ""
    _held: list[str] = field(default_factory=list)

    def feed(self, text: str) -> str:
        """Return what can be said by now."""
        self._begun += text
        if self.is_proven():
            return self._flush()
        said = "".join(self._passed(sentence) for sentence in self._whole())
        if len(self._begun) > _LONGEST and not self._held:
            said, self._begun = said + self._begun, ""
        return said

    def end(self, *, calls: bool) -> str:
        """Return the rest, at the end of a reply; a claim is put right, or left out where the reply goes on to act."""
        if self.is_proven():
            return self._flush()
        said = self._passed(self._begun)
        rest, self._begun, self._held = self._held, "", []
        return said + "".join(self._put_right(sentence, calls=calls) for sentence in rest)

    def _flush(self) -> str:
        said = "".join([*self._held, self._begun])
        self._held, self._begun = [], ""
        return said

    def _whole(self) -> Iterator[str]:
        """Yield the sentences that are whole, with the space after them, and keep the one that is not."""
        while (end := _SENTENCE_END.search(self._begun)) is not None:
            sentence, self._begun = self._begun[: end.end()], self._begun[end.end() :]
            yield sentence

    def _passed(self, sentence: str) -> str:
        """Return a sentence that may be said now, or hold it."""
        if not self._held and not claims_action(self.language, sentence):
            return sentence
        self._held.append(sentence)
        return ""

    def _put_right(self, sentence: str, *, calls: bool) -> str:
        if not claims_action(self.language, sentence):
            return sentence
        if calls or self.corrected:
            return ""
        self.corrected = True
        space = sentence[len(sentence.rstrip()) :]
        return say(self.language, "changed_nothing") + space
