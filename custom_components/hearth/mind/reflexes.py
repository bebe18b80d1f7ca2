"""Know a few phrases at once, with no model and no app."""

from enum import StrEnum
import re

from ..speech import bare, words

_PUNCTUATION = re.compile(r"[^\w\s']+")


class Reflex(StrEnum):
    """What a phrase may be, whatever else is going on."""

    STOP = "stop"
    YES = "yes"
    NO = "no"


def recognise(text: str, language: str) -> Reflex | None:
    """Return the reflex that a whole utterance is, if it is one."""
    straight = bare(text).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    phrase = " ".join(_PUNCTUATION.sub(" ", straight).lower().split())
    return next((reflex for reflex in Reflex if phrase in words(language, reflex.value)), None)
