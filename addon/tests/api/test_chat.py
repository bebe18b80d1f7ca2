"""Test what the engine answers to those who ask rightly."""

import json

import pytest

from hearthd.settings import Role
from tests.running_engine import RunningEngine, StartEngine, WriteScript, read_events

CALL = {"name": "light", "arguments": {"area": "kitchen"}}
RICH = {"reasoning": "The person wants light.", "content": "One moment.", "tool_calls": [CALL, CALL]}
TIMINGS = {
    "cache_n", "prompt_n", "prompt_ms", "prompt_per_token_ms", "prompt_per_second",
    "predicted_n", "predicted_ms", "predicted_per_token_ms", "predicted_per_second", "queue_ms",
    "preemptions", "draft_n", "draft_n_accepted",
}  # fmt: skip
NOBODY = {
    "model": None,
    "backend": None,
    "state": "missing",
    "error": None,
    "context_length": None,
    "tool_format": None,
    "prefix_sharing": None,
    "parallel": None,
    "cache_tokens": None,
    "threads": None,
    "gpu_layers": None,
    "flash_attention": None,
    "dimension": None,
    "circuit": None,
    "fallback": [],
    "serving": None,
}


async def test_health_needs_no_token(start_engine: StartEngine) -> None:
    """Anyone may ask whether the engine is up; without models it is well."""
    engine = await start_engine()
    response = await engine.client.get("/health", headers={"Authorization": ""})
    assert response.json() == {"status": "ok", "version": "0.1.0", "protocol_version": 1}


async def test_info_describes_roles_and_machine(start_engine: StartEngine, write_script: WriteScript) -> None:
    """Each role says what serves it."""
    engine = await start_engine(write_script(RICH), max_queue=3)
    await engine.chat()
    info = (await engine.client.get("/v1/info")).json()
    assert info["instance_id"] == "0" * 32
    assert info["limits"] == {"max_body_bytes": 4194304, "max_queue": 3, "max_document_bytes": 20971520}
    assert info["hardware"].keys() == {
        "machine",
        "cpu_count",
        "cores",
        "memory_total_bytes",
        "memory_available_bytes",
    }
    assert info["disk"].keys() == {"free_bytes", "models_bytes"}
    assert info["disk"]["free_bytes"] > info["disk"]["models_bytes"] == 0
    assert info["hub"] == {"offline": False}
    fast = info["roles"]["fast"]
    statistics = fast.pop("statistics")
    assert fast == NOBODY | {
        "model": "scripted-script",
        "backend": "scripted",
        "state": "ready",
        "tool_format": "scripted",
        "serving": "scripted-script",
    }
    assert (statistics["requests"], statistics["waiting"], statistics["running"]) == (1, 0, 0)
    assert statistics["first_token_ms"] > 0
    assert info["roles"]["reasoning"] == NOBODY | {"statistics": None}
    assert info["roles"].keys() == set(Role)


async def test_models_are_listed_once(start_engine: StartEngine, write_script: WriteScript) -> None:
    """A model that serves two roles is one model."""
    ref = write_script()
    engine = await start_engine({Role.REASONING: ref, Role.FAST: ref})
    listed = (await engine.client.get("/v1/models")).json()
    assert listed["object"] == "list"
    assert [(model["id"], model["object"], model["owned_by"], model["roles"]) for model in listed["data"]] == [
        ("scripted-script", "model", "hearth", ["fast", "reasoning"])
    ]


async def test_whole_reply(start_engine: StartEngine, write_script: WriteScript) -> None:
    """A whole reply holds everything at once."""
    engine = await start_engine(write_script(RICH))
    reply = (await engine.chat("turn on the light")).json()
    assert reply["object"] == "chat.completion"
    assert reply["model"] == "scripted-script"
    assert reply["choices"] == [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "One moment.",
                "reasoning_content": "The person wants light.",
                "tool_calls": [
                    {
                        "id": f"call_{number}",
                        "type": "function",
                        "function": {"name": "light", "arguments": '{"area": "kitchen"}'},
                    }
                    for number in (1, 2)
                ],
            },
            "finish_reason": "tool_calls",
        }
    ]
    assert reply["timings"].keys() == TIMINGS
    usage = reply["usage"]
    assert usage["prompt_tokens"] == 4
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert usage["prompt_tokens_details"] == {"cached_tokens": 0}


async def test_streamed_reply(start_engine: StartEngine, write_script: WriteScript) -> None:
    """A stream's chunks add up to the whole, and only the last has figures."""
    engine = await start_engine(write_script(RICH | {"chunk_size": 4}))
    response = await engine.chat(stream=True, stream_options={"include_usage": True})
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    *chunks, last, done = await read_events(response)
    assert done == "[DONE]"
    assert {chunk["object"] for chunk in [*chunks, last]} == {"chat.completion.chunk"}
    assert len({(chunk["id"], chunk["created"], chunk["model"]) for chunk in [*chunks, last]}) == 1
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert [delta.get("role") for delta in deltas] == ["assistant"] + [None] * (len(deltas) - 1)
    assert "".join(delta.get("reasoning_content", "") for delta in deltas) == RICH["reasoning"]
    assert "".join(delta.get("content", "") for delta in deltas) == RICH["content"]
    calls = [call for delta in deltas for call in delta.get("tool_calls", [])]
    assert [call["id"] for call in calls if "id" in call] == ["call_1", "call_2"]
    assert "".join(call["function"]["arguments"] for call in calls if call["index"] == 1) == '{"area": "kitchen"}'
    assert {chunk["choices"][0]["finish_reason"] for chunk in chunks} == {None}
    assert not any("usage" in chunk or "timings" in chunk for chunk in chunks)
    assert last["choices"] == [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]
    assert last["timings"].keys() == TIMINGS
    assert last["usage"]["completion_tokens"] == len(chunks)


TEXTS = ["ünïcødé 😀", "line one\nline two\r\n\r\ndata: [DONE]", "\u2028 \x00 \x1b[2J"]


@pytest.mark.parametrize("text", TEXTS)
async def test_any_text_survives_whole(start_engine: StartEngine, write_script: WriteScript, text: str) -> None:
    """No character of a whole reply is lost."""
    engine = await start_engine(write_script({"content": text}))
    assert (await engine.chat()).json()["choices"][0]["message"]["content"] == text


@pytest.mark.parametrize("text", TEXTS)
async def test_any_text_survives_a_stream(start_engine: StartEngine, write_script: WriteScript, text: str) -> None:
    """No character of a reply is read as part of the protocol."""
    engine = await start_engine(write_script({"content": text, "chunk_size": 1}))
    blocks = (await engine.chat(stream=True)).content.decode().removesuffix("\n\n").split("\n\n")
    assert blocks.pop() == "data: [DONE]"
    deltas = [json.loads(block.removeprefix("data: "))["choices"][0]["delta"] for block in blocks]
    assert "".join(delta.get("content", "") for delta in deltas) == text


@pytest.mark.parametrize("name", ["fast", "reasoning", "scripted-script"])
async def test_model_is_named_by_role_or_id(start_engine: StartEngine, write_script: WriteScript, name: str) -> None:
    """The model's id works wherever a role does."""
    ref = write_script({"content": "Hi."})
    engine: RunningEngine = await start_engine({Role.FAST: ref, Role.REASONING: ref})
    assert (await engine.chat(model=name)).json()["choices"][0]["message"]["content"] == "Hi."
