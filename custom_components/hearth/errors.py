"""Put the engine's errors into words that Home Assistant can translate."""

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .const import DOMAIN
from .engine import EngineError

# What whoever asked can do better; the rest went wrong in spite of them.
_ASKED_WRONGLY = frozenset(
    {
        "does_not_fit",
        "hub_not_found",
        "hub_offline",
        "invalid_request",
        "model_in_use",
        "pull_running",
        "role_fixed",
        "unknown_model",
    }
)
# Each is a key of the translations; a code that a newer engine may add reads as a failure of its own.
ENGINE_CODES = _ASKED_WRONGLY | {
    "body_too_large",
    "checksum_mismatch",
    "context_overflow",
    "deadline_exceeded",
    "disk_full",
    "engine_busy",
    "engine_protocol",
    "engine_unreachable",
    "hub_auth",
    "hub_unreachable",
    "internal",
    "invalid_api_key",
    "library_busy",
    "library_unavailable",
    "method_not_allowed",
    "model_failed",
    "model_loading",
    "model_missing",
    "not_found",
    "remote_auth",
    "remote_failed",
    "remote_unreachable",
    "script_mismatch",
    "shutting_down",
    "stopped",
    "unsupported",
}
# Only these are told in the engine's own words, beside ours: they hold figures and file names that only it knows.
_EXPLAINED = frozenset({"disk_full", "does_not_fit", "invalid_request"})


def is_askers_fault(err: EngineError) -> bool:
    """Tell whether whoever asked can do better, so that nobody else need hear of it."""
    return err.code in _ASKED_WRONGLY


def translated(err: EngineError) -> HomeAssistantError:
    """Return the error to raise towards Home Assistant."""
    kind = ServiceValidationError if is_askers_fault(err) else HomeAssistantError
    return kind(
        translation_domain=DOMAIN,
        translation_key=err.code if err.code in ENGINE_CODES else "internal",
        translation_placeholders={"reason": str(err)} if err.code in _EXPLAINED else None,
    )
