"""Test that templates render as Hugging Face's library would, and that a hostile one stays in its box."""

from datetime import datetime
from typing import Any

import pytest

from hearthd.engine.formats.chat_template import CHATML, ChatTemplate, ChatTemplateError

SPECIAL = {"bos_token": "<s>", "eos_token": "</s>"}
HELLO = [{"role": "user", "content": "Hello"}]

RENDERED: dict[str, tuple[str, str]] = {
    "special texts": ("{{ bos_token }}{{ messages[0].content }}{{ eos_token }}", "<s>Hello</s>"),
    "generation prompt": ("{% if add_generation_prompt %}>{% endif %}", ">"),
    "trimmed blocks": (
        "{% for m in messages %}\n  {% if true %}\n{{ m.role }}\n  {% endif %}\n{% endfor %}\n",
        "user\n",
    ),
    "loop controls": ("{% for n in range(9) %}{% if n == 3 %}{% break %}{% endif %}{{ n }}{% endfor %}", "012"),
    "generation block": ("{% generation %}{{ messages[0].content }}{% endgeneration %}", "Hello"),
    "json keeps order and letters": ("{{ {'b': 'ü<&>', 'a': 1} | tojson }}", '{"b": "ü<&>", "a": 1}'),
    "indented json": ("{{ {'b': 1} | tojson(indent=2) }}", '{\n  "b": 1\n}'),
    "no tools": ("{{ tools is none }}", "True"),
    "namespace": ("{% set ns = namespace(n=1) %}{% set ns.n = 2 %}{{ ns.n }}", "2"),
    "chatml": (CHATML, "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n"),
}


@pytest.mark.parametrize(("source", "text"), RENDERED.values(), ids=RENDERED.keys())
def test_template_renders(source: str, text: str) -> None:
    """Each of the features that templates use gives the expected text."""
    assert ChatTemplate(source, SPECIAL).render(HELLO) == text


def test_template_knows_the_date() -> None:
    """A template may state the date."""
    assert ChatTemplate("{{ strftime_now('%Y') }}", SPECIAL).render(HELLO) == f"{datetime.now().astimezone():%Y}"


REFUSED = {
    "raises": ("{{ raise_exception('No tools here') }}", "No tools here"),
    "undefined": ("{{ messages[7].content.parts }}", "cannot express"),
    "wrong type": ("{{ messages + 1 }}", "cannot express"),
    "division": ("{{ 1 / 0 }}", "cannot express"),
    "escape": ("{{ ''.__class__.__mro__[1].__subclasses__()[0].x }}", "cannot express"),
    "changes the messages": ("{{ messages.append(1) }}", "cannot express"),
    "endless recursion": ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "cannot express"),
    "huge loop": ("{% for n in range(10 ** 9) %}x{% endfor %}", "cannot express"),
}


@pytest.mark.parametrize(("source", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_template_refuses_in_words(source: str, words: str) -> None:
    """Whatever goes wrong inside a template is told as one error."""
    with pytest.raises(ChatTemplateError, match=words):
        ChatTemplate(source, SPECIAL).render(HELLO)


@pytest.mark.parametrize("source", ["{% for %}", "{{ unclosed", "{% unknown %}", "{% generation %}"])
def test_broken_source_is_not_valid(source: str) -> None:
    """A template that cannot be compiled is told when the model is loaded."""
    with pytest.raises(ChatTemplateError, match="not valid"):
        ChatTemplate(source, SPECIAL)


def test_rendering_leaves_the_messages_alone() -> None:
    """What a template sets stays in the template."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": "Hello"}]
    ChatTemplate("{% set messages = [] %}{{ messages }}", SPECIAL).render(messages)
    assert messages == HELLO
