"""Run llama-server as the wheel `xllamacpp` brings it; started by `servers` with the interpreter of addon/.venv-bench.

Takes one JSON object, the parameters that differ from llama-server's own defaults, and prints the address.
"""

import json
import signal
import sys

import xllamacpp  # type: ignore[import-not-found]  # only that environment has it

_KINDS = xllamacpp.llama_flash_attn_type
_FLASH_ATTENTION = {
    "auto": _KINDS.LLAMA_FLASH_ATTN_TYPE_AUTO,
    "on": _KINDS.LLAMA_FLASH_ATTN_TYPE_ENABLED,
    "off": _KINDS.LLAMA_FLASH_ATTN_TYPE_DISABLED,
}


def main() -> None:
    """Serve until somebody asks for the end."""
    wishes = json.loads(sys.argv[1])
    parameters = xllamacpp.CommonParams()
    parameters.model.path = wishes["model"]
    parameters.hostnames = ["127.0.0.1"]
    parameters.n_ctx = wishes["context_length"]
    parameters.n_parallel = wishes["parallel"]
    parameters.embedding = wishes.get("embedding", False)
    parameters.kv_unified = wishes.get("kv_unified", True)
    parameters.flash_attn_type = _FLASH_ATTENTION[wishes.get("flash_attention", "off")]
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = wishes["threads"]
    server = xllamacpp.Server(parameters)
    print(f"listening on {server.listening_address}", flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main()
