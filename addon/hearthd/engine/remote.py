"""Ask another server's model (being written)."""

from collections.abc import AsyncGenerator
from typing import Literal

from hearthd.engine.backend import Backend, BackendInfo, ChatEvent, ChatRequest
from hearthd.errors import ApiError, ErrorCode


class RemoteBackend(Backend):
    """A model on another server."""

    kind: Literal["local", "remote", "scripted"] = "remote"

    def __init__(self, url: str, model: str, *, key: str | None, max_parallel: int) -> None:
        """Keep the address."""

    async def start(self) -> BackendInfo:
        """Reach the server."""
        raise ApiError(ErrorCode.REMOTE_FAILED, "Remote models are not there yet.")

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        """Generate nothing."""
        raise ApiError(ErrorCode.REMOTE_FAILED, "Remote models are not there yet.")
        yield  # pragma: no cover

    async def close(self) -> None:
        """Free nothing."""
