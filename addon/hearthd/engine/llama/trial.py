"""Try a model's file in a process of its own: llama.cpp ends the whole process on some that are damaged."""

import asyncio
from importlib.metadata import version
import logging
import os
from pathlib import Path
import sys

from hearthd.errors import ApiError, ErrorCode
from hearthd.stored_json import DamagedFileError, edit_object, read_object

_LOGGER = logging.getLogger(__name__)

# A large model on a slow disk takes minutes; one that takes longer would not be usable anyway.
_TIMEOUT_S = 900.0
_BATCH = 32


class Trials:
    """Remember which files this llama.cpp has loaded before, so that each is tried only once."""

    def __init__(self, record: Path) -> None:
        """Keep the memory in a file."""
        self._record = record

    async def check(self, path: Path) -> None:
        """Load a file elsewhere first, unless it is known; what llama.cpp refuses in words is left to who loads it.

        Raises:
            ApiError: `model_failed` if that took the process down, or much too long.
        """
        try:
            known = read_object(self._record).get(str(path))
        except (OSError, DamagedFileError) as err:
            _LOGGER.warning("What has been loaded before cannot be read: %s", err)
            known = None
        stamp = _stamp(path)
        if known != stamp:
            if await load_elsewhere(path) != 0:
                raise ApiError(
                    ErrorCode.MODEL_FAILED,
                    "llama.cpp breaks down on the model's file; it is damaged, so download it again, or too new.",
                )
            await asyncio.to_thread(self._remember, path, stamp)

    def _remember(self, path: Path, stamp: list[str | int]) -> None:
        """Note that a file can be loaded."""
        try:
            with edit_object(self._record) as known:
                known[str(path)] = stamp
        except (OSError, DamagedFileError) as err:
            _LOGGER.warning("What has been loaded cannot be noted: %s", err)


def _stamp(path: Path) -> list[str | int]:
    """Return what changes when a file or llama.cpp does."""
    status = path.stat()
    return [version("llama-cpp-python"), status.st_size, status.st_mtime_ns]


async def load_elsewhere(path: Path) -> int | None:
    """Return how a process ended that loads a file; None if it was still at it after a long time."""
    quiet = {"GGML_NO_BACKTRACE": "1"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, str(path)),
        env=os.environ | quiet,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            return await process.wait()
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def main() -> None:
    """Load the file that the command line names, and read a few tokens with it."""
    # Only this process may break down.
    from array import array  # noqa: PLC0415
    import resource  # noqa: PLC0415

    from hearthd.engine.llama.context import Context  # noqa: PLC0415
    from hearthd.engine.llama.pooling import PoolingContext  # noqa: PLC0415
    from hearthd.engine.llama.weights import Weights  # noqa: PLC0415
    from hearthd.models.gguf_header import read_header  # noqa: PLC0415
    from hearthd.models.kind import embeds  # noqa: PLC0415
    from hearthd.models.plan import ContextPlan  # noqa: PLC0415

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    path, plan = Path(sys.argv[1]), ContextPlan(2 * _BATCH, 2 * _BATCH, batch=_BATCH, seats=1, sequences=2)
    tokens = array("i", [0] * _BATCH)
    try:
        weights = Weights(path)
        weights.tokenize("The lights, 21 degrees?\n")
        if embeds(read_header(path)):
            PoolingContext(weights, plan).embed([tokens])
            return
        context = Context(weights, plan)
    except ApiError:
        return
    context.batch.add(0, 0, tokens, outputs=1)
    context.decode()


if __name__ == "__main__":
    main()
