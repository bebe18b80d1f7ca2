"""Say what is wrong with the arguments for a found tool, which no grammar holds a model to."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from .declared import Declaration


def misfit(declaration: Declaration, args: Mapping[str, Any]) -> str | None:
    """Return which arguments a tool has no use for and which it lacks, None where they fit its declaration.

    Whether a value will do the tool says itself: it takes more than its declaration admits, as a number in a text.
    """
    name, parameters = declaration["function"]["name"], declaration["function"]["parameters"]
    known: Mapping[str, Any] = parameters.get("properties", {})
    wrong = [f"it has no {_quoted(arg, known)}" for arg in args if arg not in known and _is_closed(parameters)]
    wrong += [f'"{arg}" is missing' for arg in parameters.get("required", ()) if arg not in args]
    return f"The arguments do not fit {name}: {'; '.join(wrong)}" if wrong else None


def _is_closed(parameters: Mapping[str, Any]) -> bool:
    """Tell whether a tool takes nothing but what it declares."""
    return "properties" in parameters and not parameters.get("additionalProperties", False)


def _quoted(arg: str, known: Mapping[str, Any]) -> str:
    meant = get_close_matches(arg, known, n=1)
    return f'"{arg}", perhaps "{meant[0]}" is meant' if meant else f'"{arg}"'
