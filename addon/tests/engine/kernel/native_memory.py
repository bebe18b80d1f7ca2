"""Stand in for llama.cpp's unified KV cache: every cell by itself, so that nothing has to be believed."""

from collections.abc import Iterable, Sequence
from itertools import count

from hearthd.engine.kernel.operations import Copy, Drop, Operation, Trim


class NativeMemory:
    """Cells by sequence and position, each with the token that it was computed from."""

    def __init__(self) -> None:
        self._cells: dict[int, dict[int, tuple[int, int]]] = {}
        self._numbers = count()

    @property
    def used(self) -> int:
        """Return how many cells at least one sequence holds."""
        return len({number for cells in self._cells.values() for number, _ in cells.values()})

    @property
    def sequences(self) -> set[int]:
        """Return the sequences that hold something."""
        return {sequence for sequence, cells in self._cells.items() if cells}

    def tokens(self, sequence: int) -> list[int]:
        """Return what a sequence holds; fails if there is a hole in it."""
        cells = self._cells.get(sequence, {})
        assert sorted(cells) == list(range(len(cells)))
        return [cells[position][1] for position in range(len(cells))]

    def cells(self, sequence: int, length: int | None = None) -> set[int]:
        """Return the cells that a sequence's first tokens lie in, or all of its tokens."""
        return {number for at, (number, _) in self._cells.get(sequence, {}).items() if length is None or at < length}

    def decode(self, sequence: int, tokens: Sequence[int]) -> None:
        """Compute cells for the next tokens of a sequence."""
        cells = self._cells.setdefault(sequence, {})
        for token in tokens:
            cells[len(cells)] = (next(self._numbers), token)

    def remove(self, sequence: int, begin: int, end: int | None = None) -> None:
        """Remove positions from a sequence, as `seq_rm` does."""
        cells = self._cells.get(sequence, {})
        kept = {at: cell for at, cell in cells.items() if at < begin or (end is not None and at >= end)}
        self._cells[sequence] = kept

    def perform(self, operations: Iterable[Operation], *, whole_only: bool = False) -> None:
        """Do native operations; `whole_only` refuses what a recurrent model could not do."""
        for operation in operations:
            match operation:
                case Drop(sequence):
                    self.remove(sequence, 0)
                case Trim(sequence, keep):
                    assert not whole_only
                    self.remove(sequence, keep)
                case Copy(source, target, begin, end):
                    cells = self._cells.get(source, {})
                    assert not whole_only or (begin == 0 and end == len(cells))
                    self.remove(target, begin, end)
                    copied = {at: cell for at, cell in cells.items() if begin <= at < end}
                    assert len(copied) == end - begin
                    self._cells.setdefault(target, {}).update(copied)
