"""Name what is done to native sequences, in the words of llama.cpp's memory."""

from array import array
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Drop:
    """Remove a native sequence: `seq_rm(sequence, -1, -1)`."""

    sequence: int


@dataclass(frozen=True, slots=True)
class Trim:
    """Remove what a native sequence holds from position `keep` on: `seq_rm(sequence, keep, -1)`."""

    sequence: int
    keep: int


@dataclass(frozen=True, slots=True)
class Copy:
    """Let `target` hold the same cells as `source` from position `begin` to `end`, instead of any of its own.

    That is `seq_rm(target, begin, end)`, needless when `begin` is 0 as the target is empty then, and
    `seq_cp(source, target, begin, end)`. Both cost no computation and a copy needs no further cell.
    """

    source: int
    target: int
    begin: int
    end: int


type Operation = Drop | Trim | Copy


@dataclass(frozen=True, slots=True)
class Lost:
    """What operations are about to take from a native sequence: its `tokens`, of all of them, from `begin` on."""

    sequence: int
    begin: int
    tokens: array[int]
