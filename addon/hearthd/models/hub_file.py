"""Say what comes from the hub: a file at a revision, and its bytes."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file of the hub at one `revision`, which is a commit id."""

    repo: str
    file: str
    revision: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Body:
    """A file's bytes as they come, from the byte `start` on."""

    start: int
    pieces: Iterator[bytes]
