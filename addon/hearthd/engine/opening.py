"""Put models, store and settings together into a table of roles."""

from functools import partial
from typing import assert_never

from hearthd.assignments import assigned_models, write_assignment
from hearthd.engine.backend import Backend
from hearthd.engine.local_models import LocalModels
from hearthd.engine.metrics import ModelMetrics
from hearthd.engine.remote import RemoteBackend
from hearthd.engine.roles import Cast, Choices, RoleTable
from hearthd.engine.scripted import ScriptedBackend
from hearthd.models.store import ModelStore
from hearthd.settings import InstalledRef, LocalRef, ModelRef, RemoteRef, Role, ScriptedRef, Settings

# As many as llama-server has slots by itself.
_REMOTE_PARALLEL = 4


def open_table(settings: Settings, store: ModelStore) -> RoleTable:
    """Return the table of roles that the settings speak of; nothing is loaded yet.

    Raises:
        SettingsError: what a person chose while the engine ran cannot be read.
    """
    local = LocalModels(settings, store)

    def keep(role: Role, ref: ModelRef | None) -> None:
        write_assignment(settings.data, role, None if ref is None else str(ref))

    return RoleTable(
        read_cast(settings),
        partial(open_backend, settings=settings, local=local),
        Choices(local.installed, local.has_room, local.check_kind, keep),
        idle_seconds=settings.idle_unload_minutes * 60 or None,
    )


def read_cast(settings: Settings) -> Cast:
    """Return what plays which role: as it was fixed at the start, else as a person chose, else as the options say.

    Raises:
        SettingsError: what was chosen cannot be read.
    """
    return Cast(assigned_models(settings), settings.fallbacks, settings.fixed_roles, settings.models)


def open_backend(ref: ModelRef, metrics: ModelMetrics, *, settings: Settings, local: LocalModels) -> Backend:
    """Make the backend that runs a model, under the id that `metrics` has for it.

    Raises:
        ApiError: `model_missing`, or `model_failed` if its library cannot be used on this machine.
    """
    match ref:
        case LocalRef() | InstalledRef():
            return local.open(ref, metrics)
        case RemoteRef(url, model):
            return RemoteBackend(
                url,
                model,
                key=settings.remote_key,
                parallel=settings.wishes.parallel or _REMOTE_PARALLEL,
                max_queue=settings.max_queue,
                metrics=metrics,
            )
        case ScriptedRef(path):
            return ScriptedBackend(path, metrics)
        case _:
            assert_never(ref)
