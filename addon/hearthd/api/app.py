"""Put the HTTP application together."""

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from hearthd.api.failures import FailureBoundary, answer_routing_failure
from hearthd.api.gate import AccessLog, BearerGate
from hearthd.api.routes import create_routes
from hearthd.engine.roles import RoleTable
from hearthd.identity import Identity
from hearthd.settings import Settings

_KEEP_ALIVE_SECONDS = 15.0


def create_app(
    table: RoleTable, identity: Identity, settings: Settings, *, keep_alive_s: float = _KEEP_ALIVE_SECONDS
) -> FastAPI:
    """Return the application; the pages that would describe it are off, as they would need no token."""
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers={HTTPException: answer_routing_failure},
        # The outermost first.
        middleware=[
            Middleware(AccessLog),
            Middleware(FailureBoundary),
            Middleware(BearerGate, token=identity.token),
        ],
    )
    app.include_router(create_routes(table, identity, settings, keep_alive_s))
    return app
