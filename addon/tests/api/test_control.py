"""Test stopping, warming and counting, through the whole engine."""

import asyncio
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families
import pytest

from hearthd.api.chat_request import parse_chat, parse_warm
from hearthd.engine.backend import Priority
from hearthd.settings import RemoteRef, Role
from tests.engine.fake_server import STREAM, Act, chunk, event, run_fake_server, stream
from tests.running_engine import RunningEngine, StartEngine, WriteScript, read_events

USER = {"role": "user", "content": "hello"}
WARM = {"model": "fast", "prefix": "home", "messages": [USER]}


async def series(engine: RunningEngine) -> dict[str, dict[tuple[str, ...], float]]:
    """Return the sums over all models by name and other labels, as Prometheus reads them."""
    response = await engine.client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    read: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(response.text):
        for sample in family.samples:
            labels = tuple(value for name, value in sorted(sample.labels.items()) if name != "model")
            sums = read.setdefault(sample.name, {})
            sums[labels] = sums.get(labels, 0) + sample.value
    return read


async def _end(response: httpx.Response) -> str:
    """Return the code of the error that ended a reply: in its stream, if a word had been said."""
    events = await read_events(response)
    assert response.status_code == (200 if events else 409)
    code: str = (events or [response.json()])[-1]["error"]["code"]
    return code


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
async def test_stop_ends_voice_and_background(
    start_engine: StartEngine, write_script: WriteScript, stream: bool
) -> None:
    """One call ends what every model does, whoever asked for it; the next request is served."""
    replies = ({"content": "Well", "hang": True}, {"content": "Hi."})
    engine = await start_engine({role: write_script(*replies, name=role) for role in (Role.FAST, Role.REASONING)})
    asking = [
        asyncio.create_task(engine.chat(stream=stream, model=model, hearth={"priority": priority}))
        for model, priority in (("fast", "voice"), ("reasoning", "background"))
    ]
    async with asyncio.timeout(5):
        while (await series(engine))["hearth_running_requests"][()] < 2:
            await asyncio.sleep(0.01)
        assert (await engine.client.post("/v1/stop")).json() == {"stopped": 2}
        ended = await asyncio.gather(*asking)
    for response in ended:
        assert await _end(response) == "stopped"
    assert (await engine.client.post("/v1/stop")).json() == {"stopped": 0}
    assert (await engine.chat()).json()["choices"][0]["message"]["content"] == "Hi."


async def test_stop_closes_the_connection_to_a_server(start_engine: StartEngine) -> None:
    """A remote server learns that nobody listens; those who waited for it are told, too."""
    async with run_fake_server() as server:
        server.chat = [STREAM, event(chunk(content="Hi")), Act.HANG]
        engine = await start_engine(RemoteRef(server.url, "qwen"))
        asking = [asyncio.create_task(engine.chat(stream=True)) for _ in range(6)]
        async with asyncio.timeout(5):
            while (await series(engine))["hearth_waiting_requests"]["chat",] < 2:
                await asyncio.sleep(0.01)
            statistics = (await engine.client.get("/v1/info")).json()["roles"]["fast"]["statistics"]
            assert (statistics["running"], statistics["waiting"]) == (4, 2)
            assert (await engine.client.post("/v1/stop")).json() == {"stopped": 6}
            await server.was_left.wait()
        replies = [await asked for asked in asking]
        assert [await _end(one) for one in replies] == ["stopped"] * 6
        assert sorted(one.status_code for one in replies)[-2:] == [409, 409]


async def test_another_model_stands_in_for_a_dead_server(start_engine: StartEngine, write_script: WriteScript) -> None:
    """Before its first word a server that dies is replaced; in mid-stream its failure is the reply's end."""
    local = write_script({"content": "I am here."}, loop=True)
    async with run_fake_server() as server:
        engine = await start_engine({Role.FAST: RemoteRef(server.url, "qwen")}, fallbacks={Role.FAST: (local,)})
        server.chat = [STREAM, 0.05, Act.RESET]
        *events, done = await read_events(await engine.chat(stream=True))
        assert done == "[DONE]"
        assert {event["model"] for event in events} == {"scripted-script"}
        server.chat = [STREAM, event(chunk(content="Hi")), 0.05, Act.RESET]
        first, error = await read_events(await engine.chat(stream=True))
        assert (first["model"], error["error"]["code"]) == ("qwen", "remote_failed")
        server.chat = stream(chunk("stop", content="Hi"))
        assert (await engine.chat()).json()["model"] == "qwen"
    assert (await engine.chat()).json()["model"] == "scripted-script"
    fast = (await engine.client.get("/v1/info")).json()["roles"]["fast"]
    assert (fast["model"], fast["state"], fast["error"]) == ("qwen", "failed", "remote_unreachable")
    assert (fast["circuit"], fast["fallback"], fast["serving"]) == ("open", ["scripted-script"], "scripted-script")
    outcomes = (await series(engine))["hearth_requests_total"]
    assert outcomes == {("ok", "chat"): 3, ("remote_failed", "chat"): 2, ("remote_unreachable", "chat"): 1}


async def test_metrics_are_the_sum_of_the_timings(start_engine: StartEngine, write_script: WriteScript) -> None:
    """Tokens and times that replies told are those that Prometheus is told."""
    engine = await start_engine(write_script({"content": "one two three", "chunk_size": 4}, loop=True))
    timings = [(await engine.chat("a b c", hearth={"priority": "voice"})).json()["timings"] for _ in range(3)]
    read = await series(engine)
    assert read["hearth_tokens_prefilled_total"][()] == sum(timing["prompt_n"] for timing in timings) == 9
    assert read["hearth_tokens_decoded_total"][()] == sum(timing["predicted_n"] for timing in timings) == 12
    assert read["hearth_requests_total"]["ok", "voice"] == 3
    assert read["hearth_queue_seconds_count"]["voice",] == read["hearth_first_token_seconds_count"]["voice",] == 3
    assert read["hearth_running_requests"][()] == 0


async def test_prefix_is_warmed(start_engine: StartEngine) -> None:
    """A server is shown the prompt with its tools, as a chat would show it."""
    async with run_fake_server() as server:
        server.chat = stream(chunk("length", content="H") | {"usage": {"prompt_tokens": 10}})
        engine = await start_engine(RemoteRef(server.url, "qwen"))
        tool = {"type": "function", "function": {"name": "light"}}
        response = await engine.client.post("/v1/warm", json=WARM | {"tools": [tool]})
        assert response.json() == {
            "tokens": 10,
            "cache_n": 0,
            "prompt_ms": response.json()["prompt_ms"],
            "saved": False,
        }
        body = server.bodies[-1]
        assert (body["messages"], body["max_tokens"], body["tools"][0]["function"]["name"]) == ([USER], 1, "light")


WRONG_WARMS: dict[str, tuple[dict[str, Any], int, str | None]] = {
    "no name": ({"prefix": None}, 400, "prefix"),
    "empty name": ({"prefix": ""}, 400, "prefix"),
    "long name": ({"prefix": "x" * 65}, 400, "prefix"),
    "no messages": ({"messages": []}, 400, "messages"),
    "two tools of a name": ({"tools": [{"type": "function", "function": {"name": "a"}}] * 2}, 400, "tools"),
    "unknown model": ({"model": "gpt-4"}, 404, "model"),
    "role without model": ({"model": "reasoning"}, 503, "model"),
}


@pytest.mark.parametrize(("fields", "status", "param"), WRONG_WARMS.values(), ids=WRONG_WARMS)
async def test_wrong_warm(
    start_engine: StartEngine, write_script: WriteScript, fields: dict[str, Any], status: int, param: str
) -> None:
    """A prompt to be warmed is read as strictly as a chat."""
    engine = await start_engine(write_script())
    response: httpx.Response = await engine.client.post("/v1/warm", json=WARM | fields)
    assert (response.status_code, response.json()["error"]["param"]) == (status, param)


def test_warm_is_background_work() -> None:
    """It never goes before somebody who waits for an answer."""
    call = parse_warm(WARM)
    assert (call.model, call.prefix, call.request.priority) == ("fast", "home", Priority.BACKGROUND)


@pytest.mark.parametrize(
    ("effort", "reasoning"),
    [(None, None), ("none", "none"), ("minimal", "low"), ("low", "low"), ("medium", "medium"), ("high", "high")],
)
def test_reasoning_effort(effort: str | None, reasoning: str | None) -> None:
    """OpenAI's word reaches the backend, also for a prefix: some templates write it at the very top."""
    assert parse_chat({"model": "fast", "messages": [USER], "reasoning_effort": effort}).request.reasoning == reasoning
    assert parse_warm(WARM | {"reasoning_effort": effort}).request.reasoning == reasoning
