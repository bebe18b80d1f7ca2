"""Show which models there are, fetch them, add them and take them away."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from hearthd.api.body import read_json
from hearthd.api.event_response import EventResponse
from hearthd.api.model_request import parse_addition, parse_pull
from hearthd.api.pull_reply import stream_pull
from hearthd.engine.roles import RoleTable
from hearthd.errors import ApiError, ErrorCode
from hearthd.models.listing import describe_models
from hearthd.models.pull_task import PullTask
from hearthd.models.store import ModelStore
from hearthd.settings import InstalledRef, LocalRef, Role, Settings


def create_model_routes(table: RoleTable, store: ModelStore, settings: Settings, keep_alive_s: float) -> APIRouter:
    """Return the routes to the models that can be had and those that are there."""
    router = APIRouter()

    @router.get("/v1/catalog")
    async def catalog() -> JSONResponse:
        """List the catalogue and everything that was installed by hand."""
        listed = await asyncio.to_thread(describe_models, store, settings.wishes)
        return JSONResponse({"models": [_with_roles(model, store, table) for model in listed]})

    @router.post("/v1/models/pull")
    async def pull(request: Request) -> Response:
        """Fetch a model while its client listens; the next time it goes on where it was."""
        wanted = parse_pull(await read_json(request, settings.max_body), store)
        task = PullTask(store, wanted)
        return EventResponse(task, stream_pull(task, wanted.id, keep_alive_s))

    @router.post("/v1/models/add")
    async def add(request: Request) -> JSONResponse:
        """Make a file of this machine known."""
        addition = parse_addition(await read_json(request, settings.max_body))
        return JSONResponse({"id": await asyncio.to_thread(store.add, addition.path, addition.id)})

    @router.post("/v1/models/check")
    async def check() -> JSONResponse:
        """Ask the hub for newer revisions."""
        await asyncio.to_thread(store.check_for_updates)
        return JSONResponse({"newer": [model.id for model in store.installed().values() if model.has_newer]})

    @router.delete("/v1/models/{model_id}")
    async def remove(model_id: str) -> JSONResponse:
        """Delete a model that no role uses."""
        if roles := _roles_of(model_id, store, table):
            message = f"The model plays the role {', '.join(roles)}; give that another model first."
            raise ApiError(ErrorCode.MODEL_IN_USE, message)
        await asyncio.to_thread(store.remove, model_id)
        return JSONResponse({"id": model_id, "deleted": True})

    return router


def _with_roles(model: dict[str, Any], store: ModelStore, table: RoleTable) -> dict[str, Any]:
    """Add the roles that an installed model plays."""
    if model["installed"] is None:
        return model
    return model | {"installed": model["installed"] | {"roles": _roles_of(model["id"], store, table)}}


def _roles_of(model_id: str, store: ModelStore, table: RoleTable) -> list[Role]:
    """Return the roles that a model plays, is about to play or stands in for."""
    refs = {InstalledRef(model_id), LocalRef(store.file_of(model_id))}
    seats = {role: table.seat(role) for role in Role}
    return [role for role, seat in seats.items() if any(m and m.ref in refs for m in (seat.chosen, *seat.candidates))]
