"""Tell how the engine fares: to anyone, to a person, to OpenAI's clients and to Prometheus."""

import asyncio
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from hearthd import PROTOCOL_VERSION, VERSION
from hearthd.api.gate import OPEN_PATH
from hearthd.engine.backend import BackendInfo
from hearthd.engine.metrics import CONTENT_TYPE
from hearthd.engine.model import ModelState
from hearthd.engine.roles import RoleTable
from hearthd.engine.seat import Seat
from hearthd.identity import Identity
from hearthd.models.machine import read_machine
from hearthd.models.store import ModelStore
from hearthd.settings import Role, Settings


def create_status_routes(table: RoleTable, store: ModelStore, identity: Identity, settings: Settings) -> APIRouter:
    """Return the routes that only tell."""
    router = APIRouter()

    @router.get(OPEN_PATH)
    async def health() -> JSONResponse:
        """Tell anyone whether the engine is up."""
        return JSONResponse({"status": table.health, "version": VERSION, "protocol_version": PROTOCOL_VERSION})

    @router.get("/v1/info")
    async def info() -> JSONResponse:
        """Tell what plays which role, and on what machine."""
        return JSONResponse(
            {
                "instance_id": identity.instance_id,
                "version": VERSION,
                "protocol_version": PROTOCOL_VERSION,
                "hardware": await asyncio.to_thread(_describe_machine),
                "roles": {role: _describe(table.seat(role)) for role in Role},
                "limits": {
                    "max_body_bytes": settings.max_body,
                    "max_document_bytes": settings.max_document_mb * 1024**2,
                    "max_queue": settings.max_queue,
                },
                "disk": await asyncio.to_thread(_describe_disk, store),
                "hub": {"offline": settings.offline},
            }
        )

    @router.get("/v1/models")
    async def models() -> JSONResponse:
        """List the models in OpenAI's form."""
        listed = [
            {"id": model.id, "object": "model", "created": table.created, "owned_by": "hearth", "roles": roles}
            for model, roles in table.models.items()
        ]
        return JSONResponse({"object": "list", "data": listed})

    @router.get("/metrics")
    async def metrics() -> Response:
        """Tell Prometheus everything that is counted."""
        return Response(table.metrics.render(), media_type=CONTENT_TYPE)

    return router


def _describe(seat: Seat) -> dict[str, Any]:
    """Describe what plays one role."""
    chosen, answering = seat.chosen, seat.answering
    info = chosen.info if chosen and chosen.info else BackendInfo("")
    error = (chosen.error if chosen else None) or seat.error
    return {
        "model": chosen.id if chosen else None,
        "backend": chosen.ref.kind if chosen else None,
        "state": chosen.state if chosen else ModelState.MISSING,
        "error": error.code if error else None,
        **{name: value for name, value in asdict(info).items() if name != "model"},
        "circuit": chosen.circuit if chosen else None,
        "fallback": [model.id for model in seat.fallbacks],
        "serving": answering.id if answering else None,
        "statistics": asdict(chosen.metrics.statistics()) if chosen else None,
    }


def _describe_machine() -> dict[str, Any]:
    """Describe what the engine runs on, with its memory as it is now."""
    machine = read_machine()
    return {
        "machine": machine.machine,
        "cpu_count": machine.cpu_count,
        "cores": machine.cores,
        "memory_total_bytes": machine.memory_total_bytes,
        "memory_available_bytes": machine.memory_available_bytes,
    }


def _describe_disk(store: ModelStore) -> dict[str, int]:
    """Tell how much room the models take and have."""
    return {"free_bytes": store.free_bytes(), "models_bytes": store.models_bytes()}
