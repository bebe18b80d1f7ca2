"""Everything that a hostile model, text or person is let try."""

from ..types import Attack
from .answers import ANSWERS
from .changes import CHANGES
from .letters import LETTERS
from .routes import CARELESS_ROUTES, ROUTES
from .servers import SERVERS
from .wired import WIRED
from .words import TELLING, WORDS

# What brings text from outside into the home comes last: nothing of it is to be about before.
ATTACKS: tuple[Attack, ...] = (
    *ROUTES,
    *WIRED,
    *ANSWERS,
    *CHANGES,
    *LETTERS,
    *TELLING,
    *SERVERS,
    *CARELESS_ROUTES,
    *WORDS,
)
