"""Find out what a chat template does by itself, and do the rest for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
import json
from typing import Any

from hearthd.engine.formats import conversation
from hearthd.engine.formats.chat_template import ChatTemplate, ChatTemplateError
from hearthd.engine.formats.conversation import Message
from hearthd.engine.formats.families import GEMMA4, GENERIC, PHI4, Family, detect_family
from hearthd.engine.formats.reply import CallPart

_SYSTEM, _USER, _RESULT, _DESCRIPTION = (
    "probe of system words",
    "probe of user words",
    "probe of results",
    "probe of tools",
)
_ARGUMENTS = {"amount": 7, "on": True, "tags": ["a", "b"], "word": "blue sky"}
_PARAMETERS = {
    "type": "object",
    "properties": {
        "amount": {"type": "integer"},
        "on": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "word": {"type": "string"},
    },
    "required": [],
}


@dataclass(frozen=True, slots=True)
class Layout:
    """How conversations are laid out for one template.

    The template writes tools, calls, several calls in one message, their results and a system message, or what is
    false here is done for it.
    """

    template: ChatTemplate
    family: Family
    tools: bool = True
    calls: bool = True
    several_calls: bool = True
    results: bool = True
    system: bool = True

    def render(
        self,
        messages: Sequence[Message],
        declarations: Sequence[dict[str, Any]],
        switches: Mapping[str, Any] | None = None,
    ) -> str:
        """Return the prompt of normalised messages.

        Raises:
            ChatTemplateError: the template cannot express the conversation.
        """
        try:
            return self.native(messages, declarations, switches)
        except ChatTemplateError:
            # It may stumble over the schema of a tool, which can be described in words, or over there being none.
            for other, declared in ((replace(self, tools=False), declarations), (self, [])):
                try:
                    return other.native(messages, declared, switches, nothing=[])
                except ChatTemplateError:
                    continue
            raise

    def native(
        self,
        messages: Sequence[Message],
        declarations: Sequence[dict[str, Any]],
        switches: Mapping[str, Any] | None = None,
        nothing: list[Any] | None = None,
    ) -> str:
        """Return the prompt as `render` does, but leave what the template does itself to it.

        `nothing` is what it is given in place of tools that it is not to know of.

        Raises:
            ChatTemplateError: the template cannot express the conversation.
        """
        first = self._laid_out(messages, declarations)
        first = first if self.system else conversation.without_system(first)
        declared = declarations if self.tools and declarations else nothing
        # What a template refuses may pass with alternating roles, or without a system message.
        alternating = conversation.merged(first)
        refusals: list[ChatTemplateError] = []
        for way in (first, alternating, conversation.without_system(alternating)):
            try:
                text = self.template.render(way, declared, switches)
            except ChatTemplateError as err:
                refusals.append(err)
            else:
                end, start = self.family.turn or ("", "")
                return text + start if end and text.endswith(end) else text
        raise refusals[0]

    def _laid_out(self, messages: Sequence[Message], declarations: Sequence[dict[str, Any]]) -> list[Message]:
        """Do what the template does not."""
        family = self.family
        if not self.tools:
            return conversation.described(messages, declarations, family.calls)
        laid_out = list(messages)
        if family is GEMMA4:
            laid_out = list(conversation.with_gathered_results(laid_out))
        if family is PHI4 and declarations:
            laid_out = conversation.with_tools_on_system(laid_out, declarations)
        if not self.calls:
            laid_out = list(conversation.with_written_calls(laid_out, family.calls))
        elif not self.several_calls:
            laid_out = list(conversation.one_call_each(laid_out))
        return laid_out if self.results else list(conversation.with_told_results(laid_out))


def find_layout(template: ChatTemplate) -> Layout:
    """Return the layout in which a template tells a model of tools, and shows calls as its family's syntax reads them.

    It is found by trying; a template that passes in none gets the generic format.
    """
    family = detect_family(template.source)
    for layout in _candidates(Layout(template, family)):
        if _reads_back(layout, 1):
            return replace(layout, several_calls=_reads_back(layout, 2))
    return replace(Layout(template, GENERIC), tools=False, system=_shows_system(Layout(template, GENERIC, tools=False)))


def _candidates(layout: Layout) -> Iterator[Layout]:
    """Yield layouts, the template's own first."""
    if layout.family is GENERIC:
        return
    # One that writes calls, but in words that the family's syntax does not read, is another family's after all.
    writes_calls = "tool_calls" in layout.template.source
    for results in (True, False):
        tried = replace(layout, calls=writes_calls, results=results)
        yield replace(tried, system=_shows_system(tried))


def _shows_system(layout: Layout) -> bool:
    """Return whether a system message is shown, also behind the result of a call."""
    return _SYSTEM in _rendered(layout, 1 if layout.tools else 0)


def _reads_back(layout: Layout, count: int) -> bool:
    """Return whether tools, calls and results are shown, and calls in the words in which the family makes them."""
    text = _rendered(layout, count)
    if not all(words in text for words in (_USER, _DESCRIPTION, _RESULT)):
        return False
    shown = text.split(_USER, 1)[1].split(_RESULT, 1)[0]
    calls = layout.family.calls
    syntax = layout.family.syntax(
        calls.opens, lambda mark: calls.reader([("probe", _PARAMETERS)], mark), strays=calls.strays, bare=calls.bare
    )
    parser = syntax.parser()
    parts = parser.feed_all(shown[shown.find("{") :] if calls.bare else shown)
    found = [(part.name, json.loads(part.arguments)) for part in parts if isinstance(part, CallPart)]
    return found == [("probe", _ARGUMENTS)] * count


def _rendered(layout: Layout, count: int) -> str:
    """Return a conversation with so many calls in one message, or nothing where it is refused."""
    calls = [
        {"id": f"probe{number}", "function": {"name": "probe", "arguments": _ARGUMENTS}} for number in range(count)
    ]
    messages: list[Message] = [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": _USER}]
    if calls:
        messages.append({"role": "assistant", "content": "", "tool_calls": calls})
        messages += [{"role": "tool", "tool_call_id": call["id"], "content": _RESULT} for call in calls]
    function = {"name": "probe", "description": _DESCRIPTION, "parameters": _PARAMETERS}
    render = layout.native if layout.tools else layout.render
    try:
        return render(
            list(conversation.normalised(messages)), [{"type": "function", "function": function}] if count else []
        )
    except ChatTemplateError:
        return ""
