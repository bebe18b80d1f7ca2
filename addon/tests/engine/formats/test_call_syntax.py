"""Test with llama.cpp itself that each family's grammar admits the calls that its syntax reads, and no others."""

from collections.abc import Iterator
from dataclasses import replace
import json
from pathlib import Path
from typing import Any

from hypothesis import assume, given, settings, strategies as st
import pytest

from hearthd.engine.backend import ChatRequest, Tool
from hearthd.engine.formats.call_syntax import Call
from hearthd.engine.formats.chat_format import ChatFormat
from hearthd.engine.formats.reply import CallPart
from tests.engine.formats.gbnf_acceptor import Acceptor
from tests.engine.formats.golden_family import CONVERSATION, FAMILIES, TOOLS, chat_format

ALONE = replace(CONVERSATION, parallel_tool_calls=False)
PARALLEL = [family for family in FAMILIES if chat_format(family).tools.parallel]


@pytest.fixture(scope="module")
def acceptor(tiny_model: Path) -> Iterator[Acceptor]:
    """Return llama.cpp's own judgement."""
    judge = Acceptor(tiny_model)
    yield judge
    judge.close()


def written(form: ChatFormat, *calls: Call) -> str:
    """Return calls as the family writes them, behind the mark that opens the first."""
    calls_syntax = form.tools.calls
    return calls_syntax.write(calls).removeprefix("" if calls_syntax.bare else calls_syntax.opens[0])


def read_back(form: ChatFormat, request: ChatRequest, *calls: Call) -> list[Call]:
    """Return the calls that are read from calls as the family writes them."""
    parser = form.syntax(request).parser()
    parts = [*parser.feed_all(form.tools.calls.write(calls)), *parser.finish()]
    return [(part.name, json.loads(part.arguments)) for part in parts if isinstance(part, CallPart)]


GOOD: dict[str, Call] = {
    "enum": ("light", {"area": "kitchen"}),
    "enum with a quote": ("light", {"area": '50" TV wall'}),
    "all": ("light", {"area": "hall", "color": {"hue": 0.5, "names": ["warm", "rot"]}, "level": 100, "on": False}),
    "empty values": ("light", {"area": "hall", "color": {"names": []}}),
    "text": ("say", {"text": 'Said "yes" \\ no,\nKüche 😀 \' < <| </ } ] )', "times": 3}),
    "empty text": ("say", {"text": ""}),
    "null": ("say", {"text": "x", "times": None}),
}
BAD: dict[str, Call] = {
    "undeclared tool": ("lock", {"area": "kitchen"}),
    "prefix of a tool": ("ligh", {"area": "kitchen"}),
    "undeclared value": ("light", {"area": "garage"}),
    "undeclared argument": ("light", {"area": "hall", "force": True}),
    "no required argument": ("light", {"level": 4}),
    "too large": ("light", {"area": "hall", "level": 101}),
    "wrong type": ("light", {"area": "hall", "on": 1}),
    "wrong type inside": ("light", {"area": "hall", "color": {"names": "warm"}}),
    "undeclared inside": ("light", {"area": "hall", "color": {"hex": 1}}),
}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("call", GOOD.values(), ids=GOOD.keys())
def test_declared_call_is_admitted_and_read(acceptor: Acceptor, family: str, call: Call) -> None:
    """What the schemas admit can be written in every syntax, and is read back as it was meant."""
    form = chat_format(family)
    assert acceptor.accepts(form.call_grammar(CONVERSATION) or "", written(form, call))
    assert read_back(form, CONVERSATION, call) == [call]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("call", BAD.values(), ids=BAD.keys())
def test_undeclared_call_is_not_admitted(acceptor: Acceptor, family: str, call: Call) -> None:
    """What the schemas do not admit cannot be written."""
    form = chat_format(family)
    assert not acceptor.accepts(form.call_grammar(CONVERSATION) or "", written(form, call))


@pytest.mark.parametrize("family", PARALLEL)
def test_second_call_is_admitted_where_several_are(acceptor: Acceptor, family: str) -> None:
    """Parallel calls come one after the other, unless one alone was asked for."""
    form = chat_format(family)
    two = written(form, GOOD["enum"], GOOD["null"])
    assert acceptor.accepts(form.call_grammar(CONVERSATION) or "", two)
    assert not acceptor.accepts(form.call_grammar(ALONE) or "", two)
    assert acceptor.accepts(form.call_grammar(ALONE) or "", written(form, GOOD["all"]))


@pytest.mark.parametrize("family", FAMILIES)
def test_words_are_no_call(acceptor: Acceptor, family: str) -> None:
    """Behind the mark nothing but a call can follow, and it must be whole."""
    form = chat_format(family)
    grammar = form.call_grammar(CONVERSATION) or ""
    text = written(form, GOOD["all"])
    bad = ["", "words", f"{text}words", *(text[:cut] for cut in range(0, len(text) - 1, 7))]
    assert [one for one in bad if acceptor.accepts(grammar, one)] == []


LOOSE = {
    "any arguments": Tool("free", "", {}),
    "any object": Tool("free", "", {"type": "object"}),
    "schema beyond a grammar": Tool("free", "", {"type": "object", "properties": "odd"}),
    "value beyond a grammar": Tool("free", "", {"properties": {"a": {"pattern": 1, "type": "entity"}}}),
}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("tool", LOOSE.values(), ids=LOOSE.keys())
def test_loose_schema_admits_what_it_must(acceptor: Acceptor, family: str, tool: Tool) -> None:
    """A schema that says nothing, or that a grammar cannot follow, leaves the arguments open."""
    form = chat_format(family)
    grammar = form.call_grammar(replace(CONVERSATION, tools=(tool,))) or ""
    assert acceptor.accepts(grammar, written(form, ("free", {"a": "b c"})))
    assert not acceptor.accepts(grammar, written(form, ("other", {"a": "b c"})))


NO_ARGUMENTS = Tool("ping", "", {"type": "object", "properties": {}})


@pytest.mark.parametrize("family", FAMILIES)
def test_tool_without_arguments_takes_none(acceptor: Acceptor, family: str) -> None:
    """A tool that declares no argument gets none."""
    form = chat_format(family)
    request = replace(CONVERSATION, tools=(NO_ARGUMENTS,))
    grammar = form.call_grammar(request) or ""
    assert acceptor.accepts(grammar, written(form, ("ping", {})))
    assert not acceptor.accepts(grammar, written(form, ("ping", {"a": 1})))
    assert read_back(form, request, ("ping", {})) == [("ping", {})]


@pytest.mark.parametrize("family", FAMILIES)
def test_demanded_call_may_be_thought_about(acceptor: Acceptor, family: str) -> None:
    """Where a call is demanded, the reply is one from its first character on, or reasoning if the model does so."""
    form = chat_format(family)
    request = replace(CONVERSATION, tool_choice="required")
    calls = form.tools.calls
    call = calls.write([GOOD["enum"]])
    first = form.reply_grammar(request, may_reason=True) or ""
    then = form.reply_grammar(request, may_reason=False) or ""
    assert acceptor.accepts(first, call)
    assert acceptor.accepts(then, form.tools.reply_start + call)
    opens = form.syntax(request).reasoning_open
    assert acceptor.accepts(first, opens) == (family in REASONING)
    assert not acceptor.accepts(then, opens)
    assert not acceptor.accepts(first, "words")


REASONING = {"gemma4", "glm", "harmony", "hermes", "mistral", "nemotron", "qwen"}


@pytest.mark.parametrize("family", FAMILIES)
def test_demanded_json_is_read_as_text(acceptor: Acceptor, family: str) -> None:
    """JSON that was asked for is text, whatever marks its strings mention."""
    form = chat_format(family)
    request = ChatRequest(CONVERSATION.messages, schema={"properties": {"a": {"type": "string"}}})
    marks = "".join(form.syntax(request).marks).replace('"', "'")
    reply = form.tools.text_start + json.dumps({"a": f"{marks} and so on"}, ensure_ascii=False)
    assert acceptor.accepts(form.reply_grammar(request, may_reason=True) or "", reply)
    for pieces in ([reply], list(reply)):
        parser = form.syntax(request).parser()
        parts = [part for piece in pieces for part in parser.feed_all(piece)] + parser.finish()
        assert form.tools.text_start + "".join(part.text for part in parts) == reply  # type: ignore[union-attr]


# What JSON would have to escape, and what C takes for the end, is no model's business.
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0\x7f"), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b_c", "d-e"]), inner, max_size=2)
    ),
    max_leaves=4,
)
FREE = Tool("free", "", {"properties": {name: {} for name in ("one", "two")}, "required": ["one"]})


@pytest.mark.parametrize("family", [family for family in FAMILIES if family not in ("qwen", "glm")])
@given(one=VALUES, two=VALUES)
@settings(deadline=None)
def test_any_values_are_admitted_and_read(acceptor: Acceptor, family: str, one: Any, two: Any) -> None:
    """Whatever the values, they can be written and are read back; markup alone cannot tell text from the rest."""
    form, request = chat_format(family), replace(CONVERSATION, tools=(FREE,))
    call = ("free", {"one": one, "two": two})
    assert read_back(form, request, call) == [call]
    assert acceptor.accepts(form.call_grammar(request) or "", written(form, call))


@pytest.mark.parametrize("family", ["qwen", "glm"])
@given(text=TEXTS, data=VALUES)
@settings(deadline=None)
def test_declared_values_are_admitted_and_read_in_markup(acceptor: Acceptor, family: str, text: str, data: Any) -> None:
    """Where the schema says what is text, any values but the marks' own can be written and are read back."""
    assume(not any(mark in f"{text} {json.dumps(data)}" for mark in ("</parameter>", "</arg_value>")))
    tool = Tool(
        "free",
        "",
        {"properties": {"text": {"type": "string"}, "data": {"type": "object", "additionalProperties": True}}},
    )
    form, request = chat_format(family), replace(CONVERSATION, tools=(tool,))
    call = ("free", {"text": text, "data": {"value": data}})
    assert read_back(form, request, call) == [call]
    assert acceptor.accepts(form.call_grammar(request) or "", written(form, call))


def test_tools_of_the_conversation_are_the_ones_called() -> None:
    """The tables above speak of the tools that the golden conversation declares."""
    assert {name for name, _arguments in GOOD.values()} == {tool.name for tool in TOOLS}


USE = Tool(
    "use",
    "",
    {
        "type": "object",
        "properties": {"name": {"type": "string"}, "arguments": {"type": "object"}},
        "required": ["name", "arguments"],
    },
)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("arguments", [{}, GOOD["all"][1], {"text": GOOD["text"][1]["text"], "in": [{"deep": None}]}])
def test_a_call_within_a_call_is_admitted_and_read(acceptor: Acceptor, family: str, arguments: dict[str, Any]) -> None:
    """One tool through which any other is called holds the outer call to its form, and leaves the inner one free."""
    form, request = chat_format(family), replace(CONVERSATION, tools=(USE,))
    call = ("use", {"name": "light__set", "arguments": arguments})
    assert acceptor.accepts(form.call_grammar(request) or "", written(form, call))
    assert read_back(form, request, call) == [call]
    assert not acceptor.accepts(form.call_grammar(request) or "", written(form, ("use", {"name": "light__set"})))
