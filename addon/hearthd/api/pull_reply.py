"""Write how far a pull is as server-sent events."""

from collections.abc import AsyncGenerator
from dataclasses import asdict

from hearthd.api.event_stream import KEEP_ALIVE, encode_event
from hearthd.models.pull_task import PullTask


async def stream_pull(pull: PullTask, model_id: str, keep_alive_s: float) -> AsyncGenerator[bytes]:
    """Yield a pull's progress, with a comment for every `keep_alive_s` seconds of silence.

    Raises:
        ApiError: the pull failed.
    """
    while True:
        try:
            progress = await pull.next_progress(within=keep_alive_s)
        except TimeoutError:
            yield KEEP_ALIVE
            continue
        if progress is None:
            return
        yield encode_event(asdict(progress) | {"id": model_id})
