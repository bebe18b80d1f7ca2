"""Map the four roles to models, change that while the engine runs, and find whom a request means."""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
import time
from typing import Any

from hearthd.engine.backend import ChatRequest, Embeddings, Priority, Warmth
from hearthd.engine.errand import Errand
from hearthd.engine.generation_task import GenerationTask
from hearthd.engine.metrics import Metrics
from hearthd.engine.model import Model, ModelState, OpenBackend
from hearthd.engine.model_pool import ModelPool
from hearthd.engine.seat import Seat
from hearthd.errors import ApiError, ErrorCode, shutting_down
from hearthd.settings import ModelRef, RemoteRef, Role

_LOOK_AGAIN_SECONDS = 30.0
_WARM_SECONDS = 900.0
_EMBED_SECONDS = 600.0
_CHAT_ROLES = frozenset({Role.FAST, Role.REASONING})
_EMBED_ROLES = frozenset({Role.EMBEDDING})
_VERBS = {_CHAT_ROLES: "chat", _EMBED_ROLES: "embed"}


class Health(StrEnum):
    """How the engine as a whole fares."""

    OK = "ok"
    LOADING = "loading"
    DEGRADED = "degraded"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person may choose for a role, whether it fits, and where the choice is kept.

    `installed` lists what the store has for a role. `has_room` tells whether a model runs as well beside what is
    loaded as it would if some of that left; it raises an ApiError, `does_not_fit`, if it cannot run even then.
    `check_kind` raises one, `unsupported`, for a model that cannot do what the role is for. These may read files.
    `keep` writes down a role's model.
    """

    installed: Callable[[Role], Iterable[ModelRef]] = lambda _role: ()
    has_room: Callable[[ModelRef, Collection[ModelRef], Collection[ModelRef]], bool] = lambda *_: True
    check_kind: Callable[[ModelRef, Role], None] = lambda _ref, _role: None
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
        self._errands: set[Errand[Any]] = set()

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

    @property
    def embedder(self) -> Model | None:
        """Return the model that embeds now; nobody stands in for it, as vectors of two models do not compare."""
        return next(iter(self._seats[Role.EMBEDDING].candidates), None)

    def start(self) -> None:
        """Begin to load every model that is not to wait for its first use, and keep an eye on those that fail."""
        for model in self._pool.models:
            if not model.is_lazy:
                model.load()
        self._watch = asyncio.create_task(self._look_after())

    def chat(self, name: str, request: ChatRequest) -> GenerationTask:
        """Begin one reply by a role or by the model of an id; only a role has others who stand in.

        Raises:
            ApiError: there is no such model, or it does not chat.
        """
        self._candidates(name, _CHAT_ROLES)
        candidates = partial(self._candidates, name, _CHAT_ROLES)
        generation = GenerationTask(request, candidates, self._running.discard)
        self._running.add(generation)
        return generation

    async def warm(self, name: str, prefix: str, request: ChatRequest) -> Warmth:
        """Have the model of a role or of an id read what requests like this one begin with.

        Raises:
            ApiError: as `chat` does, the model is not ready, or `stopped`.
        """
        return await self._send(_warm(self._candidates(name, _CHAT_ROLES)[0], prefix, request)).result()

    def embed(
        self, name: str, texts: Sequence[str], priority: Priority, deadline_s: float | None = None
    ) -> Errand[Embeddings]:
        """Have the model of a role or of an id embed texts; who waits for the result may give it up.

        Raises:
            ApiError: there is no such model, or it does not embed. Waiting raises also that it is not ready, too
                busy, or that its deadline has passed.
        """
        return self._send(self._embed(self._candidates(name, _EMBED_ROLES)[0], texts, priority, deadline_s))

    def stop_all(self) -> int:
        """End everything that waits and runs with `stopped`, in all models, and return how many requests that was."""
        error = _stopped()
        for model in self._pool.models:
            model.stop_all(error)
        return self._end(error)

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
            ApiError: `role_fixed`, `unknown_model`, `unsupported` or `does_not_fit`.
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
        await asyncio.to_thread(self._choices.check_kind, ref, role)
        await self._seats[role].change(ref, drain_first=await self._has_to_drain(role, ref))

    async def close(self) -> None:
        """End what runs with `shutting_down` and free every model."""
        if self._watch is not None:
            self._watch.cancel()
        self._end(shutting_down())
        for seat in self._seats.values():
            await seat.rest()
        await self._pool.close()

    async def _embed(
        self, model: Model, texts: Sequence[str], priority: Priority, deadline_s: float | None
    ) -> Embeddings:
        """Have one model embed texts, and count how that went."""
        outcome = "cancelled"
        try:
            async with asyncio.timeout(min(deadline_s or _EMBED_SECONDS, _EMBED_SECONDS)), model.lend() as backend:
                made = await backend.embed(texts, priority)
            outcome = "ok"
        except ApiError as err:
            outcome = err.code
            raise
        except TimeoutError as err:
            outcome = ErrorCode.DEADLINE_EXCEEDED
            raise ApiError(ErrorCode.DEADLINE_EXCEEDED, "The texts were not embedded before the deadline.") from err
        finally:
            model.metrics.count_request(priority, outcome)
        model.metrics.count_embeddings(made)
        if model.info is not None and model.info.dimension is None:
            # A server tells it only by what it makes.
            model.info = replace(model.info, dimension=made.vectors.shape[1])
        return made

    def _send[T](self, work: Coroutine[Any, Any, T]) -> Errand[T]:
        """Have some work done that ends with everything else."""
        errand = Errand(work, self._errands.discard)
        self._errands.add(errand)
        return errand

    def _end(self, error: ApiError) -> int:
        """End all that waits and runs with an error, and return how many requests that was."""
        ending: list[GenerationTask | Errand[Any]] = [*self._running, *self._errands]
        for work in ending:
            work.stop(error)
        return len(ending)

    def _candidates(self, name: str, able: frozenset[Role]) -> list[Model]:
        """Return whom a request means that one of some roles can do, in order."""
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
        if not able.intersection(roles):
            raise ApiError(ErrorCode.UNSUPPORTED, f"The {roles[0]} model does not {_VERBS[able]}.", param="model")
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
            warmth = await backend.warm(prefix, request)
    except TimeoutError as err:
        raise ApiError(ErrorCode.DEADLINE_EXCEEDED, "The model was too busy, or the prompt is too long.") from err
    model.metrics.recent.add_reading(warmth.tokens - warmth.cache_n, warmth.prompt_ms)
    return warmth


def _stopped() -> ApiError:
    """Return what a request gets that was stopped."""
    return ApiError(ErrorCode.STOPPED, "It was stopped, with everything else that ran.")
