"""Show which model plays which role, and have a person change it."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from hearthd.api.body import read_json
from hearthd.engine.model import ModelState
from hearthd.engine.roles import RoleTable
from hearthd.errors import ApiError, ErrorCode
from hearthd.settings import Role


def create_role_routes(table: RoleTable, max_body: int) -> APIRouter:
    """Return the routes to the roles; bodies have at most `max_body` bytes."""
    router = APIRouter()

    @router.get("/v1/roles")
    async def roles() -> JSONResponse:
        """List the roles and what could play them."""
        return JSONResponse({"roles": {role: await _describe(table, role) for role in Role}})

    @router.put("/v1/roles/{name}")
    async def choose(name: str, request: Request) -> JSONResponse:
        """Begin to replace a role's model."""
        if name not in Role:
            raise ApiError(ErrorCode.NOT_FOUND, "There is no role of that name.")
        role = Role(name)
        await table.choose(role, _read_choice(await read_json(request, max_body)))
        return JSONResponse(await _describe(table, role), status_code=202)

    return router


def _read_choice(body: Any) -> str | None:
    """Read which model was chosen, None for none; raises ApiError `invalid_request`."""
    if not isinstance(body, dict) or not isinstance(model_id := body.get("model", ...), str | None):
        raise ApiError(ErrorCode.INVALID_REQUEST, "model: the id of a model is expected, or null", param="model")
    return model_id


async def _describe(table: RoleTable, role: Role) -> dict[str, Any]:
    """Describe one role."""
    seat = table.seat(role)
    error = (seat.chosen.error if seat.chosen else None) or seat.error
    return {
        "model": seat.chosen.id if seat.chosen else None,
        "state": seat.chosen.state if seat.chosen else ModelState.MISSING,
        "choices": list(await table.choices(role)),
        "changeable": not table.is_fixed(role),
        "fallback": [model.id for model in seat.fallbacks],
        "error": error.code if error else None,
    }
