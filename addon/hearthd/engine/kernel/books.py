"""Keep the books of one KV cache: which native sequence holds which cells, what each is worth and what must stay."""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hearthd.engine.kernel.operations import Drop, Trim
from hearthd.engine.kernel.radix import Node

# Where attention costs a token about as much as everything else: there it is worth twice a first one.
_FAR = 4096


@dataclass(slots=True)
class _Holding:
    """What one native sequence holds: the path to `node`, and `private` cells behind it.

    Of the `promised` cells those that it has not grown into are still to be kept free.
    """

    node: Node
    promised: int = 0
    private: int = 0
    running: bool = True

    @property
    def outstanding(self) -> int:
        """Return how many cells are promised and not yet in use."""
        return max(0, self.promised - self.private)


class Books:
    """What the native sequences of one unified KV cache hold, and the elementary changes to that.

    It owns the ids of the native sequences, running and resting, and counts cells as llama.cpp does: a cell shared by
    several sequences once.
    """

    def __init__(self, *, cells: int, sequences: int, exact: bool = False) -> None:
        """Keep the books of a cache of so many cells and native sequences, with ids from 0.

        There must be more sequences than ever run at once, at least one.
        """
        self._cells = cells
        self._sequences = sequences
        self._exact = exact
        self.clear()

    def clear(self) -> None:
        """Forget everything, after llama.cpp's memory was cleared as a whole."""
        self._root = Node()
        self._holdings: dict[int, _Holding] = {}
        self._pins: dict[str, Node] = {}

    @property
    def used(self) -> int:
        """Return how many cells are in use, by llama.cpp's count."""
        known = sum(len(node.tokens) * len(node.copies) for node in self._root.below())
        return known + sum(holding.private for holding in self._holdings.values())

    @property
    def free(self) -> int:
        """Return how many cells are neither in use nor promised to a running sequence; negative if grown beyond."""
        return self._cells - self.used - sum(holding.outstanding for holding in self._holdings.values())

    @property
    def resting(self) -> int:
        """Return how many sequences rest: hold tokens that nobody is working on."""
        return sum(not holding.running for holding in self._holdings.values())

    @property
    def lengths(self) -> dict[int, int]:
        """Return how many tokens each native sequence holds, by its id."""
        return {sequence: holding.node.end + holding.private for sequence, holding in self._holdings.items()}

    @property
    def spare(self) -> int | None:
        """Return the id of a native sequence that holds nothing, None if all do."""
        return next(self._unheld(), None)

    def _unheld(self) -> Iterator[int]:
        """Yield the ids of the native sequences that hold nothing."""
        return (number for number in range(self._sequences) if number not in self._holdings)

    def _usable(self, tokens: array[int]) -> tuple[Node, int]:
        """Return how many of the first tokens are usable, and the node that their last one is in."""
        node, length = [(self._root, 0), *self._root.walk(tokens)][-1]
        length = max(0, min(length, len(tokens) - 1))
        if self._exact:
            ends = (node for node in node.path() if node.end <= length and self._source(node) is not None)
            node = next(ends, self._root)
            return node, node.end
        return node.at(length), length

    def _source(self, node: Node) -> int | None:
        """Return a sequence that others may start from at some node; None at the root, which needs none."""
        usable = (sequence for sequence in node.holders() if not self._exact or self._rests_at(sequence, node))
        return min(usable, default=None)

    def _rests_at(self, sequence: int, node: Node) -> bool:
        """Return whether a sequence rests and holds exactly the tokens down to a node."""
        holding = self._holdings[sequence]
        return holding.node is node and not holding.running

    def _touch(self, node: Node, now: float, *, begins: bool = False) -> None:
        """Note that the tokens down to a node were needed."""
        path = list(node.path())
        for part in path:
            part.touch(now, begins=begins)
        self._join(path)

    def _join(self, nodes: Iterable[Node]) -> None:
        """Undo splits that have lost their reason: nothing ends or is pinned there any more."""
        needed = {holding.node for holding in self._holdings.values()} | set(self._pins.values())
        for node in nodes:
            if node.copies and node not in needed:
                node.merge()

    def _hold(self, source: int | None, length: int, now: float, *, begins: bool = False) -> int:
        """Return a new sequence that holds the cells of the first tokens of another, with which a request may begin."""
        sequence = next(self._unheld())
        node = self._root if source is None else self._holdings[source].node.split(length)
        for part in node.path():
            next(group for group in part.copies if source in group).add(sequence)
        self._holdings[sequence] = _Holding(node)
        self._touch(node, now, begins=begins)
        return sequence

    def _needed(self, needs: Iterable[tuple[int | None, int]] = ()) -> dict[int | None, int]:
        """Return how many first tokens of a sequence are needed: all of those that run, of others what `needs` say."""
        needed: dict[int | None, int] = {
            sequence: holding.node.end for sequence, holding in self._holdings.items() if holding.running
        }
        for sequence, length in needs:
            needed[sequence] = max(needed.get(sequence, 0), length)
        return needed

    def _resting_beyond(self, needed: Mapping[int | None, int]) -> list[int]:
        """Return the sequences that hold more than is needed of them."""
        return [sequence for sequence, its in self._holdings.items() if its.node.end > needed.get(sequence, 0)]

    def _loose(self, needed: Mapping[int | None, int]) -> int:
        """Return how many cells nobody needs."""
        return sum(
            min(max(node.end - max(needed.get(sequence, 0) for sequence in group), 0), len(node.tokens))
            for node in self._root.below()
            for group in node.copies
        )

    def _worth(self, sequence: int, now: float) -> tuple[bool, bool, float]:
        """Return what a resting sequence is worth when something has to go, to be compared with others.

        Pinned ones are worth most, then those of which no cell would be freed; the others as much as it costs to
        compute their last token again, for each second that nobody needed it.
        """
        node = self._holdings[sequence].node
        frees_none = all({sequence} not in part.copies for part in node.path())
        return node in self._pins.values(), frees_none, (1 + node.end / _FAR) / (now - node.used + 1)

    def _shorten(self, sequence: int, cells: int, *, keep: int = 0) -> Drop | Trim:
        """Remove so many cells, or its last node at most, from the end of a resting sequence; `keep` the first ones."""
        node = self._holdings[sequence].node
        keep = max(keep, node.end - min(cells, len(node.tokens)))
        # What is left would be nobody's own: the root's, or shared with others.
        if self._exact or node.at(keep).holders() != {sequence}:
            return self._drop(sequence)
        node.split(keep)
        self._let_go(sequence, keep)
        return Trim(sequence, keep)

    def _drop(self, sequence: int) -> Drop:
        """Remove a sequence."""
        path = list(self._holdings[sequence].node.path())
        self._let_go(sequence, 0)
        del self._holdings[sequence]
        self._join(path)
        return Drop(sequence)

    def _let_go(self, sequence: int, keep: int) -> None:
        """Take a sequence off the nodes behind a position, and remove those that nobody holds any more."""
        holding = self._holdings[sequence]
        for node in list(holding.node.path()):
            if node.end > keep:
                node.release(sequence)
        holding.node = holding.node.at(keep)
        self._pins = {name: node for name, node in self._pins.items() if self._source(node) is not None}
