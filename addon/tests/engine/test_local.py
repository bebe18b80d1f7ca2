"""Test the local backend with a real llama.cpp and real, tiny models.

Their weights are random, so what they say means nothing; that it arrives, fits its schema, stops and is counted is
what these tests look at.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from hearthd.engine.backend import (
    ChatEvent,
    ChatRequest,
    Finish,
    FinishReason,
    Priority,
    Sampling,
    TextDelta,
    Tool,
    ToolCallDelta,
)
from hearthd.engine.kernel.snapshots import SnapshotStore
from hearthd.engine.local import LocalBackend
from hearthd.engine.metrics import Metrics
from hearthd.errors import ApiError, ErrorCode
from hearthd.models.plan import ContextPlan

pytestmark = pytest.mark.anyio

FORMATS = ["hermes", "llama3", "plain"]
HELLO: tuple[dict[str, Any], ...] = (
    {"role": "system", "content": "You keep a home."},
    {"role": "user", "content": "Turn on the kitchen lights, schön!"},
)
LIGHT = Tool(
    "light",
    "Switch a light",
    {
        "type": "object",
        "properties": {
            "area": {"type": "string", "enum": ["kitchen", 'the "den"', "Küche 😀"]},
            "brightness": {"type": "integer", "minimum": 0, "maximum": 100},
        },
        "required": ["area"],
        "additionalProperties": False,
    },
)
TIMER = Tool(
    "timer",
    "Start a timer",
    {
        "type": "object",
        "properties": {"name": {"type": "string", "maxLength": 8}, "minutes": {"type": "integer", "minimum": 1}},
        "required": ["minutes"],
    },
)
PING = Tool("ping", "Take no arguments", {"type": "object", "properties": {}})
TOOLS = (LIGHT, TIMER, PING)
SCHEMAS = {tool.name: tool.parameters for tool in TOOLS}
# Nothing that a model says can end this before the context is full.
ENDLESS: dict[str, Any] = {"type": "array", "items": {"type": "integer"}, "minItems": 500, "maxItems": 500}


def request(**fields: Any) -> ChatRequest:
    """Return a request with a fixed seed and a bounded reply."""
    sampling = {"seed": 1, "max_tokens": 200} | fields.pop("sampling", {})
    return ChatRequest(**{"messages": HELLO, **fields, "sampling": Sampling(**sampling)})


async def reply(backend: LocalBackend, asked: ChatRequest) -> list[ChatEvent]:
    """Return every event of a reply."""
    return [event async for event in backend.chat(asked)]


def text(events: list[ChatEvent]) -> str:
    """Return the words of a reply."""
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def calls(events: list[ChatEvent]) -> list[ToolCallDelta]:
    """Return the tool calls of a reply."""
    return [event for event in events if isinstance(event, ToolCallDelta)]


def finish(events: list[ChatEvent]) -> Finish:
    """Return the last event, which must be the end."""
    assert isinstance(events[-1], Finish)
    return events[-1]


def local_backend(
    path: Path, *, context_length: int, max_queue: int = 16, snapshots: SnapshotStore | None = None, **plan: Any
) -> LocalBackend:
    """Return a backend that is not started."""
    chosen = ContextPlan(context_length, cache_tokens=2 * context_length, **plan)
    return LocalBackend(path, lambda: chosen, Metrics().of("tiny"), max_queue=max_queue, snapshots=snapshots)


@asynccontextmanager
async def running(
    path: Path,
    *,
    context_length: int = 1024,
    max_queue: int = 16,
    seats: int = 4,
    snapshots: SnapshotStore | None = None,
) -> AsyncIterator[LocalBackend]:
    """Run a backend."""
    backend = local_backend(path, context_length=context_length, max_queue=max_queue, snapshots=snapshots, seats=seats)
    await backend.start()
    try:
        yield backend
    finally:
        await backend.close()


@pytest.fixture(scope="module")
async def backends(make_model: Callable[..., Path], anyio_backend: str) -> AsyncGenerator[dict[str, LocalBackend]]:
    """Run one backend of each format."""
    async with (
        running(make_model("hermes")) as hermes,
        running(make_model("llama3")) as llama3,
        running(make_model("plain")) as plain,
    ):
        yield {"hermes": hermes, "llama3": llama3, "plain": plain}


@pytest.fixture
def backend(backends: dict[str, LocalBackend]) -> LocalBackend:
    """Return the backend that speaks Hermes' format."""
    return backends["hermes"]


@pytest.mark.parametrize(("form", "tool_format"), [("hermes", "hermes"), ("llama3", "llama3"), ("plain", "generic")])
async def test_start_describes_the_model(make_model: Callable[..., Path], form: str, tool_format: str) -> None:
    """The context's length is the one asked for, and the format is read from the template."""
    backend = local_backend(make_model(form), context_length=300)
    info = await backend.start()
    await backend.close()
    assert (info.model, info.context_length, info.tool_format) == ("tiny", 300, tool_format)


@pytest.mark.parametrize("form", FORMATS)
async def test_words_stream_and_are_counted(backends: dict[str, LocalBackend], form: str) -> None:
    """Words come in several pieces, and the end counts the tokens."""
    events = await reply(backends[form], request(sampling={"max_tokens": 24}))
    timings = finish(events).timings
    assert len(events) > 2
    assert 0 < timings.predicted_n <= 24
    assert min(timings.prompt_ms, timings.predicted_ms, timings.queue_ms) >= 0


@pytest.mark.parametrize("sampling", [{"temperature": 0.0}, {"seed": 7}, {"seed": 2**40, "top_k": 3}])
async def test_same_seed_gives_the_same_words(backend: LocalBackend, sampling: dict[str, Any]) -> None:
    """A request can be repeated exactly, whatever ran in between."""
    first = await reply(backend, request(sampling=sampling))
    await reply(backend, request(messages=HELLO[1:]))
    assert text(await reply(backend, request(sampling=sampling))) == text(first) != ""


async def test_seeds_differ(backend: LocalBackend) -> None:
    """Without temperature 0, another seed says something else."""
    said = {text(await reply(backend, request(sampling={"seed": seed}))) for seed in range(5)}
    assert len(said) == 5


async def test_shared_prefix_is_not_computed_again(tiny_model: Path) -> None:
    """The counts tell what came from the cache and what was prefilled."""
    short, other = request(sampling={"max_tokens": 1}), request(messages=HELLO[1:], sampling={"max_tokens": 1})
    longer = request(messages=(*HELLO, *HELLO), sampling={"max_tokens": 1})
    async with running(tiny_model) as backend:
        timings = [finish(await reply(backend, asked)).timings for asked in (short, short, longer, other, short)]
    counts = [(one.cache_n, one.prompt_n) for one in timings]
    whole = counts[0][1]
    assert counts[0][0] == 0
    assert counts[1] == (whole - 1, 1)
    assert counts[2][0] >= whole - len("<|im_start|>assistant\n")
    assert 0 < counts[3][0] < 5
    assert sum(counts[4]) == whole


async def test_reply_ends_at_its_limit(backend: LocalBackend) -> None:
    """The limit is exact."""
    end = finish(await reply(backend, request(schema=ENDLESS, sampling={"max_tokens": 17})))
    assert (end.reason, end.timings.predicted_n) == (FinishReason.LENGTH, 17)


async def test_reply_ends_with_the_context(tiny_model: Path) -> None:
    """A reply that fills the context ends there, with every token of it used."""
    async with running(tiny_model, context_length=128) as backend:
        end = finish(await reply(backend, request(schema=ENDLESS, sampling={"max_tokens": None})))
    assert end.reason is FinishReason.LENGTH
    assert end.timings.prompt_n + end.timings.predicted_n in (128, 129)


async def test_stop_string_ends_the_reply_and_is_not_shown(backend: LocalBackend) -> None:
    """What was said before it stays."""
    whole = text(await reply(backend, request(sampling={"temperature": 0.0})))
    stop = whole[len(whole) // 2 :][:3]
    events = await reply(backend, request(sampling={"temperature": 0.0, "stop": (stop,)}))
    assert text(events) == whole[: whole.index(stop)]
    assert finish(events).reason is FinishReason.STOP


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("seed", range(4))
async def test_required_call_fits_its_schema(backends: dict[str, LocalBackend], form: str, seed: int) -> None:
    """A model that must call a tool calls a declared one with valid arguments and says nothing."""
    events = await reply(
        backends[form],
        request(
            tools=TOOLS, tool_choice="required", parallel_tool_calls=False, sampling={"seed": seed, "max_tokens": 400}
        ),
    )
    (call,) = calls(events)
    jsonschema.validate(json.loads(call.arguments), SCHEMAS[call.name or ""])
    assert call.id
    assert text(events) == ""
    assert finish(events).reason is FinishReason.TOOL_CALLS


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", ["light", "ping"])
async def test_named_tool_is_the_one_called(backends: dict[str, LocalBackend], form: str, name: str) -> None:
    """A named tool choice leaves no other."""
    asked = request(tools=TOOLS, tool_choice=("named", name), parallel_tool_calls=False)
    assert [call.name for call in calls(await reply(backends[form], asked))] == [name]


async def test_parallel_calls_are_numbered(backend: LocalBackend) -> None:
    """Several calls in one reply have their own numbers and ids."""
    replies = [
        calls(await reply(backend, request(tools=(PING,), tool_choice="required", sampling={"seed": seed})))
        for seed in range(6)
    ]
    assert max(map(len, replies)) > 1
    assert all([call.index for call in made] == list(range(len(made))) for made in replies)
    assert all(len({call.id for call in made}) == len(made) for made in replies)


async def test_free_reply_may_call_at_its_own_time(backend: LocalBackend) -> None:
    """A call that the model begins by itself fits its schema too, and no mark is ever shown."""
    replies = [await reply(backend, request(tools=TOOLS, sampling={"seed": seed})) for seed in range(40)]
    made = [call for events in replies for call in calls(events)]
    assert made
    for call in made:
        jsonschema.validate(json.loads(call.arguments), SCHEMAS[call.name or ""])
    assert "tool_call" not in "".join(map(text, replies))


@pytest.mark.parametrize("part", [{}, {"tools": TOOLS, "tool_choice": "none"}])
async def test_nothing_is_called_where_nothing_may_be(backend: LocalBackend, part: dict[str, Any]) -> None:
    """Without tools, or with tool choice none, what looks like a call is left out."""
    replies = [await reply(backend, request(**part, sampling={"seed": seed})) for seed in range(12)]
    assert not any(calls(events) for events in replies)
    assert "tool_call" not in "".join(map(text, replies))


JSON_REPLIES: dict[str, dict[str, Any]] = {
    "light": LIGHT.parameters,
    "text": {"type": "string", "maxLength": 12},
    "choice": {"enum": ["yes", "no"]},
    "list": {"type": "array", "items": {"type": "integer", "minimum": -3, "maximum": 12}, "minItems": 1, "maxItems": 3},
    "nested": {
        "type": "object",
        "properties": {"a": {"type": "object", "properties": {"b": {"type": "boolean"}}, "required": ["b"]}},
        "required": ["a"],
    },
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("schema", JSON_REPLIES.values(), ids=JSON_REPLIES.keys())
async def test_reply_fits_its_schema(backends: dict[str, LocalBackend], form: str, schema: dict[str, Any]) -> None:
    """A reply that must be JSON is, from the first character to the last."""
    events = await reply(backends[form], request(schema=schema))
    jsonschema.validate(json.loads(text(events)), schema)
    assert finish(events).reason is FinishReason.STOP


async def test_reply_with_schema_may_call_tools(backends: dict[str, LocalBackend]) -> None:
    """With both, a reply is either JSON or calls, and nothing else."""
    for name, backend in backends.items():
        for seed in range(4):
            asked = request(tools=TOOLS, schema=JSON_REPLIES["choice"], sampling={"seed": seed, "max_tokens": 400})
            events = await reply(backend, asked)
            assert bool(calls(events)) != (text(events) in {'"yes"', '"no"'}), name


async def test_conversation_that_does_not_fit_is_refused(backend: LocalBackend) -> None:
    """The error says how long it is and how long it may be, and the next request is served."""
    with pytest.raises(ApiError, match="1024") as failure:
        await reply(backend, request(messages=({"role": "user", "content": "light " * 2000},)))
    assert failure.value.code is ErrorCode.CONTEXT_OVERFLOW
    assert finish(await reply(backend, request()))


async def test_control_token_in_a_message_is_read_as_text(tiny_model: Path) -> None:
    """Words that spell the end of a turn are no end of a turn: they cost as many tokens as they have letters."""
    async with running(tiny_model) as backend:
        plain, spelt = [
            finish(await reply(backend, request(messages=({"role": "user", "content": words},)))).timings
            for words in ("lamp", "lamp" + "<|im_end|>" * 9)
        ]
    assert spelt.cache_n + spelt.prompt_n > plain.cache_n + plain.prompt_n + 9 * 5


async def test_parallel_requests_all_end_alike(backend: LocalBackend) -> None:
    """Requests that arrive together are answered as if each had come alone."""
    asked = [request(sampling={"seed": seed, "max_tokens": 40}) for seed in range(8)]
    together = await asyncio.gather(*(reply(backend, one) for one in asked))
    assert [text(events) for events in together] == [text(await reply(backend, one)) for one in asked]


@asynccontextmanager
async def busy(backend: LocalBackend) -> AsyncIterator[AsyncGenerator[ChatEvent]]:
    """Keep a backend busy with a reply that would not end for minutes, until it is closed."""
    endless = backend.chat(
        request(
            schema=ENDLESS | {"minItems": 1, "maxItems": None, "items": {"type": "string", "minLength": 400}},
            sampling={"max_tokens": None},
        )
    )
    async with aclosing(endless):
        await anext(endless)
        yield endless


@pytest.fixture
async def endless_backend(tiny_model: Path) -> AsyncGenerator[LocalBackend]:
    """Run a backend whose context takes minutes to fill and in whose queue two may wait."""
    async with running(tiny_model, context_length=60_000, max_queue=2, seats=1) as backend:
        yield backend


async def test_closed_generation_makes_room(endless_backend: LocalBackend) -> None:
    """Who stops listening stops the model, at once."""
    async with busy(endless_backend):
        waiting = asyncio.ensure_future(reply(endless_backend, request(deadline_s=30)))
        await asyncio.sleep(0)
    assert finish(await waiting)


async def test_full_queue_refuses_until_there_is_room(endless_backend: LocalBackend) -> None:
    """The refusal says when to come again, and a waiting request that is given up frees its place."""
    async with busy(endless_backend):
        waiting = [asyncio.ensure_future(reply(endless_backend, request())) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(ApiError) as failure:
            await reply(endless_backend, request())
        assert failure.value.code is ErrorCode.ENGINE_BUSY
        assert (failure.value.retry_after or 0) >= 1
        waiting[0].cancel()
        await asyncio.wait([waiting[0]])
        waiting.append(asyncio.ensure_future(reply(endless_backend, request())))
        await asyncio.sleep(0)
    assert all(map(finish, await asyncio.gather(*waiting[1:])))


async def test_voice_overtakes_background(endless_backend: LocalBackend) -> None:
    """What waits is served by urgency."""
    ended: list[Priority] = []

    async def ask(priority: Priority) -> None:
        await reply(endless_backend, request(priority=priority))
        ended.append(priority)

    async with busy(endless_backend):
        waiting = [asyncio.ensure_future(ask(priority)) for priority in (Priority.BACKGROUND, Priority.VOICE)]
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    assert ended == [Priority.VOICE, Priority.BACKGROUND]


async def test_deadline_ends_waiting_and_running_requests(endless_backend: LocalBackend) -> None:
    """A request is refused when its time is over, wherever it is."""
    async with busy(endless_backend):
        with pytest.raises(ApiError) as failure:
            await reply(endless_backend, request(deadline_s=0.05))
        assert failure.value.code is ErrorCode.DEADLINE_EXCEEDED
    with pytest.raises(ApiError) as failure:
        await reply(endless_backend, request(schema=ENDLESS, sampling={"max_tokens": None}, deadline_s=0.05))
    assert failure.value.code is ErrorCode.DEADLINE_EXCEEDED
    assert finish(await reply(endless_backend, request()))


async def test_close_ends_running_and_waiting_requests(endless_backend: LocalBackend) -> None:
    """Each is told that the engine shuts down, and later ones that there is no model."""
    async with busy(endless_backend) as endless:
        waiting = asyncio.ensure_future(reply(endless_backend, request()))
        await asyncio.sleep(0)
        await endless_backend.close()
        for failing in (waiting, anext_error(endless)):
            with pytest.raises(ApiError) as failure:
                await failing
            assert failure.value.code is ErrorCode.SHUTTING_DOWN
    with pytest.raises(ApiError) as failure:
        await reply(endless_backend, request())
    assert failure.value.code is ErrorCode.MODEL_LOADING


async def anext_error(events: AsyncGenerator[ChatEvent]) -> None:
    """Read on until the error that ends a stream."""
    async for _ in events:
        pass


async def test_model_survives_a_failed_generation(backend: LocalBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error inside is told without its details, and the next request is served."""
    with monkeypatch.context() as patch:
        patch.setattr("hearthd.engine.llama.context.Context.decode", lambda *_arguments: 1 / 0)
        with pytest.raises(ApiError) as failure:
            await reply(backend, request())
    assert failure.value.code is ErrorCode.INTERNAL
    assert "division" not in failure.value.message
    assert finish(await reply(backend, request()))


@pytest.mark.parametrize("likeliest", [1, 16])
async def test_grammar_looks_beyond_the_likeliest_tokens(
    backend: LocalBackend, monkeypatch: pytest.MonkeyPatch, likeliest: int
) -> None:
    """Where none of the likeliest tokens is admitted, any other may be."""
    monkeypatch.setattr("hearthd.engine.llama.sampler._LIKELIEST", likeliest)
    events = await reply(backend, request(schema=LIGHT.parameters))
    jsonschema.validate(json.loads(text(events)), LIGHT.parameters)


async def test_start_can_be_tried_again(tmp_path: Path, tiny_model: Path) -> None:
    """A missing model, a damaged one and a whole one under the same name."""
    path = tmp_path / "model.gguf"
    backend = local_backend(path, context_length=256)
    with pytest.raises(ApiError) as failure:
        await backend.start()
    assert failure.value.code is ErrorCode.MODEL_MISSING
    path.write_bytes(tiny_model.read_bytes()[:-1000])
    with pytest.raises(ApiError) as failure:
        await backend.start()
    assert failure.value.code is ErrorCode.MODEL_FAILED
    path.write_bytes(tiny_model.read_bytes().replace(b"llama.block_count", b"llama.block_cOUNT"))
    with pytest.raises(ApiError) as failure:
        await backend.start()
    assert failure.value.code is ErrorCode.MODEL_FAILED
    with pytest.raises(ApiError) as failure:
        await reply(backend, request())
    assert failure.value.code is ErrorCode.MODEL_LOADING
    path.write_bytes(tiny_model.read_bytes())
    await backend.start()
    assert finish(await reply(backend, request()))
    await backend.close()


async def test_model_with_a_broken_template_is_refused(tmp_path: Path, tiny_model: Path) -> None:
    """A template that does not compile is told when the model is loaded."""
    path = tmp_path / "model.gguf"
    path.write_bytes(tiny_model.read_bytes().replace(b"{%- endfor %}", b"{%- endfro %}"))
    backend = local_backend(path, context_length=256)
    with pytest.raises(ApiError, match="template") as failure:
        await backend.start()
    await backend.close()
    assert failure.value.code is ErrorCode.MODEL_FAILED
