"""Ask whether an engine runs at the address of the settings."""

import httpx

from hearthd.settings import Settings

_SECONDS = 5.0


class NoEngineError(Exception):
    """Nothing at the address answers as an engine does; the message names the address."""


def ask_engine(settings: Settings) -> str:
    """Return how a running engine says that it fares; one with a failed model still runs.

    Raises:
        NoEngineError: nothing answers, or something else than an engine.
    """
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - asked, not bound
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}/health"
    try:
        with httpx.Client(trust_env=False, timeout=_SECONDS) as client:
            return str(client.get(url).raise_for_status().json()["status"])
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as err:
        raise NoEngineError(f"no engine answers at {url} ({type(err).__name__})") from err
