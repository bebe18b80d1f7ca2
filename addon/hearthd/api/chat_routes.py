"""Have a model reply, prepare one for what is to come, and stop them all."""

from dataclasses import asdict

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from hearthd.api.body import read_json
from hearthd.api.chat_reply import stream_reply
from hearthd.api.chat_request import parse_chat, parse_warm
from hearthd.api.chat_response import WholeChatResponse
from hearthd.api.event_response import EventResponse
from hearthd.engine.roles import RoleTable


def create_chat_routes(table: RoleTable, max_body: int, keep_alive_s: float) -> APIRouter:
    """Return the routes to the models; bodies have at most `max_body` bytes."""
    router = APIRouter()

    @router.post("/v1/chat/completions")
    async def chat_completions(request: Request) -> Response:
        """Complete a chat, as a stream or whole."""
        call = parse_chat(await read_json(request, max_body))
        generation = table.chat(call.model, call.request)
        if call.stream:
            return EventResponse(generation, stream_reply(generation, keep_alive_s))
        return WholeChatResponse(generation)

    @router.post("/v1/warm")
    async def warm(request: Request) -> JSONResponse:
        """Read a prompt before it is needed."""
        call = parse_warm(await read_json(request, max_body))
        return JSONResponse(asdict(await table.warm(call.model, call.prefix, call.request)))

    @router.post("/v1/stop")
    async def stop() -> JSONResponse:
        """End everything that waits and runs."""
        return JSONResponse({"stopped": table.stop_all()})

    return router
