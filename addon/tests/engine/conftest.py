"""Share a server that says what a test has it say."""

from collections.abc import AsyncGenerator

import pytest

from tests.engine.fake_server import FakeServer, run_fake_server


@pytest.fixture
async def server() -> AsyncGenerator[FakeServer]:
    """Run a server that says what a test has it say."""
    async with run_fake_server() as fake:
        yield fake
