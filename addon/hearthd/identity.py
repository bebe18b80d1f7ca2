"""Keep who this engine is and the secret that opens it, in the data folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
import fcntl
import os
from pathlib import Path
import secrets
import uuid

from hearthd.settings import Settings, SettingsError
from hearthd.stored_json import write_whole

_TOKEN_FILE = "token"  # noqa: S105 - a file's name
_INSTANCE_FILE = "instance_id"
_SECRET_MODE = 0o600


@dataclass(frozen=True, slots=True)
class Identity:
    """The engine's bearer token and its id, which outlives tokens and addresses."""

    instance_id: str
    token: str = field(repr=False)


def read_identity(settings: Settings) -> Identity:
    """Read the identity, made on first use.

    Raises:
        SettingsError: the data folder cannot be used.
    """
    return Identity(_read_or_make(settings.data / _INSTANCE_FILE, uuid.uuid4().hex), read_token(settings))


def read_token(settings: Settings) -> str:
    """Return the token that was set, or else the one in the data folder, made on first use.

    Raises:
        SettingsError: the data folder cannot be used.
    """
    return settings.token or _read_or_make(settings.data / _TOKEN_FILE, secrets.token_urlsafe(32))


def _read_or_make(path: Path, fresh: str) -> str:
    """Return what a file holds; if it is missing or empty, write `fresh` to it first."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone_in(path.parent):
            if not _read(path):
                write_whole(path, f"{fresh}\n")
            path.chmod(_SECRET_MODE)
            return _read(path)
    except OSError as err:
        raise SettingsError(f"the data folder {path.parent} cannot be used: {err.strerror}") from err
    except UnicodeDecodeError as err:
        raise SettingsError(f"{path} is damaged; delete it to have a new one made") from err


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep other programs that begin in a folder waiting: each is to find what the first one made."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _read(path: Path) -> str:
    """Return what a file holds, nothing if it is missing."""
    return path.read_text("ascii").strip() if path.exists() else ""
