"""Test that a template does by itself what it can, and that the rest is done for it."""

from dataclasses import replace
from typing import Any

import pytest

from hearthd.engine.formats.chat_template import ChatTemplate
from hearthd.engine.formats.layout import Layout, find_layout
from tests.engine.formats.golden_family import SPECIAL, template

HERMES = template("hermes")
MESSAGES: list[dict[str, Any]] = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "One."},
    {"role": "user", "content": "Two."},
]


def layout(source: str) -> Layout:
    """Return the layout that is found for a template."""
    return find_layout(ChatTemplate(source, SPECIAL))


FAMILIES: dict[str, tuple[str, str]] = {
    "no template for tools": ("{% for message in messages %}{{ message.content }}{% endfor %}", "generic"),
    "known family": (HERMES, "hermes"),
    "calls written otherwise": (HERMES.replace('{"name": "{{ call', '{"tool": "{{ call'), "generic"),
    "tools not shown": (HERMES.replace("{{ tool | tojson }}", ""), "generic"),
    "arguments not shown": (HERMES.replace("{{ call.function.arguments | tojson }}", "{}"), "generic"),
    "marks in a comment": ('{# tools <tool_call> "arguments" #}{{ messages }}', "generic"),
    "refuses everything": ("{{ raise_exception('no') }}{# tools <tool_call> 'arguments' #}", "generic"),
    "results not shown": (HERMES.replace("\n{{ message.content }}\n</tool_r", "\n</tool_r"), "hermes"),
}


@pytest.mark.parametrize(("source", "family"), FAMILIES.values(), ids=FAMILIES.keys())
def test_family_must_pass_the_trial(source: str, family: str) -> None:
    """A family's marks are not enough: its calls must read back from what the template writes."""
    assert layout(source).family.name == family


def test_results_that_a_template_drops_are_told() -> None:
    """A result that would be lost is told in the user's turn."""
    source = FAMILIES["results not shown"][0]
    messages = [*MESSAGES[:2], {"role": "tool", "name": "f", "content": "r1", "tool_call_id": ""}]
    assert layout(source).results is False
    assert '"content": "r1"' in layout(source).render(messages, [])


def test_calls_that_a_template_drops_are_written() -> None:
    """A template that never speaks of calls gets them as words."""
    found = layout(template("lfm2"))
    assert (found.calls, found.results) == (False, True)
    assert layout(template("hermes")).calls is True


@pytest.mark.parametrize(("family", "several"), [("hermes", True), ("llama3", False), ("harmony", False)])
def test_calls_that_a_template_refuses_or_drops_are_taken_apart(family: str, several: bool) -> None:
    """Parallel calls stand in one message only where all of them are shown."""
    assert layout(template(family)).several_calls is several


NO_SYSTEM = "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
ALTERNATING = (
    "{% for one in messages %}{% if not loop.first and one.role == messages[loop.index0 - 1].role %}"
    "{{ raise_exception('alternate') }}{% endif %}{% endfor %}"
)
PLAIN = "{% for one in messages %}<{{ one.role }}>{{ one.content }}{% endfor %}"
DROPS_SYSTEM = PLAIN.replace("messages %}", "messages if one.role == 'user' %}")
NEEDS_A_LIST = "{% for tool in tools %}{% endfor %}"
SHOWN: dict[str, tuple[str, str]] = {
    "takes all": (PLAIN, "<system>Be kind.<user>One.<user>Two."),
    "refuses a system message": (NO_SYSTEM + PLAIN, "<user>Be kind.\n\nOne.\nTwo."),
    "drops a system message": (DROPS_SYSTEM, "<user>Be kind.\n\nOne.<user>Two."),
    "insists on tools": (NEEDS_A_LIST + PLAIN, "<system>Be kind.<user>One.\nTwo."),
    "refuses two of a kind": (ALTERNATING + PLAIN, "<system>Be kind.<user>One.\nTwo."),
    "refuses both": (NO_SYSTEM + ALTERNATING + PLAIN, "<user>Be kind.\n\nOne.\nTwo."),
}


@pytest.mark.parametrize(("source", "text"), SHOWN.values(), ids=SHOWN.keys())
def test_what_a_template_refuses_is_said_otherwise(source: str, text: str) -> None:
    """No words are lost to a template's taste."""
    assert replace(layout(source), tools=True).render(MESSAGES, []) == text


def test_tool_that_a_template_stumbles_over_is_described() -> None:
    """The others of the request are too, in the words of the family."""
    found = layout(
        "{% for tool in tools or [] %}{{ tool.function.parameters.properties.amount.type }}{% endfor %}" + HERMES
    )
    tools = [{"type": "function", "function": {"name": "odd", "description": "", "parameters": {"properties": {}}}}]
    text = found.render(MESSAGES, tools)
    assert '{"name": "odd"' in text
    assert "<tools>" not in text
