"""Put the HTTP application together."""

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from hearthd.api.chat_routes import create_chat_routes
from hearthd.api.embedding_routes import create_embedding_routes
from hearthd.api.failures import FailureBoundary, answer_routing_failure
from hearthd.api.gate import AccessLog, BearerGate
from hearthd.api.library_routes import create_library_routes
from hearthd.api.model_routes import create_model_routes
from hearthd.api.role_routes import create_role_routes
from hearthd.api.status_routes import create_status_routes
from hearthd.engine.roles import RoleTable
from hearthd.identity import Identity
from hearthd.library.library import Library
from hearthd.models.store import ModelStore
from hearthd.settings import Settings

_KEEP_ALIVE_SECONDS = 15.0


def create_app(
    table: RoleTable,
    store: ModelStore,
    library: Library,
    identity: Identity,
    settings: Settings,
    *,
    keep_alive_s: float = _KEEP_ALIVE_SECONDS,
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
    app.include_router(create_status_routes(table, store, identity, settings))
    app.include_router(create_chat_routes(table, settings.max_body, keep_alive_s))
    app.include_router(create_embedding_routes(table, settings.max_body))
    app.include_router(create_role_routes(table, settings.max_body))
    app.include_router(create_library_routes(library, settings))
    app.include_router(create_model_routes(table, store, settings, keep_alive_s))
    return app
