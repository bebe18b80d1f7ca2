"""Know which native sequence holds which tokens, so that requests that begin alike share their cells."""

from array import array
from collections.abc import Iterable, Sequence, Set as AbstractSet
from dataclasses import dataclass, replace

from hearthd.engine.kernel.books import Books
from hearthd.engine.kernel.operations import Copy, Lost, Operation, Trim
from hearthd.engine.kernel.radix import Node


@dataclass(frozen=True, slots=True)
class Start:
    """A native sequence for a request, which has the cells of its first `length` tokens once `operations` are done."""

    sequence: int
    length: int
    operations: tuple[Operation, ...]


class PrefixTree(Books):
    """A radix tree over token ids that gives requests their places in one unified KV cache.

    Pure: it never calls llama.cpp but returns the native operations to do, in order, which must all be done before
    the next call.

    A running sequence has a part that the tree knows (what it started from, and what it has shared since) and a
    private part behind it, of which only the length is known (`grow`). Nobody's known part is evicted while it runs.

    `exact` is for models that cannot forget a part of what they saw (recurrent, hybrid, sliding window without
    its full cache): a resting sequence is usable only as a whole, a running one not at all, and `share` leaves a
    copy behind as a checkpoint. Such a model may hold the same tokens in several cells, which are counted so.
    """

    def pinned(self, name: str) -> int:
        """Return how many tokens are pinned under a name; 0 if none are, or if they had to go."""
        return self._pins[name].end if name in self._pins else 0

    def match(self, tokens: Sequence[int]) -> int:
        """Return how many of the first tokens `start` would not have to decode.

        Always less than all of them, as the last one's logits are needed. Changes nothing.
        """
        return self._usable(_as_array(tokens))[1]

    def start(self, tokens: Sequence[int], now: float, *, room: int = 0, fresh: bool = False) -> Start | None:
        """Begin a running sequence with the longest usable prefix of some tokens.

        Cells for the rest of the tokens and for `room` more, which it may generate, are promised to it; others
        are evicted for that where necessary. With `fresh` it begins empty, so that a snapshot can be restored
        into it: then report the restored tokens with `grow` and `share`.

        Returns None, and evicts nothing, if not enough can go or every native sequence runs.
        """
        node, length = (self._root, 0) if fresh else self._usable(_as_array(tokens))
        source = self._source(node)
        promised = len(tokens) - length + room
        if self.free + self._loose(self._needed([(source, length)])) < promised:
            return None
        operations = self._make_id(now, spared={source})
        if operations is None:
            return None
        sequence = self._hold(source, length, now, begins=True)
        if source is not None:
            operations.append(Copy(source, sequence, 0, length))
        operations += self._drop_covered(sequence)
        operations += self._evict(promised, now)
        self._holdings[sequence].promised = promised
        return Start(sequence, length, tuple(operations))

    def grow(self, sequence: int, cells: int) -> None:
        """Note that a running sequence has so many more private cells, or less (drafted tokens that were removed)."""
        self._holdings[sequence].private += cells

    def share(self, sequence: int, tokens: Sequence[int], now: float) -> tuple[Operation, ...]:
        """Let others start from what a running sequence holds by now, without waiting for its end.

        `tokens` are all that it has cells for, from the first one on; afterwards it has no private cells. Where
        another sequence has computed the same tokens in other cells, this one gives up its own for those, except
        in exact mode.

        Raises:
            ValueError: If the number of tokens is not that of the sequence's cells.
        """
        operations = self._publish(sequence, _as_array(tokens), now)
        operations += self._leave_checkpoint(sequence, now) if self._exact else self._drop_covered(sequence)
        return tuple(operations)

    def finish(
        self, sequence: int, tokens: Sequence[int], now: float, *, pin: str | None = None
    ) -> tuple[Operation, ...]:
        """Let a running sequence rest, which ended or was preempted: others may start from it, and it may be evicted.

        `tokens` as for `share`. A sequence that adds nothing to what others hold is dropped at once. With `pin`,
        these tokens are kept as long as anything else can go; what was pinned under that name before no longer is.

        Raises:
            ValueError: If the number of tokens is not that of the sequence's cells.
        """
        operations = self._publish(sequence, _as_array(tokens), now)
        holding = self._holdings[sequence]
        if pin is not None and holding.node is not self._root:
            self._pin(pin, holding.node)
        return tuple(operations + self._rest(sequence))

    def forget(self, sequence: int) -> tuple[Operation, ...]:
        """Let a running sequence rest without its private cells, which cannot be trusted.

        In exact mode that is nothing to rest with.
        """
        if self._exact:
            return (self._drop(sequence),)
        holding = self._holdings[sequence]
        holding.private = 0
        return (Trim(sequence, holding.node.end), *self._rest(sequence))

    def evict(self, cells: int, now: float) -> tuple[Operation, ...] | None:
        """Make at least `cells` cells free, by removing what is least worth keeping.

        What goes first has been unused for long and is cheap to compute again (early positions are, because a
        token's attention grows with its position); a long tail that nobody shares is trimmed only as far as
        needed, except in exact mode. Pinned tokens go last.

        Returns None, and evicts nothing, if not enough can go: then a running sequence has to finish first.
        """
        if self.free + self._loose(self._needed()) < cells:
            return None
        return tuple(self._evict(cells, now))

    def limit(
        self, cells: int, now: float, *, awaited: Iterable[Sequence[int]] = ()
    ) -> tuple[tuple[Operation, ...], tuple[Lost, ...]]:
        """Let at most `cells` cells rest, beside those that somebody is likely to come back to.

        These do not count and stay: what running sequences hold, what is pinned, what `start` would find for the
        tokens that are `awaited`, what most requests begin with, and all of the sequence that was used last. Of the
        rest goes what `evict` would remove first. Returns the operations, and what is lost by them, which may be saved
        before they are done; in exact mode no part of a sequence can be.
        """
        wanted = [_as_array(tokens) for tokens in awaited]
        operations: dict[int, Operation] = {}
        lost: dict[int, Lost] = {}
        while (excess := self._loose(needed := self._spared(wanted, now)) - cells) > 0:
            victim = min(self._resting_beyond(needed), key=lambda sequence: self._worth(sequence, now))
            keep = needed.get(victim, 0)
            lost[victim] = self._about_to_lose(victim, keep, lost.get(victim))
            operations[victim] = self._shorten(victim, excess, keep=keep)
        gone = () if self._exact else tuple(_beyond(lost[victim], operations[victim]) for victim in lost)
        return tuple(operations.values()), gone

    def _publish(self, sequence: int, tokens: array[int], now: float) -> list[Operation]:
        """Put a running sequence's private cells on record, and exchange those that others have too."""
        holding = self._holdings[sequence]
        before = node = holding.node
        if len(tokens) != before.end + holding.private:
            raise ValueError(f"{len(tokens)} tokens for {before.end + holding.private} cells")
        for child, length in before.walk(tokens):
            node = child.split(length)
            if self._exact:
                node.copies.append({sequence})
            else:
                node.copies[0].add(sequence)
        operations: list[Operation] = []
        if node is not before and not self._exact:
            operations.append(Copy(min(node.holders() - {sequence}), sequence, before.end, node.end))
        if node.end < len(tokens):
            node = node.append(tokens[node.end :], sequence)
        holding.node, holding.promised, holding.private = node, holding.outstanding, 0
        self._touch(node, now)
        return operations

    def _leave_checkpoint(self, sequence: int, now: float) -> list[Operation]:
        """Let a copy of a running sequence rest where it is now, unless one does or there is no id for it."""
        node = self._holdings[sequence].node
        if node is self._root or self._source(node) is not None:
            return []
        pinned = set(self._pins.values())
        operations = self._make_id(now, {other for other, its in self._holdings.items() if its.node in pinned})
        if operations is None:
            return []
        checkpoint = self._hold(sequence, node.end, now)
        self._holdings[checkpoint].running = False
        return [*operations, Copy(sequence, checkpoint, 0, node.end)]

    def _rest(self, sequence: int) -> list[Operation]:
        """Let a sequence rest, or drop it if others hold all that it holds."""
        holding = self._holdings[sequence]
        holding.running, holding.promised = False, 0
        operations = self._drop_covered(sequence)
        if holding.node is self._root or (not self._exact and holding.node.holders() != {sequence}):
            operations.append(self._drop(sequence))
        return operations

    def _pin(self, name: str, node: Node) -> None:
        """Let a name stand for the tokens down to a node."""
        before = self._pins.get(name, node)
        self._pins[name] = node
        self._join([before])

    def _drop_covered(self, sequence: int) -> list[Operation]:
        """Drop the resting sequences that offer nothing beside this one."""
        holding = self._holdings[sequence]
        covered = set(holding.node.path())
        if self._exact:
            covered = set() if holding.running else {holding.node}
        others = [other for other, its in self._holdings.items() if not its.running and its.node in covered]
        return [self._drop(other) for other in others if other != sequence]

    def _make_id(self, now: float, spared: AbstractSet[int | None]) -> list[Operation] | None:
        """Free an id, if none is free, by dropping a resting sequence; None if all others run."""
        if len(self._holdings) < self._sequences:
            return []
        resting = [other for other, its in self._holdings.items() if not its.running and other not in spared]
        return [self._drop(min(resting, key=lambda other: self._worth(other, now)))] if resting else None

    def _spared(self, awaited: Iterable[array[int]], now: float) -> dict[int | None, int]:
        """Return what is needed by those who run, by whom a limit spares, and of what was used last."""
        nodes = [*self._pins.values(), self._favourite(now)]
        found = [*map(self._usable, awaited), *((node, node.end) for node in nodes)]
        needed = self._needed((self._source(node), length) for node, length in found)
        latest = max(self._resting_beyond(needed), key=self._last_used, default=None)
        if latest is not None:
            needed[latest] = self._holdings[latest].node.end
        return needed

    def _favourite(self, now: float) -> Node:
        """Return with what most requests began lately, down to where they part; the root if no two began alike."""
        favourite = max(self._root.below(), key=lambda node: (node.begun_lately(now), node.end), default=self._root)
        return favourite if favourite.begun_lately(now) > 1 else self._root

    def _last_used(self, sequence: int) -> tuple[float, int]:
        """Return when a sequence was needed, and how long it is if others were at the same time."""
        node = self._holdings[sequence].node
        return node.used, node.end

    def _about_to_lose(self, sequence: int, keep: int, so_far: Lost | None) -> Lost:
        """Return what a resting sequence alone holds behind its first tokens, and has lost since `so_far` was noted."""
        node = self._holdings[sequence].node
        own = [part.end - len(part.tokens) for part in node.path() if part.holders() == {sequence}]
        begin = max(keep, min(own, default=node.end))
        so_far = so_far or Lost(sequence, begin, node.whole())
        return replace(so_far, begin=min(begin, so_far.begin))

    def _evict(self, cells: int, now: float) -> list[Operation]:
        """Free cells, of which there are enough to evict."""
        operations: dict[int, Operation] = {}
        while (missing := cells - self.free) > 0:
            resting = (sequence for sequence, holding in self._holdings.items() if not holding.running)
            victim = min(resting, key=lambda sequence: self._worth(sequence, now))
            # What is done last to a sequence includes what was done before.
            operations[victim] = self._shorten(victim, missing)
        return list(operations.values())


def _beyond(lost: Lost, operation: Operation) -> Lost:
    """Return of what may be lost that which an operation removes."""
    return replace(lost, begin=max(lost.begin, operation.keep)) if isinstance(operation, Trim) else lost


def _as_array(tokens: Sequence[int]) -> array[int]:
    """Return tokens as the tree keeps them: compact, and compared at the speed of C."""
    return tokens if isinstance(tokens, array) else array("i", tokens)
