"""Say what one exchange with the engine is made of."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from custom_components.hearth.engine import EngineClient

type Ask = Callable[[EngineClient], Awaitable[object]]


class Exchange(NamedTuple):
    """What the client is asked, what goes over the wire, what comes back, what that means, and what would mean nothing.

    `request` is the method and the path, `body` None where none is sent.
    """

    ask: Ask
    request: str
    body: object
    answer: object
    understood: object
    nonsense: tuple[object, ...] = ()
