"""What script/bench kernel reads from a server's stream."""

from typing import Any

import pytest

from bench.client import Reply


def reply_of(*events: dict[str, Any]) -> Reply:
    """Return a reply that got these events."""
    reply = Reply(sent=0.0)
    for event in events:
        reply.take(event)
    reply.end()
    return reply


def delta(**fields: Any) -> dict[str, Any]:
    """Return an event with one piece of a reply."""
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": None}]}


END = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "timings": {"prompt_n": 7, "predicted_n": 5}}


@pytest.mark.parametrize(
    ("event", "counts"),
    [
        (delta(content="a"), True),
        (delta(reasoning_content="a"), True),
        (delta(tool_calls=[{"index": 0}]), True),
        (delta(role="assistant"), False),
        (delta(role="assistant", content=None), False),
        (delta(content=""), False),
        ({"choices": []}, False),
    ],
)
def test_only_what_the_model_said_is_a_token(event: dict[str, Any], counts: bool) -> None:
    """A role or an empty piece comes before the first token."""
    assert len(reply_of(event).arrivals) == counts


def test_the_servers_own_counts_are_kept() -> None:
    """What a server tells of itself is what counts, later events without it notwithstanding."""
    reply = reply_of(delta(content="a"), END, {"choices": [], "usage": {"completion_tokens": 9}})
    assert (reply.prefilled, reply.generated) == (7, 5)


def test_pieces_count_where_a_server_tells_nothing() -> None:
    """The usage comes next, and then the pieces."""
    assert reply_of(delta(content="a"), delta(content="b")).generated == 2
    assert reply_of(delta(content="a"), {"choices": [], "usage": {"completion_tokens": 3}}).generated == 3


def test_a_reply_without_pieces_counts_with_its_end() -> None:
    """A model that says nothing has no first token earlier than its end."""
    reply = reply_of(END)
    assert reply.first_ms == reply.ended_ms > 0


def test_an_error_in_the_stream_is_noted() -> None:
    """What breaks a stream off is known by its code."""
    assert reply_of(delta(content="a"), {"error": {"code": "stopped", "message": "x"}}).error == "stopped"
