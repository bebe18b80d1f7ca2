"""Keep small JSON objects on disk: written whole or not at all, and edited by one program at a time."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
import fcntl
import json
import os
from pathlib import Path
import tempfile
from typing import Any


class DamagedFileError(Exception):
    """A file holds something else than it should; the message is one line that names the file."""


def read_object(path: Path) -> dict[str, Any]:
    """Read a JSON object; a missing file is an empty one.

    Raises:
        DamagedFileError: the file holds something else.
        OSError: it cannot be read.
    """
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError) as err:
        raise DamagedFileError(f"{path.name} is damaged: it is not JSON") from err
    if not isinstance(found, dict):
        raise DamagedFileError(f"{path.name} is damaged: an object is expected")
    return found


def write_object(path: Path, data: Mapping[str, Any]) -> None:
    """Replace a file; whoever reads it meanwhile, or after a crash, sees the old or the new whole.

    Raises:
        OSError: it cannot be written; the old one is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, f"{json.dumps(data, indent=2, ensure_ascii=False)}\n")


def write_whole(path: Path, text: str) -> None:
    """Make or replace a file that only its owner may read, whole or not at all.

    Raises:
        OSError: it cannot be written; the old one is untouched.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def edit_object(path: Path) -> Generator[dict[str, Any]]:
    """Yield a file's object and write it back, unless an exception is raised; two programs take turns.

    Raises:
        DamagedFileError: the file holds something else; it is left as it is.
        OSError: it cannot be read or written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        data = read_object(path)
        yield data
        write_object(path, data)
