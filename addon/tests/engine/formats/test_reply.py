"""Test that a reply is taken apart alike wherever it is cut, and that no mark is ever shown."""

from dataclasses import replace
import json

import pytest

from hearthd.engine.formats.reply import (
    BrokenCallPart,
    CallPart,
    ReasoningPart,
    ReplyPart,
    ReplySyntax,
    StopFilter,
    TextPart,
    find_mark,
)
from tests.engine.formats.golden_family import CONVERSATION, chat_format

HERMES_SYNTAX = chat_format("hermes").syntax(CONVERSATION)
LLAMA3_SYNTAX = chat_format("llama3").syntax(CONVERSATION)
JSON_SYNTAX = chat_format("hermes").syntax(replace(CONVERSATION, schema={}))
LIGHT = '{"name": "light", "arguments": {"area": "kitchen"}}'
LIGHT_CALL = CallPart("light", '{"area": "kitchen"}')
TRICKY = '{"name": "say", "arguments": {"text": "a \\" } </tool_call> { \\\\"}}'
TRICKY_CALL = CallPart("say", json.dumps({"text": 'a " } </tool_call> { \\'}))


def joined(parts: list[ReplyPart]) -> list[ReplyPart]:
    """Join neighbouring pieces of text and of reasoning."""
    result: list[ReplyPart] = []
    for part in parts:
        match result, part:
            case [*_, TextPart(before)], TextPart(text):
                result[-1] = TextPart(before + text)
            case [*_, ReasoningPart(before)], ReasoningPart(text):
                result[-1] = ReasoningPart(before + text)
            case _:
                result.append(part)
    return result


def read(syntax: ReplySyntax, pieces: list[str], *, in_reasoning: bool = False) -> list[ReplyPart]:
    """Read a reply that comes in pieces."""
    parser = syntax.parser(in_reasoning=in_reasoning)
    parts = [part for piece in pieces for part in parser.feed_all(piece)]
    return joined([*parts, *parser.finish()])


REPLIES: dict[str, tuple[ReplySyntax, bool, str, list[ReplyPart]]] = {
    "words": (HERMES_SYNTAX, False, "Done, it is on.", [TextPart("Done, it is on.")]),
    "leading blanks": (HERMES_SYNTAX, False, "\n\n Done.\n", [TextPart("Done.\n")]),
    "nothing": (HERMES_SYNTAX, False, "", []),
    "umlauts": (HERMES_SYNTAX, False, "schön 😀", [TextPart("schön 😀")]),
    "comparison": (HERMES_SYNTAX, False, "3 < 4 <", [TextPart("3 < 4 <")]),
    "other element": (HERMES_SYNTAX, False, "<b>tool</b>", [TextPart("<b>tool</b>")]),
    "call": (HERMES_SYNTAX, False, f"<tool_call>\n{LIGHT}\n</tool_call>", [LIGHT_CALL]),
    "call behind words": (
        HERMES_SYNTAX,
        False,
        f"One moment. <tool_call>{LIGHT}</tool_call>",
        [TextPart("One moment. "), LIGHT_CALL],
    ),
    "two calls": (
        HERMES_SYNTAX,
        False,
        f"<tool_call>{LIGHT}</tool_call>\n<tool_call>{TRICKY}</tool_call>\n",
        [LIGHT_CALL, TRICKY_CALL],
    ),
    "words behind a call": (
        HERMES_SYNTAX,
        False,
        f"<tool_call>{LIGHT}</tool_call>\nSo.",
        [LIGHT_CALL, TextPart("So.")],
    ),
    "unclosed but whole call": (HERMES_SYNTAX, False, f"<tool_call>{LIGHT}", [LIGHT_CALL]),
    "cut closing mark": (HERMES_SYNTAX, False, f"<tool_call>{LIGHT}</tool_c", [LIGHT_CALL]),
    "cut call": (HERMES_SYNTAX, False, f"<tool_call>{LIGHT[:-5]}", [BrokenCallPart()]),
    "call of words": (HERMES_SYNTAX, False, "<tool_call>light(x)</tool_call>", [BrokenCallPart()]),
    "empty call": (HERMES_SYNTAX, False, "<tool_call></tool_call>", [BrokenCallPart()]),
    "bad JSON": (HERMES_SYNTAX, False, '<tool_call>{"name": light}</tool_call>Hi', [BrokenCallPart(), TextPart("Hi")]),
    "no name": (HERMES_SYNTAX, False, '<tool_call>{"arguments": {}}</tool_call>', [BrokenCallPart()]),
    "odd name": (HERMES_SYNTAX, False, '<tool_call>{"name": 7, "arguments": {}}</tool_call>', [BrokenCallPart()]),
    "list of arguments": (
        HERMES_SYNTAX,
        False,
        '<tool_call>{"name": "f", "arguments": [1]}</tool_call>',
        [BrokenCallPart()],
    ),
    "no arguments": (HERMES_SYNTAX, False, '<tool_call>{"name": "f"}</tool_call>', [CallPart("f", "{}")]),
    "arguments as text": (
        HERMES_SYNTAX,
        False,
        '<tool_call>{"name": "f", "arguments": "{\\"a\\": 1}"}</tool_call>',
        [CallPart("f", '{"a": 1}')],
    ),
    "lone surrogate": (
        HERMES_SYNTAX,
        False,
        '<tool_call>{"name": "f", "arguments": {"a": "\\ud83d"}}</tool_call>',
        [CallPart("f", '{"a": "?"}')],
    ),
    "cut opening mark": (HERMES_SYNTAX, False, "Well <tool_ca", [TextPart("Well ")]),
    "stray closing marks": (HERMES_SYNTAX, False, "a</tool_call></think>b", [TextPart("ab")]),
    "reasoning": (
        HERMES_SYNTAX,
        False,
        "<think>\nHm.\n</think>\n\nYes.",
        [ReasoningPart("Hm.\n"), TextPart("Yes.")],
    ),
    "opened reasoning": (HERMES_SYNTAX, True, "Hm.</think>Yes.", [ReasoningPart("Hm."), TextPart("Yes.")]),
    "endless reasoning": (HERMES_SYNTAX, True, "Hm. <tool_call>", [ReasoningPart("Hm. <tool_call>")]),
    "reasoning and call": (
        HERMES_SYNTAX,
        False,
        f"<think>Hm.</think><tool_call>{LIGHT}</tool_call>",
        [ReasoningPart("Hm."), LIGHT_CALL],
    ),
    "bare call": (LLAMA3_SYNTAX, False, ' {"name": "f", "parameters": {"a": {}}}', [CallPart("f", '{"a": {}}')]),
    "tagged call": (
        LLAMA3_SYNTAX,
        False,
        'So: <|python_tag|>{"name": "f", "parameters": {}}',
        [TextPart("So: "), CallPart("f", "{}")],
    ),
    "tagged words": (LLAMA3_SYNTAX, False, '<|python_tag|>search.call(query="x")', [BrokenCallPart()]),
    "brace behind words": (LLAMA3_SYNTAX, False, 'As {"name": 1}', [TextPart('As {"name": 1}')]),
    "cut bare call": (LLAMA3_SYNTAX, False, '{"name": "f", "para', [BrokenCallPart()]),
    "extra brace": (HERMES_SYNTAX, False, f"<tool_call>{LIGHT}}}</tool_call>Hi", [LIGHT_CALL, TextPart("Hi")]),
    "next call without a closing mark": (
        HERMES_SYNTAX,
        False,
        f"<tool_call>{LIGHT}\n<tool_call>{LIGHT}</tool_call>",
        [LIGHT_CALL, LIGHT_CALL],
    ),
    "call mentioned behind a call": (
        HERMES_SYNTAX,
        False,
        f"<tool_call>{LIGHT} like <tool_call>{LIGHT}</tool_call>",
        [LIGHT_CALL],
    ),
    "list of calls": (HERMES_SYNTAX, False, f"<tool_call>[{LIGHT}, {LIGHT}]</tool_call>", [LIGHT_CALL, LIGHT_CALL]),
    "infinite": (
        HERMES_SYNTAX,
        False,
        '<tool_call>{"name": "f", "arguments": {"a": NaN}}</tool_call>',
        [BrokenCallPart()],
    ),
    "JSON with marks": (
        JSON_SYNTAX,
        False,
        f'{{"a": "<think><tool_call>{"x"}"}}',
        [TextPart('{"a": "<think><tool_call>x"}')],
    ),
    "JSON behind reasoning": (
        JSON_SYNTAX,
        False,
        '<think>Hm.</think>\n{"a": "</think>"}',
        [ReasoningPart("Hm."), TextPart('{"a": "</think>"}')],
    ),
    "call instead of JSON": (JSON_SYNTAX, False, f" <tool_call>{LIGHT}</tool_call>", [LIGHT_CALL]),
    "bare call behind reasoning": (
        LLAMA3_SYNTAX,
        False,
        '<think>Hm.</think>{"name": "f"}',
        [ReasoningPart("Hm."), CallPart("f", "{}")],
    ),
}


@pytest.mark.parametrize(("syntax", "in_reasoning", "text", "parts"), REPLIES.values(), ids=REPLIES.keys())
def test_reply_is_read_alike_at_every_cut(
    syntax: ReplySyntax, in_reasoning: bool, text: str, parts: list[ReplyPart]
) -> None:
    """Whole, cut in two anywhere, and character by character."""
    ways = [[text], list(text), *([text[:cut], text[cut:]] for cut in range(len(text) + 1))]
    assert all(read(syntax, way, in_reasoning=in_reasoning) == parts for way in ways)


def nested(depth: int) -> str:
    """Return brackets inside brackets."""
    return "[" * depth + "1" + "]" * depth


DEEP = {
    "hermes": f'<tool_call>{{"name": "f", "arguments": {{"a": {nested(100_000)}}}}}</tool_call>',
    "lfm2": f"<|tool_call_start|>[f(a={nested(100_000)})]<|tool_call_end|>",
    "gemma4": f"<|tool_call>call:f{{a:{nested(100_000)}}}<tool_call|>",
}


@pytest.mark.parametrize(("family", "text"), DEEP.items(), ids=DEEP.keys())
def test_call_nested_beyond_reason_is_broken(family: str, text: str) -> None:
    """No depth brings the parser down."""
    assert read(chat_format(family).syntax(CONVERSATION), [text]) == [BrokenCallPart()]


MARKED: list[tuple[str, list[str], tuple[int, str | None]]] = [
    ("words", ["<a>"], (5, None)),
    ("x<a>y", ["<a>"], (1, "<a>")),
    ("x<", ["<a>"], (1, None)),
    ("<a><b>", ["<b>", "<a>"], (0, "<a>")),
    ("<a>", ["<a>", "<a>b"], (0, None)),
    ("<a>c", ["<a>", "<a>b"], (0, "<a>")),
    ("<a>b", ["<a>", "<a>b"], (0, "<a>b")),
    ("<a>x<", ["<a>", "<b>"], (0, "<a>")),
    ("", [], (0, None)),
]


@pytest.mark.parametrize(("text", "marks", "found"), MARKED)
def test_first_and_longest_mark_is_found(text: str, marks: list[str], found: tuple[int, str | None]) -> None:
    """A mark is found once no longer one can come of it."""
    assert find_mark(text, marks) == found


STOPS = [
    (("\n\n",), "one\n\ntwo", "one"),
    (("###", "\nUser:"), "one\nUser: two ###", "one"),
    (("abc",), "ab", "ab"),
    (("aab",), "aaab", "a"),
    (("x", "xy"), "1xy", "1"),
    (("",), "text", "text"),
    ((), "text", "text"),
]


@pytest.mark.parametrize(("stops", "text", "shown"), STOPS)
def test_stop_strings_cut_alike_at_every_cut(stops: tuple[str, ...], text: str, shown: str) -> None:
    """The stop string itself is never shown, not even in part."""
    for pieces in [[text], list(text), *([text[:cut], text[cut:]] for cut in range(len(text) + 1))]:
        watch = StopFilter(stops)
        assert "".join(watch.feed(piece) for piece in pieces) + watch.finish() == shown
