"""Hold what asks and what does not, for homes without rules of their own."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from ..call import Actor
from ..effects import Risk
from .question import Ruling


class Preset(StrEnum):
    """How much a home lets happen without a question."""

    CAUTIOUS = "cautious"
    NORMAL = "normal"
    TRUSTING = "trusting"


type _Row = tuple[Ruling, Ruling, Ruling, Ruling, Ruling]

# From the mildest class to the gravest; nobody knows what the unknown is, so it comes last.
LADDER: Final[tuple[Risk | None, ...]] = (*Risk, None)

_ALLOW, _ASK, _PERSON, _DENY = Ruling.ALLOW, Ruling.ASK, Ruling.ASK_PERSON, Ruling.DENY

# fmt: off
_PRESETS: Mapping[Preset, Mapping[Actor, _Row]] = {
    #                      read    reversible sensitive critical  unknown
    Preset.CAUTIOUS: {
        Actor.PERSON:     (_ALLOW, _ALLOW,    _ASK,     _PERSON,  _PERSON),
        Actor.HOUSEHOLD:  (_ALLOW, _ALLOW,    _PERSON,  _PERSON,  _DENY),
        Actor.GUEST:      (_ALLOW, _ALLOW,    _DENY,    _DENY,    _DENY),
        Actor.AUTOMATION: (_ALLOW, _ALLOW,    _PERSON,  _DENY,    _DENY),
    },
    Preset.NORMAL: {
        Actor.PERSON:     (_ALLOW, _ALLOW,    _ASK,     _PERSON,  _PERSON),
        Actor.HOUSEHOLD:  (_ALLOW, _ALLOW,    _ASK,     _PERSON,  _PERSON),
        Actor.GUEST:      (_ALLOW, _ALLOW,    _ASK,     _PERSON,  _PERSON),
        Actor.AUTOMATION: (_ALLOW, _ALLOW,    _ASK,     _PERSON,  _PERSON),
    },
    Preset.TRUSTING: {
        Actor.PERSON:     (_ALLOW, _ALLOW,    _ALLOW,   _PERSON,  _PERSON),
        Actor.HOUSEHOLD:  (_ALLOW, _ALLOW,    _ALLOW,   _PERSON,  _PERSON),
        Actor.GUEST:      (_ALLOW, _ALLOW,    _ASK,     _PERSON,  _PERSON),
        Actor.AUTOMATION: (_ALLOW, _ALLOW,    _ALLOW,   _PERSON,  _PERSON),
    },
}
# fmt: on


def preset_ruling(preset: Preset, actor: Actor, risk: Risk | None) -> Ruling:
    """Return what a preset demands of an actor for a class."""
    return _PRESETS[preset][actor][LADDER.index(risk)]
