"""Check that whatever a flow shows has its words in the translations."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from homeassistant.data_entry_flow import FlowManager, FlowResultType, section
import pytest

from custom_components.hearth.const import DOMAIN
from tests.test_translations import TEXTS


@contextmanager
def flows_in_words(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Look at every form, menu, error and reason that any flow comes to meanwhile."""
    results: list[Any] = []
    handle = FlowManager._async_handle_step  # noqa: SLF001 - the one place that all results pass

    async def remember(*args: Any) -> Any:
        results.append(await handle(*args))
        return results[-1]

    monkeypatch.setattr(FlowManager, "_async_handle_step", remember)
    yield
    assert [missing for result in results for missing in _untranslated(result)] == []


def _untranslated(result: Mapping[str, Any]) -> list[str]:
    """Return what a person would see of a result without finding words for it, or words that are for nothing."""
    texts = _texts_of(result["handler"])
    match result:
        case {"type": FlowResultType.MENU, "step_id": step_id, "menu_options": options}:
            return sorted(set(options) ^ set(texts["step"][step_id]["menu_options"]))
        case {"type": FlowResultType.FORM, "step_id": step_id, "data_schema": schema}:
            fields, known = _fields(schema), _known(texts["step"][step_id])
            errors = set((result["errors"] or {}).values()) - set(texts.get("error", {}))
            # What the options ask for depends on the home.
            return sorted(errors | (fields - known if texts is TEXTS["options"] else fields ^ known))
        case {"type": FlowResultType.ABORT, "reason": reason} if result.get("translation_domain") is None:
            return [] if reason in texts["abort"] else [reason]
        case _:
            return []


def _fields(schema: Any) -> set[str]:
    """Return the names of a form's fields, those of its sections after the section's own."""
    fields = schema.schema.items() if schema else ()
    nested = {
        f"{name}.{inner}" for name, field in fields if isinstance(field, section) for inner in field.schema.schema
    }
    return {str(name) for name, _ in fields} | nested


def _known(step: Mapping[str, Any]) -> set[str]:
    """Return the fields that a form has words for."""
    sections: Mapping[str, Any] = step.get("sections", {})
    nested = {f"{name}.{inner}" for name, texts in sections.items() for inner in texts["data"]}
    return {*step.get("data", {}), *sections, *nested}


def _texts_of(handler: Any) -> Mapping[str, Any]:
    """Return the words of the flow that a handler is for: an entry's, a subentry's or that of the options."""
    match handler:
        case (_, kind):
            texts: Mapping[str, Any] = TEXTS["config_subentries"][kind]
        case str() if handler == DOMAIN:
            texts = TEXTS["config"]
        case _:
            texts = TEXTS["options"]
    return texts
