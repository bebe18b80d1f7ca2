"""Test how one reply is made, step by step: where grammars set in, where it can be stopped, how reasoning is kept."""

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
    Tool,
    ToolCallDelta,
)
from hearthd.engine.formats import ChatFormat
from hearthd.engine.generation import generate
from hearthd.engine.jobs import CancelledJobError
from hearthd.engine.llama import Llama

HELLO = ({"role": "user", "content": "Hello"},)
PING = Tool("ping", "", {"type": "object", "properties": {}})
CALL = '{"name": "ping", "arguments": {}}'
BARE_CALL = '{"name": "ping", "parameters": {}}'
HERMES = '{# tools <tool_call> "arguments" #}'
LLAMA3 = '{# tools <|start_header_id|> "parameters" #}'
END = "<end>"


class ScriptedModel:
    """Stands in for llama.cpp where a test must decide which tokens are drawn, however they are cut."""

    def __init__(self, script: list[str], refuses: int = 0) -> None:
        """Draw the pieces of a script; refuse so many grammars."""
        self.adds_bos = False
        self.context_length = 1000
        self.tokens: list[int] = []
        self.grammars: list[str | None] = []
        self._script = iter(script)
        self._pieces: list[bytes] = []
        self._refuses = refuses

    def special_texts(self) -> dict[str, str]:
        """Return no special texts."""
        return {"bos_token": "", "eos_token": ""}

    def tokenize(self, text: str, *, add_bos: bool = False) -> list[int]:
        """Return one new token for the whole text."""
        return [self._token(text.encode())] if text else []

    def piece(self, token: int, *, special: bool = False) -> bytes:
        """Return a token's bytes."""
        return self._pieces[token]

    def is_end(self, token: int) -> bool:
        """Return whether the script ends here."""
        return self._pieces[token] == END.encode()

    def resume(self, prompt: list[int]) -> int:
        """Keep nothing."""
        return 0

    def decode(self, tokens: list[int], check: Any) -> None:
        """Note what was decoded."""
        self.tokens += tokens

    def sampler(self, sampling: Sampling) -> ScriptedModel:
        """Return itself."""
        return self

    def constrain(self, grammar: str | None) -> bool:
        """Note the grammar."""
        if grammar and self._refuses:
            self._refuses -= 1
            return False
        self.grammars.append(grammar)
        return True

    def sample(self) -> int:
        """Draw the script's next piece."""
        return self._token(next(self._script).encode("latin-1"))

    def close(self) -> None:
        """Nothing is held."""

    @property
    def decoded(self) -> str:
        """Return everything that was decoded, with its cuts."""
        return "|".join(self._pieces[token].decode("utf-8", "replace") for token in self.tokens[1:])

    def _token(self, piece: bytes) -> int:
        """Return a new token."""
        self._pieces.append(piece)
        return len(self._pieces) - 1


def run(model: Any, template: str, **request: Any) -> list[ChatEvent]:
    """Make one reply."""
    form = ChatFormat(template + "x", None, {"bos_token": "", "eos_token": ""}, ())
    return list(generate(model, form, ChatRequest(HELLO, **request), lambda: None, 0.0))


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


# Template, pieces drawn, what is shown, what is decoded.
HEALED: dict[str, tuple[str, list[str], list[tuple[str, str]], str]] = {
    "mark is a token": (
        HERMES,
        ["Wait. ", "<tool_call>", CALL, "</tool_call>", END],
        [("text", "Wait. "), ("ping", "{}"), ("end", "tool_calls")],
        f"Wait. |<tool_call>|{CALL}|</tool_call>",
    ),
    "mark is cut": (
        HERMES,
        ["<tool", "_call", ">", CALL, END],
        [("ping", "{}"), ("end", "tool_calls")],
        f"<tool|_call|>|{CALL}",
    ),
    "token reaches beyond the mark": (
        HERMES,
        ["<tool", '_call>{"nonsense', CALL, END],
        [("ping", "{}"), ("end", "tool_calls")],
        f"<tool|_call>|{CALL}",
    ),
    "token reaches beyond the mark into half a letter": (
        HERMES,
        ["<tool_call>\xc3", CALL, END],
        [("ping", "{}"), ("end", "tool_calls")],
        f"<tool_call>|{CALL}",
    ),
    "brace begins a bare call": (
        LLAMA3,
        ['{"', BARE_CALL],
        [("ping", "{}"), ("end", "tool_calls")],
        "",
    ),
    "blank before a bare call": (
        LLAMA3,
        ['\n{"', BARE_CALL],
        [("ping", "{}"), ("end", "tool_calls")],
        "\n",
    ),
    "letter cut in two": (HERMES, ["sch\xc3", "\xb6n", END], [("text", "sch"), ("text", "ön"), ("end", "stop")], ""),
    "letter cut off": (HERMES, ["sch\xc3", END], [("text", "sch"), ("end", "stop")], ""),
    "unknown tool": (
        HERMES,
        ["<tool_call>", CALL.replace("ping", "pong"), "</tool_call>", END],
        [("end", "stop")],
        f"<tool_call>|{CALL.replace('ping', 'pong')}|</tool_call>",
    ),
}


@pytest.mark.parametrize(("template", "script", "events", "decoded"), HEALED.values(), ids=HEALED.keys())
def test_grammar_sets_in_exactly_behind_the_mark(
    template: str, script: list[str], events: list[tuple[str, str]], decoded: str
) -> None:
    """What a token says beyond the mark is forgotten and drawn anew under the grammar."""
    model = ScriptedModel(script)
    assert shown(run(model, template, tools=(PING,))) == events
    assert model.decoded.startswith(decoded)


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
    run(model, HERMES + "{# <think> #}", **request_part)
    assert [grammar is not None for grammar in model.grammars] == grammars


def test_refused_grammar_is_loosened() -> None:
    """If llama.cpp refuses a grammar, the one of any object takes its place."""
    tool = Tool("ping", "", {"type": "object", "properties": {"a": {"enum": ["kitchen"]}}})
    model = ScriptedModel(["<tool_call>", CALL, "</tool_call>", END], refuses=1)
    assert shown(run(model, HERMES, tools=(tool,)))[0] == ("ping", "{}")
    assert "kitchen" not in (model.grammars[0] or "kitchen")


def test_model_without_any_grammar_is_still_read() -> None:
    """Calls are parsed and checked even where no grammar could be set."""
    model = ScriptedModel(["<tool_call>", CALL, "</tool_call>", END], refuses=99)
    assert shown(run(model, HERMES, tools=(PING,)))[0] == ("ping", "{}")


def test_one_call_ends_the_reply_where_one_is_allowed() -> None:
    """Nothing is drawn behind the only call."""
    events = run(ScriptedModel(["<tool_call>", CALL]), HERMES, tools=(PING,), parallel_tool_calls=False)
    assert shown(events) == [("ping", "{}"), ("end", "tool_calls")]


def test_cut_call_is_never_shown() -> None:
    """A reply that ends inside a call ends for its length and says nothing of it."""
    events = run(ScriptedModel(["<tool_call>", CALL[:9]]), HERMES, tools=(PING,), sampling=Sampling(max_tokens=2))
    assert shown(events) == [("end", "length")]


@pytest.fixture(scope="module")
def llama(tiny_model: Path) -> Iterator[Llama]:
    """Return a real model without a backend around it."""
    model = Llama(tiny_model, context_length=1024, threads=1)
    yield model
    model.close()


def chat_format(llama: Llama, tail: str = "") -> ChatFormat:
    """Return the tiny model's own format, with something at the end of every prompt."""
    return ChatFormat((llama.chat_template() or "") + tail, None, llama.special_texts(), llama.control_texts())


def stop_after(steps: int) -> Any:
    """Return a check that stops at the given step."""
    left = iter(range(steps))

    def check() -> None:
        if next(left, None) is None:
            raise CancelledJobError

    return check


def test_prefill_stops_between_chunks(llama: Llama) -> None:
    """A long prompt is left where it was, and what was computed of it is kept for the next try."""
    llama.forget()
    request = ChatRequest(({"role": "user", "content": "light " * 300},), sampling=Sampling(max_tokens=1))
    with pytest.raises(CancelledJobError):
        list(generate(llama, chat_format(llama), request, stop_after(2), 0.0))
    assert len(llama.tokens) == 2 * 128
    (*_, end) = generate(llama, chat_format(llama), request, lambda: None, 0.0)
    assert isinstance(end, Finish)
    assert end.timings.cache_n == 2 * 128


def test_decoding_stops_at_the_next_step(llama: Llama) -> None:
    """Not one token more is decoded."""
    request = ChatRequest(HELLO, schema={"type": "array", "minItems": 99, "items": {"type": "integer"}})
    prompt = len(llama.tokenize(chat_format(llama).prompt(request).text))
    with pytest.raises(CancelledJobError):
        list(generate(llama, chat_format(llama), request, stop_after(12), 0.0))
    assert prompt <= len(llama.tokens) <= prompt + 6


SCHEMA = {"type": "object", "properties": {"on": {"type": "boolean"}}, "required": ["on"]}


@pytest.mark.parametrize("seed", range(6))
def test_reasoning_that_the_prompt_opens_is_kept_apart(llama: Llama, seed: int) -> None:
    """Reasoning comes first and free, then the reply in its grammar."""
    request = ChatRequest(HELLO, schema=SCHEMA, sampling=Sampling(seed=seed, max_tokens=900, top_k=0))
    events = list(generate(llama, chat_format(llama, "{{- '<think>' }}"), request, lambda: None, 0.0))
    said = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert any(isinstance(event, ReasoningDelta) for event in events)
    jsonschema.validate(json.loads(said), SCHEMA)
    assert events[-1] == Finish(FinishReason.STOP, events[-1].timings)  # type: ignore[union-attr]


def test_sampler_defaults_and_names_come_from_the_model(llama: Llama) -> None:
    """What the file says of itself can be read."""
    assert llama.metadata("general.architecture") == "llama"
    assert llama.metadata("general.nothing") is None
    assert llama.chat_template("tool_use") is None
