"""Bring a file from the hub to its place: resumed after every interruption, and there only when it is whole and right.

What has arrived lies beside the target in a part file, which is named after the hash that the whole is to have and so
outlives crashes. A lock on it keeps two downloads apart; the system lets go of that when a process ends.
"""

from collections.abc import Callable
import contextlib
from dataclasses import dataclass
import errno
import fcntl
import hashlib
from io import FileIO
import os
from pathlib import Path
import shutil
import threading
from typing import Literal

from hearthd.errors import ApiError, ErrorCode
from hearthd.models.gguf_header import read_header
from hearthd.models.hub import Hub
from hearthd.models.hub_file import HubFile

type PullStatus = Literal["checking", "downloading", "verifying", "done"]

# Home Assistant's database, logs and backups want room too.
DISK_MARGIN_BYTES = 512 * 1024 * 1024
_ATTEMPTS = 5
_PAUSE_SECONDS = 1.0
_READ_AT_ONCE = 1024 * 1024


class PullStopped(Exception):
    """Nobody wants the file any more; what has arrived is kept."""


@dataclass(frozen=True, slots=True)
class PullProgress:
    """How far a download is; before the hub has told the size there is no progress to tell."""

    status: PullStatus
    done_bytes: int
    total_bytes: int


def free_disk(folder: Path) -> int:
    """Return the bytes that are free where a folder is."""
    return shutil.disk_usage(folder).free


class Download:
    """One file on its way; `report` is called often, `stopped` may be set from any thread."""

    def __init__(
        self,
        hub: Hub,
        found: HubFile,
        target: Path,
        *,
        report: Callable[[PullProgress], None],
        stopped: threading.Event,
        free_disk: Callable[[Path], int] = free_disk,
    ) -> None:
        """Describe what goes where."""
        self._hub = hub
        self._found = found
        self._target = target
        self._report = report
        self._stopped = stopped
        self._free_disk = free_disk
        self._part = part_path(target, found.sha256)

    def run(self) -> None:
        """Fetch what is missing, verify the whole and put it in its place; what is already there is only verified.

        Raises:
            ApiError: `pull_running`, `disk_full`, `checksum_mismatch`, `model_failed` if it is no GGUF file, and
                what `Hub.open` raises.
            PullStopped: `stopped` was set.
            OSError: the folder cannot be written to.
        """
        with claim(self._part) as file:
            try:
                have = file.seek(0, os.SEEK_END)
                self._tell("checking", have)
                if have or not self._is_in_place():
                    self._receive(file)
                    self._verify(file)
            finally:
                if not file.seek(0, os.SEEK_END):
                    self._part.unlink()
        self._report(PullProgress("done", self._found.size_bytes, self._found.size_bytes))

    def _tell(self, status: PullStatus, done_bytes: int) -> None:
        """Tell how far it is, and stop here if that is wished."""
        if self._stopped.is_set():
            raise PullStopped
        self._report(PullProgress(status, done_bytes, self._found.size_bytes))

    def _is_in_place(self) -> bool:
        """Tell whether the target is already what it is to be."""
        if not self._target.is_file() or self._target.stat().st_size != self._found.size_bytes:
            return False
        with FileIO(self._target) as file:
            return self._hash(file) == self._found.sha256

    def _check_disk(self, needed: int) -> None:
        """See that so many more bytes can be written without hurting anybody else."""
        missing = needed + DISK_MARGIN_BYTES - self._free_disk(self._part.parent)
        if missing > 0:
            raise ApiError(
                ErrorCode.DISK_FULL, f"The disk is too full for the model: {missing / 1e9:.1f} GB more must be free."
            )

    def _receive(self, file: FileIO) -> None:
        """Fetch until everything is there; a connection that brought something on is worth another."""
        if missing := self._found.size_bytes - file.seek(0, os.SEEK_END):
            self._check_disk(missing)
        failures = 0
        while (have := file.seek(0, os.SEEK_END)) < self._found.size_bytes:
            try:
                self._receive_on(file, have)
            except ApiError as err:
                failures = failures + 1 if file.seek(0, os.SEEK_END) <= have else 0
                if err.code is not ErrorCode.HUB_UNREACHABLE or failures == _ATTEMPTS:
                    raise
                self._stopped.wait(_PAUSE_SECONDS * failures)

    def _receive_on(self, file: FileIO, have: int) -> None:
        """Fetch over one connection as far as it goes."""
        with self._hub.open(self._found, have) as body:
            file.truncate(body.start)
            done = body.start
            for piece in body.pieces:
                self._check_disk(0)
                _write(file, piece)
                done += len(piece)
                self._tell("downloading", done)
                if done > self._found.size_bytes:
                    break
        if done == have:
            raise ApiError(ErrorCode.HUB_UNREACHABLE, "The hub sends nothing of the file.")

    def _verify(self, file: FileIO) -> None:
        """Put the file in its place if it is what the hub said, and away with it if not."""
        os.fsync(file.fileno())
        if self._hash(file) != self._found.sha256:
            self._part.unlink()
            raise ApiError(
                ErrorCode.CHECKSUM_MISMATCH,
                "What arrived is not what the hub said; it was thrown away. Pull again, it will start anew.",
            )
        try:
            read_header(self._part)
        except ApiError:
            self._part.unlink()
            raise
        self._part.replace(self._target)

    def _hash(self, file: FileIO) -> str:
        """Hash a file and tell how far that is."""
        return sha256_of(file, lambda done: self._tell("verifying", done))


def part_path(target: Path, sha256: str) -> Path:
    """Return where a file lies while it is fetched."""
    return target.with_name(f".{target.stem}.{sha256[:16]}.part")


def part_paths(target: Path) -> list[Path]:
    """Return what lies there of a file that was not fetched to its end, whatever its hash."""
    return [path for path in target.parent.glob(".*.part") if path.name.rsplit(".", 2)[0] == f".{target.stem}"]


def claim(part: Path) -> FileIO:
    """Open a part file, made if need be, for nobody else until it is closed.

    Raises:
        ApiError: `pull_running`, somebody else has it.
        OSError: the folder cannot be written to.
    """
    part.parent.mkdir(parents=True, exist_ok=True)
    while True:
        file = FileIO(os.open(part, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644), "r+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as err:
            file.close()
            raise ApiError(ErrorCode.PULL_RUNNING, "That model is being fetched already.") from err
        # Whoever had it a moment ago may have moved it to its place: then it is no part any more.
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), part.stat()):
                return file
        file.close()


def sha256_of(file: FileIO, tell: Callable[[int], None]) -> str:
    """Hash a file from its first byte; `tell` learns how many bytes are done."""
    digest = hashlib.sha256()
    done = file.seek(0)
    while piece := file.read(_READ_AT_ONCE):
        digest.update(piece)
        done += len(piece)
        tell(done)
    return digest.hexdigest()


def _write(file: FileIO, piece: bytes) -> None:
    """Write all of a piece."""
    rest = memoryview(piece)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError as err:
        # A file system may also have an end for each file or each user.
        if err.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise ApiError(ErrorCode.DISK_FULL, "The disk cannot take more of the model's file.") from err
        raise
