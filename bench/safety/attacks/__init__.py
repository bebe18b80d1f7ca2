"""Everything that a hostile model, text or person is let try."""

from ..types import Attack
from .answers import ANSWERS
from .letters import LETTERS
from .routes import ROUTES
from .words import WORDS

ATTACKS: tuple[Attack, ...] = (*ROUTES, *WORDS, *ANSWERS, *LETTERS)
