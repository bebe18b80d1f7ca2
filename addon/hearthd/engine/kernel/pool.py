"""Keep the native sequences as the prefix tree says."""

from collections.abc import Iterable

from hearthd.engine.kernel.job import Job
from hearthd.engine.kernel.operations import Copy, Drop, Operation, Trim
from hearthd.engine.kernel.prefix_tree import PrefixTree
from hearthd.engine.kernel.shelf import Shelf, Shelved
from hearthd.engine.llama.context import Context
from hearthd.engine.metrics import ModelMetrics

# A reply may grow by so many tokens before it has to ask for more cells.
_PROMISED_REPLY = 64
# Attention walks over all cells up to the highest that is used, whosever they are, and 1,000 that rest make a step of
# four streams a tenth slower. So of conversations that have ended all but a few tokens leave the cells, for the shelf.
_RESTING_CELLS = 256
# A model that cannot take back what it saw cannot be given a part of it either: there they leave for good.
_RESTING_CELLS_EXACT = 1024
# Of the cells so many are there again, at most, in ordinary memory; the plan leaves more than that free.
_SHELF_SHARE = 1 / 8


class Pool:
    """The cells of one context: whose tokens they hold, and what they are shared with."""

    def __init__(self, context: Context, metrics: ModelMetrics) -> None:
        """Begin with empty cells."""
        self.is_exact = context.is_exact
        self._context = context
        self._metrics = metrics
        self._tree = PrefixTree(cells=context.cells, sequences=context.sequences, exact=context.is_exact)
        self._shelf = Shelf(int(context.cells * _SHELF_SHARE))
        metrics.cells_total.set(context.cells)

    @property
    def free(self) -> int:
        """Return how many cells are neither used nor promised."""
        return self._tree.free

    @property
    def used(self) -> int:
        """Return how many cells hold tokens."""
        return self._tree.used

    @property
    def lengths(self) -> dict[int, int]:
        """Return how many tokens each native sequence should hold, by its id."""
        return self._tree.lengths

    def match(self, job: Job) -> int:
        """Return how many of a job's first tokens it would find, in the cells or on the shelf."""
        held = self._tree.match(job.tokens)
        while (found := self._shelf.best(job.tokens, held)) is not None:
            held = found[1]
        return held

    def room(self, job: Job) -> int:
        """Return how many tokens a job may still grow by, as far as the context's length allows."""
        return self._context.context_length - len(job.tokens)

    def begin(self, job: Job, now: float) -> bool:
        """Give a job a sequence that holds what is known of its tokens; False if others have to make room first."""
        if job.state is not None and job.state[0] > self.match(job):
            return self._restore(job, now)
        if not self._start(job, now):
            return False
        self._unshelve(job, now)
        return True

    def evict(self, cells: int, now: float) -> bool:
        """Make room for tokens beyond what was promised; False if others have to make it."""
        used = self._tree.used
        operations = self._tree.evict(cells, now)
        if operations is None:
            return False
        self._evict(operations, used)
        return True

    def limit(self, awaiting: Iterable[Job], now: float) -> None:
        """Put away most of what rests, but what somebody who waits would find, so that it slows nobody down."""
        used, spare = self._tree.used, self._tree.spare
        cells = _RESTING_CELLS_EXACT if self.is_exact else _RESTING_CELLS
        operations, lost = self._tree.limit(cells, now, awaited=[job.tokens for job in awaiting])
        if spare is not None:
            for part in lost:
                # The beginning of what is too long is better than nothing, and all of it would push everything off.
                end = min(len(part.tokens), part.begin + self._shelf.limit)
                state = self._context.save_part(part.sequence, part.begin, end, through=spare)
                self._shelf.put(Shelved(part.tokens[:end], part.begin, state))
        self._evict(operations, used)
        self._show()

    def grow(self, job: Job, tokens: int) -> None:
        """Note that a job's sequence holds so many more tokens."""
        self._tree.grow(job.sequence, tokens)
        job.held += tokens

    def shrink(self, job: Job, tokens: int) -> None:
        """Take a job's last tokens back, which were guessed wrongly."""
        if tokens:
            self._context.trim(job.sequence, job.held - tokens)
            self.grow(job, -tokens)

    def share(self, job: Job, now: float) -> None:
        """Let others start from what a running job holds."""
        self._perform(self._tree.share(job.sequence, job.tokens[: job.held], now))
        self._show()

    def finish(self, job: Job, now: float) -> None:
        """Let a job's sequence rest, where others find it."""
        if job.sequence < 0:
            return
        sequence, job.sequence = job.sequence, -1
        pin = job.pin if job.pending == 0 else None
        self._perform(self._tree.finish(sequence, job.tokens[: job.held], now, pin=pin))
        self._show()

    def forget(self, job: Job) -> None:
        """Give up what a job's sequence holds, which cannot be trusted."""
        if job.sequence < 0:
            return
        sequence, job.sequence, job.held = job.sequence, -1, 0
        self._perform(self._tree.forget(sequence))
        self._show()

    def clear(self) -> None:
        """Forget everything."""
        self._context.clear()
        self._tree.clear()
        self._shelf.clear()
        self._show()

    def _start(self, job: Job, now: float, *, fresh: bool = False) -> bool:
        """Begin a sequence."""
        room = max(min(_PROMISED_REPLY, self.room(job)), 0)
        used = self._tree.used
        start = self._tree.start(job.tokens, now, room=room, fresh=fresh)
        if start is None:
            return False
        self._evict(start.operations, used)
        job.sequence, job.held = start.sequence, start.length
        job.promised = len(job.tokens) + room
        return True

    def _unshelve(self, job: Job, now: float) -> None:
        """Give a job what the shelf has of its tokens, which needs a native sequence and some cells for a moment."""
        while (found := self._shelf.best(job.tokens, job.held)) is not None:
            (shelved, end), spare = found, self._tree.spare
            if spare is None or shelved.size > self._context.cells - self._tree.used:
                return
            if end == len(shelved.tokens):
                self._shelf.remove(shelved)
            if not self._context.restore_part(job.sequence, job.held, end, shelved.state, through=spare):
                return
            self.grow(job, end - job.held)
            self.share(job, now)

    def _restore(self, job: Job, now: float) -> bool:
        """Begin a sequence with what the disk had, or without if llama.cpp does not take it."""
        if job.state is None or not self._start(job, now, fresh=True):
            return False
        (length, data), job.state = job.state, None
        if not self._context.restore(job.sequence, data) or self._context.length(job.sequence) != length:
            self.forget(job)
            return self._start(job, now)
        self.grow(job, length)
        self.share(job, now)
        self._metrics.snapshots_restored.inc()
        return True

    def _evict(self, operations: Iterable[Operation], used: int) -> None:
        """Do what the tree says, and count what was given up; what only repeats others frees none of the `used`."""
        self._perform(operations)
        if self._tree.used < used:
            self._metrics.evictions.inc(sum(not isinstance(operation, Copy) for operation in operations))

    def _show(self) -> None:
        """Show how many cells are in use."""
        self._metrics.cells_used.set(self._tree.used)
        self._metrics.cells_shelved.set(self._shelf.size)

    def _perform(self, operations: Iterable[Operation]) -> None:
        """Do to the native sequences what the tree says."""
        for operation in operations:
            match operation:
                case Drop(sequence):
                    self._context.drop(sequence)
                case Trim(sequence, keep):
                    self._context.trim(sequence, keep)
                case Copy(source, target, begin, end):
                    self._context.copy(source, target, begin, end)
