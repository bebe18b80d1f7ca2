"""Say why a call failed, and whether anybody else's words are in it."""

from typing import Final

from homeassistant.core import DOMAIN as CORE
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import intent
import probatio

from ..const import DOMAIN

# What these say is Home Assistant's own, and quotes nobody but whoever wrote the arguments.
_PLAIN: Final = (probatio.Invalid, intent.InvalidSlotInfo, intent.MatchFailedError, Unauthorized)
_OWN: Final = frozenset({CORE, DOMAIN})


def words_of(err: Exception) -> str:
    """Return why a call failed: of arguments that do not fit everything that is wrong with them."""
    match err:
        case probatio.MultipleInvalid():
            return "; ".join(dict.fromkeys(map(str, err.errors)))
        case intent.InvalidSlotInfo(__cause__=probatio.Invalid() as cause):
            return f"{err}: {words_of(cause)}"
        case _:
            return str(err) or type(err).__name__


def quotes_others(err: Exception) -> bool:
    """Tell whether an error may hold what a device or somebody outside has said; an integration may quote anybody."""
    if not isinstance(err, HomeAssistantError) or isinstance(err, _PLAIN) or not str(err):
        return False
    return err.translation_domain not in _OWN
