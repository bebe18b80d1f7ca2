"""Keep the models that are on this machine: `<data>/models/<id>.gguf`, and what is known of each in `lock.json`.

A file that was added by hand stays where it is; a link to it lies in the folder. What a person puts there without a
word counts too, unpinned. The folder is right whatever else is damaged: a model is there when its file is.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import FileIO
import logging
from pathlib import Path
import re
import threading
from typing import Literal

from hearthd.errors import ApiError, ErrorCode
from hearthd.models.builtin import BUILTIN, builtin_path
from hearthd.models.catalogue import CatalogueEntry, is_model_id, read_catalogue
from hearthd.models.download import Download, PullProgress, claim, free_disk, part_paths, sha256_of
from hearthd.models.gguf_header import read_header
from hearthd.models.hub import Hub
from hearthd.models.hub_file import HubFile
from hearthd.models.lock_file import LockFile, Pin
from hearthd.settings import Settings

_LOGGER = logging.getLogger(__name__)

_REPO = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
_FILE = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._-]{0,127}/){0,4}[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_REVISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_PART_OF_SEVERAL = re.compile(r"-\d{5}-of-\d{5}$")


@contextmanager
def _trouble_told() -> Generator[None]:
    """Say that the disk or the rights to it are to blame."""
    try:
        yield
    except OSError as err:
        raise ApiError(ErrorCode.MODEL_FAILED, f"The models folder cannot be used: {err.strerror}.") from err


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file of the hub and the id that it is to have here; without a `revision` it is what is known of it."""

    id: str
    repo: str
    file: str
    revision: str | None = None


@dataclass(frozen=True, slots=True)
class Installed:
    """A model that is there; `pin` is None for a file that nobody told us of, and for the one that ships with us."""

    id: str
    path: Path
    size_bytes: int
    pin: Pin | None
    is_builtin: bool = False

    @property
    def source(self) -> Literal["hub", "local", "builtin"]:
        """Tell where it came from; what nobody told us of is like a file of one's own."""
        if self.is_builtin:
            return "builtin"
        return self.pin.source if self.pin else "local"

    @property
    def has_newer(self) -> bool:
        """Tell whether the hub was seen to have other bytes of it."""
        return self.pin is not None and self.pin.latest_revision != self.pin.revision


class ModelStore:
    """The models folder of one engine; safe to use from several threads and programs."""

    def __init__(
        self,
        folder: Path,
        hub: Hub,
        *,
        catalogue: Mapping[str, CatalogueEntry] | None = None,
        builtin: Mapping[str, Path] | None = None,
        free_disk: Callable[[Path], int] = free_disk,
    ) -> None:
        """Name the folder, which is made when something is put into it; `builtin` lie elsewhere, by id, and stay."""
        self.hub = hub
        self.catalogue = read_catalogue() if catalogue is None else catalogue
        self._builtin = builtin or {}
        self._folder = folder
        self._lock = LockFile(folder / "lock.json")
        self._free_disk = free_disk

    def installed(self) -> dict[str, Installed]:
        """Return the models that are there, by id; those whose link leads nowhere are not."""
        pins = self._known_pins()
        files = sorted(path for path in self._folder.glob("*.gguf") if is_model_id(path.stem) and path.is_file())
        found = {path.stem: Installed(path.stem, path, path.stat().st_size, pins.get(path.stem)) for path in files}
        return found | {
            model_id: Installed(model_id, path, path.stat().st_size, None, is_builtin=True)
            for model_id, path in self._builtin.items()
            if path.is_file()
        }

    def entry(self, model_id: str) -> CatalogueEntry | None:
        """Return what is known of a model, None of one that was installed by hand."""
        return BUILTIN if model_id in self._builtin else self.catalogue.get(model_id)

    def path(self, model_id: str) -> Path:
        """Return where a model's file is.

        Raises:
            ApiError: `model_missing`, there is no such model here.
        """
        path = self._builtin.get(model_id) or self.file_of(model_id)
        if not path.is_file():
            raise ApiError(ErrorCode.MODEL_MISSING, f"The model {model_id} is not installed; pull or add it first.")
        return path

    def wanted(self, model_id: str, revision: str | None = None) -> Wanted:
        """Return what an id of the catalogue or of an earlier download stands for.

        Raises:
            ApiError: `unknown_model`, or `invalid_request` for what is no revision.
        """
        if entry := self.catalogue.get(model_id):
            return self._checked(Wanted(entry.id, entry.repo, entry.file, revision))
        pin = self._lock.read().get(model_id)
        if pin is None or pin.repo is None:
            raise ApiError(ErrorCode.UNKNOWN_MODEL, "The catalogue has no model of that id.", param="id")
        return self._checked(Wanted(model_id, pin.repo, pin.file, revision))

    def wanted_file(self, repo: str, file: str, revision: str | None = None) -> Wanted:
        """Return what a file of the hub is called here: as in the catalogue, or after its name.

        Raises:
            ApiError: `invalid_request` for what is no name, `unsupported` for what is no model in one GGUF file.
        """
        for entry in self.catalogue.values():
            if (entry.repo, entry.file) == (repo, file):
                return self._checked(Wanted(entry.id, repo, file, revision))
        return self._checked(Wanted(Path(file).stem.lower(), repo, file, revision))

    @_trouble_told()
    def pull(self, wanted: Wanted, report: Callable[[PullProgress], None], stopped: threading.Event) -> None:
        """Fetch a model, or go on with it; this blocks for as long as it takes.

        Without a revision these are the pinned bytes, unless the hub was seen to have newer ones of an installed
        model. With one, these are pinned anew.

        Raises:
            ApiError: what `Hub.locate` and `Download.run` raise; `checksum_mismatch` if the hub's file of a pinned
                revision is another than it was; `invalid_request` if another model has the id; `model_failed` if the
                folder cannot be used.
            PullStopped: `stopped` was set.
        """
        target = self.file_of(wanted.id)
        pin = self._lock.read().get(wanted.id)
        is_other = pin is not None and (pin.repo, pin.file) != (wanted.repo, wanted.file)
        if is_other or target.is_symlink() or wanted.id in self._builtin:
            raise ApiError(
                ErrorCode.INVALID_REQUEST, f"Another model is called {wanted.id} here; remove it first.", param="id"
            )
        revision = wanted.revision or _revision_to_pull(pin, is_there=target.is_file())
        found = self.hub.locate(wanted.repo, wanted.file, revision)
        if pin and found.revision == pin.revision and found.sha256 != pin.sha256:
            raise ApiError(
                ErrorCode.CHECKSUM_MISMATCH,
                "The hub's file is not the one that was pinned at the first download, though its revision is the same. "
                "It was not fetched.",
            )
        Download(self.hub, found, target, report=report, stopped=stopped, free_disk=self._free_disk).run()
        self._lock.put(wanted.id, _hub_pin(found))
        # What was begun of other revisions would only take room.
        for part in part_paths(target):
            with suppress(ApiError), claim(part):
                part.unlink()
        _LOGGER.info("%s is installed from %s at %s", wanted.id, found.repo, found.revision)

    @_trouble_told()
    def add(self, path: Path, model_id: str | None = None) -> str:
        """Make a GGUF file of this machine known under an id, by default after its name, and return the id.

        It is hashed, which takes a while, and stays where it is.

        Raises:
            ApiError: `invalid_request` for an unusable path or id, `model_missing` or `model_failed` for a file that
                is not there or no whole GGUF file; `model_failed` also if the folder cannot be used.
        """
        chosen = path.stem if model_id is None else model_id
        target = self.file_of(chosen)
        if not path.is_absolute():
            raise ApiError(ErrorCode.INVALID_REQUEST, "The path must begin with a slash.", param="path")
        if not path.is_file():
            raise ApiError(ErrorCode.MODEL_MISSING, "There is no file at that path.", param="path")
        if target.exists() or target.is_symlink() or chosen in self._builtin:
            raise ApiError(
                ErrorCode.INVALID_REQUEST, f"There is a model {chosen} already; remove it first.", param="id"
            )
        size = read_header(path).file_bytes
        with FileIO(path) as file:
            sha256 = sha256_of(file, lambda _done: None)
        self._lock.put(chosen, Pin("local", path.name, sha256, size, _now()))
        target.symlink_to(path)
        return chosen

    @_trouble_told()
    def remove(self, model_id: str) -> None:
        """Delete a model's file, or the link to one that was added by hand, and what was fetched of it.

        The pin of a model from the hub stays, so that fetching it again brings the same bytes.

        Raises:
            ApiError: `unknown_model`, `invalid_request` for the one that ships with us, `pull_running` while it is
                being fetched, or `model_failed` if the folder cannot be used.
        """
        if model_id in self._builtin:
            raise ApiError(
                ErrorCode.INVALID_REQUEST, f"{model_id} is a part of Hearth and cannot be removed.", param="id"
            )
        target = self.file_of(model_id)
        parts = part_paths(target)
        pin = self._known_pins().get(model_id)
        is_by_hand = pin is not None and pin.source == "local"
        if not (parts or is_by_hand or target.is_symlink() or target.exists()):
            raise ApiError(ErrorCode.UNKNOWN_MODEL, f"There is no model {model_id} here.", param="id")
        for part in parts:
            with claim(part):
                part.unlink()
        target.unlink(missing_ok=True)
        if is_by_hand:
            self._lock.forget(model_id)

    def check_for_updates(self) -> None:
        """Ask the hub whether it has other bytes of the installed models by now, and remember it.

        Raises:
            ApiError: the first failure, after every model was asked for that could be.
        """
        failures: list[ApiError] = []
        for model in self.installed().values():
            if model.pin is None or model.pin.repo is None:
                continue
            try:
                newest = self.hub.locate(model.pin.repo, model.pin.file)
            except ApiError as err:
                failures.append(err)
                continue
            # A repository's commits are mostly about its page: these bring nothing.
            latest = model.pin.revision if newest.sha256 == model.pin.sha256 else newest.revision
            if latest != model.pin.latest_revision:
                self._lock.note_latest(model.id, model.pin, latest)
        if failures:
            raise failures[0]

    def free_bytes(self) -> int:
        """Return how much can still be written where the models are."""
        folder = self._folder
        while not folder.is_dir() and folder != folder.parent:
            folder = folder.parent
        return self._free_disk(folder)

    def models_bytes(self) -> int:
        """Return what the models folder takes on its disk, unfinished downloads too."""
        return sum(path.lstat().st_size for path in self._folder.glob("*") if path.is_file() and not path.is_symlink())

    def file_of(self, model_id: str) -> Path:
        """Return where the file of an id belongs, be it there or not.

        Raises:
            ApiError: `invalid_request`, that is no id.
        """
        if not is_model_id(model_id):
            raise ApiError(
                ErrorCode.INVALID_REQUEST,
                "A model's id is made of letters, digits, dots, dashes and underscores, and is not the name of a role.",
                param="id",
            )
        return self._folder / f"{model_id}.gguf"

    def _checked(self, wanted: Wanted) -> Wanted:
        """Let nothing through that is no name on a hub or no file name here."""
        self.file_of(wanted.id)
        if not _REPO.fullmatch(wanted.repo):
            raise ApiError(ErrorCode.INVALID_REQUEST, "A repository is named owner/name.", param="repo")
        if not _FILE.fullmatch(wanted.file):
            raise ApiError(ErrorCode.INVALID_REQUEST, "That is no name of a file on the hub.", param="file")
        if wanted.revision is not None and not _REVISION.fullmatch(wanted.revision):
            raise ApiError(ErrorCode.INVALID_REQUEST, "That is no revision.", param="revision")
        name = Path(wanted.file)
        if name.suffix.lower() != ".gguf" or _PART_OF_SEVERAL.search(name.stem):
            raise ApiError(ErrorCode.UNSUPPORTED, "A model in one GGUF file is expected.", param="file")
        return wanted

    def _known_pins(self) -> dict[str, Pin]:
        """Return the pins as far as they can be read: a model runs without its pin too."""
        try:
            return self._lock.read()
        except ApiError as err:
            _LOGGER.warning("%s", err.message)
            return {}


def open_store(settings: Settings) -> ModelStore:
    """Return the store that the settings speak of."""
    hub = Hub(settings.hub_url, settings.hub_token, offline=settings.offline)
    return ModelStore(settings.data / "models", hub, builtin={BUILTIN.id: builtin_path()})


def _revision_to_pull(pin: Pin | None, *, is_there: bool) -> str | None:
    """Return which revision is meant when none is named; None is the newest."""
    if pin is None:
        return None
    return pin.latest_revision or pin.revision if is_there else pin.revision


def _hub_pin(found: HubFile) -> Pin:
    """Return the pin of a file that has been fetched."""
    return Pin(
        "hub",
        found.file,
        found.sha256,
        found.size_bytes,
        _now(),
        found.repo,
        found.revision,
        latest_revision=found.revision,
    )


def _now() -> str:
    """Return the time to the second."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
