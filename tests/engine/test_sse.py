"""Test the reading of server-sent events."""

from collections.abc import AsyncGenerator

from hypothesis import given, strategies as st
import pytest

from custom_components.hearth.engine.errors import EngineProtocolError
from custom_components.hearth.engine.sse import MAX_EVENT_BYTES, read_events


async def chunks(*parts: bytes) -> AsyncGenerator[bytes]:
    """Yield what the network brings."""
    for part in parts:
        yield part


async def collect(*parts: bytes) -> list[str]:
    """Return the events of a stream."""
    return [event async for event in read_events(chunks(*parts))]


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: a\n\ndata: b\n\n", ["a", "b"]),
        (b"data:a\n\n", ["a"]),
        (b"data: a\r\n\r\n", ["a"]),
        (b"data: a\ndata: b\n\n", ["a\nb"]),
        (b": keep-alive\n\ndata: a\n\n", ["a"]),
        (b"event: x\nid: 1\ndata: a\n\n", ["a"]),
        (b"data: a\n\ndata: cut off", ["a"]),
        (b"\n\n\n", []),
        (b"", []),
    ],
)
async def test_events(stream: bytes, events: list[str]) -> None:
    """Data is read as the standard says; everything else is passed over."""
    assert await collect(stream) == events


@given(st.lists(st.integers(min_value=1, max_value=12), max_size=20))
async def test_cuts_make_no_difference(cuts: list[int]) -> None:
    """However the network cuts a stream, also inside a character, its events are the same."""
    stream = 'data: {"a": "grün"}\n\n: ping\n\ndata: [DONE]\n\n'.encode()
    parts = []
    for cut in cuts:
        parts.append(stream[:cut])
        stream = stream[cut:]
    assert await collect(*parts, stream) == ['{"a": "grün"}', "[DONE]"]


@pytest.mark.parametrize(
    "stream", [b"data: \xff\xfe\n\n", b"data: " + b"x" * (MAX_EVENT_BYTES + 1), b"x" * (MAX_EVENT_BYTES + 1)]
)
async def test_nonsense_is_refused(stream: bytes) -> None:
    """What is no text, or has no end, is an error."""
    with pytest.raises(EngineProtocolError):
        await collect(stream)
