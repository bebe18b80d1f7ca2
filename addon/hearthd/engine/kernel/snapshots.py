"""Keep the state of computed prefixes on disk, so that a restart is warm.

A file is the magic, the header's length (4 bytes, little endian), the header as JSON, and the state. The file's
name is the digest of what the header says about where the state comes from, so a damaged header is found without
reading the state; the header has the state's length and digest.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import hashlib
import json
import logging
import os
from pathlib import Path
import threading
from typing import Any, BinaryIO, Self

_LOGGER = logging.getLogger(__name__)

_MAGIC = b"HEARTHKV"
_VERSION = 1
_SUFFIX = ".state"
_UNFINISHED_SUFFIX = ".partial"
_LONGEST_HEADER = 1 << 24


@dataclass(frozen=True, slots=True)
class Origin:
    """What must be equal for a saved state to be usable: the model (its file's digest) and how it is run.

    `parameters` hold whatever the state's bytes depend on, as JSON values: llama.cpp's version, the cache's
    types, flash attention, ...
    """

    model: str
    parameters: Mapping[str, str | int | bool]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state in the store: `length` tokens long and `size_bytes` large on disk. Nothing but `load` reads it."""

    key: str
    length: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class _Header:
    """What a file says about its state."""

    origin: Origin
    tokens: array[int]
    state_bytes: int
    sha256: str

    @classmethod
    def read(cls, file: BinaryIO, key: str) -> Self:
        """Read the header of the snapshot with some key, up to where the state begins.

        Raises:
            ValueError: If it is damaged, or of another version.
        """
        magic, size = file.read(len(_MAGIC)), int.from_bytes(file.read(4), "little")
        if magic != _MAGIC or size > _LONGEST_HEADER:
            raise ValueError("it is no snapshot")
        try:
            fields: dict[str, Any] = json.loads(file.read(size))
            origin, tokens = Origin(fields["model"], fields["parameters"]), array("i", fields["tokens"])
            header = cls(origin, tokens, fields["state_bytes"], fields["sha256"])
            is_right = fields["version"] == _VERSION and _key(origin, tokens) == key
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as err:
            raise ValueError("its header is damaged") from err
        if not is_right:
            raise ValueError("its header is damaged or of another version")
        return header

    def to_bytes(self) -> bytes:
        """Return the header as it stands in a file."""
        fields = _identity(self.origin, self.tokens) | {"state_bytes": self.state_bytes, "sha256": self.sha256}
        text = json.dumps(fields).encode()
        return _MAGIC + len(text).to_bytes(4, "little") + text


@dataclass(frozen=True, slots=True)
class _Saved:
    """A file of the store, as its index knows it."""

    origin: Origin
    tokens: array[int]
    size_bytes: int


class SnapshotStore:
    """A folder of states, one file for each prefix, which any thread may use.

    A file is written beside its place, synchronised and renamed, and verified when it is loaded, so that a crash
    or a bad disk costs one snapshot and never yields a wrong state. The least recently used go when all together
    exceed the limit. `dropped` counts what was deleted, for whatever reason.
    """

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        """Look through a folder, which is made if need be: drop leftovers and what has a wrong header or size.

        Reads the headers only. A limit of 0 keeps nothing.

        Raises:
            OSError: If the folder cannot be made or read.
        """
        self._folder = folder
        self._limit_bytes = limit_bytes
        self.dropped = 0
        # In order of last use, latest last.
        self._saved: dict[str, _Saved] = {}
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob(f"*{_UNFINISHED_SUFFIX}"):
            path.unlink(missing_ok=True)
        for path in sorted(folder.glob(f"*{_SUFFIX}"), key=lambda path: path.stat().st_mtime_ns):
            try:
                self._saved[path.stem] = _read_summary(path)
            except (OSError, ValueError) as err:
                _LOGGER.warning("A saved prefix is dropped: %s", _reason(err))
                self._delete(path.stem)
        self._shrink()

    @property
    def size_bytes(self) -> int:
        """Return how much all snapshots take."""
        with self._lock:
            return sum(saved.size_bytes for saved in self._saved.values())

    def has(self, origin: Origin, tokens: Sequence[int]) -> bool:
        """Return whether exactly these tokens are saved already."""
        with self._lock:
            return _key(origin, tokens) in self._saved

    def best(self, origin: Origin, tokens: Sequence[int]) -> Snapshot | None:
        """Return the snapshot of the longest prefix of some tokens, always shorter than all of them."""
        wanted = array("i", tokens)
        with self._lock:
            usable = [
                Snapshot(key, len(saved.tokens), saved.size_bytes)
                for key, saved in self._saved.items()
                if len(saved.tokens) < len(wanted)
                and saved.origin == origin
                and saved.tokens == wanted[: len(saved.tokens)]
            ]
        return max(usable, key=lambda snapshot: snapshot.length, default=None)

    def load(self, snapshot: Snapshot) -> bytes | None:
        """Return a snapshot's state; None if it is gone or damaged, in which case it is deleted."""
        path = self._path(snapshot.key)
        try:
            state = _read_state(path)
            os.utime(path)
        except (OSError, ValueError) as err:
            _LOGGER.warning("A saved prefix of %d tokens cannot be used: %s", snapshot.length, _reason(err))
            with self._lock:
                self._delete(snapshot.key)
            return None
        with self._lock:
            if snapshot.key in self._saved:
                self._saved[snapshot.key] = self._saved.pop(snapshot.key)
        return state

    def save(self, origin: Origin, tokens: Sequence[int], state: bytes | bytearray | memoryview) -> bool:
        """Save the state that holds exactly these tokens; may take seconds on a slow disk.

        What the same model left behind when it was run with other parameters is dropped. Returns False, and keeps
        what was there, if the state is larger than the limit or the disk does not take it.
        """
        key = _key(origin, tokens)
        header = _Header(origin, array("i", tokens), len(state), hashlib.sha256(state).hexdigest())
        start = header.to_bytes()
        saved = _Saved(origin, header.tokens, len(start) + len(state))
        if saved.size_bytes > self._limit_bytes:
            return False
        with self._writing:
            try:
                self._write(self._path(key), start, state)
            except OSError as err:
                _LOGGER.warning("A prefix of %d tokens cannot be saved: %s", len(tokens), _reason(err))
                return False
            with self._lock:
                self._saved.pop(key, None)
                self._saved[key] = saved
                self._drop_stale(origin)
                self._shrink()
        return True

    def _path(self, key: str) -> Path:
        """Return where a snapshot lies."""
        return self._folder / f"{key}{_SUFFIX}"

    def _write(self, path: Path, *parts: bytes | bytearray | memoryview) -> None:
        """Write a file that is either whole or not there, whatever happens meanwhile."""
        unfinished = path.with_suffix(_UNFINISHED_SUFFIX)
        try:
            # What people said is in there: nobody else on this machine may read it.
            with open(unfinished, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
                file.writelines(parts)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _drop_stale(self, origin: Origin) -> None:
        """Delete what a model left that is run otherwise now."""
        for key, saved in list(self._saved.items()):
            if saved.origin.model == origin.model and saved.origin != origin:
                self._delete(key)

    def _shrink(self) -> None:
        """Delete the least recently used until the rest is within the limit."""
        size = sum(saved.size_bytes for saved in self._saved.values())
        for key, saved in list(self._saved.items()):
            if size <= self._limit_bytes:
                return
            size -= saved.size_bytes
            self._delete(key)

    def _delete(self, key: str) -> None:
        """Remove a file, if it is still there, and count it."""
        self._saved.pop(key, None)
        self.dropped += 1
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as err:
            _LOGGER.warning("A saved prefix cannot be deleted: %s", _reason(err))


def _identity(origin: Origin, tokens: Sequence[int]) -> dict[str, Any]:
    """Return what tells one snapshot from every other."""
    return {
        "version": _VERSION,
        "model": origin.model,
        "parameters": dict(sorted(origin.parameters.items())),
        "tokens": list(tokens),
    }


def _key(origin: Origin, tokens: Sequence[int]) -> str:
    """Return the name of a snapshot."""
    return hashlib.sha256(json.dumps(_identity(origin, tokens)).encode()).hexdigest()


def _read_summary(path: Path) -> _Saved:
    """Return what a file's header and size tell about it.

    Raises:
        OSError, ValueError: If it cannot be read, or is not what its name says.
    """
    with path.open("rb") as file:
        header = _Header.read(file, path.stem)
        size = file.tell() + header.state_bytes
        if size != os.fstat(file.fileno()).st_size:
            raise ValueError("it is not whole")
    return _Saved(header.origin, header.tokens, size)


def _read_state(path: Path) -> bytes:
    """Return the state in a file.

    Raises:
        OSError, ValueError: If it cannot be read, or is not what was saved.
    """
    with path.open("rb") as file:
        header = _Header.read(file, path.stem)
        state = file.read()
    if hashlib.sha256(state).hexdigest() != header.sha256:
        raise ValueError("its state is damaged")
    return state


def _reason(err: OSError | ValueError) -> str:
    """Return what went wrong, without any path."""
    return str(err.strerror if isinstance(err, OSError) else err)
