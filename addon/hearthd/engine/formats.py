"""Speak to a model in the words that it was trained on: its chat template and its way to call tools."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
import json
import re
from typing import Any

from hearthd.engine.backend import ChatRequest, Tool
from hearthd.engine.chat_template import CHATML, ChatTemplate, ChatTemplateError
from hearthd.engine.grammar import Calls, call_grammar, reply_grammar
from hearthd.engine.reply import THINK_OPEN, CallSyntax
from hearthd.errors import ApiError, ErrorCode

type Message = dict[str, Any]

_HERMES_SYNTAX = CallSyntax(opens=("<tool_call>",), close="</tool_call>")


@dataclass(frozen=True, slots=True)
class ToolFormat:
    """A model family's way to be told of tools and to call them.

    `native` means that the model's chat template writes tools, calls and results itself. `parallel` means that one
    assistant message may hold several calls.
    """

    name: str
    syntax: CallSyntax
    native: bool
    parallel: bool


# https://github.com/NousResearch/Hermes-Function-Calling, also Qwen 2.5 and 3
HERMES = ToolFormat("hermes", _HERMES_SYNTAX, native=True, parallel=True)
# https://www.llama.com/docs/model-cards-and-prompt-formats/llama3_1/
LLAMA3 = ToolFormat(
    "llama3", CallSyntax(("<|python_tag|>",), arguments_key="parameters", bare=True), native=True, parallel=False
)
# For every other template: we describe the tools ourselves, in the convention that most models have seen.
GENERIC = ToolFormat("generic", _HERMES_SYNTAX, native=False, parallel=True)

# Families that write calls as XML elements inside the same mark as Hermes.
_OTHER_CALL_BODIES = ("<function=", "<arg_key>")


def detect_tool_format(template: str | None) -> ToolFormat:
    """Recognise a family by what its chat template writes."""
    if not template or "tools" not in template:
        return GENERIC
    written = template.replace('\\"', '"')
    if (
        "<tool_call>" in written
        and '"arguments"' in written
        and not any(body in written for body in _OTHER_CALL_BODIES)
    ):
        return HERMES
    if "<|start_header_id|>" in written and '"parameters"' in written:
        return LLAMA3
    return GENERIC


@dataclass(frozen=True, slots=True)
class Prompt:
    """A rendered conversation; `in_reasoning` says that it ends inside reasoning that it has opened."""

    text: str
    in_reasoning: bool


class ChatFormat:
    """Everything about a model's language: renders requests, knows the syntax and the grammars of replies."""

    def __init__(
        self, template: str | None, tool_template: str | None, special_texts: dict[str, str], control: Sequence[str]
    ) -> None:
        """Compile a model's templates; `control` are the texts of tokens that only a template may write.

        Raises:
            ChatTemplateError: a template is not valid.
        """
        self._template = ChatTemplate(template or CHATML, special_texts)
        self._tool_template = ChatTemplate(tool_template, special_texts) if tool_template else self._template
        self.tools = detect_tool_format(self._tool_template.source if template or tool_template else None)
        self._reasons = THINK_OPEN in self._template.source
        self._control = re.compile("|".join(re.escape(text) for text in control)) if control else None

    def prompt(self, request: ChatRequest) -> Prompt:
        """Render a request.

        Raises:
            ApiError: `invalid_request` if the template cannot express the conversation.
        """
        tools = () if request.tool_choice == "none" else request.tools
        messages = [self._defused(message) for message in _normalised(request.messages)]
        if not self.tools.native:
            messages = _described(messages, tools)
        elif not self.tools.parallel:
            messages = list(_one_call_each(messages))
        template = self._tool_template if tools else self._template
        text = _render(template, messages, [_declaration(tool) for tool in tools] if self.tools.native else [])
        return Prompt(text, in_reasoning=text.rstrip().endswith(THINK_OPEN))

    def syntax(self, request: ChatRequest) -> CallSyntax:
        """Return how a reply to this request writes calls; JSON that was asked for is no call."""
        return self.tools.syntax if request.schema is None else replace(self.tools.syntax, bare=False)

    def several_calls(self, request: ChatRequest) -> bool:
        """Return whether a reply may hold more than one call."""
        return self.tools.parallel and request.parallel_tool_calls

    def reply_grammar(self, request: ChatRequest, *, may_reason: bool) -> str | None:
        """Return the grammar of a reply that is constrained from its first character on, or None if it is not."""
        calls = self._calls(request)
        must_call = request.tool_choice not in ("auto", "none") and calls is not None
        if request.schema is None and not must_call:
            return None
        syntax = self.syntax(request)
        return reply_grammar(
            schema=None if must_call else request.schema,
            calls=calls,
            opening="" if syntax.bare else syntax.opens[0],
            instead=[THINK_OPEN] if may_reason and self._reasons else [],
        )

    def call_grammar(self, request: ChatRequest) -> str | None:
        """Return the grammar of what follows the mark that opens a call, or None if there is nothing to call."""
        calls = self._calls(request)
        return None if calls is None else call_grammar(calls)

    def _calls(self, request: ChatRequest) -> Calls | None:
        """Return what may be called."""
        tools = callable_tools(request)
        if not tools:
            return None
        syntax = self.tools.syntax
        return Calls(
            tuple((tool.name, tool.parameters) for tool in tools),
            arguments_key=syntax.arguments_key,
            closing=syntax.close,
            repeat=syntax.opens[0] if self.several_calls(request) else "",
        )

    def _defused(self, message: Message) -> Message:
        """Keep control tokens that a message spells out from being read as such."""
        if self._control is None:
            return message
        content = self._control.sub(lambda found: f"{found[0][0]} {found[0][1:]}", message["content"])
        return message | {"content": content}


def callable_tools(request: ChatRequest) -> tuple[Tool, ...]:
    """Return the tools that a reply may call under the request's tool choice."""
    match request.tool_choice:
        case "none":
            return ()
        case ("named", name):
            return tuple(tool for tool in request.tools if tool.name == name)
        case _:
            return request.tools


def _normalised(messages: Sequence[Message]) -> Iterator[Message]:
    """Give messages the shape that templates expect: text content, arguments as objects, tool results named."""
    names: dict[str, str] = {}
    for message in messages:
        normal = message | {"content": _text(message.get("content"))}
        if normal["role"] == "developer":
            normal["role"] = "system"
        if calls := message.get("tool_calls"):
            normal["tool_calls"] = [_normalised_call(call) for call in calls]
            names |= {call.get("id", ""): call["function"]["name"] for call in calls}
        else:
            normal.pop("tool_calls", None)
        if normal["role"] == "tool":
            normal.setdefault("name", names.get(message.get("tool_call_id", ""), "tool"))
        yield normal


def _text(content: Any) -> str:
    """Return content as text, whether it came as text, as parts or not at all."""
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content if isinstance(part, dict))
    return content or ""


def _normalised_call(call: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAI tool call with its arguments as an object."""
    function = call["function"]
    arguments = function.get("arguments") or {}
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments)
        except ValueError:
            # The model wrote it, the client refused it; the template still has to show that there was a call.
            arguments = {}
    return call | {"type": "function", "function": {"name": function["name"], "arguments": arguments}}


def _declaration(tool: Tool) -> dict[str, Any]:
    """Return a tool as OpenAI and the templates declare it."""
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def _one_call_each(messages: Sequence[Message]) -> Iterator[Message]:
    """Split parallel calls into messages of one call, each followed by its own result."""
    results = {message.get("tool_call_id"): message for message in messages if message["role"] == "tool"}
    shown: set[int] = set()
    for message in messages:
        calls = message.get("tool_calls", [])
        if len(calls) < 2:  # noqa: PLR2004 - one call needs no splitting
            if id(message) not in shown:
                yield message
            continue
        for position, call in enumerate(calls):
            yield message | {"content": "" if position else message["content"], "tool_calls": [call]}
            if result := results.get(call.get("id")):
                shown.add(id(result))
                yield result


def _described(messages: Sequence[Message], tools: Sequence[Tool]) -> list[Message]:
    """Write tools, calls and results as plain words, for templates that know none of them."""
    plain = [_plain(message) for message in messages]
    if tools:
        words = _describe_tools(tools)
        if plain and plain[0]["role"] == "system":
            words = f"{plain.pop(0)['content']}\n\n{words}"
        plain.insert(0, {"role": "system", "content": words})
    merged: list[Message] = []
    for message in plain:
        if merged and merged[-1]["role"] == message["role"]:
            merged[-1] = message | {"content": f"{merged[-1]['content']}\n{message['content']}"}
        else:
            merged.append(message)
    return merged


def _plain(message: Message) -> Message:
    """Return one message without tool roles and tool calls."""
    if message["role"] == "tool":
        result = json.dumps({"name": message["name"], "content": message["content"]}, ensure_ascii=False)
        return {"role": "user", "content": f"<tool_response>\n{result}\n</tool_response>"}
    calls = [json.dumps(call["function"], ensure_ascii=False) for call in message.get("tool_calls", [])]
    parts = [message["content"]] if message["content"] or not calls else []
    content = "\n".join([*parts, *(f"<tool_call>\n{call}\n</tool_call>" for call in calls)])
    return {"role": message["role"], "content": content}


def _describe_tools(tools: Sequence[Tool]) -> str:
    """Return the words that tell a model about tools and how to call them."""
    declared = "\n".join(json.dumps(_declaration(tool)["function"], ensure_ascii=False) for tool in tools)
    return (
        f"You have these tools, one JSON object per line:\n{declared}\n\n"
        "To use a tool, write nothing but the call, in exactly this form:\n"
        '<tool_call>\n{"name": "the tool\'s name", "arguments": {"argument": "value"}}\n</tool_call>\n'
        "Its result follows as <tool_response>. Use a tool only when the request needs it; "
        "otherwise answer in plain words."
    )


def _render(template: ChatTemplate, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> str:
    """Render; where a template has no place for a system message, it goes on top of the first message."""
    try:
        return template.render(messages, tools)
    except ChatTemplateError as err:
        if len(messages) > 1 and messages[0]["role"] == "system":
            first = messages[1] | {"content": f"{messages[0]['content']}\n\n{messages[1]['content']}"}
            try:
                return template.render([first, *messages[2:]], tools)
            except ChatTemplateError:
                pass
        raise ApiError(ErrorCode.INVALID_REQUEST, str(err), param="messages") from err
