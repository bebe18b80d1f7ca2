"""Map the four roles to models, change that while the engine runs, and find whom a request means."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
import time

from hearthd.engine.backend import ChatRequest, Warmth
from hearthd.engine.generation_task import GenerationTask
from hearthd.engine.metrics import Metrics
from hearthd.engine.model import Model, ModelState, OpenBackend
from hearthd.engine.model_pool import ModelPool
from hearthd.engine.seat import Seat
from hearthd.errors import ApiError, ErrorCode
from hearthd.settings import ModelRef, RemoteRef, Role

_LOOK_AGAIN_SECONDS = 30.0
_WARM_SECONDS = 900.0
_CHAT_ROLES = {Role.FAST, Role.REASONING}


class Health(StrEnum):
    """How the engine as a whole fares."""

    OK = "ok"
    LOADING = "loading"
    DEGRADED = "degraded"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person may choose for a role, whether it fits, and where the choice is kept.

    `installed` lists what the store has for a role. `has_room` tells whether a model runs as well beside what is
    loaded as it would if some of that left; it raises an ApiError, `does_not_fit`, if it cannot run even then. Both may
    read files. `keep` writes down a role's model.
    """

    installed: Callable[[Role], Iterable[ModelRef]] = lambda _role: ()
    has_room: Callable[[ModelRef, Collection[ModelRef], Collection[ModelRef]], bool] = lambda *_: True
    keep: Callable[[Role, ModelRef | None], None] = lambda _role, _ref: None


@dataclass(frozen=True, slots=True)
class Cast:
    """Which model plays which role when the engine starts, who stands in, and which roles are not to change.

    `configured` is what the settings name, which a person may come back to after another choice.
    """

    models: Mapping[Role, ModelRef] = field(default_factory=dict)
    fallbacks: Mapping[Role, tuple[ModelRef, ...]] = field(default_factory=dict)
    fixed: frozenset[Role] = frozenset()
    configured: Mapping[Role, ModelRef] = field(default_factory=dict)


class RoleTable:
    """Which model plays which role; a model that plays two is loaded once."""

    def __init__(
        self,
        cast: Cast,
        open_backend: OpenBackend,
        choices: Choices | None = None,
        *,
        idle_seconds: float | None = None,
        look_again_seconds: float = _LOOK_AGAIN_SECONDS,
    ) -> None:
        """Fill the table; nothing is loaded yet. `idle_seconds` without a request unload a local model."""
        self.metrics = Metrics()
        self.created = int(time.time())
        self._cast = cast
        self._choices = choices or Choices()
        self._pool = ModelPool(open_backend, self.metrics, idle_seconds)
        self._seats = {
            role: Seat(
                self._pool, cast.models.get(role), cast.fallbacks.get(role, ()), partial(self._choices.keep, role)
            )
            for role in Role
        }
        self._look_again_seconds = look_again_seconds
        self._watch: asyncio.Task[None] | None = None
        self._running: set[GenerationTask] = set()
        self._warming: set[asyncio.Task[Warmth]] = set()

    @property
    def models(self) -> dict[Model, list[Role]]:
        """Return each model with the roles that it plays or stands in for."""
        roles: dict[Model, list[Role]] = {}
        for role, seat in self._seats.items():
            for model in seat.candidates:
                roles.setdefault(model, []).append(role)
        return roles

    @property
    def health(self) -> Health:
        """Return how the engine fares; without any model it is well."""
        states = {seat.chosen.state for seat in self._seats.values() if seat.chosen}
        if ModelState.FAILED in states:
            return Health.DEGRADED
        return Health.LOADING if ModelState.LOADING in states else Health.OK

    def seat(self, role: Role) -> Seat:
        """Return what plays a role."""
        return self._seats[role]

    def is_fixed(self, role: Role) -> bool:
        """Tell whether a role's model was set where the engine was started."""
        return role in self._cast.fixed

    def start(self) -> None:
        """Begin to load every model, and keep an eye on those that fail."""
        for model in self._pool.models:
            model.load()
        self._watch = asyncio.create_task(self._look_after())

    def chat(self, name: str, request: ChatRequest) -> GenerationTask:
        """Begin one reply by a role or by the model of an id; only a role has others who stand in.

        Raises:
            ApiError: there is no such model, or it does not chat.
        """
        self._candidates(name)
        generation = GenerationTask(request, partial(self._candidates, name), self._running.discard)
        self._running.add(generation)
        return generation

    async def warm(self, name: str, prefix: str, request: ChatRequest) -> Warmth:
        """Have the model of a role or of an id read what requests like this one begin with.

        Raises:
            ApiError: as `chat` does, the model is not ready, or `stopped`.
        """
        task = asyncio.create_task(_warm(self._candidates(name)[0], prefix, request))
        self._warming.add(task)
        task.add_done_callback(self._warming.discard)
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel()
            raise
        if task.cancelled():
            raise _stopped()
        return task.result()

    def stop_all(self) -> int:
        """End everything that waits and runs with `stopped`, in all models, and return how many requests that was."""
        error = _stopped()
        running, warming = list(self._running), list(self._warming)
        for model in self._pool.models:
            model.stop_all(error)
        for generation in running:
            generation.stop(error)
        for task in warming:
            task.cancel()
        return len(running) + len(warming)

    async def choices(self, role: Role) -> dict[str, ModelRef]:
        """Return what can be chosen for a role by its id: what was set for it, and what is installed."""
        installed = await asyncio.to_thread(lambda: list(self._choices.installed(role)))
        seat = self._seats[role]
        known = [model.ref for model in (seat.chosen, *seat.candidates) if model]
        named = [models[role] for models in (self._cast.models, self._cast.configured) if role in models]
        refs = [*known, *named, *installed]
        return {self._pool.id_of(ref): ref for ref in refs if role is not Role.ROUTER or not isinstance(ref, RemoteRef)}

    async def choose(self, role: Role, model_id: str | None) -> None:
        """Begin to replace a role's model; None leaves the role without one.

        Raises:
            ApiError: `role_fixed`, `unknown_model` or `does_not_fit`.
        """
        if self.is_fixed(role):
            message = f"The model of the role {role} was set where the engine is started; change it there."
            raise ApiError(ErrorCode.ROLE_FIXED, message)
        if model_id is None:
            await self._seats[role].change(None, drain_first=False)
            return
        ref = (await self.choices(role)).get(model_id)
        if ref is None:
            raise ApiError(ErrorCode.UNKNOWN_MODEL, "There is no model of that id to choose.", param="model")
        await self._seats[role].change(ref, drain_first=await self._has_to_drain(role, ref))

    async def close(self) -> None:
        """End what runs with `shutting_down` and free every model."""
        if self._watch is not None:
            self._watch.cancel()
        for generation in self._running:
            generation.stop(ApiError(ErrorCode.SHUTTING_DOWN, "The engine is shutting down."))
        for task in self._warming:
            task.cancel()
        for seat in self._seats.values():
            await seat.rest()
        await self._pool.close()

    def _candidates(self, name: str) -> list[Model]:
        """Return whom a request means, in order."""
        if name in Role:
            found = self._seats[Role(name)].candidates
            if not found:
                raise ApiError(ErrorCode.MODEL_MISSING, f"No model is set for the role {name}.", param="model")
            roles = [Role(name)]
        else:
            matches = ((model, roles) for model, roles in self.models.items() if model.id == name)
            model, roles = next(matches, (None, []))
            if model is None:
                raise ApiError(ErrorCode.UNKNOWN_MODEL, "There is no role or model of that name.", param="model")
            found = [model]
        if not _CHAT_ROLES.intersection(roles):
            raise ApiError(ErrorCode.UNSUPPORTED, f"The {roles[0]} model does not chat.", param="model")
        return found

    async def _has_to_drain(self, role: Role, ref: ModelRef) -> bool:
        """Tell whether a role's old model has to leave before the new one is loaded.

        Raises:
            ApiError: `does_not_fit` even then.
        """
        seat = self._seats[role]
        if any(model.ref == ref for model in self._pool.models):
            return False
        loaded = [model.ref for model in self._pool.models if model.is_loaded]
        leaving = {model.ref for model in (seat.serving, seat.chosen) if model and self._pool.is_claimed_once(model)}
        return not await asyncio.to_thread(self._choices.has_room, ref, loaded, leaving)

    async def _look_after(self) -> None:
        """Have failed models tried again now and then, so that they heal without being asked for."""
        while True:
            await asyncio.sleep(self._look_again_seconds)
            for model in self._pool.models:
                model.look_again()


async def _warm(model: Model, prefix: str, request: ChatRequest) -> Warmth:
    """Have one model warmed, within a time that suits a slow machine and a long prompt."""
    try:
        async with asyncio.timeout(_WARM_SECONDS), model.lend() as backend:
            return await backend.warm(prefix, request)
    except TimeoutError as err:
        raise ApiError(ErrorCode.DEADLINE_EXCEEDED, "The model was too busy, or the prompt is too long.") from err


def _stopped() -> ApiError:
    """Return what a request gets that was stopped."""
    return ApiError(ErrorCode.STOPPED, "It was stopped, with everything else that ran.")
