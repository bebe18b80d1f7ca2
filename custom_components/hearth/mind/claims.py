"""Let no model say that it has done what was not done.

From the first word that a claim may begin with, a sentence is held until it is whole, and judged.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
import re
from typing import Final

from ..speech.claiming import Claim, claims_in, harmless_beginning

_SENTENCE_END: Final = re.compile(r"[.!?\u2026]+[\"\u201d\u00bb)*_]*\s+|\s*\n\s*")
# What goes on for so long without an end is no claim.
_LONGEST: Final = 400


@dataclass(slots=True)
class Claims:
    """The words of one reply on their way to whoever listens.

    `backs` tells whether a claim is true of what the turn has done by now, `truth` what to say in the place of one that
    is not. A false one is held, with everything after it, until it is known whether the reply calls a tool after all.
    """

    language: str
    backs: Callable[[Claim], bool]
    truth: Callable[[], str]
    corrected: bool = False
    # The sentence that is not whole yet, and how much of it has been passed on.
    _begun: str = ""
    _passed_on: int = 0
    # Sentences from the first false claim on, each with how much of it has been passed on.
    _held: list[tuple[str, int]] = field(default_factory=list)

    def feed(self, text: str) -> str:
        """Return what can be said by now."""
        self._begun += text
        said = "".join([self._passed(sentence) for sentence in self._whole()])
        return said if self._held else said + self._beginning()

    def end(self, *, calls: bool) -> str:
        """Return the rest, at the end of a reply; a claim is put right, or left out where the reply goes on to act."""
        sentence, self._begun = self._begun, ""
        said = self._passed(sentence)
        held, self._held = self._held, []
        return said + "".join([self._put_right(sentence, begin, calls=calls) for sentence, begin in held])

    def _whole(self) -> Iterator[str]:
        """Yield the sentences that are whole, with the space after them, and keep the one that is not."""
        while (end := _SENTENCE_END.search(self._begun)) is not None:
            sentence, self._begun = self._begun[: end.end()], self._begun[end.end() :]
            yield sentence

    def _beginning(self) -> str:
        """Return of the sentence that is not whole what can be said: all of it if it is too long for a claim."""
        end = len(self._begun)
        if end <= _LONGEST:
            end = max(self._passed_on, harmless_beginning(self.language, self._begun))
        begin, self._passed_on = self._passed_on, end
        return self._begun[begin:end]

    def _passed(self, sentence: str) -> str:
        """Return what is left of a whole sentence that may be said now, or hold it."""
        begin, self._passed_on = self._passed_on, 0
        if not self._held and not self._is_false(sentence):
            return sentence[begin:]
        self._held.append((sentence, begin))
        return ""

    def _put_right(self, sentence: str, begin: int, *, calls: bool) -> str:
        if not self._is_false(sentence):
            return sentence[begin:]
        if calls or self.corrected:
            return ""
        self.corrected = True
        broken_off, space = "\u2026 " if begin else "", sentence[len(sentence.rstrip()) :]
        return broken_off + self.truth() + space

    def _is_false(self, sentence: str) -> bool:
        return not all(map(self.backs, claims_in(self.language, sentence)))
