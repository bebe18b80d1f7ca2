"""Map the four roles to models and pick the one that a request means."""

import asyncio
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
import time
from typing import assert_never

from hearthd.engine.backend import Backend
from hearthd.engine.model import Model, ModelState
from hearthd.engine.remote import RemoteBackend
from hearthd.engine.scripted import ScriptedBackend
from hearthd.errors import ApiError, ErrorCode
from hearthd.settings import LocalRef, ModelRef, RemoteRef, Role, ScriptedRef, Settings

_LOOK_AGAIN_SECONDS = 30.0
_CHAT_ROLES = {Role.FAST, Role.REASONING}


class Health(StrEnum):
    """How the engine as a whole fares."""

    OK = "ok"
    LOADING = "loading"
    DEGRADED = "degraded"


class RoleTable:
    """Which model serves which role; a model that serves two is loaded once."""

    def __init__(
        self,
        refs: Mapping[Role, ModelRef],
        open_backend: Callable[[ModelRef], Backend],
        look_again_seconds: float = _LOOK_AGAIN_SECONDS,
    ) -> None:
        """Fill the table; nothing is loaded yet."""
        models = {ref: Model(ref, open_backend) for ref in dict.fromkeys(refs.values())}
        self._by_role: dict[Role, Model] = {role: models[refs[role]] for role in Role if role in refs}
        self._look_again_seconds = look_again_seconds
        self._watch: asyncio.Task[None] | None = None
        self.created = int(time.time())

    @property
    def models(self) -> dict[Model, list[Role]]:
        """Return each model with the roles that it serves."""
        roles: dict[Model, list[Role]] = {}
        for role, model in self._by_role.items():
            roles.setdefault(model, []).append(role)
        return roles

    @property
    def health(self) -> Health:
        """Return how the engine fares; without any model it is well."""
        states = {model.state for model in self._by_role.values()}
        if ModelState.FAILED in states:
            return Health.DEGRADED
        return Health.LOADING if ModelState.LOADING in states else Health.OK

    def get(self, role: Role) -> Model | None:
        """Return the model that serves a role."""
        return self._by_role.get(role)

    def start(self) -> None:
        """Begin to load every model, and keep an eye on those that fail."""
        for model in self.models:
            model.load()
        self._watch = asyncio.create_task(self._look_after())

    def find(self, name: str) -> Model:
        """Return the model that a request names by a role or by the model's id.

        Raises:
            ApiError: there is no such model, or it does not chat.
        """
        if name in Role:
            role = Role(name)
            found = self._by_role.get(role)
            if found is None:
                raise ApiError(ErrorCode.MODEL_MISSING, f"No model is set for the role {role}.", param="model")
            roles = [role]
        else:
            matches = ((model, roles) for model, roles in self.models.items() if model.ref.model_id == name)
            found, roles = next(matches, (None, []))
            if found is None:
                raise ApiError(ErrorCode.UNKNOWN_MODEL, "There is no role or model of that name.", param="model")
        if not _CHAT_ROLES.intersection(roles):
            raise ApiError(ErrorCode.UNSUPPORTED, f"The {roles[0]} model does not chat.", param="model")
        return found

    async def close(self) -> None:
        """End what runs with `shutting_down` and free every model."""
        if self._watch is not None:
            self._watch.cancel()
        await asyncio.gather(*(model.close() for model in self.models))

    async def _look_after(self) -> None:
        """Have failed models tried again now and then, so that they heal without being asked for."""
        while True:
            await asyncio.sleep(self._look_again_seconds)
            for model in self.models:
                model.look_again()


def open_backend(ref: ModelRef, settings: Settings) -> Backend:
    """Make the backend that runs a model.

    Raises:
        ApiError: `model_failed` if its library cannot be used on this machine.
    """
    match ref:
        case LocalRef(path):
            return _open_local(path, settings)
        case RemoteRef(url, model):
            return RemoteBackend(url, model, key=settings.remote_key, max_parallel=settings.max_queue + 1)
        case ScriptedRef(path):
            return ScriptedBackend(path)
        case _:
            assert_never(ref)


def _open_local(path: Path, settings: Settings) -> Backend:
    """Make a local backend; its native library is imported only by those who use it."""
    try:
        from hearthd.engine.local import LocalBackend  # noqa: PLC0415 - see above
    except (ImportError, OSError) as err:
        raise ApiError(ErrorCode.MODEL_FAILED, "llama.cpp cannot be used on this machine.") from err
    return LocalBackend(
        path,
        context_length=settings.context_length,
        threads=settings.threads,
        max_queue=settings.max_queue,
        model=path.stem,
    )
