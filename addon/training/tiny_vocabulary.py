"""Give tiny models a vocabulary, a chat template and special tokens, as real families have them."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
import itertools

from gguf import GGUFWriter, TokenType
import numpy as np
from numpy.typing import NDArray

_MERGES = 160

# The tokenizer's merges are learnt from these words; what they say does not matter.
_CORPUS = """
turn on the kitchen lights and close the blinds in the living room then set the thermostat to twenty degrees
is the front door locked? unlock the garage door and switch off every light on the first floor please
the temperature in the bedroom is nineteen degrees and the washing machine finishes in ten minutes
call the tool with its name and arguments: {"name": "turn_on", "arguments": {"area": "kitchen", "brightness": 40}}
{"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]} system user assistant
"""


class Format(StrEnum):
    """Chat template and special tokens that the model is given."""

    HERMES = "hermes"
    LLAMA3 = "llama3"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class _Family:
    """What sets one format apart: its special tokens by role, pre-tokenizer and chat template."""

    control: tuple[str, ...]
    marks: tuple[str, ...]
    eos: str
    pre: str
    template: str | None
    bos: str | None = None


_CHATML_TURNS = """
{%- for message in messages %}
{%- if message.role == 'tool' %}
{{- '<|im_start|>user\\n<tool_response>\\n' + message.content + '\\n</tool_response><|im_end|>\\n' }}
{%- else %}
{{- '<|im_start|>' + message.role + '\\n' + message.content }}
{%- for call in message.tool_calls or [] %}
{{- '\\n<tool_call>\\n{"name": "' + call.function.name + '", "arguments": ' + (call.function.arguments | tojson) }}
{{- '}\\n</tool_call>' }}
{%- endfor %}
{{- '<|im_end|>\\n' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}
"""

_HERMES_TEMPLATE = (
    """
{%- if tools %}
{{- '<|im_start|>system\\nFunctions, inside <tools></tools>:\\n<tools>\\n' }}
{%- for tool in tools %}{{- (tool | tojson) + '\\n' }}{%- endfor %}
{{- '</tools>\\nCall one so:\\n<tool_call>\\n{"name": NAME, "arguments": {...}}\\n</tool_call><|im_end|>\\n' }}
{%- endif %}
"""
    + _CHATML_TURNS
)

_LLAMA3_TEMPLATE = """
{{- bos_token }}
{%- if tools %}
{{- '<|start_header_id|>system<|end_header_id|>\\n\\nFunctions, called as {"name": NAME, "parameters": {...}}:\\n' }}
{%- for tool in tools %}{{- (tool | tojson) + '\\n' }}{%- endfor %}
{{- '<|eot_id|>' }}
{%- endif %}
{%- for message in messages %}
{%- if message.tool_calls %}
{%- if message.tool_calls | length > 1 %}{{- raise_exception('one call at a time') }}{%- endif %}
{%- set call = message.tool_calls[0].function %}
{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n{"name": "' + call.name + '", "parameters": ' }}
{{- (call.arguments | tojson) + '}<|eot_id|>' }}
{%- elif message.role == 'tool' %}
{{- '<|start_header_id|>ipython<|end_header_id|>\\n\\n' + message.content + '<|eot_id|>' }}
{%- else %}
{{- '<|start_header_id|>' + message.role + '<|end_header_id|>\\n\\n' + message.content + '<|eot_id|>' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{%- endif %}
"""

_CHATML = _Family(
    control=("<|endoftext|>", "<|im_start|>", "<|im_end|>"),
    marks=("<tool_call>", "</tool_call>", "<think>", "</think>"),
    eos="<|im_end|>",
    pre="qwen2",
    template=_HERMES_TEMPLATE,
)
_FAMILIES = {
    Format.HERMES: _CHATML,
    Format.PLAIN: _Family(_CHATML.control, (), _CHATML.eos, _CHATML.pre, template=None),
    Format.LLAMA3: _Family(
        control=(
            "<|begin_of_text|>",
            "<|start_header_id|>",
            "<|end_header_id|>",
            "<|eot_id|>",
            "<|eom_id|>",
            "<|python_tag|>",
        ),
        marks=(),
        eos="<|eot_id|>",
        pre="llama-bpe",
        template=_LLAMA3_TEMPLATE,
        bos="<|begin_of_text|>",
    ),
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A byte-level BPE vocabulary: 256 bytes, merged pieces, marks, control tokens."""

    family: _Family
    tokens: list[str]
    types: list[TokenType]
    merges: list[str]

    def write(self, writer: GGUFWriter) -> None:
        """Write the vocabulary, its special tokens and the chat template."""
        writer.add_vocab_size(len(self.tokens))
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(self.family.pre)
        writer.add_token_list(self.tokens)
        writer.add_token_types(self.types)
        writer.add_token_merges(self.merges)
        writer.add_eos_token_id(self.tokens.index(self.family.eos))
        writer.add_add_bos_token(self.family.bos is not None)
        if self.family.bos is not None:
            writer.add_bos_token_id(self.tokens.index(self.family.bos))
        if self.family.template is not None:
            writer.add_chat_template(self.family.template.strip("\n"))

    def lean(self) -> NDArray[np.float32]:
        """Return how much each token is favoured: endings up, bytes beyond ASCII and structural tokens down."""
        eos = self.family.eos
        endings = {'"': 2.0, "}": 1.5, "]": 1.5, ",": 0.5, eos: 1.5, "<tool_call>": 1.0, "</think>": 1.5}
        structural = {*self.family.control, *self.family.marks} - {eos}
        lean = np.zeros(len(self.tokens), np.float32)
        for index, token in enumerate(self.tokens):
            if token in endings:
                lean[index] = endings[token]
            elif token in structural:
                lean[index] = -6.0
            elif not token.removeprefix("Ġ").isascii():
                lean[index] = -1.0
        return lean


def make_vocabulary(form: Format) -> Vocabulary:
    """Learn the pieces and add the special tokens of a chat format."""
    family = _FAMILIES[form]
    alphabet = _byte_alphabet()
    merges = _learn_merges(alphabet, _MERGES)
    normal = list(dict.fromkeys([*alphabet.values(), *("".join(pair) for pair in merges)]))
    tokens = [*normal, *family.marks, *family.control]
    types = [TokenType.NORMAL] * len(normal)
    types += [TokenType.USER_DEFINED] * len(family.marks) + [TokenType.CONTROL] * len(family.control)
    return Vocabulary(family, tokens, types, [" ".join(pair) for pair in merges])


def _byte_alphabet() -> dict[int, str]:
    """Map every byte to the printable character that stands for it in a byte-level BPE vocabulary (GPT-2)."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = (byte for byte in range(256) if byte not in printable)
    alphabet = {byte: chr(byte) for byte in printable}
    alphabet.update({byte: chr(256 + position) for position, byte in enumerate(others)})
    return dict(sorted(alphabet.items()))


def _learn_merges(alphabet: dict[int, str], count: int) -> list[tuple[str, str]]:
    """Learn byte-pair merges from the corpus, most frequent pair first, ties in alphabetical order."""
    words = Counter(
        tuple(alphabet[byte] for byte in f" {word}".encode()) for line in _CORPUS.splitlines() for word in line.split()
    )
    merges: list[tuple[str, str]] = []
    for _ in range(count):
        pairs: Counter[tuple[str, str]] = Counter()
        for word, times in words.items():
            pairs.update({pair: times * here for pair, here in Counter(itertools.pairwise(word)).items()})
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        words = Counter({_merge(word, best): times for word, times in words.items()})
    return merges


def _merge(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    """Join every occurrence of a pair in a word."""
    merged: list[str] = []
    for symbol in word:
        if merged and (merged[-1], symbol) == pair:
            merged[-1] += symbol
        else:
            merged.append(symbol)
    return tuple(merged)
