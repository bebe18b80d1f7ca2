"""Test how one reply is made, step by step: where grammars set in, where it can be stopped, how reasoning is kept."""

from array import array
from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from hearthd.engine.backend import (
    ChatEvent,
    ChatRequest,
    Finish,
    FinishReason,
    ReasoningDelta,
    Sampling,
    TextDelta,
    Timings,
    Tool,
    ToolCallDelta,
)
from hearthd.engine.formats.chat_format import ChatFormat
from hearthd.engine.generation import Reply, read_prompt, read_stable
from hearthd.engine.llama.context import Context, Outcome
from hearthd.engine.llama.weights import Weights
from hearthd.errors import ApiError, ErrorCode
from hearthd.models.plan import ContextPlan
from tests.engine.formats import golden_family

HELLO = ({"role": "user", "content": "Hello"},)
PING = Tool("ping", "", {"type": "object", "properties": {}})
CALL = '{"name": "ping", "arguments": {}}'
BARE_CALL = '{"name": "ping", "parameters": {}}'
XML_CALL = "\n<function=ping>\n</function>\n</tool_call>"
END = "<end>"


class ScriptedModel:
    """Stands in for weights and sampler where a test must decide which tokens are drawn, however they are cut."""

    def __init__(self, script: list[str], refuses: int = 0) -> None:
        """Draw the pieces of a script; refuse so many grammars."""
        self.decoded: list[int] = []
        self.grammars: list[str | None] = []
        self._script = iter(script)
        self._pieces: list[bytes] = []
        self._refuses = refuses

    def tokenize(self, text: str) -> list[int]:
        """Return one new token for the whole text."""
        return [self._token(text.encode())] if text else []

    def piece(self, token: int, *, special: bool = False) -> bytes:
        """Return a token's bytes."""
        return self._pieces[token]

    def is_end(self, token: int) -> bool:
        """Return whether the script ends here."""
        return self._pieces[token] == END.encode()

    def constrain(self, grammar: str | None) -> bool:
        """Note the grammar."""
        if grammar and self._refuses:
            self._refuses -= 1
            return False
        self.grammars.append(grammar)
        return True

    def sample(self, row: int) -> int:
        """Draw the script's next piece."""
        return self._token(next(self._script).encode("latin-1"))

    @property
    def said(self) -> str:
        """Return everything that was to be decoded, with its cuts."""
        return "|".join(self._pieces[token].decode("utf-8", "replace") for token in self.decoded)

    def _token(self, piece: bytes) -> int:
        """Return a new token."""
        self._pieces.append(piece)
        return len(self._pieces) - 1


def run(model: Any, family: str, **request: Any) -> list[ChatEvent]:
    """Make one reply of a model of some family."""
    reply = Reply(model, golden_family.chat_format(family), ChatRequest(HELLO, **request), model, in_reasoning=False)
    events: list[ChatEvent] = []
    while reply.reason is None:
        model.decoded += reply.draw(0, 1000)
        events += reply.events()
    return events + reply.finish(Timings())


def shown(events: list[ChatEvent]) -> list[tuple[str, str]]:
    """Return kinds and words of a reply."""
    pairs: list[tuple[str, str]] = []
    for event in events:
        match event:
            case TextDelta(text):
                pairs.append(("text", text))
            case ReasoningDelta(text):
                pairs.append(("reasoning", text))
            case ToolCallDelta(name=str(name), arguments=arguments):
                pairs.append((name, arguments))
            case Finish(reason):
                pairs.append(("end", reason.value))
    return pairs


# Family, pieces drawn, what is shown, what is decoded.
HEALED: dict[str, tuple[str, list[str], list[tuple[str, str]], str]] = {
    "mark is a token": (
        "hermes",
        ["Wait. ", "<tool_call>", CALL, "</tool_call>", END],
        [("text", "Wait. "), ("ping", "{}"), ("end", "tool_calls")],
        f"Wait. |<tool_call>|{CALL}|</tool_call>",
    ),
    "mark is cut": (
        "hermes",
        ["<tool", "_call", ">", CALL, END],
        [("ping", "{}"), ("end", "tool_calls")],
        f"<tool|_call|>|{CALL}",
    ),
    "token reaches beyond the mark": (
        "hermes",
        ["<tool", '_call>{"nonsense', CALL, END],
        [("ping", "{}"), ("end", "tool_calls")],
        f"<tool|_call>|{CALL}",
    ),
    "token reaches beyond the mark into half a letter": (
        "hermes",
        ["<tool_call>\xc3", CALL, END],
        [("ping", "{}"), ("end", "tool_calls")],
        f"<tool_call>|{CALL}",
    ),
    "brace begins a bare call": (
        "llama3",
        ['{"', BARE_CALL],
        [("ping", "{}"), ("end", "tool_calls")],
        "",
    ),
    "blank before a bare call": (
        "llama3",
        ['\n{"', BARE_CALL],
        [("ping", "{}"), ("end", "tool_calls")],
        "\n",
    ),
    "header that names a tool": (
        "harmony",
        ["<|channel|>", "commentary", " to", "=functions", ".", "ping json<|message|>{}"],
        [("ping", "{}"), ("end", "tool_calls")],
        "<|channel|>|commentary| to|=functions|.",
    ),
    "header that names a tool at once": (
        "harmony",
        [" to=functions.p", "ping<|channel|>commentary json<|message|>{}"],
        [("ping", "{}"), ("end", "tool_calls")],
        " to=functions.",
    ),
    "analysis before a call": (
        "harmony",
        [
            "<|channel|>analysis",
            "<|message|>",
            "Hm.",
            "<|end|>",
            "<|start|>",
            "assistant",
            " to=functions.",
            "ping<|message|>{}",
        ],
        [("reasoning", "Hm."), ("ping", "{}"), ("end", "tool_calls")],
        "<|channel|>analysis|<|message|>|Hm.|<|end|>|<|start|>|assistant| to=functions.",
    ),
    "channels": (
        "harmony",
        ["<|channel|>analysis<|message|>", "Hm.", "<|end|><|start|>assistant<|channel|>final<|message|>Yes", ".", END],
        [("reasoning", "Hm."), ("text", "Yes"), ("text", "."), ("end", "stop")],
        "<|channel|>analysis<|message|>|Hm.",
    ),
    "elements": (
        "qwen",
        ["<tool_call>", XML_CALL, END],
        [("ping", "{}"), ("end", "tool_calls")],
        f"<tool_call>|{XML_CALL}",
    ),
    "name behind the mark": (
        "mistral",
        ["Wait.", "[TOOL_CALLS]", "ping[ARGS]{}", END],
        [("text", "Wait."), ("ping", "{}"), ("end", "tool_calls")],
        "Wait.|[TOOL_CALLS]|ping[ARGS]{}",
    ),
    "another call in Gemma's words": (
        "gemma4",
        ["<|tool_call>call", "call:ping{}<tool_call|>", "<|tool_call>", "call:ping{}<tool_call|>", END],
        [("ping", "{}"), ("ping", "{}"), ("end", "tool_calls")],
        "<|tool_call>|call:ping{}<tool_call|>|<|tool_call>",
    ),
    "list of Python calls": (
        "lfm2",
        ["<|tool_call_start|>[", "[ping(), ping()]<|tool_call_end|>", END],
        [("ping", "{}"), ("ping", "{}"), ("end", "tool_calls")],
        "<|tool_call_start|>|[ping(), ping()]<|tool_call_end|>",
    ),
    "letter cut in two": ("hermes", ["sch\xc3", "\xb6n", END], [("text", "sch"), ("text", "ön"), ("end", "stop")], ""),
    "letter cut off": ("hermes", ["sch\xc3", END], [("text", "sch"), ("end", "stop")], ""),
    "unknown tool": (
        "hermes",
        ["<tool_call>", CALL.replace("ping", "pong"), "</tool_call>", END],
        [("end", "stop")],
        f"<tool_call>|{CALL.replace('ping', 'pong')}|</tool_call>",
    ),
}


@pytest.mark.parametrize(("family", "script", "events", "decoded"), HEALED.values(), ids=HEALED.keys())
def test_grammar_sets_in_exactly_behind_the_mark(
    family: str, script: list[str], events: list[tuple[str, str]], decoded: str
) -> None:
    """What a token says beyond the mark is forgotten and drawn anew under the grammar."""
    model = ScriptedModel(script)
    assert shown(run(model, family, tools=(PING,))) == events
    assert model.said.startswith(decoded)


PHASES: list[tuple[dict[str, Any], list[str], list[bool]]] = [
    ({}, ["Hi", END], []),
    ({"tools": (PING,)}, ["Hi", END], []),
    ({"tools": (PING,)}, ["<tool_call>", CALL, "</tool_call>", END], [True]),
    ({"tools": (PING,)}, ["<think>", "Hm", "</think>", "<tool_call>", CALL, END], [False, True]),
    ({"schema": {}}, ["{}", END], [True]),
    ({"schema": {}}, ["<think>", "Hm", "</think>", "{}", END], [True, False, True]),
    ({"tools": (PING,), "tool_choice": "required"}, ["<tool_call>", CALL, "</tool_call>", END], [True]),
    ({"tools": (PING,), "tool_choice": "none"}, ["<tool_call>", CALL, "</tool_call>", END], [False]),
]


@pytest.mark.parametrize(("request_part", "script", "grammars"), PHASES)
def test_grammar_follows_the_phase(request_part: dict[str, Any], script: list[str], grammars: list[bool]) -> None:
    """Reasoning is free, calls are not, text is free unless the whole reply is constrained."""
    model = ScriptedModel(script)
    run(model, "hermes", **request_part)
    assert [grammar is not None for grammar in model.grammars] == grammars


HARMONY_PHASES: list[tuple[dict[str, Any], list[str], list[bool]]] = [
    ({"schema": {}}, ["<|channel|>final<|message|>", "{}", END], [True]),
    (
        {"schema": {}},
        ["<|channel|>analysis<|message|>", "Hm", "<|end|>", "<|start|>assistant<|channel|>final<|message|>{}", END],
        [True, False, True],
    ),
    # A reply that would end in its reasoning still owes what was asked for.
    (
        {"tools": (PING,), "tool_choice": "required"},
        ["<|channel|>analysis<|message|>", "Hm", END, "<|start|>assistant to=functions.ping<|message|>{}"],
        [True, False, True],
    ),
    ({"tools": (PING,)}, ["<|channel|>analysis<|message|>", "Hm", END], [False]),
]


@pytest.mark.parametrize(("request_part", "script", "grammars"), HARMONY_PHASES)
def test_grammar_follows_the_channel(request_part: dict[str, Any], script: list[str], grammars: list[bool]) -> None:
    """Where reasoning is a message of its own, a grammar for the whole reply sets in with the next one."""
    model = ScriptedModel(script)
    run(model, "harmony", **request_part)
    assert [grammar is not None for grammar in model.grammars] == grammars


def test_refused_grammar_is_loosened() -> None:
    """If llama.cpp refuses a grammar, the one of any object takes its place."""
    tool = Tool("ping", "", {"type": "object", "properties": {"a": {"enum": ["kitchen"]}}})
    model = ScriptedModel(["<tool_call>", CALL, "</tool_call>", END], refuses=1)
    assert shown(run(model, "hermes", tools=(tool,)))[0] == ("ping", "{}")
    assert "kitchen" not in (model.grammars[0] or "kitchen")


def test_model_without_any_grammar_is_still_read() -> None:
    """Calls are parsed and checked even where no grammar could be set."""
    model = ScriptedModel(["<tool_call>", CALL, "</tool_call>", END], refuses=99)
    assert shown(run(model, "hermes", tools=(PING,)))[0] == ("ping", "{}")


def test_one_call_ends_the_reply_where_one_is_allowed() -> None:
    """Nothing is drawn behind the only call."""
    events = run(ScriptedModel(["<tool_call>", CALL]), "hermes", tools=(PING,), parallel_tool_calls=False)
    assert shown(events) == [("ping", "{}"), ("end", "tool_calls")]


def test_cut_call_is_never_shown() -> None:
    """A reply that ends inside a call ends for its length and says nothing of it."""
    events = run(ScriptedModel(["<tool_call>", CALL[:9]]), "hermes", tools=(PING,), sampling=Sampling(max_tokens=2))
    assert shown(events) == [("end", "length")]


@pytest.mark.parametrize(("room", "limit", "drawn"), [(3, None, 3), (100, 2, 2), (2, 2, 2)])
def test_reply_ends_where_it_must(room: int, limit: int | None, drawn: int) -> None:
    """The context's end and the request's own limit are both exact."""
    model: Any = ScriptedModel(["a"] * 9)
    form = ChatFormat("x", None, {"bos_token": "", "eos_token": ""}, ())
    reply = Reply(model, form, ChatRequest(HELLO, sampling=Sampling(max_tokens=limit)), model, in_reasoning=False)
    while reply.reason is None:
        room -= len(reply.draw(0, room))
    assert (reply.reason, reply.drawn) == (FinishReason.LENGTH, drawn)


@pytest.fixture(scope="module")
def weights(tiny_model: Path) -> Iterator[Weights]:
    """Return a real model's weights."""
    model = Weights(tiny_model)
    yield model
    model.close()


@pytest.fixture(scope="module")
def context(weights: Weights) -> Iterator[Context]:
    """Return a real context."""
    made = Context(weights, ContextPlan(context_length=1024, cache_tokens=1024))
    yield made
    made.close()


def chat_format(weights: Weights, tail: str = "") -> ChatFormat:
    """Return the tiny model's own format, with something at the end of every prompt."""
    return ChatFormat((weights.chat_template() or "") + tail, None, weights.special_texts(), weights.control_texts())


SCHEMA = {"type": "object", "properties": {"on": {"type": "boolean"}}, "required": ["on"]}


def drawn(weights: Weights, context: Context, form: ChatFormat, request: ChatRequest) -> list[ChatEvent]:
    """Make one reply of a real model."""
    prompt = read_prompt(weights, form, request, context.context_length)
    reply = Reply(weights, form, request, context.sampler(request.sampling), in_reasoning=prompt.in_reasoning)
    context.clear()
    position, tokens = 0, prompt.tokens
    while reply.reason is None:
        context.batch.clear()
        row = context.batch.add(0, position, tokens, outputs=1)
        assert context.decode() is Outcome.DONE
        position += len(tokens)
        tokens = array("i", reply.draw(row, context.context_length - position))
    reply.close()
    return reply.finish(Timings())


@pytest.mark.parametrize("seed", range(6))
def test_reasoning_that_the_prompt_opens_is_kept_apart(weights: Weights, context: Context, seed: int) -> None:
    """Reasoning comes first and free, then the reply in its grammar."""
    request = ChatRequest(HELLO, schema=SCHEMA, sampling=Sampling(seed=seed, max_tokens=900, top_k=0))
    events = drawn(weights, context, chat_format(weights, "{{- '<think>' }}"), request)
    said = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert any(isinstance(event, ReasoningDelta) for event in events)
    jsonschema.validate(json.loads(said), SCHEMA)
    assert shown(events)[-1] == ("end", "stop")


DIM = Tool(
    "dim",
    "",
    {
        "type": "object",
        "properties": {
            "area": {"enum": ["kitchen", '50" TV wall', "Küche"]},
            "level": {"type": "integer", "minimum": 0, "maximum": 100},
            "on": {"type": "boolean"},
            "steps": {"type": "array", "items": {"enum": ["up", "down"]}, "maxItems": 2},
        },
        "required": ["area", "steps"],
        "additionalProperties": False,
    },
)


@pytest.mark.parametrize("family", golden_family.FAMILIES)
@pytest.mark.parametrize("seed", range(3))
def test_demanded_call_satisfies_its_schema(weights: Weights, context: Context, family: str, seed: int) -> None:
    """Whatever a model's nonsense, in every family's syntax only a declared call comes of it."""
    sampling = Sampling(seed=seed, max_tokens=600, top_k=0, temperature=1.5)
    request = ChatRequest(HELLO, (DIM,), "required", parallel_tool_calls=False, sampling=sampling, reasoning="none")
    events = drawn(weights, context, golden_family.chat_format(family), request)
    assert shown(events)[-1] == ("end", "tool_calls")
    (call,) = [event for event in events if isinstance(event, ToolCallDelta)]
    assert call.name == "dim"
    jsonschema.validate(json.loads(call.arguments), DIM.parameters)


SYSTEM = {"role": "system", "content": "You keep a home."}
USER = {"role": "user", "content": "Which lamps are on?"}
EARLIER = ({"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hello to you."})


@pytest.mark.parametrize("messages", [(SYSTEM, USER), (SYSTEM,), (SYSTEM, *EARLIER, USER), (USER,)])
def test_stable_part_ends_before_the_last_words(weights: Weights, messages: tuple[dict[str, Any], ...]) -> None:
    """What is stable is what any other last words of the user's would leave as it is."""
    form = chat_format(weights)
    stable = read_stable(weights, form, ChatRequest(messages), 1024)
    before = messages[:-1] if messages[-1] is USER else messages
    text = b"".join(weights.piece(token, special=True) for token in stable).decode()
    for words in ("Lock the door", "And now?"):
        asked = (*before, {"role": "user", "content": words})
        assert read_prompt(weights, form, ChatRequest(asked), 1024).tokens[: len(stable)] == stable
    assert text.endswith("<|im_start|>user\n")
    assert all(message["content"] in text for message in before)


def test_prompt_that_does_not_fit_is_refused(weights: Weights) -> None:
    """One token has to remain for the reply."""
    form = chat_format(weights)
    length = len(read_prompt(weights, form, ChatRequest(HELLO), 1024).tokens)
    with pytest.raises(ApiError) as failure:
        read_prompt(weights, form, ChatRequest(HELLO), length)
    assert failure.value.code is ErrorCode.CONTEXT_OVERFLOW
    assert read_prompt(weights, form, ChatRequest(HELLO), length + 1).tokens


def test_names_and_templates_come_from_the_model(weights: Weights) -> None:
    """What the file says of itself can be read."""
    assert weights.metadata("general.architecture") == "llama"
    assert weights.metadata("general.nothing") is None
    assert weights.chat_template("tool_use") is None
