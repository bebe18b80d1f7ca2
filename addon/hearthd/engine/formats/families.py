"""Know the model families by what their chat templates write, and how each of them calls tools and reasons."""

from dataclasses import dataclass
from typing import Final

from hearthd.engine.formats.call_syntax import CallSyntax
from hearthd.engine.formats.gemma_calls import GemmaCalls
from hearthd.engine.formats.harmony import ANALYSIS, ASSISTANT, END, FINAL, HarmonyCalls, HarmonySyntax
from hearthd.engine.formats.json_calls import JsonCalls, NamedJsonCalls
from hearthd.engine.formats.markup_calls import FunctionElements, KeyValueElements
from hearthd.engine.formats.python_calls import PythonCalls
from hearthd.engine.formats.reply import ReplySyntax


@dataclass(frozen=True, slots=True)
class Family:
    """A model family's language.

    `signs` are texts that its templates contain, one of each group. `parallel` means that one reply may hold several
    calls. `reply_start` stands before everything that is demanded of a reply, `text_start` before demanded text,
    where the prompt does not end with it. `turn` is the end of a turn and the beginning of the assistant's, for
    templates that leave the latter out.
    """

    name: str
    calls: CallSyntax
    signs: tuple[tuple[str, ...], ...] = ()
    parallel: bool = True
    syntax: type[ReplySyntax] = ReplySyntax
    reasoning: tuple[str, str] | None = None
    reply_start: str = ""
    text_start: str = ""
    turn: tuple[str, str] | None = None


_HERMES_CALLS = JsonCalls(("<tool_call>",), "</tool_call>")

# For every template that is none of the others': we describe the tools ourselves, in the way most models have seen.
GENERIC: Final = Family("generic", _HERMES_CALLS)
# https://github.com/NousResearch/Hermes-Function-Calling, also Qwen 2.5 and 3, SmolLM 3, Granite 4
HERMES: Final = Family("hermes", _HERMES_CALLS, (("<tool_call>",), ('"arguments"', "'arguments'")))
# https://www.llama.com/docs/model-cards-and-prompt-formats/llama3_1/
LLAMA3: Final = Family(
    "llama3",
    JsonCalls(("<|python_tag|>",), arguments_key="parameters", bare=True),
    (("<|start_header_id|>",), ('"parameters"',)),
    parallel=False,
)
# https://qwen.readthedocs.io/en/latest/framework/function_call.html, also Nemotron 3 and Step 3.5
QWEN: Final = Family("qwen", FunctionElements(), (("<tool_call>",), ("<function=",)))
# https://huggingface.co/zai-org/GLM-4.7-Flash
GLM: Final = Family("glm", KeyValueElements(), (("<tool_call>",), ("<arg_key>",)))
# https://docs.mistral.ai/cookbooks/concept-deep-dive-tokenization-tool_calling
MISTRAL: Final = Family("mistral", NamedJsonCalls(), (("[TOOL_CALLS]",), ("[ARGS]",)))
MISTRAL_LIST: Final = Family("mistral-list", JsonCalls(("[TOOL_CALLS]",), listed=True), (("[TOOL_CALLS]",),))
# https://ai.google.dev/gemma/docs/core/prompt-formatting-gemma4
GEMMA4: Final = Family("gemma4", GemmaCalls(), (("<|tool_call>call:",),), turn=("<turn|>\n", "<|turn>model\n"))
# https://cookbook.openai.com/articles/openai-harmony
HARMONY: Final = Family(
    "harmony",
    HarmonyCalls(),
    (("<|channel|>",), ("functions.",)),
    parallel=False,
    syntax=HarmonySyntax,
    reasoning=(ANALYSIS, END),
    reply_start=ASSISTANT,
    text_start=FINAL,
)
# https://docs.liquid.ai/lfm/key-concepts/tool-use
LFM2: Final = Family("lfm2", PythonCalls(), (("<|tool_list_start|>", "<|tool_call_start|>", "List of tools: ["),))
# https://huggingface.co/microsoft/Phi-4-mini-instruct
PHI4: Final = Family(
    "phi4",
    JsonCalls(("<|tool_call|>",), "<|/tool_call|>", listed=True),
    (("<|tool|>",), ("['tools']", '["tools"]', ".tools")),
)
# https://huggingface.co/ibm-granite/granite-3.3-2b-instruct
GRANITE3: Final = Family(
    "granite3", JsonCalls(("<|tool_call|>",), listed=True), (("<|tool_call|>",), ("<|end_of_role|>",))
)
# https://huggingface.co/nvidia/NVIDIA-Nemotron-Nano-9B-v2
NEMOTRON: Final = Family("nemotron", JsonCalls(("<TOOLCALL>",), "</TOOLCALL>", listed=True), (("<TOOLCALL>",),))
# https://huggingface.co/ServiceNow-AI/Apriel-1.5-15b-Thinker
APRIEL: Final = Family("apriel", JsonCalls(("<tool_calls>",), "</tool_calls>", listed=True), (("<tool_calls>[",),))

# Those with more signs, or rarer ones, stand first.
_FAMILIES = (
    HARMONY,
    GEMMA4,
    MISTRAL,
    MISTRAL_LIST,
    QWEN,
    GLM,
    NEMOTRON,
    APRIEL,
    LFM2,
    PHI4,
    GRANITE3,
    HERMES,
    LLAMA3,
)

_REASONING = (
    ("<|channel>thought", "<channel|>"),
    ("[THINK]", "[/THINK]"),
    ("<seed:think>", "</seed:think>"),
    ("<think>", "</think>"),
)


def detect_family(template: str | None) -> Family:
    """Recognise a family by what its chat template writes."""
    written = (template or "").replace('\\"', '"')
    if "tools" not in written:
        return GENERIC
    return next(
        (family for family in _FAMILIES if all(any(sign in written for sign in group) for group in family.signs)),
        GENERIC,
    )


def detect_reasoning(family: Family, template: str) -> tuple[str, str] | None:
    """Return the marks around a model's reasoning, or None if its template knows of none."""
    if family.reasoning is not None:
        return family.reasoning
    return next((marks for marks in _REASONING if marks[0] in template), None)
