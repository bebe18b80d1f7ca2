"""Test that conversations are brought into the shapes that templates expect, and that nothing is lost or doubled."""

import json
from typing import Any

import pytest

from hearthd.engine.formats.conversation import (
    changed_texts,
    described,
    merged,
    normalised,
    one_call_each,
    with_gathered_results,
    with_told_results,
    with_tools_on_system,
    with_written_calls,
    without_system,
)
from hearthd.engine.formats.families import GENERIC

USER = {"role": "user", "content": "Hello"}
SYSTEM = {"role": "system", "content": "Be kind."}
LIGHT = {"type": "function", "function": {"name": "light", "description": "Switch a light", "parameters": {}}}


def call(number: int, arguments: Any = "{}") -> dict[str, Any]:
    """Return one of an assistant's tool calls."""
    return {"id": f"c{number}", "type": "function", "function": {"name": f"f{number}", "arguments": arguments}}


def calls(*numbers: int, content: str | None = None) -> dict[str, Any]:
    """Return an assistant's message with calls."""
    return {"role": "assistant", "content": content, "tool_calls": [call(number) for number in numbers]}


def result(number: int, content: str | None = None) -> dict[str, Any]:
    """Return the message that answers a call."""
    return {"role": "tool", "tool_call_id": f"c{number}", "content": content or f"r{number}"}


NORMALISED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "no content": ({"role": "assistant", "content": None}, {"role": "assistant", "content": ""}),
    "absent content": ({"role": "assistant"}, {"role": "assistant", "content": ""}),
    "parts": (
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
        {"role": "user", "content": "ab"},
    ),
    "developer": ({"role": "developer", "content": "x"}, {"role": "system", "content": "x"}),
    "no calls": ({"role": "assistant", "content": "x", "tool_calls": []}, {"role": "assistant", "content": "x"}),
}


@pytest.mark.parametrize(("message", "normal"), NORMALISED.values(), ids=NORMALISED.keys())
def test_messages_are_normalised(message: dict[str, Any], normal: dict[str, Any]) -> None:
    """A template sees one shape, whatever the client wrote."""
    assert list(normalised([message])) == [normal]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [('{"a": 1}', {"a": 1}), ({"a": 1}, {"a": 1}), ("", {}), (None, {}), ("{broken", {}), ("[1]", {}), ("NaN", {})],
)
def test_arguments_become_objects(arguments: Any, expected: dict[str, Any]) -> None:
    """Templates get a call's arguments as an object."""
    (shown,) = normalised([{"role": "assistant", "content": None, "tool_calls": [call(1, arguments)]}])
    assert shown["tool_calls"][0]["function"] == {"name": "f1", "arguments": expected}


def test_result_is_named_after_its_call() -> None:
    """A tool message gets the name of the function that it answers, and the same id as the call, in nine letters."""
    _user, called, answered, lost = normalised([USER, calls(1), result(1), result(7)])
    assert (answered["name"], lost["name"]) == ("f1", "tool")
    assert answered["tool_call_id"] == called["tool_calls"][0]["id"] != lost["tool_call_id"]
    assert len(answered["tool_call_id"]) == 9
    assert answered["tool_call_id"].isalnum()


def test_parallel_calls_are_taken_apart() -> None:
    """Each call is followed by its own result, and nothing is lost or doubled."""
    shown = list(one_call_each(list(normalised([USER, calls(1, 2, content="Wait."), result(2), result(1), USER]))))
    assert [(one["role"], one["content"]) for one in shown] == [
        ("user", "Hello"),
        ("assistant", "Wait."),
        ("tool", "r1"),
        ("assistant", ""),
        ("tool", "r2"),
        ("user", "Hello"),
    ]
    assert [one["tool_calls"][0]["function"]["name"] for one in shown if "tool_calls" in one] == ["f1", "f2"]


def test_calls_are_written_behind_the_words() -> None:
    """A template that knows no calls gets them in the family's own words."""
    (shown,) = with_written_calls(list(normalised([calls(1, content="Wait.")])), GENERIC.calls)
    assert shown == {
        "role": "assistant",
        "content": 'Wait.\n<tool_call>\n{"name": "f1", "arguments": {}}\n</tool_call>',
    }


def test_results_are_told_by_the_user() -> None:
    """A template that knows no results gets them as the user's words."""
    (shown,) = with_told_results(list(normalised([result(1)])))
    assert shown["role"] == "user"
    assert '{"name": "tool", "content": "r1"}' in shown["content"]


GATHERED: dict[str, tuple[list[dict[str, Any]], list[tuple[str, list[Any]]]]] = {
    "no calls": ([USER, {"role": "assistant", "content": "Hi"}], [("Hello", []), ("Hi", [])]),
    "last": ([USER, calls(1), result(1)], [("Hello", []), ("", ["r1"])]),
    "answered": (
        [calls(1, 2), result(1), result(2, '{"a": 1}'), {"role": "assistant", "content": "So."}, USER],
        [("So.", ["r1", {"a": 1}]), ("Hello", [])],
    ),
    "step by step": (
        [calls(1), result(1), calls(2), result(2, "[1]"), {"role": "assistant", "content": "So."}],
        [("", ["r1"]), ("So.", ["[1]"])],
    ),
    "words before and behind": (
        [calls(1, content="Wait."), result(1), {"role": "assistant", "content": "So."}],
        [("Wait.\nSo.", ["r1"])],
    ),
    "no result": ([calls(1), USER], [("", []), ("Hello", [])]),
}


@pytest.mark.parametrize(("messages", "expected"), GATHERED.values(), ids=GATHERED.keys())
def test_results_are_gathered(messages: list[dict[str, Any]], expected: list[tuple[str, list[Any]]]) -> None:
    """Results hang on the message that asked for them, with the words that follow."""
    shown = list(with_gathered_results(list(normalised(messages))))
    assert all(one["role"] != "tool" for one in shown)
    assert [(one["content"], [each["response"] for each in one.get("tool_responses", [])]) for one in shown] == expected


def test_tools_hang_on_a_system_message() -> None:
    """There is one even where the client sent none."""
    for messages in ([SYSTEM, USER], [USER]):
        first, *rest = with_tools_on_system(messages, [LIGHT])
        assert first["role"] == "system"
        assert json.loads(first["tools"]) == [LIGHT["function"]]
        assert rest == [USER]


def test_tools_are_described_below_the_system_message() -> None:
    """A template without tools still tells the model of them, below the client's own words."""
    shown = described([SYSTEM, USER], [LIGHT], GENERIC.calls)
    assert [one["role"] for one in shown] == ["system", "user"]
    assert shown[0]["content"].startswith("Be kind.\n\n")
    assert all(words in shown[0]["content"] for words in ('"name": "light"', "<tool_call>", "</tool_call>"))


def test_described_history_alternates() -> None:
    """Calls and results are words, and roles alternate."""
    messages = list(normalised([USER, calls(1, 2, content="Wait."), result(1), result(2), USER]))
    shown = described(messages, [], GENERIC.calls)
    assert [one["role"] for one in shown] == ["user", "assistant", "user"]
    assert shown[1]["content"].count("<tool_call>") == 2
    assert shown[2]["content"].endswith("Hello")


def test_only_words_of_one_role_are_merged() -> None:
    """Calls and results keep their messages."""
    messages = list(normalised([SYSTEM, USER, USER, calls(1), calls(2), result(1), result(2), USER]))
    assert [one["role"] for one in merged(messages)] == [
        "system",
        "user",
        "assistant",
        "assistant",
        "tool",
        "tool",
        "user",
    ]
    assert merged(messages)[1]["content"] == "Hello\nHello"


@pytest.mark.parametrize(
    ("messages", "contents"), [([SYSTEM, USER], ["Be kind.\n\nHello"]), ([USER], ["Hello"]), ([SYSTEM], ["Be kind."])]
)
def test_system_message_moves_on_top_of_the_first(messages: list[dict[str, Any]], contents: list[str]) -> None:
    """Its words are kept wherever there is a message to keep them in."""
    assert [one["content"] for one in without_system(messages)] == contents


def test_every_text_is_changed() -> None:
    """Names, values and lists of values, but nothing that is no text."""
    assert changed_texts({"a": ["b", 1, None], "c": {"d": True}}, str.upper) == {"A": ["B", 1, None], "C": {"D": True}}
