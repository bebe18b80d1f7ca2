"""Test that a person can see and change which model plays which role."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hearthd.engine.roles import Choices
from hearthd.errors import ApiError, ErrorCode
from hearthd.settings import ModelRef, Role, ScriptedRef
from tests.running_engine import RunningEngine, StartEngine, WriteScript, read_events


async def choose(engine: RunningEngine, model: str | None, role: str = "fast") -> dict[str, Any]:
    """Change a role's model and wait until it plays the role."""
    response = await engine.client.put(f"/v1/roles/{role}", json={"model": model})
    assert response.status_code == 202, response.text
    async with asyncio.timeout(10):
        while (described := (await engine.client.get("/v1/roles")).json()["roles"][role])["state"] == "loading":
            await asyncio.sleep(0.01)
    return described


async def code_of_choice(engine: RunningEngine, body: Any, role: str = "fast") -> tuple[int, str, str | None]:
    """Return status, code and field of a refused change."""
    response = await engine.client.put(f"/v1/roles/{role}", json=body)
    error = response.json()["error"]
    return response.status_code, error["code"], error["param"]


async def text_of(engine: RunningEngine, **fields: Any) -> str:
    """Return what a model says, and that it is the one that is named."""
    reply = (await engine.chat(**fields)).json()
    return f"{reply['model']}: {reply['choices'][0]['message']['content']}"


async def test_roles_are_listed(start_engine: StartEngine, write_script: WriteScript) -> None:
    """Each role tells what plays it and what could."""
    one, other = write_script(name="one"), write_script(name="other")
    engine = await start_engine(
        {Role.FAST: one},
        choices=Choices(installed=lambda role: [other] if role is Role.FAST else []),
        fixed_roles=frozenset({Role.ROUTER}),
        fallbacks={Role.FAST: (other,)},
    )
    await choose(engine, "scripted-one")
    roles = (await engine.client.get("/v1/roles")).json()["roles"]
    assert roles.keys() == set(Role)
    assert roles["fast"] == {
        "model": "scripted-one",
        "state": "ready",
        "choices": ["scripted-one", "scripted-other"],
        "changeable": True,
        "fallback": ["scripted-other"],
        "error": None,
    }
    nobody = {"model": None, "state": "missing", "choices": [], "fallback": [], "error": None}
    assert roles["router"] == nobody | {"changeable": False}
    assert roles["reasoning"] == nobody | {"changeable": True}


async def test_role_is_changed(start_engine: StartEngine, write_script: WriteScript) -> None:
    """The new model answers, info says so, and what was there before can be chosen again."""
    one, other = (write_script({"content": "Hi."}, loop=True, name=name) for name in ("one", "other"))
    kept: list[tuple[Role, ModelRef | None]] = []
    choices = Choices(installed=lambda _role: [other], keep=lambda role, ref: kept.append((role, ref)))
    engine = await start_engine(one, choices=choices)
    assert await text_of(engine) == "scripted-one: Hi."
    assert (await choose(engine, "scripted-other"))["model"] == "scripted-other"
    assert await text_of(engine) == "scripted-other: Hi."
    info = (await engine.client.get("/v1/info")).json()["roles"]["fast"]
    assert (info["model"], info["serving"]) == ("scripted-other", "scripted-other")
    assert (await choose(engine, None))["state"] == "missing"
    assert (await engine.chat()).json()["error"]["code"] == "model_missing"
    await choose(engine, "scripted-one")
    assert await text_of(engine) == "scripted-one: Hi."
    assert kept == [(Role.FAST, other), (Role.FAST, None), (Role.FAST, one)]


async def test_failed_change_is_told(start_engine: StartEngine, write_script: WriteScript, tmp_path: Path) -> None:
    """The old model stays, with the reason beside it."""
    gone = ScriptedRef(tmp_path / "gone.json")
    engine = await start_engine(
        write_script({"content": "Hi."}, loop=True), choices=Choices(installed=lambda _role: [gone])
    )
    described = await choose(engine, "scripted-gone")
    assert (described["model"], described["state"], described["error"]) == ("scripted-script", "ready", "model_missing")
    assert (await engine.client.get("/v1/info")).json()["roles"]["fast"]["error"] == "model_missing"
    assert await text_of(engine) == "scripted-script: Hi."
    assert (await choose(engine, "scripted-script"))["error"] is None


async def test_refused_changes(start_engine: StartEngine, write_script: WriteScript, tmp_path: Path) -> None:
    """What cannot be is refused at once, with a code of its own."""

    def has_room(*_: object) -> bool:
        """There never is."""
        raise ApiError(ErrorCode.DOES_NOT_FIT, "It needs more than there is.")

    choices = Choices(installed=lambda _role: [ScriptedRef(tmp_path / "large.json")], has_room=has_room)
    engine = await start_engine(
        {Role.FAST: write_script(), Role.REASONING: write_script()},
        choices=choices,
        fixed_roles=frozenset({Role.REASONING}),
    )
    assert await code_of_choice(engine, {"model": "nothing"}) == (404, "unknown_model", "model")
    assert await code_of_choice(engine, {"model": "scripted-large"}) == (409, "does_not_fit", None)
    assert await code_of_choice(engine, {"model": None}, "reasoning") == (409, "role_fixed", None)
    assert await code_of_choice(engine, {"model": None}, "butler") == (404, "not_found", None)
    for body in ({}, {"model": 1}, []):
        status, code, _ = await code_of_choice(engine, body)
        assert (status, code) == (400, "invalid_request")


async def test_replies_in_the_middle_of_changes(start_engine: StartEngine, write_script: WriteScript) -> None:
    """Streams that run while models change are whole, and each is of one model from head to end."""
    refs = [
        write_script({"content": name * 60, "chunk_size": 1, "delay_ms": 1}, loop=True, name=name) for name in "abc"
    ]
    engine = await start_engine(refs[0], choices=Choices(installed=lambda _role: refs))

    async def ask() -> str:
        """Read one stream."""
        *chunks, last, done = await read_events(await engine.chat(stream=True))
        assert (last["choices"][0]["finish_reason"], done) == ("stop", "[DONE]")
        (model,) = {chunk["model"] for chunk in (*chunks, last)}
        text = "".join(chunk["choices"][0]["delta"]["content"] for chunk in chunks)
        assert text == model.removeprefix("scripted-") * 60
        return str(model)

    asking = []
    for round_ in range(9):
        asking += [asyncio.create_task(ask()) for _ in range(3)]
        await asyncio.sleep(0.02)
        await choose(engine, f"scripted-{'bca'[round_ % 3]}")
    assert set(await asyncio.gather(*asking)) == {"scripted-a", "scripted-b", "scripted-c"}


@pytest.mark.parametrize("path", ["/v1/roles", "/metrics", "/v1/stop", "/v1/warm", "/v1/roles/fast"])
async def test_new_addresses_are_behind_the_token(start_engine: StartEngine, path: str) -> None:
    """Only the health is for everyone."""
    engine = await start_engine()
    response = await engine.client.get(path, headers={"Authorization": ""})
    assert response.status_code == 401
