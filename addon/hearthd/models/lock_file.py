"""Remember which file of the hub each model is, in `lock.json`: the hash of the first download is the only right one.

A model's entry stays when its file is removed, so that fetching it again brings the same bytes.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from hearthd.errors import ApiError, ErrorCode
from hearthd.stored_json import DamagedFileError, edit_object, read_object

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Pin:
    """What a model's file is.

    `repo` and `revision`, a commit id, are None for a file that was added by hand; `file` is its name there.
    `latest_revision` is the newest one that brings other bytes, as last seen. `pulled_at` is in ISO 8601, UTC.
    """

    source: Literal["hub", "local"]
    file: str
    sha256: str
    size_bytes: int
    pulled_at: str
    repo: str | None = None
    revision: str | None = None
    latest_revision: str | None = None


class LockFile:
    """The pins of all models, by id."""

    def __init__(self, path: Path) -> None:
        """Name the file; it may be missing."""
        self._path = path

    def read(self) -> dict[str, Pin]:
        """Return the pins.

        Raises:
            ApiError: `model_failed`, the file is damaged or cannot be read.
        """
        with _damage_told():
            return _pins(read_object(self._path))

    def put(self, model_id: str, pin: Pin) -> None:
        """Pin a model; raises as `read`."""
        with _damage_told(), edit_object(self._path) as data:
            _pins(data)
            data["version"] = _VERSION
            data.setdefault("models", {})[model_id] = asdict(pin)

    def note_latest(self, model_id: str, pin: Pin, latest_revision: str | None) -> None:
        """Remember the newest revision of a model, unless its pin was changed since it was read; raises as `read`."""
        with _damage_told(), edit_object(self._path) as data:
            if _pins(data).get(model_id) == pin:
                data["models"][model_id]["latest_revision"] = latest_revision

    def forget(self, model_id: str) -> None:
        """Forget a model's pin; raises as `read`."""
        with _damage_told(), edit_object(self._path) as data:
            _pins(data)
            data.get("models", {}).pop(model_id, None)


def _pins(data: dict[str, Any]) -> dict[str, Pin]:
    """Read what the file holds, strictly: a wrong pin would let a wrong file in."""
    models = data.get("models", {})
    if data.get("version", _VERSION) != _VERSION or not isinstance(models, dict):
        raise DamagedFileError("lock.json is damaged, or of a later version")
    return {model_id: _pin(model_id, entry) for model_id, entry in models.items()}


def _pin(model_id: str, entry: Any) -> Pin:
    """Read one entry."""
    is_whole = (
        isinstance(entry, dict)
        and entry.keys() == {field.name for field in fields(Pin)}
        and entry["source"] in {"hub", "local"}
        and all(isinstance(entry[name], str) for name in ("file", "sha256", "pulled_at"))
        and isinstance(entry["size_bytes"], int)
        and all(isinstance(entry[name], str | None) for name in ("repo", "revision", "latest_revision"))
    )
    if not is_whole:
        raise DamagedFileError(f"lock.json is damaged at {model_id!r}")
    return Pin(**entry)


@contextmanager
def _damage_told() -> Generator[None]:
    """Say what a person can do about a file that cannot be used."""
    try:
        yield
    except DamagedFileError as err:
        raise ApiError(
            ErrorCode.MODEL_FAILED,
            f"In the models folder, {err}. Put back a copy of it, or delete it to have the models pinned anew.",
        ) from err
    except OSError as err:
        raise ApiError(
            ErrorCode.MODEL_FAILED, f"In the models folder, lock.json cannot be used: {err.strerror}."
        ) from err
