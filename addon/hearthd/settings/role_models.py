"""Read which models play which roles, and which stand in for them."""

from collections.abc import Mapping, Sequence
import re
from typing import Any

from hearthd.settings.model_ref import ModelRef, Role, parse_ref
from hearthd.settings.values import SettingsError, is_set, one_of, parse_value, text

_ROLE = one_of(*Role)


def read_models(
    flags: Sequence[str], environ: Mapping[str, str], options: Any
) -> tuple[dict[Role, ModelRef], frozenset[Role]]:
    """Return the model of each role, and the roles that were fixed where the engine was started.

    Raises:
        SettingsError: a role or a reference is wrong.
    """
    fixed = _models_of_environment(environ) | _models_of_flags(flags)
    return _models_of_options(options) | fixed, frozenset(fixed)


def read_fallbacks(flags: Sequence[str], environ: Mapping[str, str], options: Any) -> dict[Role, tuple[ModelRef, ...]]:
    """Return what stands in for each role's model, in order.

    Raises:
        SettingsError: a role or a reference is wrong, or nobody can stand in for the role.
    """
    found = _fallbacks_of_options(options) | _fallbacks_of_environment(environ) | _fallbacks_of_flags(flags)
    if found.get(Role.EMBEDDING):
        raise SettingsError("nobody can stand in for the role embedding: vectors of two models do not compare")
    return found


def _models_of_flags(models: Sequence[str]) -> dict[Role, ModelRef]:
    """Read `[ROLE=]REF` flags, one for each role."""
    found: dict[Role, ModelRef] = {}
    for given in models:
        role, ref = _role_and_ref("--model", given)
        if role in found:
            raise SettingsError(f"--model: the role {role} is given twice")
        found[role] = ref
    return found


def _fallbacks_of_flags(fallbacks: Sequence[str]) -> dict[Role, tuple[ModelRef, ...]]:
    """Read `[ROLE=]REF` flags, as many for a role as there are, in order."""
    found: dict[Role, tuple[ModelRef, ...]] = {}
    for given in fallbacks:
        role, ref = _role_and_ref("--fallback", given)
        found[role] = (*found.get(role, ()), ref)
    return found


def _role_and_ref(flag: str, given: str) -> tuple[Role, ModelRef]:
    """Read one `[ROLE=]REF`; without a role the fast one is meant."""
    name, separator, ref = given.partition("=")
    if separator and re.fullmatch(r"[a-z]+", name):
        role = parse_value(flag, _ROLE, name)
        return role, _parse_for_role(flag, role, ref)
    return Role.FAST, _parse_for_role(flag, Role.FAST, given)


def _models_of_environment(environ: Mapping[str, str]) -> dict[Role, ModelRef]:
    """Read `HEARTH_MODEL`, which means the fast one, and `HEARTH_MODEL_<ROLE>`."""
    names = {"HEARTH_MODEL": Role.FAST} | {f"HEARTH_MODEL_{role.upper()}": role for role in Role}
    return {role: _parse_for_role(name, role, environ[name]) for name, role in names.items() if environ.get(name)}


def _fallbacks_of_environment(environ: Mapping[str, str]) -> dict[Role, tuple[ModelRef, ...]]:
    """Read `HEARTH_FALLBACK_<ROLE>`, references with commas between them."""
    names = {f"HEARTH_FALLBACK_{role.upper()}": role for role in Role}
    return {role: _parse_several(name, role, environ[name]) for name, role in names.items() if environ.get(name)}


def _models_of_options(models: Any) -> dict[Role, ModelRef]:
    """Read the `models` object of the options file."""
    return {
        role: _parse_for_role(f"option models.{role}", role, ref) for role, ref in _by_role("models", models).items()
    }


def _fallbacks_of_options(fallback: Any) -> dict[Role, tuple[ModelRef, ...]]:
    """Read the `fallback` object of the options file."""
    return {
        role: _parse_several(f"option fallback.{role}", role, refs)
        for role, refs in _by_role("fallback", fallback).items()
    }


def _by_role(option: str, values: Any) -> dict[Role, Any]:
    """Read an object of the options file that has a value for each role."""
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise SettingsError(f"option {option}: an object of roles and models is expected")
    return {parse_value(f"option {option}", _ROLE, name): value for name, value in values.items() if is_set(value)}


def _parse_several(source: str, role: Role, refs: Any) -> tuple[ModelRef, ...]:
    """Read references in a list, or in a text with commas between them."""
    listed = refs if isinstance(refs, list) else [part.strip() for part in parse_value(source, text, refs).split(",")]
    return tuple(_parse_for_role(source, role, ref) for ref in listed if is_set(ref))


def _parse_for_role(source: str, role: Role, ref: Any) -> ModelRef:
    """Read the reference of one role."""
    return parse_value(source, lambda value: parse_ref(text(value), role), ref)
