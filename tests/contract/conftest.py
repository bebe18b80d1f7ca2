"""Run the engine with each kind of model that needs no download."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

from aiohttp import ClientSession
import pytest

from custom_components.hearth.engine import EngineClient
from tests import hearthd as real_engine
from tests.hearthd import Hearthd

_LIMITS = ["--max-body", "20000", "--context-length", "1024"]


@pytest.fixture(scope="session")
def scripted_engine(tmp_path_factory: pytest.TempPathFactory) -> Generator[Hearthd]:
    """Return an engine with a scripted model."""
    with real_engine.running(tmp_path_factory.mktemp("scripted"), options=_LIMITS) as engine:
        yield engine


@pytest.fixture(scope="session")
def tiny_engine(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Generator[Hearthd]:
    """Return an engine with a model that llama.cpp runs."""
    with real_engine.running(tmp_path_factory.mktemp("tiny"), tiny_model, _LIMITS) as engine:
        yield engine


@pytest.fixture
async def session(socket_enabled: None) -> AsyncGenerator[ClientSession]:
    """Return a session for the client."""
    async with ClientSession() as session:
        yield session


@pytest.fixture(params=["scripted_engine", "tiny_engine"])
async def engine(request: pytest.FixtureRequest, session: ClientSession) -> Hearthd:
    """Return each engine in turn, its model loaded; both must keep the same contract."""
    engine: Hearthd = request.getfixturevalue(request.param)
    while (await EngineClient(session, engine.url, engine.token).async_health()).status == "loading":
        await asyncio.sleep(0.05)
    return engine
