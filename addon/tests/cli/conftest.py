"""Give the tests of the command line a hub to fetch from."""

from collections.abc import Iterator

import pytest

from tests.models.fake_hub import FakeHub, run_fake_hub


@pytest.fixture
def fake_hub() -> Iterator[FakeHub]:
    """Run a hub for one test."""
    with run_fake_hub() as hub:
        yield hub
