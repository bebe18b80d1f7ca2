"""Give tools the context of the turn that they are called in."""

from collections.abc import Callable
from dataclasses import dataclass

from ..access import HearthLLMContext
from .citations import Footnote


@dataclass(slots=True)
class TurnContext(HearthLLMContext):
    """The context of a turn; `find` tells what a number cites in its conversation."""

    find: Callable[[int], Footnote | None] = lambda _number: None
