"""Print what llama.cpp itself says of the memory that models take, as JSON; nothing is loaded or allocated.

Its words go through one log for the whole process, and a model that it refuses may end it: so this is a program.
"""

from collections.abc import Mapping
import json
from pathlib import Path
import re
import sys
from typing import Any

import llama_cpp

_TYPES = {"f16": llama_cpp.GGML_TYPE_F16, "q8_0": llama_cpp.GGML_TYPE_Q8_0, "q4_0": llama_cpp.GGML_TYPE_Q4_0}
_words: list[str] = []


@llama_cpp.llama_log_callback
def _note(_level: int, text: bytes, _data: object) -> None:
    """Keep what llama.cpp says."""
    _words.append(text.decode("utf-8", "replace"))


def told(path: Path, plan: Mapping[str, Any]) -> dict[str, float]:
    """Return the bytes of the cache with its states, and of the buffers that steps work in."""
    _words.clear()
    model_parameters = llama_cpp.llama_model_default_params()
    model_parameters.no_alloc = True
    model_parameters.load_mode = 0
    model_parameters.use_extra_bufts = False
    model = llama_cpp.llama_model_load_from_file(str(path).encode(), model_parameters)
    drawn = max(plan["sequences"], plan["seats"] * 9)
    parameters = llama_cpp.llama_context_default_params()
    parameters.n_ctx = plan["cache_tokens"]
    parameters.n_batch = parameters.n_ubatch = max(plan["batch"], drawn)
    parameters.n_seq_max = plan["sequences"]
    parameters.n_outputs_max = parameters.n_outputs_max_per_seq = drawn
    parameters.flash_attn_type = int(plan["flash_attention"])
    parameters.type_k = _TYPES[plan["kv_type"]]
    parameters.type_v = _TYPES[plan["kv_type"] if plan["flash_attention"] else "f16"]
    parameters.kv_unified = True
    parameters.swa_full = True
    context = llama_cpp.llama_init_from_model(model, parameters)
    if context is None:
        sys.exit("".join(_words[-5:]))
    vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(model))
    words = "".join(_words)
    llama_cpp.llama_free(context)
    llama_cpp.llama_model_free(model)
    return {
        "cache": sum(map(float, re.findall(r"size = +([\d.]+) MiB \( *\d+ cells", words))) * 2**20,
        "compute": sum(map(float, re.findall(r"compute buffer size = +([\d.]+) MiB", words))) * 2**20
        + 4 * vocabulary * drawn,
    }


if __name__ == "__main__":
    llama_cpp.llama_log_set(_note, None)
    sys.stdout.write(json.dumps([told(Path(sys.argv[1]), plan) for plan in json.loads(sys.argv[2])]))
