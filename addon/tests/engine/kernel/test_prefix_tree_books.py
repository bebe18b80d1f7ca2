"""Test that the prefix tree's books and llama.cpp's cells never differ, whatever requests come."""

from array import array

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hearthd.engine.kernel.operations import Lost, Operation
from hearthd.engine.kernel.prefix_tree import PrefixTree
from hearthd.engine.kernel.radix import common_length
from tests.engine.kernel.native_memory import NativeMemory

CELLS = 48
SEQUENCES = 6
RUNNING = 3
# Two different tokens make for many common beginnings.
TOKENS = st.lists(st.integers(0, 1), min_size=1, max_size=14)
PICK = st.integers(0, 99)


class Books(RuleBasedStateMachine):
    """Requests start, grow, share, end and fail in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.exact = False
        self.tree = PrefixTree(cells=CELLS, sequences=SEQUENCES)
        self.memory = NativeMemory()
        self.running: dict[int, list[int]] = {}
        self.now = 0.0
        self.pins: dict[str, list[int]] = {}

    @initialize(exact=st.booleans())
    def choose_mode(self, *, exact: bool) -> None:
        """Take a model that can trim or one that cannot."""
        self.exact = exact
        self.tree = PrefixTree(cells=CELLS, sequences=SEQUENCES, exact=exact)

    def perform(self, operations: tuple[Operation, ...]) -> None:
        """Do what the tree says, which never touches what runs."""
        self.memory.perform(operations, whole_only=self.exact)
        self.now += 1.0

    def pick(self, number: int) -> int:
        """Return one of the running sequences."""
        return sorted(self.running)[number % len(self.running)]

    @precondition(lambda self: len(self.running) < RUNNING)
    @rule(tokens=TOKENS, room=st.integers(0, 4), fresh=st.booleans())
    def start(self, tokens: list[int], room: int, *, fresh: bool) -> None:
        """A request begins with exactly the tokens that the tree says, or nothing changes."""
        expected = 0 if fresh else self.tree.match(tokens)
        free, resting = self.tree.free, self.tree.resting
        start = self.tree.start(tokens, self.now, room=room, fresh=fresh)
        if start is None:
            assert (self.tree.free, self.tree.resting) == (free, resting)
            return
        self.perform(start.operations)
        assert start.length == expected < len(tokens)
        assert start.sequence not in self.running
        assert self.memory.tokens(start.sequence) == tokens[: start.length]
        self.running[start.sequence] = tokens[: start.length]
        rest = tokens[start.length :]
        self.memory.decode(start.sequence, rest)
        self.tree.grow(start.sequence, len(rest))
        self.running[start.sequence] += rest

    @precondition(lambda self: self.running)
    @rule(number=PICK, tokens=TOKENS)
    def grow(self, number: int, tokens: list[int]) -> None:
        """A reply takes what is promised and free, or what can be evicted for it."""
        if self.tree.free < len(tokens):
            operations = self.tree.evict(len(tokens), self.now)
            if operations is None:
                return
            self.perform(operations)
            assert self.tree.free >= len(tokens)
        sequence = self.pick(number)
        self.memory.decode(sequence, tokens)
        self.tree.grow(sequence, len(tokens))
        self.running[sequence] += tokens
        if not self.exact:
            self.memory.remove(sequence, len(self.running[sequence]) - 1)
            self.running[sequence].pop()
            self.tree.grow(sequence, -1)

    @precondition(lambda self: self.running)
    @rule(number=PICK)
    def share(self, number: int) -> None:
        """What a running request has is there for the next one at once."""
        sequence = self.pick(number)
        tokens = self.running[sequence]
        self.perform(self.tree.share(sequence, tokens, self.now))
        if not self.exact:
            assert self.tree.match([*tokens, 7]) == len(tokens)

    @precondition(lambda self: self.running)
    @rule(number=PICK, pin=st.sampled_from([None, None, "home", "agent"]), limit=st.none() | st.integers(0, 20))
    def finish(self, number: int, pin: str | None, limit: int | None) -> None:
        """What an ended request had is there for the next one, however little may rest."""
        sequence = self.pick(number)
        tokens = self.running.pop(sequence)
        self.perform(self.tree.finish(sequence, tokens, self.now, pin=pin))
        if limit is not None:
            self.perform(self.tree.limit(limit, self.now)[0])
        assert self.tree.match([*tokens, 7]) == len(tokens)
        if pin is not None and tokens:
            self.pins[pin] = tokens
            assert self.tree.pinned(pin) == len(tokens)

    @precondition(lambda self: self.running)
    @rule(number=PICK)
    def forget(self, number: int) -> None:
        """A failed request takes only its own cells along."""
        sequence = self.pick(number)
        del self.running[sequence]
        self.perform(self.tree.forget(sequence))

    @rule(cells=st.integers(1, CELLS))
    def evict(self, cells: int) -> None:
        """As many cells are free as asked for, or nothing was evicted."""
        before = self.memory.used
        operations = self.tree.evict(cells, self.now)
        if operations is None:
            assert self.memory.used == before
            return
        self.perform(operations)
        assert self.tree.free >= cells

    @precondition(lambda self: self.resting)
    @rule(cells=st.integers(0, 8), waiting=st.lists(st.tuples(PICK, st.integers(0, 9)), max_size=2))
    def limit(self, cells: int, waiting: list[tuple[int, int]]) -> None:
        """So many cells rest at most, beside one sequence and what runs, is pinned, awaited or mostly begun with."""
        resting = sorted(self.resting)
        awaited = [[*self.memory.tokens(resting[pick % len(resting)])[:length], 7] for pick, length in waiting]
        wanted = [*awaited, *([*tokens, 7] for name, tokens in self.pins.items() if self.tree.pinned(name))]
        # How often something was begun with fades with time: only the tree itself knows what that comes to.
        favourite = [*self.tree._favourite(self.now).whole(), 7]  # noqa: SLF001 - as said
        wanted += [favourite] if self.tree.match(favourite) == len(favourite) - 1 else []
        found = [self.tree.match(tokens) for tokens in wanted]
        excess = len(self.loose(wanted)) - cells
        before = {sequence: self.memory.tokens(sequence) for sequence in self.resting}
        operations, lost = self.tree.limit(cells, self.now, awaited=awaited)
        assert excess > 0 or not operations
        for part in lost:
            assert before[part.sequence] == list(part.tokens)
            assert part.begin < len(part.tokens)
        self.perform(operations)
        # Whatever was there can be had again, from what is left and from what was said to be lost, piece by piece.
        for tokens in before.values() if not self.exact else ():
            assert self.had_with(lost, tokens) == len(tokens)
        assert [self.tree.match(tokens) for tokens in wanted] == found
        loose = self.loose(wanted)
        left = [len(loose - self.memory.cells(sequence)) for sequence in self.resting]
        assert min(left) <= cells
        # A whole sequence may have to go, but where one can be cut nothing goes in vain.
        assert self.exact or not operations or cells in left

    def had_with(self, lost: tuple[Lost, ...], tokens: list[int]) -> int:
        """Return how many of some tokens can be put together again."""
        had = self.tree.match([*tokens, 7])
        while reached := [common_length(part.tokens, array("i", tokens)) for part in lost if part.begin <= had]:
            if max(reached) <= had:
                break
            had = max(reached)
        return had

    @property
    def resting(self) -> set[int]:
        """Return the sequences that rest."""
        return self.memory.sequences - set(self.running)

    def loose(self, wanted: list[list[int]]) -> set[int]:
        """Return the cells that nobody who runs has, and nobody would find who wants some tokens."""
        cells = set().union(*(self.memory.cells(sequence) for sequence in self.resting))
        for sequence in self.running:
            cells -= self.memory.cells(sequence)
        for tokens in wanted:
            length = self.tree.match(tokens)
            for sequence in self.resting:
                held = self.memory.tokens(sequence)
                if held[:length] == tokens[:length] and (not self.exact or len(held) == length):
                    cells -= self.memory.cells(sequence, length)
        return cells

    @invariant()
    def books_are_right(self) -> None:
        """Cells, sequences and contents are what the memory says."""
        assert self.tree.used == self.memory.used
        assert self.tree.resting == len(self.resting)
        for sequence, tokens in self.running.items():
            assert self.memory.tokens(sequence) == tokens

    @invariant()
    def pins_are_held(self) -> None:
        """A pin that is still told of is really there."""
        for name, tokens in self.pins.items():
            length = self.tree.pinned(name)
            assert length in {0, len(tokens)}
            assert not length or self.tree.match([*tokens, 7]) == length


TestBooks = Books.TestCase
TestBooks.settings = settings(
    max_examples=300, stateful_step_count=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
