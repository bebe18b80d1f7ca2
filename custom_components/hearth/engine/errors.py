"""Name the ways in which asking the engine can fail.

EngineError
├── EngineUnreachable     nobody answers, or the answer stopped half-way
├── EngineAuthError       the token is wrong
└── EngineProtocolError   an answer came that is not of the protocol we speak
"""

from typing import Any


class EngineError(Exception):
    """A failure with the engine's stable `code`; `retry_after` is in seconds.

    The message is for logs: it comes from outside and is never spoken.
    """

    def __init__(self, code: str, message: str, *, retry_after: float | None = None) -> None:
        """Keep the code that translations and callers go by."""
        super().__init__(message)
        self.code = code
        self.retry_after = retry_after


class EngineUnreachable(EngineError):
    """The engine did not answer in time, or went away."""

    def __init__(self, message: str) -> None:
        """Describe what was tried."""
        super().__init__("engine_unreachable", message)


class EngineAuthError(EngineError):
    """The engine does not accept our token."""

    def __init__(self, message: str) -> None:
        """Describe what was refused."""
        super().__init__("invalid_api_key", message)


class EngineProtocolError(EngineError):
    """The engine's answer makes no sense to this version of Hearth."""

    def __init__(self, message: str) -> None:
        """Describe what was wrong with the answer."""
        super().__init__("engine_protocol", message)


def error_from_wire(body: Any) -> EngineError:
    """Turn an error object of the wire (a parsed body or stream event) into an exception."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict) or not isinstance(code := error.get("code"), str):
        return EngineProtocolError("the engine reported an error in an unknown form")
    message = str(error.get("message", ""))
    if code == "invalid_api_key":
        return EngineAuthError(message)
    retry_after = error.get("retry_after")
    return EngineError(code, message, retry_after=retry_after if isinstance(retry_after, int | float) else None)
