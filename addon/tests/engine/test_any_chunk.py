"""Test with arbitrary JSON that nothing a remote server sends surprises the engine."""

from typing import Any

from hypothesis import given, strategies as st

from hearthd.engine.backend import Finish, ReasoningDelta, TextDelta, ToolCallDelta
from hearthd.engine.remote_reply import RemoteReply
from hearthd.errors import ApiError

LEAVES = st.none() | st.booleans() | st.integers(-2, 2) | st.floats(allow_nan=False) | st.sampled_from(["", "f", "a"])
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
    max_leaves=4,
)
CALLS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "index": st.integers(0, 2) | JSON,
            "id": st.sampled_from(["", "x", "y"]) | JSON,
            "function": st.fixed_dictionaries(
                {}, optional={"name": st.sampled_from(["", "f", "g"]) | JSON, "arguments": st.text(max_size=3) | JSON}
            ),
        },
    ),
    max_size=3,
)
DELTAS = st.fixed_dictionaries(
    {},
    optional={
        "content": st.text(max_size=9) | JSON,
        "reasoning": JSON,
        "reasoning_content": JSON,
        "tool_calls": CALLS | JSON,
    },
)
CHUNKS = st.fixed_dictionaries(
    {},
    optional={
        "choices": st.lists(st.fixed_dictionaries({"delta": DELTAS | JSON}, optional={"finish_reason": JSON})) | JSON,
        "usage": st.dictionaries(st.sampled_from(["prompt_tokens", "completion_tokens"]), JSON) | JSON,
        "timings": st.dictionaries(st.sampled_from(["cache_n", "prompt_n", "prompt_ms", "predicted_n"]), JSON) | JSON,
    },
)


def read(chunks: list[Any]) -> list[Any] | None:
    """Return the events of a reply, None if it makes no sense."""
    reply = RemoteReply()
    try:
        return [*(event for chunk in chunks for event in reply.read(chunk)), *reply.finish()]
    except ApiError:
        return None


@given(st.lists(CHUNKS | JSON, max_size=4))
def test_any_chunks_are_read_or_refused(chunks: list[Any]) -> None:
    """Whatever the chunks, the events keep their contract: calls are begun before they go on, and the end is last."""
    events = read(chunks) or [Finish]
    begun: set[int] = set()
    for event in events[:-1]:
        assert isinstance(event, TextDelta | ReasoningDelta | ToolCallDelta)
        calls = [event] if isinstance(event, ToolCallDelta) else []
        begun |= {call.index for call in calls if call.name}
        assert {call.index for call in calls} <= begun
    assert begun == set(range(len(begun)))
