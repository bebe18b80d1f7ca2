"""Test that the role embedding is played by one model at a time, found, replaced, stopped and counted."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, override

import numpy as np
import pytest

from hearthd.engine.backend import Backend, BackendInfo, ChatRequest, Embeddings, Priority
from hearthd.engine.embedding import RoleEmbedder
from hearthd.engine.model import ModelState
from hearthd.engine.opening import open_table
from hearthd.engine.roles import Cast, Choices, Health, RoleTable
from hearthd.errors import ApiError, ErrorCode
from hearthd.models.store import open_store
from hearthd.settings import BUILTIN_EMBEDDER, LocalRef, ModelRef, RemoteRef, Role, Settings
from tests.engine.moody_backend import MoodyBackend

pytestmark = pytest.mark.anyio

OLD, NEW = (LocalRef(Path(f"/models/{name}.gguf")) for name in ("old", "new"))
SERVER = RemoteRef("http://127.0.0.1:1/v1", "server")
CHAT = ChatRequest(messages=({"role": "user", "content": "hello"},))


class Sayer(Backend):
    """A model whose vectors all point one way; it answers when it may."""

    kind: Literal["local", "remote", "scripted"] = "local"

    def __init__(self, model: str, dimension: int, *, tells: bool = True) -> None:
        """Be called so, and make vectors of that length, which it may tell only by making them."""
        self.model = model
        self.dimension = dimension
        self.tells = tells
        self.may_embed = asyncio.Event()
        self.may_embed.set()
        self.asked: list[tuple[tuple[str, ...], Priority]] = []
        self.starts = 0

    @override
    async def start(self) -> BackendInfo:
        self.starts += 1
        return BackendInfo(self.model, dimension=self.dimension if self.tells else None)

    @override
    async def embed(self, texts: Sequence[str], priority: Priority) -> Embeddings:
        self.asked.append((tuple(texts), priority))
        await self.may_embed.wait()
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        vectors[:, 0] = 1
        return Embeddings(self.model, vectors, 3 * len(texts), truncated=1)

    @override
    async def close(self) -> None:
        """Hold nothing."""


class Stage:
    """A table whose models say what they are told, and the embedder that others are given."""

    def __init__(self, cast: Cast) -> None:
        """Set it up."""
        self.sayers: dict[str, Backend] = {}
        choices = Choices(installed=lambda _role: [OLD, NEW])
        self.table = RoleTable(cast, lambda ref, _metrics: self.sayers[ref.model_id], choices)
        self.embedder = RoleEmbedder(self.table)

    def sayer(self, name: str) -> Sayer:
        """Return one of the models."""
        found = self.sayers[name]
        assert isinstance(found, Sayer)
        return found


@asynccontextmanager
async def on_stage(cast: Cast, **backends: Backend) -> AsyncGenerator[Stage]:
    """Run a table."""
    stage = Stage(cast)
    stage.sayers = backends
    stage.table.start()
    try:
        yield stage
    finally:
        await stage.table.close()


def plays(ref: ModelRef, **others: ModelRef) -> Cast:
    """Return a cast in which a model embeds."""
    return Cast({Role.EMBEDDING: ref} | {Role(role): other for role, other in others.items()})


async def code_of(awaitable: object) -> ErrorCode:
    """Return the code with which something fails."""
    with pytest.raises(ApiError) as failure:
        await awaitable  # type: ignore[misc]
    return failure.value.code


@pytest.mark.parametrize(("urgent", "priority"), [(True, Priority.CHAT), (False, Priority.BACKGROUND)])
async def test_others_need_not_know_the_model(urgent: bool, priority: Priority) -> None:
    """They get vectors, and learn of whom."""
    async with on_stage(plays(OLD), old=Sayer("old", 4)) as stage:
        vectors = await stage.embedder.embed(["one", "two"], urgent=urgent)
        assert vectors.shape == (2, 4)
        assert (stage.embedder.model_id, stage.embedder.dimension) == ("old", 4)
        assert stage.sayer("old").asked == [(("one", "two"), priority)]
        assert (await stage.embedder.embed([], urgent=urgent)).shape == (0, 4)


async def test_the_length_of_a_servers_vectors_is_learnt() -> None:
    """A server tells it only by what it makes."""
    async with on_stage(plays(SERVER), server=Sayer("server", 7, tells=False)) as stage:
        assert (stage.embedder.model_id, stage.embedder.dimension) == ("server", 0)
        await stage.embedder.embed(["one"], urgent=True)
        assert stage.embedder.dimension == 7


async def test_a_new_model_takes_over_whole() -> None:
    """What was begun is answered by the old one; from the change on the new one is asked."""
    async with on_stage(plays(OLD), old=Sayer("old", 4), new=Sayer("new", 5)) as stage:
        stage.sayer("old").may_embed.clear()
        begun = asyncio.create_task(stage.embedder.embed(["one"], urgent=False))
        while not stage.sayer("old").asked:
            await asyncio.sleep(0.001)
        await stage.table.choose(Role.EMBEDDING, "new")
        while stage.embedder.model_id != "new":
            await asyncio.sleep(0.001)
        assert (await stage.embedder.embed(["two"], urgent=False)).shape == (1, 5)
        stage.sayer("old").may_embed.set()
        assert (await begun).shape == (1, 4)


async def test_nothing_embeds() -> None:
    """Without a model that is said."""
    async with on_stage(Cast()) as stage:
        assert (stage.embedder.model_id, stage.embedder.dimension) == (None, 0)
        assert await code_of(stage.embedder.embed(["one"], urgent=True)) is ErrorCode.MODEL_MISSING


async def test_a_model_that_writes_says_so() -> None:
    """One that was set by mistake is not asked for what it cannot do, and one that embeds does not chat."""
    async with on_stage(plays(NEW, fast=OLD), old=MoodyBackend("old"), new=MoodyBackend("new")) as stage:
        assert await code_of(stage.embedder.embed(["one"], urgent=True)) is ErrorCode.UNSUPPORTED
        with pytest.raises(ApiError, match="fast model does not embed") as refusal:
            stage.table.embed("fast", ["one"], Priority.CHAT)
        assert refusal.value.code is ErrorCode.UNSUPPORTED
        with pytest.raises(ApiError, match="embedding model does not chat"):
            stage.table.chat("new", CHAT)


async def test_everything_can_be_stopped() -> None:
    """Texts too; and again when the engine ends."""
    async with on_stage(plays(OLD), old=Sayer("old", 4)) as stage:
        stage.sayer("old").may_embed.clear()
        for end, code in (
            (stage.table.stop_all, ErrorCode.STOPPED),
            (lambda: asyncio.create_task(stage.table.close()), ErrorCode.SHUTTING_DOWN),
        ):
            waiting = asyncio.create_task(stage.embedder.embed(["one"], urgent=False))
            await asyncio.sleep(0.01)
            end()
            assert await code_of(waiting) is code


async def test_a_deadline_holds() -> None:
    """What is not done in time is given up."""
    async with on_stage(plays(OLD), old=Sayer("old", 4)) as stage:
        stage.sayer("old").may_embed.clear()
        errand = stage.table.embed("embedding", ["one"], Priority.CHAT, deadline_s=0.01)
        assert await code_of(errand.result()) is ErrorCode.DEADLINE_EXCEEDED
        (model,) = stage.table.models
        assert model.metrics.statistics().requests == 1


async def test_it_is_counted() -> None:
    """Requests, texts, tokens and what was too long."""
    async with on_stage(plays(OLD), old=Sayer("old", 4)) as stage:
        await stage.embedder.embed(["one", "two"], urgent=True)
        told = stage.table.metrics.render().decode()
    for line in (
        'hearth_requests_total{model="old",outcome="ok",priority="chat"} 1.0',
        'hearth_texts_embedded_total{model="old"} 2.0',
        'hearth_texts_truncated_total{model="old"} 1.0',
        'hearth_tokens_prefilled_total{model="old"} 6.0',
    ):
        assert line in told


async def test_what_ships_with_hearth_sleeps_until_it_is_asked() -> None:
    """It is named and ready from the start, and costs nothing until then."""
    name = BUILTIN_EMBEDDER.model_id
    async with on_stage(plays(BUILTIN_EMBEDDER), **{name: Sayer(name, 4)}) as stage:
        (model,) = stage.table.models
        await asyncio.sleep(0.01)
        assert (model.state, stage.table.health, stage.sayer(name).starts) == (ModelState.READY, Health.OK, 0)
        assert (stage.embedder.model_id, stage.embedder.dimension) == (name, 0)
        assert (await stage.embedder.embed(["one"], urgent=True)).shape == (1, 4)
        assert (stage.embedder.dimension, stage.sayer(name).starts) == (4, 1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return the settings of an engine without any model."""
    return Settings(tmp_path)


async def test_an_engine_embeds_by_itself(settings: Settings) -> None:
    """Nothing has to be fetched or chosen first; others may be chosen, and it can be chosen again."""
    table = open_table(settings, open_store(settings))
    embedder = RoleEmbedder(table)
    table.start()
    try:
        vectors = await embedder.embed(["The plumber is called Rosa.", "Who is the plumber?", "Snow."], urgent=True)
        assert (embedder.model_id, embedder.dimension) == ("all-minilm-l6-v2", 384)
        assert vectors[0] @ vectors[1] > 2 * abs(vectors[0] @ vectors[2])
        await table.choose(Role.EMBEDDING, None)
        while embedder.model_id is not None:
            await asyncio.sleep(0.001)
        assert "all-minilm-l6-v2" in await table.choices(Role.EMBEDDING)
        assert "all-minilm-l6-v2" not in await table.choices(Role.FAST)
        await table.choose(Role.EMBEDDING, "all-minilm-l6-v2")
        while embedder.model_id is None:
            await asyncio.sleep(0.001)
        assert (await embedder.embed(["Snow."], urgent=False)).shape == (1, 384)
    finally:
        await table.close()


async def test_a_model_of_the_wrong_kind_is_refused(settings: Settings, tiny_model: Path) -> None:
    """Before anything is loaded, and what plays the role stays."""
    store = open_store(settings)
    store.add(tiny_model, "writer")
    table = open_table(settings, store)
    try:
        assert "writer" not in await table.choices(Role.EMBEDDING)
        configured = Settings(settings.data, models={Role.EMBEDDING: LocalRef(tiny_model)})
        other = open_table(configured, store)
        await other.choose(Role.EMBEDDING, "all-minilm-l6-v2")
        with pytest.raises(ApiError, match="does not embed") as refusal:
            await other.choose(Role.EMBEDDING, tiny_model.stem)
        assert refusal.value.code is ErrorCode.UNSUPPORTED
        await other.close()
    finally:
        await table.close()


async def test_a_model_gives_its_memory_back(settings: Settings, make_idle: Callable[..., RoleTable]) -> None:
    """After a while without a question it is unloaded, and loaded again by the next."""
    table = make_idle(settings)
    embedder = RoleEmbedder(table)
    table.start()
    try:
        first = await embedder.embed(["Snow."], urgent=True)
        (model,) = table.models
        while model.is_loaded:
            await asyncio.sleep(0.001)
        assert model.state is ModelState.READY
        assert np.array_equal(await embedder.embed(["Snow."], urgent=True), first)
    finally:
        await table.close()


@pytest.fixture
def make_idle() -> Callable[[Settings], RoleTable]:
    """Return a function that opens a table whose models are unloaded at once."""

    def make(settings: Settings) -> RoleTable:
        table = open_table(settings, open_store(settings))
        for model in table.models:
            model._idle_seconds = 0.01  # noqa: SLF001 - the setting counts minutes
        return table

    return make
