"""Hold token sequences in a radix tree, so that what begins alike is kept and compared once."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import exp2

_HALF_SECONDS = 60 * 60.0


@dataclass(slots=True, eq=False)
class Node:
    """The `tokens` on the way from a parent; `end` is the position behind them, `used` when they were last needed.

    `begun` is how many requests began with them, of those long ago a part only, counted at the time of `used`.
    `copies` are the native sequences that hold these tokens, grouped by the cells they share: a single group,
    unless a model cannot exchange the cells of what was computed twice. Only the root has no parent and no tokens.
    """

    tokens: array[int] = field(default_factory=lambda: array("i"))
    end: int = 0
    parent: Node | None = None
    used: float = 0.0
    begun: float = 0.0
    copies: list[set[int]] = field(default_factory=list)
    children: dict[int, Node] = field(default_factory=dict)

    def path(self) -> Iterator[Node]:
        """Yield this node and those above it, without the root."""
        node = self
        while node.parent is not None:
            yield node
            node = node.parent

    def touch(self, now: float, *, begins: bool = False) -> None:
        """Note that these tokens are needed now, by a request that begins with them or by one that runs."""
        self.begun, self.used = self.begun_lately(now) + begins, now

    def begun_lately(self, now: float) -> float:
        """Return how many requests began with these tokens, those of an hour ago counting half."""
        return self.begun * exp2((self.used - now) / _HALF_SECONDS)

    def whole(self) -> array[int]:
        """Return the tokens from the root to the end of this node."""
        return sum((node.tokens for node in reversed(list(self.path()))), start=array("i"))

    def below(self) -> Iterator[Node]:
        """Yield every node under this one."""
        for child in self.children.values():
            yield child
            yield from child.below()

    def holders(self) -> set[int]:
        """Return the sequences that hold these tokens, in whichever cells."""
        return set().union(*self.copies)

    def walk(self, tokens: array[int]) -> Iterator[tuple[Node, int]]:
        """Yield the nodes below that go on like `tokens` do, each with how far the two agree.

        `tokens` begin at the root. All but the last node agree to their end; each may be split at where it does.
        """
        node = self
        while node.end < len(tokens) and (child := node.children.get(tokens[node.end])):
            length = node.end + common_length(child.tokens, tokens, node.end)
            yield child, length
            if length < child.end:
                return
            node = child

    def at(self, position: int) -> Node:
        """Return the node on the path to this one that holds the token before a position; the root for 0."""
        node = self
        while node.parent is not None and node.parent.end >= position:
            node = node.parent
        return node

    def split(self, position: int) -> Node:
        """Return the node on the path to this one that ends at a position, which is made if need be."""
        lower = self.at(position)
        if lower.parent is None or lower.end == position:
            return lower
        cut = len(lower.tokens) - (lower.end - position)
        copies = [set(group) for group in lower.copies]
        upper = Node(lower.tokens[:cut], position, lower.parent, lower.used, lower.begun, copies)
        lower.parent.children[upper.tokens[0]] = upper
        lower.tokens, lower.parent = lower.tokens[cut:], upper
        upper.children[lower.tokens[0]] = lower
        return upper

    def append(self, tokens: array[int], sequence: int) -> Node:
        """Return a new leaf under this node, which one sequence holds."""
        leaf = Node(tokens, self.end + len(tokens), self, copies=[{sequence}])
        self.children[tokens[0]] = leaf
        return leaf

    def release(self, sequence: int) -> None:
        """Take a sequence off this node, and the node off the tree if nobody else holds it."""
        self.copies = [rest for group in self.copies if (rest := group - {sequence})]
        if not self.copies and self.parent is not None:
            del self.parent.children[self.tokens[0]]

    def merge(self) -> None:
        """Give these tokens to the only child, if they are held and were used alike; nothing happens elsewhere."""
        if self.parent is None or len(self.children) != 1:
            return
        (child,) = self.children.values()
        if (child.copies, child.used, child.begun) == (self.copies, self.used, self.begun):
            child.tokens, child.parent = self.tokens + child.tokens, self.parent
            self.parent.children[child.tokens[0]] = child


def common_length(edge: array[int], tokens: array[int], start: int = 0) -> int:
    """Return how many tokens of an edge go on like `tokens` do from `start`."""
    # One comparison of all settles most cases; the rest is a search by halves.
    same, different = 0, min(len(edge), len(tokens) - start)
    if edge[:different] == tokens[start : start + different]:
        return different
    while different - same > 1:
        middle = (same + different) // 2
        if edge[same:middle] == tokens[start + same : start + middle]:
            same = middle
        else:
            different = middle
    return same
