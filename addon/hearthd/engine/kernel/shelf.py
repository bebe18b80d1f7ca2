"""Keep in ordinary memory what has left the cells, for whoever comes back to it."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from hearthd.engine.kernel.radix import common_length


@dataclass(frozen=True, slots=True, eq=False)
class Shelved:
    """The state of a conversation's tokens from `begin` on; `tokens` are all of them, from the first one."""

    tokens: array[int]
    begin: int
    state: bytearray

    @property
    def size(self) -> int:
        """Return of how many tokens it is the state."""
        return len(self.tokens) - self.begin

    def reach(self, tokens: array[int]) -> int:
        """Return how many of the first tokens are the same as its own."""
        return common_length(self.tokens, tokens)


class Shelf:
    """The states of so many tokens at most; those that were put away first go first."""

    def __init__(self, limit: int) -> None:
        """Begin empty."""
        self.limit = limit
        self._shelved: list[Shelved] = []

    @property
    def size(self) -> int:
        """Return of how many tokens there are states."""
        return sum(shelved.size for shelved in self._shelved)

    def put(self, shelved: Shelved) -> None:
        """Put a state away, in the place of those that it includes; one of more tokens than the limit is not kept."""
        if shelved.size > self.limit:
            return
        self._shelved = [other for other in self._shelved if not _includes(shelved, other)]
        self._shelved.append(shelved)
        while self.size > self.limit:
            self._shelved.pop(0)

    def best(self, tokens: Sequence[int], held: int) -> tuple[Shelved, int] | None:
        """Return what goes on from the first `held` tokens the longest, and how many of the first tokens are then had.

        Always less than all of them, as the last one's logits are needed. None if nothing does.
        """
        wanted = array("i", tokens[:-1])
        going_on = [
            (shelved, reach)
            for shelved in self._shelved
            if shelved.begin <= held and (reach := shelved.reach(wanted)) > held
        ]
        return max(going_on, key=lambda found: found[1], default=None)

    def remove(self, shelved: Shelved) -> None:
        """Take a state off the shelf."""
        self._shelved.remove(shelved)

    def clear(self) -> None:
        """Forget every state."""
        self._shelved.clear()


def _includes(one: Shelved, other: Shelved) -> bool:
    """Tell whether one state holds all that another does."""
    return one.begin <= other.begin and one.tokens[: len(other.tokens)] == other.tokens
