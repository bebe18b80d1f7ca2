"""Name the engine's addresses; what they do is done elsewhere."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from hearthd import PROTOCOL_VERSION, VERSION
from hearthd.api.body import read_json
from hearthd.api.chat_reply import ReplyHead
from hearthd.api.chat_request import parse_chat
from hearthd.api.chat_response import StreamedChatResponse, WholeChatResponse
from hearthd.api.gate import OPEN_PATH
from hearthd.engine.hardware import read_hardware
from hearthd.engine.model import Model, ModelState
from hearthd.engine.roles import RoleTable
from hearthd.identity import Identity
from hearthd.settings import Role, Settings


def create_routes(table: RoleTable, identity: Identity, settings: Settings, keep_alive_s: float) -> APIRouter:
    """Return the engine's routes."""
    router = APIRouter()

    @router.get(OPEN_PATH)
    async def health() -> JSONResponse:
        """Tell anyone whether the engine is up."""
        return JSONResponse({"status": table.health, "version": VERSION, "protocol_version": PROTOCOL_VERSION})

    @router.get("/v1/info")
    async def info() -> JSONResponse:
        """Tell what serves which role, and on what machine."""
        return JSONResponse(
            {
                "instance_id": identity.instance_id,
                "version": VERSION,
                "protocol_version": PROTOCOL_VERSION,
                "hardware": asdict(read_hardware()),
                "roles": {role: _describe(table.get(role)) for role in Role},
                "limits": {"max_body_bytes": settings.max_body, "max_queue": settings.max_queue},
            }
        )

    @router.get("/v1/models")
    async def models() -> JSONResponse:
        """List the models in OpenAI's form."""
        return JSONResponse(
            {
                "object": "list",
                "data": [
                    {
                        "id": model.ref.model_id,
                        "object": "model",
                        "created": table.created,
                        "owned_by": "hearth",
                        "roles": roles,
                    }
                    for model, roles in table.models.items()
                ],
            }
        )

    @router.post("/v1/chat/completions")
    async def chat_completions(request: Request) -> Response:
        """Complete a chat, as a stream or whole."""
        call = parse_chat(await read_json(request, settings.max_body))
        model = table.find(call.model)
        generation = await model.chat(call.request)
        head = ReplyHead(model.ref.model_id)
        if call.stream:
            return StreamedChatResponse(generation, head, keep_alive_s)
        return WholeChatResponse(generation, head)

    return router


def _describe(model: Model | None) -> dict[str, Any]:
    """Describe the model of one role."""
    if model is None:
        return dict.fromkeys(("model", "backend", "context_length", "tool_format", "error")) | {
            "state": ModelState.MISSING
        }
    return {
        "model": model.ref.model_id,
        "backend": model.ref.kind,
        "state": model.state,
        "context_length": model.info.context_length if model.info else None,
        "tool_format": model.info.tool_format if model.info else None,
        "error": model.error.code if model.error else None,
    }
