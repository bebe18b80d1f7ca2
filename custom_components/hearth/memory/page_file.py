"""Keep a page in a file that people write to as well: whatever anybody wrote is there afterwards.

Nothing here may run in the event loop.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
import os
from pathlib import Path
import secrets
import time

_ATTEMPTS = 8
# How long whoever writes at the same time gets to finish.
_WAIT_SECONDS = 0.05
_ASIDE = ".aside"


# Told of each version of a page that was kept beside it.
type OnCopy = Callable[[Path], None]


class PageChangedTooOften(OSError):
    """Somebody else kept writing to a page for as long as we tried to."""


def read(path: Path, now: datetime, on_copy: OnCopy) -> str:
    """Return the text of a page, nothing for one that is not there.

    One that is no text any more is kept beside it, of which `on_copy` is told; the lines that still are one stay.
    Raises OSError.
    """
    data = _read(path) or b""
    lines = data.split(b"\n")
    sound = [line for line in lines if _is_text(line)]
    if len(sound) == len(lines):
        return data.decode()
    copy = _name_beside(path, "damaged", now)
    write(copy, data)
    on_copy(copy)
    if _swap(path, data, b"\n".join(sound)):
        _aside(path).unlink(missing_ok=True)
    return read(path, now, on_copy)


def edit(path: Path, change: Callable[[str], str], now: datetime, on_copy: OnCopy) -> None:
    """Write what `change` makes of a page's text.

    `change` is asked again whenever somebody else has written meanwhile, so it must only say what is to be different.
    If both have written, the other's version is kept in a file as well, and `on_copy` is told of it. Raises OSError
    and what `change` raises; then the page is as others have left it.
    """
    for _ in range(_ATTEMPTS):
        before = read(path, now, on_copy)
        after = change(before)
        if after == before:
            return
        if not _swap(path, before.encode(), after.encode()):
            time.sleep(_WAIT_SECONDS)
            continue
        if (theirs := _take_aside(path, before.encode())) is None:
            return
        # Somebody had the file open and wrote into the version that we took away: theirs is edited instead of ours.
        copy = _name_beside(path, "conflict", now)
        write(copy, theirs)
        on_copy(copy)
        _swap(path, after.encode(), theirs)
        _aside(path).unlink(missing_ok=True)
    raise PageChangedTooOften(f"{path.name} is being written to")


def write(path: Path, data: bytes) -> None:
    """Put a private file in the place of another at once, so that no crash leaves half of it; raises OSError."""
    temporary = _written(path, data)
    temporary.replace(path)
    _sync_folder(path.parent)


def recover(folder: Path) -> None:
    """Put back what a crash has left beside its place; raises OSError."""
    for aside in folder.glob(f".*{_ASIDE}"):
        path = aside.with_name(aside.name.removeprefix(".").removesuffix(_ASIDE))
        if path.exists():
            aside.unlink()
        else:
            aside.rename(path)
    for temporary in folder.glob(".*.tmp"):
        temporary.unlink()


def _is_text(line: bytes) -> bool:
    """Tell whether a line was written by anybody; a disk that lost it gives back zeros or nonsense."""
    try:
        return "\0" not in line.decode()
    except UnicodeDecodeError:
        return False


def _read(path: Path) -> bytes | None:
    with suppress(FileNotFoundError):
        return path.read_bytes()
    return None


def _swap(path: Path, before: bytes, after: bytes) -> bool:
    """Write a page unless it is no longer what it was; its old version stays aside until `_take_aside`."""
    temporary, aside = _written(path, after), _aside(path)
    try:
        # The old version is taken away first: what was there at that moment is seen, whoever wrote it.
        with suppress(FileNotFoundError):
            path.rename(aside)
        if (_read(aside) or b"") != before:
            _put_back(aside, path)
            return False
        # A link never replaces a page that somebody has made meanwhile, which a renaming would.
        if not _link(temporary, path):
            aside.unlink(missing_ok=True)
            return False
    except OSError:
        _put_back(aside, path)
        raise
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return True


def _take_aside(path: Path, before: bytes) -> bytes | None:
    """Throw the old version away, and return it if somebody has written into it after all."""
    aside = _aside(path)
    late = _read(aside)
    for _ in range(_ATTEMPTS):
        if late in (None, before):
            break
        time.sleep(_WAIT_SECONDS)
        if (later := _read(aside)) == late:
            break
        late = later
    aside.unlink(missing_ok=True)
    return None if late == before else late


def _put_back(aside: Path, path: Path) -> None:
    if aside.exists():
        _link(aside, path)
        aside.unlink(missing_ok=True)


def _link(source: Path, target: Path) -> bool:
    """Give a file its place, and tell whether that was free."""
    try:
        os.link(source, target)
    except FileExistsError:
        return False
    except OSError:
        # On a file system without links a moment remains in which somebody's new page could be replaced.
        if target.exists():
            return False
        source.rename(target)
    return True


def _written(path: Path, data: bytes) -> Path:
    """Write a private file beside a path, down to the disk, and return its name."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _aside(path: Path) -> Path:
    return path.with_name(f".{path.name}{_ASIDE}")


def _name_beside(path: Path, what: str, now: datetime) -> Path:
    return path.with_name(f"{path.stem}.{what}-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(2)}{path.suffix}")
