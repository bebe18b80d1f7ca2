"""Know a few phrases at once, with no model and no app."""

from enum import StrEnum
import re

from ..speech import LANGUAGES, bare, words

_PUNCTUATION = re.compile(r"[^\w\s']+")


class Reflex(StrEnum):
    """What a phrase may be, whatever else is going on."""

    STOP = "stop"
    YES = "yes"
    NO = "no"
    RESUME = "resume"
    NOT_TODAY = "not_today"


def recognise(text: str, language: str) -> Reflex | None:
    """Return the reflex that a whole utterance is, if it is one; a stop is one in whatever language it is said."""
    straight = bare(text).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    phrase = " ".join(_PUNCTUATION.sub(" ", straight).lower().split())
    if any(phrase in words(spoken, Reflex.STOP) for spoken in (language, *LANGUAGES)):
        return Reflex.STOP
    return next((reflex for reflex in Reflex if phrase in words(language, reflex)), None)
