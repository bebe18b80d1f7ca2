"""Write a tiny, valid GGUF language model so that real loading and decoding code can run anywhere in seconds."""

import argparse
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
import itertools
from pathlib import Path

from gguf import GGUFWriter, TokenType
import numpy as np
from numpy.typing import NDArray

CONTEXT_LENGTH = 2048
_WIDTH = 64
_LAYERS = 2
_HEADS = 4
_KV_HEADS = 2
_FEED_FORWARD = 128
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


def write_tiny_gguf(path: Path, form: Format = Format.HERMES, seed: int = 0) -> None:
    """Write the same file for the same `form` and `seed`; a model of about 0.1 million weights.

    Its weights are random, but for a lean towards ending strings, objects and replies, so that generations end.
    """
    family = _FAMILIES[form]
    tokens, types, merges = _vocabulary(family)
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = GGUFWriter(path, "llama")
    writer.add_name(f"tiny-{form}-{seed}")
    _write_shape(writer, len(tokens))
    _write_tokenizer(writer, family, tokens, types, merges)
    for name, tensor in _tensors(tokens, family, seed).items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


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


def _vocabulary(family: _Family) -> tuple[list[str], list[TokenType], list[str]]:
    """Return tokens, their types and the merges: 256 bytes, merged pieces, marks, control tokens."""
    alphabet = _byte_alphabet()
    merges = _learn_merges(alphabet, _MERGES)
    normal = list(dict.fromkeys([*alphabet.values(), *("".join(pair) for pair in merges)]))
    tokens = [*normal, *family.marks, *family.control]
    types = [TokenType.NORMAL] * len(normal)
    types += [TokenType.USER_DEFINED] * len(family.marks) + [TokenType.CONTROL] * len(family.control)
    return tokens, types, [" ".join(pair) for pair in merges]


def _write_shape(writer: GGUFWriter, n_vocab: int) -> None:
    """Write the hyperparameters of the llama architecture."""
    writer.add_context_length(CONTEXT_LENGTH)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(_FEED_FORWARD)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_KV_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_WIDTH // _HEADS)
    writer.add_vocab_size(n_vocab)


def _write_tokenizer(
    writer: GGUFWriter, family: _Family, tokens: list[str], types: list[TokenType], merges: list[str]
) -> None:
    """Write the vocabulary, its special tokens and the chat template."""
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(family.pre)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(merges)
    writer.add_eos_token_id(tokens.index(family.eos))
    writer.add_add_bos_token(family.bos is not None)
    if family.bos is not None:
        writer.add_bos_token_id(tokens.index(family.bos))
    if family.template is not None:
        writer.add_chat_template(family.template.strip("\n"))


def _tensors(tokens: list[str], family: _Family, seed: int) -> dict[str, NDArray[np.float32]]:
    """Draw every weight; the first channel of the residual stream carries a constant that leans the logits."""
    random = np.random.default_rng(seed)

    def draw(rows: int, columns: int, scale: float) -> NDArray[np.float32]:
        return (random.standard_normal((rows, columns)) * scale).astype(np.float32)

    embedding = draw(len(tokens), _WIDTH, 1.0)
    embedding[:, 0] = 2.0
    output = draw(len(tokens), _WIDTH, 0.25)
    output[:, 0] = _lean(tokens, family)
    tensors = {
        "token_embd.weight": embedding,
        "output_norm.weight": np.ones(_WIDTH, np.float32),
        "output.weight": output,
    }
    kv_width = _WIDTH // _HEADS * _KV_HEADS
    for layer in range(_LAYERS):
        block = f"blk.{layer}."
        tensors |= {
            block + "attn_norm.weight": np.ones(_WIDTH, np.float32),
            block + "attn_q.weight": draw(_WIDTH, _WIDTH, 0.2),
            block + "attn_k.weight": draw(kv_width, _WIDTH, 0.2),
            block + "attn_v.weight": draw(kv_width, _WIDTH, 0.2),
            block + "attn_output.weight": draw(_WIDTH, _WIDTH, 0.2),
            block + "ffn_norm.weight": np.ones(_WIDTH, np.float32),
            block + "ffn_gate.weight": draw(_FEED_FORWARD, _WIDTH, 0.15),
            block + "ffn_up.weight": draw(_FEED_FORWARD, _WIDTH, 0.15),
            block + "ffn_down.weight": draw(_WIDTH, _FEED_FORWARD, 0.1),
        }
        tensors[block + "attn_output.weight"][0] = 0.0
        tensors[block + "ffn_down.weight"][0] = 0.0
    return tensors


def _lean(tokens: list[str], family: _Family) -> NDArray[np.float32]:
    """Return how much each token is favoured: endings up, bytes beyond ASCII and structural tokens down."""
    endings = {'"': 2.0, "}": 1.5, "]": 1.5, ",": 0.5, family.eos: 1.5, "<tool_call>": 1.0, "</think>": 1.5}
    structural = {*family.control, *family.marks} - {family.eos}
    lean = np.zeros(len(tokens), np.float32)
    for index, token in enumerate(tokens):
        if token in endings:
            lean[index] = endings[token]
        elif token in structural:
            lean[index] = -6.0
        elif not token.removeprefix("Ġ").isascii():
            lean[index] = -1.0
    return lean


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT.gguf")
    parser.add_argument("--format", type=Format, choices=list(Format), default=Format.HERMES, help="chat format")
    parser.add_argument("--seed", type=int, default=0, help="seed of the random weights")
    arguments = parser.parse_args()
    write_tiny_gguf(arguments.out, arguments.format, arguments.seed)
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
