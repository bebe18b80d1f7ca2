"""Serve the engine over HTTP: who may ask, what a request means, how a reply is written."""

from hearthd.api.app import create_app
from hearthd.api.server import EngineServer

__all__ = ["EngineServer", "create_app"]
