"""Name every way a request can fail, once, with the words and status a client sees."""

from enum import StrEnum
from typing import Any


class ErrorCode(StrEnum):
    """Stable codes that clients may rely on; wording may change, codes may not."""

    INVALID_API_KEY = "invalid_api_key"
    INVALID_REQUEST = "invalid_request"
    CONTEXT_OVERFLOW = "context_overflow"
    UNSUPPORTED = "unsupported"
    BODY_TOO_LARGE = "body_too_large"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    UNKNOWN_MODEL = "unknown_model"
    MODEL_MISSING = "model_missing"
    MODEL_FAILED = "model_failed"
    MODEL_LOADING = "model_loading"
    ENGINE_BUSY = "engine_busy"
    DEADLINE_EXCEEDED = "deadline_exceeded"
    REMOTE_UNREACHABLE = "remote_unreachable"
    REMOTE_FAILED = "remote_failed"
    REMOTE_AUTH = "remote_auth"
    SCRIPT_MISMATCH = "script_mismatch"
    STOPPED = "stopped"
    ROLE_FIXED = "role_fixed"
    MODEL_IN_USE = "model_in_use"
    DOES_NOT_FIT = "does_not_fit"
    PULL_RUNNING = "pull_running"
    HUB_UNREACHABLE = "hub_unreachable"
    HUB_AUTH = "hub_auth"
    HUB_NOT_FOUND = "hub_not_found"
    HUB_OFFLINE = "hub_offline"
    CHECKSUM_MISMATCH = "checksum_mismatch"
    DISK_FULL = "disk_full"
    LIBRARY_BUSY = "library_busy"
    LIBRARY_UNAVAILABLE = "library_unavailable"
    SHUTTING_DOWN = "shutting_down"
    INTERNAL = "internal"


_STATUS_AND_TYPE: dict[ErrorCode, tuple[int, str]] = {
    ErrorCode.INVALID_API_KEY: (401, "authentication_error"),
    ErrorCode.INVALID_REQUEST: (400, "invalid_request_error"),
    ErrorCode.CONTEXT_OVERFLOW: (400, "invalid_request_error"),
    ErrorCode.UNSUPPORTED: (400, "invalid_request_error"),
    ErrorCode.BODY_TOO_LARGE: (413, "invalid_request_error"),
    ErrorCode.NOT_FOUND: (404, "not_found_error"),
    ErrorCode.METHOD_NOT_ALLOWED: (405, "invalid_request_error"),
    ErrorCode.UNKNOWN_MODEL: (404, "not_found_error"),
    ErrorCode.MODEL_MISSING: (503, "server_error"),
    ErrorCode.MODEL_FAILED: (503, "server_error"),
    ErrorCode.MODEL_LOADING: (503, "overloaded_error"),
    ErrorCode.ENGINE_BUSY: (429, "overloaded_error"),
    ErrorCode.DEADLINE_EXCEEDED: (504, "server_error"),
    ErrorCode.REMOTE_UNREACHABLE: (502, "server_error"),
    ErrorCode.REMOTE_FAILED: (502, "server_error"),
    ErrorCode.REMOTE_AUTH: (502, "server_error"),
    ErrorCode.SCRIPT_MISMATCH: (500, "server_error"),
    ErrorCode.STOPPED: (409, "invalid_request_error"),
    ErrorCode.ROLE_FIXED: (409, "invalid_request_error"),
    ErrorCode.MODEL_IN_USE: (409, "invalid_request_error"),
    ErrorCode.DOES_NOT_FIT: (409, "invalid_request_error"),
    ErrorCode.PULL_RUNNING: (409, "invalid_request_error"),
    ErrorCode.HUB_UNREACHABLE: (502, "server_error"),
    ErrorCode.HUB_AUTH: (502, "server_error"),
    ErrorCode.HUB_NOT_FOUND: (404, "not_found_error"),
    ErrorCode.HUB_OFFLINE: (409, "invalid_request_error"),
    ErrorCode.CHECKSUM_MISMATCH: (502, "server_error"),
    ErrorCode.DISK_FULL: (507, "server_error"),
    ErrorCode.LIBRARY_BUSY: (429, "overloaded_error"),
    ErrorCode.LIBRARY_UNAVAILABLE: (503, "server_error"),
    ErrorCode.SHUTTING_DOWN: (503, "server_error"),
    ErrorCode.INTERNAL: (500, "server_error"),
}


class ApiError(Exception):
    """A failure that the client is told about in plain words.

    `retry_after` is in seconds; `param` names the request field at fault.
    """

    def __init__(
        self, code: ErrorCode, message: str, *, param: str | None = None, retry_after: float | None = None
    ) -> None:
        """Describe the failure; `message` must hold no prompt text, path or secret."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.param = param
        self.retry_after = retry_after

    @property
    def status(self) -> int:
        """Return the HTTP status that goes with the code."""
        return _STATUS_AND_TYPE[self.code][0]

    def as_dict(self) -> dict[str, Any]:
        """Return OpenAI's error object, which has the same shape in a body and in a stream."""
        error: dict[str, Any] = {
            "message": self.message,
            "type": _STATUS_AND_TYPE[self.code][1],
            "param": self.param,
            "code": self.code.value,
        }
        if self.retry_after is not None:
            error["retry_after"] = self.retry_after
        return {"error": error}


def shutting_down() -> ApiError:
    """Return what a request gets that the engine cannot begin, or finish, any more."""
    return ApiError(ErrorCode.SHUTTING_DOWN, "The engine is shutting down.")
