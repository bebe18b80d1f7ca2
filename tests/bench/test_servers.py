"""Test how the benchmark learns where a server listens."""

import pytest

from bench.kernel.servers import url_in


@pytest.mark.parametrize(
    "words", ["http://127.0.0.1:4711", "http://127.0.0.1:4711\n", "http://127.0.0.1:4711srv  load: 3"]
)
def test_an_address_ends_with_its_port(words: str) -> None:
    """What a server prints meanwhile may run into the line."""
    assert url_in(words) == "http://127.0.0.1:4711"


def test_no_address() -> None:
    """A line without one says so."""
    with pytest.raises(ValueError, match="no address"):
        url_in("nothing yet")
