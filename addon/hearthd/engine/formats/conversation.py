"""Bring conversations into the shape that a chat template expects."""

from collections.abc import Callable, Iterator, Sequence
import hashlib
import json
from typing import Any

from hearthd.engine.backend import Tool
from hearthd.engine.formats.call_syntax import Call, CallSyntax, read_json

type Message = dict[str, Any]

_ID_LENGTH = 9


def normalised(messages: Sequence[Message]) -> Iterator[Message]:
    """Give messages one shape: text content, arguments as objects, results named after their calls."""
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
            identifier = message.get("tool_call_id", "")
            normal |= {"tool_call_id": _short_id(identifier)}
            normal.setdefault("name", names.get(identifier, "tool"))
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
            arguments = read_json(arguments)
        except ValueError:
            arguments = {}
    if not isinstance(arguments, dict):
        # The model wrote it, the client refused it; the template still has to show that there was a call.
        arguments = {}
    function = {"name": function["name"], "arguments": arguments}
    return {"id": _short_id(call.get("id", "")), "type": "function", "function": function}


def _short_id(identifier: str) -> str:
    """Return a call's id in nine letters and digits: Mistral's templates accept nothing else."""
    return hashlib.blake2b(str(identifier).encode("utf-8", "replace")).hexdigest()[:_ID_LENGTH]


def declaration(tool: Tool) -> dict[str, Any]:
    """Return a tool as OpenAI and the templates declare it."""
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def changed_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Return a value with every text in it changed."""
    match value:
        case str():
            return change(value)
        case list():
            return [changed_texts(one, change) for one in value]
        case dict():
            return {change(key): changed_texts(one, change) for key, one in value.items()}
        case _:
            return value


def one_call_each(messages: Sequence[Message]) -> Iterator[Message]:
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


def with_written_calls(messages: Sequence[Message], syntax: CallSyntax) -> Iterator[Message]:
    """Write calls into the words of their messages, for templates that leave them out."""
    for message in messages:
        if calls := message.get("tool_calls"):
            plain = {key: value for key, value in message.items() if key != "tool_calls"}
            words = [message["content"]] if message["content"] else []
            yield plain | {"content": "\n".join([*words, syntax.write([_call(one) for one in calls])])}
        else:
            yield message


def with_told_results(messages: Sequence[Message]) -> Iterator[Message]:
    """Tell results in the user's turn, for templates that have no place for them."""
    for message in messages:
        if message["role"] == "tool":
            result = json.dumps({"name": message["name"], "content": message["content"]}, ensure_ascii=False)
            yield {"role": "user", "content": f"<tool_response>\n{result}\n</tool_response>"}
        else:
            yield message


def with_gathered_results(messages: Sequence[Message]) -> Iterator[Message]:
    """Attach results, and the words said after them, to the message that made the calls, as Gemma 4 has it.

    Its template continues the model's turn behind them.
    """
    open_turn: Message | None = None
    for message in messages:
        if open_turn is not None and message["role"] == "tool":
            open_turn["tool_responses"].append(
                {"name": message["name"], "response": _object_or_text(message["content"])}
            )
            continue
        if open_turn is not None and message["role"] == "assistant" and not message.get("tool_calls"):
            words = [text for text in (open_turn["content"], message["content"]) if text]
            yield open_turn | {"content": "\n".join(words)}
            open_turn = None
            continue
        if open_turn is not None:
            yield open_turn
        open_turn = message | {"tool_responses": []} if message.get("tool_calls") else None
        if open_turn is None:
            yield message
    if open_turn is not None:
        yield open_turn


def _object_or_text(content: str) -> Any:
    """Return JSON of an object as one, and everything else as the text that it is."""
    try:
        found = read_json(content)
    except ValueError:
        return content
    return found if isinstance(found, dict) else content


def with_tools_on_system(messages: Sequence[Message], declarations: Sequence[dict[str, Any]]) -> list[Message]:
    """Hang the tools on the system message, where Phi 4 looks for them."""
    first, rest = (messages[0], messages[1:]) if messages and messages[0]["role"] == "system" else (None, messages)
    tools = json.dumps([one["function"] for one in declarations], ensure_ascii=False)
    return [(first or {"role": "system", "content": ""}) | {"tools": tools}, *rest]


def described(messages: Sequence[Message], declarations: Sequence[dict[str, Any]], syntax: CallSyntax) -> list[Message]:
    """Write tools, calls and results as plain words, for templates that know none of them."""
    plain = list(with_told_results(list(with_written_calls(messages, syntax))))
    if declarations:
        words = _describe_tools(declarations, syntax)
        if plain and plain[0]["role"] == "system":
            words = f"{plain.pop(0)['content']}\n\n{words}"
        plain.insert(0, {"role": "system", "content": words})
    return merged(plain)


def merged(messages: Sequence[Message]) -> list[Message]:
    """Join neighbouring messages of the same role, for templates in which roles must alternate."""
    result: list[Message] = []
    for message in messages:
        if result and result[-1]["role"] == message["role"] != "tool" and "tool_calls" not in (result[-1] | message):
            result[-1] = message | {"content": f"{result[-1]['content']}\n{message['content']}"}
        else:
            result.append(message)
    return result


def without_system(messages: Sequence[Message]) -> list[Message]:
    """Put the system message on top of the first message, for templates that have no place for it."""
    if len(messages) < 2 or messages[0]["role"] != "system":  # noqa: PLR2004 - there must be one to put it on
        return list(messages)
    first = messages[1] | {"content": f"{messages[0]['content']}\n\n{messages[1]['content']}"}
    return [first, *messages[2:]]


def _call(call: dict[str, Any]) -> Call:
    """Return a normalised call's name and arguments."""
    return call["function"]["name"], call["function"]["arguments"]


def _describe_tools(declarations: Sequence[dict[str, Any]], syntax: CallSyntax) -> str:
    """Return the words that tell a model about tools and how to call them."""
    declared = "\n".join(json.dumps(one["function"], ensure_ascii=False) for one in declarations)
    example = syntax.write([("the tool's name", {"argument": "value"})])
    return (
        f"You have these tools, one JSON object per line:\n{declared}\n\n"
        f"To use a tool, write nothing but the call, in exactly this form:\n{example}\n"
        "Its result follows as <tool_response>. Use a tool only when the request needs it; "
        "otherwise answer in plain words."
    )
