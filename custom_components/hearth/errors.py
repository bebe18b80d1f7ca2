"""Put the engine's errors into words that Home Assistant can translate."""

from homeassistant.exceptions import HomeAssistantError

from .const import DOMAIN
from .engine import EngineError

# Each is a key of the translations; a code that a newer engine may add reads as a failure of its own.
ENGINE_CODES = frozenset(
    {
        "body_too_large",
        "context_overflow",
        "deadline_exceeded",
        "engine_busy",
        "engine_protocol",
        "engine_unreachable",
        "internal",
        "invalid_api_key",
        "invalid_request",
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
        "unknown_model",
        "unsupported",
    }
)


def translation_key(err: EngineError) -> str:
    """Return the key of the sentence that tells a person what went wrong."""
    return err.code if err.code in ENGINE_CODES else "internal"


def translated(err: EngineError) -> HomeAssistantError:
    """Return the error to raise towards Home Assistant."""
    return HomeAssistantError(translation_domain=DOMAIN, translation_key=translation_key(err))
