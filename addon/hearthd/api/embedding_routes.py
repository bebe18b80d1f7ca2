"""Have a model make vectors of texts."""

import asyncio
from base64 import b64encode
from typing import Any, override

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
import numpy as np
from numpy.typing import NDArray
from starlette.types import Receive, Scope, Send

from hearthd.api.body import read_json
from hearthd.api.embedding_request import parse_embedding
from hearthd.api.event_response import ended_with_client
from hearthd.engine.backend import Embeddings
from hearthd.engine.errand import Errand
from hearthd.engine.roles import RoleTable


def create_embedding_routes(table: RoleTable, max_body: int) -> APIRouter:
    """Return the route to vectors; bodies have at most `max_body` bytes."""
    router = APIRouter()

    @router.post("/v1/embeddings")
    async def embeddings(request: Request) -> Response:
        """Embed texts."""
        call = parse_embedding(await read_json(request, max_body))
        errand = table.embed(call.model, call.texts, call.priority, call.deadline_s)
        return EmbeddingResponse(errand, is_base64=call.is_base64)

    return router


class EmbeddingResponse(Response):
    """Vectors of texts, which nobody makes any more when the client has gone."""

    def __init__(self, errand: Errand[Embeddings], *, is_base64: bool) -> None:
        """Answer with what will have been made."""
        super().__init__()
        self._errand = errand
        self._is_base64 = is_base64

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with ended_with_client(self._errand, receive):
            made = await self._errand.result()
            # To write thousands of numbers takes a while.
            response = await asyncio.to_thread(lambda: JSONResponse(_reply(made, is_base64=self._is_base64)))
            await response(scope, receive, send)


def _reply(made: Embeddings, *, is_base64: bool) -> dict[str, Any]:
    """Return OpenAI's object, and what only we tell."""
    return {
        "object": "list",
        "data": [
            {"object": "embedding", "index": index, "embedding": _written(vector, is_base64=is_base64)}
            for index, vector in enumerate(made.vectors)
        ],
        "model": made.model,
        "usage": {"prompt_tokens": made.tokens, "total_tokens": made.tokens},
        "hearth": {"truncated": made.truncated},
    }


def _written(vector: NDArray[np.float32], *, is_base64: bool) -> str | list[float]:
    """Return a vector as numbers, or its little-endian float32 in base64."""
    return b64encode(vector.astype("<f4").tobytes()).decode() if is_base64 else vector.tolist()
