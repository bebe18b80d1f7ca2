"""Ask the engine that runs at the address of the settings, if one does."""

from typing import Any

import httpx

from hearthd.settings import Settings

_SECONDS = 5.0
_WORK_SECONDS = 300.0


class NoEngineError(Exception):
    """Nothing at the address answers as an engine does; the message names the address."""


def ask_engine(settings: Settings) -> str:
    """Return how a running engine says that it fares; one with a failed model still runs.

    Raises:
        NoEngineError: nothing answers, or something else than an engine.
    """
    url = f"{_address(settings)}/health"
    try:
        with httpx.Client(trust_env=False, timeout=_SECONDS) as client:
            return str(client.get(url).raise_for_status().json()["status"])
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as err:
        raise NoEngineError(f"no engine answers at {url} ({type(err).__name__})") from err


def call_engine(settings: Settings, token: str, method: str, path: str) -> Any:
    """Have a running engine do something, and return the JSON that it answers with, an error's too.

    Raises:
        NoEngineError: nothing answers, or something else than an engine.
    """
    url = f"{_address(settings)}{path}"
    try:
        with httpx.Client(trust_env=False, timeout=_WORK_SECONDS) as client:
            return client.request(method, url, headers={"Authorization": f"Bearer {token}"}).json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as err:
        raise NoEngineError(f"no engine answers at {url} ({type(err).__name__})") from err


def _address(settings: Settings) -> str:
    """Return where an engine with these settings listens."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - asked, not bound
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
