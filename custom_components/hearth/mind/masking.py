"""Let no model say a secret: what may become one is held until it is known whether it does."""

from dataclasses import dataclass
from typing import Final

from ..hands import Secrets
from ..hands.secrets import SECRET

# What tells a secret stands so near before it.
_NEAR: Final = 400


@dataclass(slots=True)
class Masking:
    """The words of one reply on their way to whoever listens, with every secret replaced."""

    secrets: Secrets
    _text: str = ""
    _passed_on: int = 0

    def feed(self, text: str) -> str:
        """Return what can be said by now, of what was held back and some more text."""
        self._text += text
        return self._passed(self.secrets.begun(self._text))

    def end(self) -> str:
        """Return what was held back, at the end of a reply."""
        rest = self._passed(len(self._text))
        self._text, self._passed_on = "", 0
        return rest

    def _passed(self, end: int) -> str:
        """Return what may be said up to some character, and forget what is too far back to matter."""
        said, at = [], self._passed_on
        for start, stop in self.secrets.spans(self._text):
            if at < stop <= end:
                said += [self._text[at:start], SECRET]
                at = stop
        said.append(self._text[at:end])
        self._passed_on = max(at, end)
        blank = self._text.find(" ", max(0, self._passed_on - _NEAR), self._passed_on)
        if self._passed_on > 2 * _NEAR and blank >= 0:
            self._text, self._passed_on = self._text[blank:], self._passed_on - blank
        return "".join(said)
