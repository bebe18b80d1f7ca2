"""Test every family's golden transcripts: the prompt it is given, and its replies however they are cut."""

from itertools import pairwise
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from hearthd.engine.formats.reply import CallPart, ReasoningPart, ReplyPart, ReplySyntax, TextPart
from tests.engine.formats.golden_family import CONVERSATION, FAMILIES, chat_format, prompt, replies

CASES = [(family, case) for family in FAMILIES for case in replies(family)]


def read(syntax: ReplySyntax, pieces: list[str], *, in_reasoning: bool) -> list[list[Any]]:
    """Read a reply that comes in pieces, and join neighbouring parts of a kind."""
    parser = syntax.parser(in_reasoning=in_reasoning)
    parts: list[ReplyPart] = [part for piece in pieces for part in parser.feed_all(piece)]
    found: list[list[Any]] = []
    for part in [*parts, *parser.finish()]:
        match part:
            case TextPart(text) | ReasoningPart(text):
                kind = "text" if isinstance(part, TextPart) else "reasoning"
                if found and found[-1][0] == kind:
                    found[-1][1] += text
                else:
                    found.append([kind, text])
            case CallPart(name, arguments):
                found.append(["call", name, json.loads(arguments)])
            case _:
                found.append(["broken"])
    return found


@pytest.mark.parametrize("family", FAMILIES)
def test_family_is_recognised(family: str) -> None:
    """A template in a family's wire format is known as such."""
    assert chat_format(family).tools.name == family


@pytest.mark.parametrize("family", FAMILIES)
def test_prompt_is_what_the_family_expects(family: str) -> None:
    """Tools, a system message, parallel calls and their results stand where the family's models look for them."""
    assert chat_format(family).prompt(CONVERSATION).text == prompt(family)


@pytest.mark.parametrize(("family", "case"), CASES)
def test_reply_is_read_alike_at_every_cut(family: str, case: str) -> None:
    """Whole, cut in two anywhere, and character by character."""
    reply = replies(family)[case]
    syntax = chat_format(family).syntax(CONVERSATION)
    text = reply.text
    ways = [[text], list(text), *([text[:cut], text[cut:]] for cut in range(len(text) + 1))]
    for way in ways:
        assert read(syntax, way, in_reasoning=reply.in_reasoning) == reply.parts


SYNTAXES = {family: chat_format(family).syntax(CONVERSATION) for family in FAMILIES}


@st.composite
def mixtures(draw: st.DrawFn, family: str) -> str:
    """Draw a mixture of whole replies, of their halves and of marks, whole or cut."""
    texts = [reply.text for reply in replies(family).values()]
    marks = list(SYNTAXES[family].marks)
    fragments = texts + [text[: len(text) // 2] for text in texts] + marks + [mark[:-2] for mark in marks]
    return "".join(draw(st.lists(st.sampled_from([*fragments, '"', "}", "]", "'", " ", "a b", "\n"]), max_size=6)))


@pytest.mark.parametrize("family", FAMILIES)
@given(data=st.data(), in_reasoning=st.booleans(), cuts=st.lists(st.integers(0, 900), max_size=8))
def test_any_mixture_is_read_alike_and_shows_no_mark(
    family: str, data: st.DataObject, in_reasoning: bool, cuts: list[int]
) -> None:
    """Any mixture of replies, halves of them and marks is read alike at any cuts, and no mark is shown."""
    text = data.draw(mixtures(family))
    edges = [0, *sorted(cut for cut in cuts if cut < len(text)), len(text)]
    syntax = SYNTAXES[family]
    parts = read(syntax, [text[start:end] for start, end in pairwise(edges)], in_reasoning=in_reasoning)
    assert parts == read(syntax, [text], in_reasoning=in_reasoning)
    shown = "".join(part[1] for part in parts if part[0] == "text")
    assert not any(mark in shown for mark in syntax.marks)


UNCLOSED = [
    (family, case) for family, case in CASES if SYNTAXES[family].reasoning_close not in replies(family)[case].text
]


@pytest.mark.parametrize(("family", "case"), UNCLOSED)
def test_call_inside_reasoning_is_never_a_call(family: str, case: str) -> None:
    """Whatever a reply says, while the model still reasons nothing of it is a call."""
    parts = read(SYNTAXES[family], [replies(family)[case].text], in_reasoning=True)
    assert {part[0] for part in parts} == {"reasoning"}
