"""Test who plays which role: shared, changed while it speaks, stood in for, unloaded, refused."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import asynccontextmanager
from pathlib import Path

from hypothesis import given, settings, strategies as st
import pytest

from hearthd.assignments import read_assignments, write_assignment
from hearthd.engine.backend import ChatEvent, ChatRequest, Finish, TextDelta
from hearthd.engine.generation_task import GenerationTask
from hearthd.engine.model import ModelState
from hearthd.engine.opening import open_table, read_cast
from hearthd.engine.roles import Cast, Choices, RoleTable
from hearthd.errors import ApiError, ErrorCode
from hearthd.models.store import open_store
from hearthd.settings import InstalledRef, LocalRef, ModelRef, RemoteRef, Role, ScriptedRef, Settings, SettingsError
from tests.engine.moody_backend import MoodyBackend

REQUEST = ChatRequest(messages=({"role": "user", "content": "hello"},))
OLD, NEW, THIRD = (LocalRef(Path(f"/models/{name}.gguf")) for name in ("old", "new", "third"))
SERVER = RemoteRef("http://127.0.0.1:1/v1", "server")
BUSY = ApiError(ErrorCode.ENGINE_BUSY, "words", retry_after=1)
GONE = ApiError(ErrorCode.REMOTE_UNREACHABLE, "words")


class Stage:
    """A table of roles whose models are moody ones, each under its reference."""

    def __init__(self, cast: Cast, has_room: Callable[..., bool], idle_seconds: float | None) -> None:
        """Set it up with everything installed."""
        self.backends: dict[ModelRef, list[MoodyBackend]] = {}
        self.kept: list[tuple[Role, ModelRef | None]] = []
        self.moods: dict[ModelRef, Callable[[MoodyBackend], None]] = {}
        choices = Choices(
            installed=lambda _role: [OLD, NEW, THIRD],
            has_room=has_room,
            keep=lambda role, ref: self.kept.append((role, ref)),
        )
        self.table = RoleTable(cast, lambda ref, _metrics: self._open(ref), choices, idle_seconds=idle_seconds)

    def backend(self, ref: ModelRef) -> MoodyBackend:
        """Return the latest backend of a model."""
        return self.backends[ref][-1]

    @property
    def open_models(self) -> list[str]:
        """Return the ids of the models that are not closed, one for each backend."""
        return [ref.model_id for ref, backends in self.backends.items() for one in backends if not one.closes]

    def ask(self, name: str = "fast") -> GenerationTask:
        """Begin a reply."""
        return self.table.chat(name, REQUEST)

    async def text(self, name: str = "fast") -> str:
        """Return a whole reply, each word of which names the model that said it."""
        return await read_text(self.ask(name))

    async def settled(self, role: Role = Role.FAST) -> None:
        """Wait until a change is through, and what it made superfluous is gone."""
        change = self.table.seat(role)._change  # noqa: SLF001 - nobody else has to wait for it
        assert change
        await asyncio.wait({change})
        await asyncio.sleep(0.01)

    def _open(self, ref: ModelRef) -> MoodyBackend:
        backend = MoodyBackend(ref.model_id)
        self.moods.get(ref, lambda _backend: None)(backend)
        self.backends.setdefault(ref, []).append(backend)
        return backend


@asynccontextmanager
async def on_stage(
    models: Cast | ModelRef = OLD, has_room: Callable[..., bool] = lambda *_: True, idle_seconds: float | None = None
) -> AsyncGenerator[Stage]:
    """Run a table to which the fast model, or a whole cast, is given."""
    cast = models if isinstance(models, Cast) else Cast({Role.FAST: models})
    stage = Stage(cast, has_room, idle_seconds)
    stage.table.start()
    try:
        async with asyncio.timeout(50):
            while any(model.state is ModelState.LOADING for model in stage.table.models):
                await asyncio.sleep(0.001)
            yield stage
    finally:
        await stage.table.close()


async def read(generation: GenerationTask) -> list[ChatEvent]:
    """Read a reply to its end."""
    events: list[ChatEvent] = []
    while more := await generation.next_events():
        events += more
    return events


async def read_text(generation: GenerationTask) -> str:
    """Return the words of a reply, having checked that all are there."""
    *words, finish = await read(generation)
    assert isinstance(finish, Finish)
    texts = [word.text for word in words if isinstance(word, TextDelta)]
    assert len(texts) == 3
    return " ".join(dict.fromkeys(texts))


async def code_of(awaitable: object) -> ErrorCode:
    """Return the code with which something fails."""
    with pytest.raises(ApiError) as raised:
        await awaitable  # type: ignore[misc]
    return raised.value.code


async def test_roles_share_a_model() -> None:
    """Two roles that name one model load it once, also after changes, and it leaves with the last of them."""
    async with on_stage(Cast({Role.FAST: OLD, Role.REASONING: LocalRef(OLD.path)})) as stage:
        seats = stage.table.seat(Role.FAST), stage.table.seat(Role.REASONING)
        assert seats[0].chosen is seats[1].chosen
        await stage.table.choose(Role.FAST, "new")
        await stage.settled()
        assert (await stage.text("fast"), await stage.text("reasoning")) == ("new", "old")
        assert stage.backend(OLD).closes == 0
        await stage.table.choose(Role.REASONING, "new")
        await stage.settled(Role.REASONING)
        assert seats[0].chosen is seats[1].chosen
        assert (stage.backend(OLD).closes, len(stage.backends[NEW]), stage.backend(NEW).starts) == (1, 1, 1)
        assert stage.table.models == {seats[0].chosen: [Role.FAST, Role.REASONING]}


async def test_old_model_serves_until_the_new_one_is_ready() -> None:
    """While the new one loads the old one answers; what it has begun it ends, then it leaves."""
    async with on_stage() as stage:
        stage.moods[NEW] = lambda backend: backend.may_start.clear()
        old = stage.backend(OLD)
        await stage.table.choose(Role.FAST, "new")
        await asyncio.sleep(0.01)
        seat = stage.table.seat(Role.FAST)
        assert seat.chosen
        assert (seat.chosen.id, seat.chosen.state, seat.answering and seat.answering.id) == ("new", "loading", "old")
        old.may_go_on.clear()
        begun = stage.ask()
        assert await begun.next_events() == [TextDelta("old")]
        stage.backend(NEW).may_start.set()
        await stage.settled()
        assert await stage.text() == "new"
        assert old.closes == 0
        old.may_go_on.set()
        assert [event.text for event in await read(begun) if isinstance(event, TextDelta)] == ["old", "old"]
        await asyncio.sleep(0.01)
        assert old.closes == 1
        assert stage.kept == [(Role.FAST, NEW)]
        assert await code_of(asyncio.to_thread(stage.table.chat, "old", REQUEST)) is ErrorCode.UNKNOWN_MODEL


async def test_no_reply_is_dropped_or_mixed_while_models_change() -> None:
    """Under load each reply is whole and all of one model, through many changes."""
    async with on_stage() as stage:
        replies: list[str] = []
        is_over = False

        async def ask_on() -> None:
            """Ask again and again."""
            while not is_over:
                replies.append(await stage.text())

        asking = [asyncio.create_task(ask_on()) for _ in range(8)]
        for _ in range(4):
            for name in ("new", "old"):
                await stage.table.choose(Role.FAST, name)
                await stage.settled()
        is_over = True
        await asyncio.gather(*asking)
        assert set(replies) == {"old", "new"}
        assert sum(backend.running for backends in stage.backends.values() for backend in backends) == 0
        closed = [backend.closes for backends in stage.backends.values() for backend in backends]
        assert sorted(closed) == [0] + [1] * 8


async def test_old_model_leaves_first_without_room_for_both() -> None:
    """It ends what it does; who asks meanwhile waits a little, and is then told when to come again."""
    asked: list[Collection[ModelRef]] = []

    def has_room(_ref: ModelRef, _loaded: Collection[ModelRef], leaving: Collection[ModelRef]) -> bool:
        """There is room only when they have left."""
        asked.append(leaving)
        return False

    async with on_stage(has_room=has_room) as stage:
        stage.moods[NEW] = lambda backend: backend.may_start.clear()
        old = stage.backend(OLD)
        old.may_go_on.clear()
        begun = stage.ask()
        await begun.next_events()
        await stage.table.choose(Role.FAST, "new")
        await asyncio.sleep(0.01)
        assert NEW not in stage.backends
        old.may_go_on.set()
        await read(begun)
        await asyncio.sleep(0.05)
        assert (old.closes, stage.backend(NEW).starts) == (1, 1)
        assert await code_of(stage.text()) is ErrorCode.MODEL_LOADING
        waiting = asyncio.create_task(stage.text())
        await asyncio.sleep(0.01)
        stage.backend(NEW).may_start.set()
        assert await waiting == "new"
        assert asked == [{OLD}]


@pytest.mark.parametrize("has_room", [True, False])
async def test_failing_new_model_leaves_the_old_one(has_room: bool) -> None:
    """The old one stays, or comes back, and the reason is told."""
    async with on_stage(has_room=lambda *_: has_room) as stage:
        failure = ApiError(ErrorCode.MODEL_FAILED, "words")
        stage.moods[NEW] = lambda backend: setattr(backend, "start_error", failure)
        await stage.table.choose(Role.FAST, "new")
        await stage.settled()
        seat = stage.table.seat(Role.FAST)
        assert seat.error is failure
        assert seat.chosen
        assert (seat.chosen.id, stage.backend(NEW).closes) == ("old", 1)
        assert await stage.text() == "old"
        assert stage.kept == []
        assert len(stage.backends[OLD]) == (1 if has_room else 2)
        stage.moods.clear()
        await stage.table.choose(Role.FAST, "new")
        await stage.settled()
        assert seat.error is None
        assert await stage.text() == "new"


async def test_model_that_fits_in_no_way_is_refused() -> None:
    """Nothing is begun that cannot end well."""

    def has_room(*_: object) -> bool:
        """There is never any."""
        raise ApiError(ErrorCode.DOES_NOT_FIT, "words")

    async with on_stage(has_room=has_room) as stage:
        assert await code_of(stage.table.choose(Role.FAST, "new")) is ErrorCode.DOES_NOT_FIT
        assert await code_of(stage.table.choose(Role.FAST, "nothing")) is ErrorCode.UNKNOWN_MODEL
        assert await stage.text() == "old"


async def test_role_that_was_fixed_stays() -> None:
    """What was set where the engine is started is changed there."""
    async with on_stage(Cast({Role.FAST: OLD}, fixed=frozenset({Role.FAST}))) as stage:
        assert await code_of(stage.table.choose(Role.FAST, "new")) is ErrorCode.ROLE_FIXED
        assert await code_of(stage.table.choose(Role.FAST, None)) is ErrorCode.ROLE_FIXED
        await stage.table.choose(Role.REASONING, "new")
        await stage.settled(Role.REASONING)
        assert await stage.text("reasoning") == "new"


async def test_role_without_a_model_and_back() -> None:
    """A role can be left without a model; what was set at the start can be chosen again."""
    async with on_stage(SERVER) as stage:
        await stage.table.choose(Role.FAST, None)
        await stage.settled()
        assert await code_of(asyncio.to_thread(stage.table.chat, "fast", REQUEST)) is ErrorCode.MODEL_MISSING
        assert stage.backend(SERVER).closes == 1
        assert list(await stage.table.choices(Role.FAST)) == ["server", "old", "new", "third"]
        assert list(await stage.table.choices(Role.ROUTER)) == ["old", "new", "third"]
        await stage.table.choose(Role.FAST, "server")
        await stage.settled()
        assert await stage.text() == "server"
        assert stage.kept == [(Role.FAST, None), (Role.FAST, SERVER)]


async def test_last_choice_counts() -> None:
    """A change that is overtaken by another leaves nothing behind."""
    async with on_stage() as stage:
        stage.moods[NEW] = lambda backend: backend.may_start.clear()
        await stage.table.choose(Role.FAST, "new")
        await asyncio.sleep(0.01)
        await stage.table.choose(Role.FAST, "third")
        await stage.settled()
        assert await stage.text() == "third"
        assert (stage.backend(NEW).closes, stage.backend(OLD).closes) == (1, 1)
        assert stage.kept == [(Role.FAST, THIRD)]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["old", "new", "third", None]), st.booleans(), st.integers(0, 3)), min_size=1)
)
async def test_any_changes_end_with_the_last_choice(changes: list[tuple[str | None, bool, int]]) -> None:
    """However changes overtake each other, with room or without: the last counts, and no other model stays."""
    room = True
    async with on_stage(has_room=lambda *_: room) as stage:
        chosen: str | None = "old"
        for chosen, there_is_room, pauses in changes:
            room = there_is_room
            await stage.table.choose(Role.FAST, chosen)
            for _ in range(pauses):
                await asyncio.sleep(0)
        await stage.settled()
        seat = stage.table.seat(Role.FAST)
        assert (seat.serving.id if seat.serving else None) == chosen
        while stage.open_models != ([chosen] if chosen else []):
            await asyncio.sleep(0.001)


async def test_files_of_one_name_have_ids_of_their_own() -> None:
    """Clients can tell two models apart whose files are called the same."""
    other = LocalRef(Path("/elsewhere/old.gguf"))
    async with on_stage(Cast({Role.FAST: OLD, Role.REASONING: other})) as stage:
        assert [model.id for model in stage.table.models] == ["old", "old-2"]
        assert await stage.text("old-2") == "old"
        generation = stage.ask("old-2")
        await read(generation)
        assert generation.model
        assert generation.model.ref == other


FALLBACK = Cast({Role.FAST: SERVER}, {Role.FAST: (OLD, NEW)})


@pytest.mark.parametrize(
    "code",
    [
        ErrorCode.MODEL_MISSING,
        ErrorCode.MODEL_FAILED,
        ErrorCode.MODEL_LOADING,
        ErrorCode.ENGINE_BUSY,
        ErrorCode.REMOTE_UNREACHABLE,
        ErrorCode.REMOTE_FAILED,
        ErrorCode.REMOTE_AUTH,
    ],
)
async def test_others_stand_in_before_the_first_word(code: ErrorCode) -> None:
    """In their order; the reply names who answered, and each is counted with how it went."""
    async with on_stage(FALLBACK) as stage:
        stage.backend(SERVER).refusal = ApiError(code, "words")
        stage.backend(OLD).refusal = BUSY
        generation = stage.ask()
        assert await read_text(generation) == "new"
        assert generation.model
        assert generation.model.id == "new"
        text = stage.table.metrics.render().decode()
        for model, outcome in (("server", code), ("old", "engine_busy"), ("new", "ok")):
            assert f'hearth_requests_total{{model="{model}",outcome="{outcome}",priority="chat"}} 1.0' in text
        assert text.count("hearth_requests_total{") == 3


@pytest.mark.parametrize("code", [ErrorCode.CONTEXT_OVERFLOW, ErrorCode.INVALID_REQUEST, ErrorCode.STOPPED])
async def test_fault_of_the_request_is_nobody_elses(code: ErrorCode) -> None:
    """What another model would do no better is told at once."""
    async with on_stage(FALLBACK) as stage:
        stage.backend(SERVER).refusal = ApiError(code, "words")
        assert await code_of(stage.text()) is code


async def test_nobody_stands_in_after_the_first_word() -> None:
    """Half a reply is not continued by another model."""
    async with on_stage(FALLBACK) as stage:
        stage.backend(SERVER).chat_error = GONE
        generation = stage.ask()
        assert await generation.next_events() == [TextDelta("server")]
        assert await code_of(read(generation)) is ErrorCode.REMOTE_UNREACHABLE


async def test_first_failure_is_told_if_all_fail() -> None:
    """What is wrong with the role's own model matters most."""
    async with on_stage(FALLBACK) as stage:
        for ref, code in ((SERVER, ErrorCode.REMOTE_AUTH), (OLD, ErrorCode.MODEL_FAILED), (NEW, ErrorCode.ENGINE_BUSY)):
            stage.backend(ref).refusal = ApiError(code, "words")
        assert await code_of(stage.text()) is ErrorCode.REMOTE_AUTH
        assert await code_of(stage.text("server")) is ErrorCode.REMOTE_AUTH


async def test_who_answers_is_told_without_asking() -> None:
    """A role whose model is gone says who stands in; a model that was asked for by its id has nobody."""
    async with on_stage(FALLBACK) as stage:
        stage.backend(SERVER).refusal = GONE
        await stage.text()
        seat = stage.table.seat(Role.FAST)
        assert seat.answering
        assert (seat.answering.id, [model.id for model in seat.fallbacks]) == ("old", ["old", "new"])
        assert await code_of(stage.text("server")) is ErrorCode.REMOTE_UNREACHABLE


async def test_failing_server_is_spared_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The third failure in a row opens the circuit: nobody waits for it until it is time for a trial."""
    now = 100.0
    monkeypatch.setattr("hearthd.engine.model._now", lambda: now)
    async with on_stage(SERVER) as stage:
        backend, model = stage.backend(SERVER), stage.table.seat(Role.FAST).chosen
        assert model
        backend.refusal = ApiError(ErrorCode.REMOTE_FAILED, "words")
        for state in ("closed", "closed", "open"):
            assert await code_of(stage.text()) is ErrorCode.REMOTE_FAILED
            assert model.circuit == state
        assert model.state is ModelState.FAILED
        backend.refusal = None
        with pytest.raises(ApiError) as raised:
            await stage.text()
        assert raised.value.retry_after
        assert (
            'hearth_circuit_state{hearth_circuit_state="open",model="server"} 1.0'
            in stage.table.metrics.render().decode()
        )
        now += 5
        assert model.circuit == "half_open"
        assert await stage.text() == "server"
        assert (model.circuit, backend.starts) == ("closed", 2)


async def test_idle_model_is_unloaded_and_comes_back() -> None:
    """It gives its memory back; the next request waits for it, and its first word's time says so."""
    async with on_stage(idle_seconds=0.05) as stage:
        assert await stage.text() == "old"
        first, model = stage.backend(OLD), stage.table.seat(Role.FAST).chosen
        assert model
        while model.is_loaded or not first.closes:
            await asyncio.sleep(0.01)
        assert (first.closes, model.is_loaded, model.state) == (1, False, ModelState.READY)

        loop = asyncio.get_running_loop()

        def load_slowly(backend: MoodyBackend) -> None:
            """Take longer than a request waits for a model that was never there; backends are made in a thread."""
            backend.may_start.clear()
            loop.call_soon_threadsafe(loop.call_later, 1.2, backend.may_start.set)

        stage.moods[OLD] = load_slowly
        finish = (await read(stage.ask()))[-1]
        assert isinstance(finish, Finish)
        assert finish.timings.queue_ms > 1000
        first_token_ms = max(model.metrics.recent.first_token_ms)
        assert first_token_ms > 1000
        assert len(stage.backends[OLD]) == 2


async def test_model_at_work_is_not_idle() -> None:
    """However long a reply takes, its model stays."""
    async with on_stage(idle_seconds=0.05) as stage:
        stage.backend(OLD).may_go_on.clear()
        generation = stage.ask()
        await generation.next_events()
        await asyncio.sleep(0.15)
        assert stage.backend(OLD).closes == 0
        stage.backend(OLD).may_go_on.set()
        await read(generation)


async def test_remote_model_is_never_unloaded() -> None:
    """It costs nothing here."""
    async with on_stage(SERVER, idle_seconds=0.01) as stage:
        await stage.text()
        await asyncio.sleep(0.1)
        assert stage.backend(SERVER).closes == 0


async def test_stop_ends_everything_at_once() -> None:
    """Whoever waits, reads or warms is told, in all models; the models themselves go on."""
    async with on_stage(Cast({Role.FAST: OLD, Role.REASONING: NEW})) as stage:
        stage.backend(OLD).may_go_on.clear()
        stage.backend(NEW).may_speak.clear()
        speaking, silent = stage.ask("fast"), stage.ask("reasoning")
        warming = asyncio.create_task(stage.table.warm("reasoning", "home", REQUEST))
        assert await speaking.next_events() == [TextDelta("old")]
        await asyncio.sleep(0.01)
        assert stage.table.stop_all() == 3
        for ended in (read(speaking), read(silent), warming):
            assert await code_of(ended) is ErrorCode.STOPPED
        assert (stage.backend(OLD).running, stage.backend(NEW).running) == (0, 0)
        assert stage.table.stop_all() == 0
        stage.backend(OLD).may_go_on.set()
        assert await stage.text() == "old"
        assert 'outcome="stopped"' in stage.table.metrics.render().decode()


async def test_warm() -> None:
    """A prefix is read by the role's own model; a role without one says so."""
    async with on_stage() as stage:
        assert (await stage.table.warm("fast", "home", REQUEST)).tokens == 1
        assert await code_of(stage.table.warm("reasoning", "home", REQUEST)) is ErrorCode.MODEL_MISSING


async def test_metrics_add_up_with_timings() -> None:
    """What Prometheus is told about requests is the sum of what the replies told."""
    async with on_stage() as stage:
        for _ in range(3):
            await stage.text()
        cancelled = stage.ask()
        await cancelled.aclose()
        recent = stage.table.seat(Role.FAST).chosen
        assert recent
        statistics = recent.metrics.statistics()
        assert (statistics.requests, statistics.cached_share, statistics.tokens_per_second) == (3, 0.7, 100)
        text = stage.table.metrics.render().decode()
        assert 'hearth_requests_total{model="old",outcome="ok",priority="chat"} 3.0' in text
        assert 'hearth_first_token_seconds_count{model="old",priority="chat"} 3.0' in text


async def test_choice_that_cannot_be_kept_still_counts(caplog: pytest.LogCaptureFixture) -> None:
    """A full disk costs the memory of the choice, not the choice."""

    def keep(_role: Role, _ref: ModelRef | None) -> None:
        """Fail as a full disk does."""
        raise SettingsError("roles.json cannot be written")

    async with on_stage() as stage:
        stage.table.seat(Role.FAST)._keep_choice = lambda ref: keep(Role.FAST, ref)  # noqa: SLF001 - as a full disk does
        await stage.table.choose(Role.FAST, "new")
        await stage.settled()
        assert await stage.text() == "new"
        error = stage.table.seat(Role.FAST).error
        assert error
        assert error.code is ErrorCode.INTERNAL
        assert "cannot be written" in caplog.text


CASTS: dict[str, tuple[dict[Role, str | None], frozenset[Role], ModelRef | None]] = {
    "nothing chosen": ({}, frozenset(), OLD),
    "chosen": ({Role.FAST: "installed:qwen"}, frozenset(), InstalledRef("qwen")),
    "chosen by path": ({Role.FAST: str(NEW)}, frozenset(), NEW),
    "none chosen": ({Role.FAST: None}, frozenset(), None),
    "fixed": ({Role.FAST: "installed:qwen"}, frozenset({Role.FAST}), OLD),
}


@pytest.mark.parametrize(("chosen", "fixed", "ref"), CASTS.values(), ids=CASTS)
def test_choice_stands_between_start_and_options(
    tmp_path: Path, chosen: dict[Role, str | None], fixed: frozenset[Role], ref: ModelRef | None
) -> None:
    """What a person chose counts more than the options file and less than a flag."""
    for role, model in chosen.items():
        write_assignment(tmp_path, role, model)
    assert read_cast(Settings(tmp_path, models={Role.FAST: OLD}, fixed_roles=fixed)).models.get(Role.FAST) == ref


async def test_choice_outlives_the_engine(tmp_path: Path) -> None:
    """The next engine begins with what this one was told."""
    script = tmp_path / "script.json"
    script.write_text('{"exchanges": []}')
    started = Settings(tmp_path, models={Role.FAST: ScriptedRef(script)})
    for model_id, kept in ((None, None), ("scripted-script", f"scripted:{script}")):
        table = open_table(started, open_store(started))
        table.start()
        await table.choose(Role.FAST, model_id)
        async with asyncio.timeout(5):
            while read_assignments(tmp_path).get(Role.FAST, "nothing") != kept:
                await asyncio.sleep(0.01)
        await table.close()
