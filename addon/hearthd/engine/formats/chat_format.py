"""Speak to a model in the words that it was trained on: its chat template and its way to call tools."""

from collections.abc import Sequence
from dataclasses import dataclass
import re
from typing import Any

from hearthd.engine.backend import ChatRequest, Tool
from hearthd.engine.formats.call_syntax import Signature
from hearthd.engine.formats.chat_template import CHATML, ChatTemplate, ChatTemplateError
from hearthd.engine.formats.conversation import changed_texts, declaration, normalised
from hearthd.engine.formats.families import HARMONY, detect_reasoning
from hearthd.engine.formats.grammar import Grammar
from hearthd.engine.formats.layout import find_layout
from hearthd.engine.formats.notation import literal
from hearthd.engine.formats.reply import ReplySyntax
from hearthd.errors import ApiError, ErrorCode

_DEFAULT_REASONING = ("<think>", "</think>")


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
        self._layout = self._tool_layout = find_layout(ChatTemplate(template or CHATML, special_texts))
        if tool_template:
            self._tool_layout = find_layout(ChatTemplate(tool_template, special_texts))
        self.tools = self._tool_layout.family
        source = self._layout.template.source
        reasoning = detect_reasoning(self.tools, source)
        self._reasons = reasoning is not None
        self._open, self._close = reasoning or _DEFAULT_REASONING
        self._can_be_silent = re.search("['\"]none['\"]", source) is not None
        self._control = re.compile("|".join(re.escape(text) for text in control)) if control else None

    def prompt(self, request: ChatRequest) -> Prompt:
        """Render a request.

        Raises:
            ApiError: `invalid_request` if the template cannot express the conversation.
        """
        messages = [self._defused(message) for message in normalised(request.messages)]
        tools = () if request.tool_choice == "none" else request.tools
        uses_tools = bool(tools) or any(message["role"] == "tool" for message in messages)
        layout = self._tool_layout if uses_tools else self._layout
        try:
            text = layout.render(
                messages, [self._defused(declaration(tool)) for tool in tools], self._switches(request)
            )
        except ChatTemplateError as err:
            raise ApiError(ErrorCode.INVALID_REQUEST, str(err), param="messages") from err
        in_reasoning = text.rstrip().endswith(self._open)
        if in_reasoning and request.reasoning == "none":
            # The template knows no switch, but a thought that has ended is as good as none.
            return Prompt(f"{text.rstrip()}\n\n{self._close}\n\n", in_reasoning=False)
        return Prompt(text, in_reasoning)

    def syntax(self, request: ChatRequest) -> ReplySyntax:
        """Return what a reply to this request is made of; JSON that was asked for is no call."""
        calls, signatures = self.tools.calls, _signatures(callable_tools(request))
        return self.tools.syntax(
            opens=calls.opens,
            reader=lambda mark: calls.reader(signatures, mark),
            reasoning_open=self._open,
            reasoning_close=self._close,
            strays=calls.strays,
            bare=calls.bare and request.schema is None,
            verbatim=request.schema is not None,
        )

    def several_calls(self, request: ChatRequest) -> bool:
        """Return whether a reply may hold more than one call."""
        return self.tools.parallel and request.parallel_tool_calls

    def reply_grammar(self, request: ChatRequest, *, may_reason: bool) -> str | None:
        """Return the grammar of a reply that is constrained from its first character on, or None if it is not.

        Where it may not reason, it has done so already, or the prompt has left it no other way.
        """
        tools = callable_tools(request)
        must_call = request.tool_choice not in ("auto", "none") and bool(tools)
        if request.schema is None and not must_call:
            return None
        grammar = Grammar()
        start = "" if may_reason else self.tools.reply_start
        # Harmony knows only how much to reason, not whether.
        reasons = self._reasons and (request.reasoning != "none" or self.tools is HARMONY)
        choices = [literal(self._open)] if may_reason and reasons else []
        if request.schema is not None and not must_call:
            choices.append(f"{literal(start + self.tools.text_start)} {grammar.object(request.schema)}")
        if tools:
            mark = "" if self.syntax(request).bare else self.tools.calls.opens[0]
            choices.append(f"{literal(start + mark)} {self._calls(grammar, request, tools)}")
        return grammar.text(" | ".join(choices))

    def call_grammar(self, request: ChatRequest) -> str | None:
        """Return the grammar of what follows the mark that opens a call, or None if there is nothing to call."""
        tools = callable_tools(request)
        if not tools:
            return None
        grammar = Grammar()
        return grammar.text(self._calls(grammar, request, tools))

    def _calls(self, grammar: Grammar, request: ChatRequest, tools: Sequence[Tool]) -> str:
        """Return the expression of calls behind their mark."""
        return self.tools.calls.grammar(grammar, _signatures(tools), several=self.several_calls(request))

    def _switches(self, request: ChatRequest) -> dict[str, Any]:
        """Return how much the model shall think, in the names that templates have for it; unset is the model's own."""
        if request.reasoning is None:
            return {}
        thinks = request.reasoning != "none"
        effort = request.reasoning if thinks or self._can_be_silent else "low"
        return {"enable_thinking": thinks, "thinking": thinks, "reasoning_effort": effort}

    def _defused(self, value: Any) -> Any:
        """Keep control tokens that a conversation spells out from being read as such."""
        control = self._control
        if control is None:
            return value
        return changed_texts(value, lambda text: control.sub(lambda found: f"{found[0][0]} {found[0][1:]}", text))


def callable_tools(request: ChatRequest) -> tuple[Tool, ...]:
    """Return the tools that a reply may call under the request's tool choice."""
    match request.tool_choice:
        case "none":
            return ()
        case ("named", name):
            return tuple(tool for tool in request.tools if tool.name == name)
        case _:
            return request.tools


def _signatures(tools: Sequence[Tool]) -> list[Signature]:
    """Return names and schemas."""
    return [(tool.name, tool.parameters) for tool in tools]
