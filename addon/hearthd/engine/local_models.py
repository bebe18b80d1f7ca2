"""Bring together the store, the machine and the backend that runs a model on it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from functools import cached_property, partial
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from hearthd.engine.backend import Backend
from hearthd.engine.llama.trial import Trials
from hearthd.engine.metrics import ModelMetrics
from hearthd.errors import ApiError, ErrorCode
from hearthd.models.fit import Fit, Verdict, fit
from hearthd.models.gguf_header import known_header, read_header
from hearthd.models.kind import check_kind, embeds
from hearthd.models.machine import Machine, read_machine
from hearthd.models.plan import ContextPlan
from hearthd.models.store import ModelStore
from hearthd.settings import InstalledRef, LocalRef, ModelRef, Role, ScriptedRef, Settings

if TYPE_CHECKING:
    from hearthd.engine.kernel.snapshots import SnapshotStore

_LOGGER = logging.getLogger(__name__)
_MIB = 2**20


class LocalModels:
    """The models whose files are on this machine, and what it can do with them."""

    def __init__(self, settings: Settings, store: ModelStore, look_at: Callable[[], Machine] | None = None) -> None:
        """Keep where things are; nothing is read yet."""
        self._settings = settings
        self._store = store
        self._look_at = look_at or _this_machine

    def open(self, ref: LocalRef | InstalledRef, metrics: ModelMetrics) -> Backend:
        """Make the backend that runs a model.

        Raises:
            ApiError: `model_missing`, or `model_failed` if the file or llama.cpp cannot be used here.
        """
        # The native library is imported only by those who use it.
        try:
            from hearthd.engine.local import LocalBackend  # noqa: PLC0415 - see above
            from hearthd.engine.local_embedder import LocalEmbedder  # noqa: PLC0415 - see above
        except (ImportError, OSError) as err:
            raise ApiError(ErrorCode.MODEL_FAILED, "llama.cpp cannot be used on this machine.") from err
        data, max_queue = self._settings.data, self._settings.max_queue
        path, plan = self.path(ref), partial(self._plan, ref)
        # Where nothing can be remembered, each start would take twice as long.
        trials = Trials(data / "loaded.json") if data.is_dir() else None
        if embeds(read_header(path)):
            return LocalEmbedder(path, plan, metrics, max_queue=max_queue, trials=trials)
        return LocalBackend(path, plan, metrics, max_queue=max_queue, snapshots=self._snapshots, trials=trials)

    def path(self, ref: LocalRef | InstalledRef) -> Path:
        """Return where a model's file is; raises ApiError `model_missing` for one that is not installed."""
        return ref.path if isinstance(ref, LocalRef) else self._store.path(ref.model_id)

    def installed(self, role: Role) -> Iterable[InstalledRef]:
        """Return the installed models that may play a role; for what is not known its file speaks."""
        for model_id, model in self._store.installed().items():
            entry = self._store.entry(model_id)
            if role in entry.roles if entry else self._may_play(model.path, role):
                yield InstalledRef(model_id)

    def check_kind(self, ref: ModelRef, role: Role) -> None:
        """Refuse a model that cannot do what a role is for, as far as it can be known.

        Raises:
            ApiError: `unsupported`, or what is wrong with a file.
        """
        if isinstance(ref, LocalRef | InstalledRef):
            check_kind(known_header(self.path(ref)), role)
        elif isinstance(ref, ScriptedRef) and role is Role.EMBEDDING:
            raise ApiError(ErrorCode.UNSUPPORTED, "A script cannot embed texts.", param="model")

    def _may_play(self, path: Path, role: Role) -> bool:
        """Tell whether a file is of the kind for a role; what is wrong with one is told when it is chosen."""
        try:
            check_kind(known_header(path), role)
        except ApiError as err:
            return err.code is not ErrorCode.UNSUPPORTED
        return True

    def has_room(self, ref: ModelRef, loaded: Collection[ModelRef], leaving: Collection[ModelRef]) -> bool:
        """Tell whether a model runs as well beside what is loaded as it would if some of that left.

        Raises:
            ApiError: `does_not_fit` even then, or what is wrong with a file.
        """
        if not isinstance(ref, LocalRef | InstalledRef):
            return True
        machine = self._look_at()
        going = [other for other in loaded if other in leaving and isinstance(other, LocalRef | InstalledRef)]
        freed = sum(self._fit(other, machine).needs.on_cpu for other in going)
        alone = replace(machine, memory_available_bytes=machine.memory_available_bytes + freed)
        best = self._fit(ref, alone)
        if best.verdict is Verdict.NO:
            raise _does_not_fit(best)
        return self._fit(ref, machine).plan == best.plan

    def _fit(self, ref: LocalRef | InstalledRef, machine: Machine) -> Fit:
        """Choose how a model would be run on a machine."""
        return fit(read_header(self.path(ref)), machine, self._settings.wishes)

    def _plan(self, ref: LocalRef | InstalledRef) -> ContextPlan:
        """Say with which numbers a model is run here and now; raises ApiError `does_not_fit`."""
        chosen = self._fit(ref, self._look_at())
        if chosen.verdict is Verdict.NO:
            raise _does_not_fit(chosen)
        return chosen.plan

    @cached_property
    def _snapshots(self) -> SnapshotStore | None:
        """Return where prefixes outlive the engine, None if nothing is to be kept or the folder cannot be used."""
        if not self._settings.prefix_disk_mb:
            return None
        from hearthd.engine.kernel.snapshots import SnapshotStore  # noqa: PLC0415 - as above

        try:
            return SnapshotStore(self._settings.data / "prefixes", self._settings.prefix_disk_mb * _MIB)
        except OSError as err:
            _LOGGER.warning("Prefixes are not kept on disk: %s", err.strerror)
            return None


def _this_machine() -> Machine:
    """Look at the machine, with the graphics processors that llama.cpp can use."""
    from hearthd.engine.llama.devices import find_gpus  # noqa: PLC0415 - it brings the native library along

    return read_machine(gpus=find_gpus())


def _does_not_fit(chosen: Fit) -> ApiError:
    """Say why a model cannot run here, and what would help."""
    words = f"The model does not fit: {chosen.reason}"
    return ApiError(ErrorCode.DOES_NOT_FIT, f"{words}; {chosen.suggestion}." if chosen.suggestion else f"{words}.")
