"""Render a model's own chat template as its authors tested it, without trusting it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
import json
from typing import Any, override

from jinja2 import TemplateError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

# For models that bring no template: ChatML, which most instruct models have seen.
CHATML = (
    "{%- for message in messages %}"
    "{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)


class ChatTemplateError(Exception):
    """The template cannot be used, or refuses these messages."""


class ChatTemplate:
    """A compiled chat template with the functions that Hugging Face's templates rely on."""

    def __init__(self, source: str, special_texts: dict[str, str]) -> None:
        """Compile; `special_texts` holds `bos_token` and `eos_token`.

        Raises:
            ChatTemplateError: the source is not a valid template.
        """
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols", _Generation]
        )
        environment.filters["tojson"] = _to_json
        environment.globals["raise_exception"] = _raise_exception
        environment.globals["strftime_now"] = _strftime_now
        self.source = source
        self._special_texts = special_texts
        try:
            self._template = environment.from_string(source)
        except TemplateError as err:
            raise ChatTemplateError(f"The model's chat template is not valid: {err}") from err

    def render(
        self,
        messages: Sequence[dict[str, Any]],
        tools: Sequence[dict[str, Any]] | None = None,
        switches: Mapping[str, Any] | None = None,
    ) -> str:
        """Return the prompt up to where the assistant's reply begins; `switches` are variables of the template's own.

        Raises:
            ChatTemplateError: the template refuses these messages.
        """
        try:
            return self._template.render(
                messages=list(messages),
                tools=None if tools is None else list(tools),
                add_generation_prompt=True,
                **self._special_texts,
                **(switches or {}),
            )
        except ChatTemplateError:
            raise
        # A template is a program of its own: what it does wrong surfaces as any of these.
        except (
            TemplateError,
            TypeError,
            ValueError,
            LookupError,
            AttributeError,
            ArithmeticError,
            RecursionError,
        ) as err:
            raise ChatTemplateError("The model's chat template cannot express these messages.") from err


class _Generation(Extension):
    """Accept `{% generation %}`, which marks the assistant's words for training, as a plain block."""

    tags = {"generation"}  # noqa: RUF012 - Jinja declares it as an instance-typed set

    @override
    def parse(self, parser: Parser) -> list[nodes.Node]:
        """Return the block's own content."""
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _to_json(
    value: Any,
    *,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """Dump JSON in the order given and unescaped, unlike Jinja's filter, which is made for HTML."""
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _raise_exception(message: str) -> None:
    """Let a template refuse messages, with its reason."""
    raise ChatTemplateError(f"The model's chat template refuses these messages: {message[:200]}")


def _strftime_now(form: str) -> str:
    """Return the local time, as templates that state the date ask for it."""
    return datetime.now().astimezone().strftime(form)
