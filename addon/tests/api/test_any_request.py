"""Test with arbitrary JSON that nothing a client sends surprises the engine."""

from typing import Any

from hypothesis import given, strategies as st

from hearthd.api.chat_request import parse_chat
from hearthd.engine.backend import ChatRequest
from hearthd.errors import ApiError, ErrorCode

LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "role": st.sampled_from(["system", "developer", "user", "assistant", "tool"]) | JSON,
            "content": st.text(max_size=5) | JSON,
            "tool_calls": st.lists(st.fixed_dictionaries({"id": JSON, "function": JSON})) | JSON,
            "tool_call_id": JSON,
            "reasoning_content": JSON,
        },
    )
    | JSON,
    max_size=3,
)
TOOLS = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.just("function") | JSON,
            "function": st.fixed_dictionaries({"name": JSON, "parameters": JSON}) | JSON,
        }
    )
)
BODIES = (
    st.fixed_dictionaries(
        {"model": st.just("fast") | JSON, "messages": MESSAGES | JSON},
        optional={
            "tools": TOOLS | JSON,
            "tool_choice": st.fixed_dictionaries({"type": JSON, "function": JSON}) | JSON,
            "response_format": st.fixed_dictionaries({"type": st.just("json_schema"), "json_schema": JSON}) | JSON,
            "hearth": st.dictionaries(st.sampled_from(["priority", "session", "deadline_ms"]), JSON) | JSON,
        }
        | dict.fromkeys(("stream", "temperature", "top_k", "seed", "max_tokens", "stop", "n"), JSON),
    )
    | JSON
)


def outcome(body: Any) -> ChatRequest | ErrorCode:
    """Return what a body is read as, or why it is refused."""
    try:
        return parse_chat(body).request
    except ApiError as error:
        return error.code


@given(BODIES)
def test_any_json_is_read_or_refused(body: Any) -> None:
    """Whatever the JSON, there is a request or a refusal with a code, and no other exception."""
    result = outcome(body)
    assert isinstance(result, ChatRequest) or result in {ErrorCode.INVALID_REQUEST, ErrorCode.UNSUPPORTED}
