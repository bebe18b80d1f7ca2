"""List the actions of Home Assistant that could be tools, with what their integrations say of them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.helpers import selector, service, translation

from ...const import DOMAIN

# What would hand words to an agent that nobody guards, tells what only its owner may read, or runs Home Assistant
# itself. Ours have tools of their own.
_NO_TOOLS: Final = frozenset({DOMAIN, "ai_task", "conversation", "hassio", "imap", "logger", "profiler", "system_log"})
_NEVER: Final[Mapping[str, frozenset[str]]] = {
    "homeassistant": frozenset({"check_config", "restart", "save_persistent_states", "set_location", "stop"}),
    "recorder": frozenset({"disable", "enable", "purge", "purge_entities"}),
}
_RELOADS: Final = "reload"
# A model can't give these, or must not: what is written in them runs unseen, or is a secret.
_UNFILLABLE: Final = frozenset({"action", "condition", "file", "qr_code", "template", "trigger"})
# Fields that name what an action is for, whatever their selector is.
TARGET_KINDS: Final[Mapping[str, str]] = {
    "area_id": "area",
    "device_id": "device",
    "entity_id": "entity",
    "floor_id": "floor",
    "label_id": "label",
}


@dataclass(frozen=True, slots=True)
class ActionField:
    """One field of an action; `kind` and `config` are those of its selector, "" and nothing without a known one."""

    key: str
    title: str
    description: str
    required: bool
    kind: str = ""
    config: Mapping[str, Any] | None = None

    @property
    def is_number(self) -> bool:
        """Tell whether the field holds a number that a range can be given for."""
        return self.kind in ("number", "color_temp")


@dataclass(frozen=True, slots=True)
class Action:
    """An action and what its integration says of it.

    `target` holds the filters of the entities that it is for, one of which must fit, None for an action without; an
    empty list fits all. Of one that `responds`, the response is the point of calling it.
    """

    domain: str
    service: str
    title: str
    description: str
    target: tuple[Mapping[str, Any], ...] | None
    fields: tuple[ActionField, ...]
    responds: bool

    @property
    def id(self) -> str:
        """Return the name under which Home Assistant calls it."""
        return f"{self.domain}.{self.service}"


def may_be_tool(domain: str, name: str) -> bool:
    """Tell whether an action makes sense in the hands of a model at all."""
    return domain not in _NO_TOOLS and not name.startswith(_RELOADS) and name not in _NEVER.get(domain, frozenset())


async def async_actions(
    hass: HomeAssistant, language: str, domains: Collection[str] | None = None
) -> dict[str, Action]:
    """Return the actions of some integrations, or of all, that could be tools, by their ID."""
    described = await service.async_get_all_descriptions(hass)
    wanted = {domain: names for domain, names in described.items() if domains is None or domain in domains}
    texts = await translation.async_get_translations(hass, language, "services", set(wanted))
    found = (
        _action(hass, domain, name, description, texts)
        for domain, names in sorted(wanted.items())
        for name, description in sorted(names.items())
        if may_be_tool(domain, name)
    )
    return {action.id: action for action in found if action is not None}


async def async_titles(hass: HomeAssistant, language: str, domains: Collection[str]) -> dict[str, str]:
    """Return what people call some integrations."""
    texts = await translation.async_get_translations(hass, language, "title", set(domains))
    return {domain: texts.get(f"component.{domain}.title") or _spaced(domain) for domain in domains}


def _action(
    hass: HomeAssistant, domain: str, name: str, description: Mapping[str, Any], texts: Mapping[str, str]
) -> Action | None:
    """Return an action, None for one that nobody could call without what a model can't give."""
    words = _Words(texts, f"component.{domain}.services.{name}", description.get("description_placeholders") or {})
    fields = list(_fields(description.get("fields") or {}, words))
    if any(field.required and _is_unfillable(field) for field in fields):
        return None
    target = description.get("target")
    return Action(
        domain=domain,
        service=name,
        title=words.of("name") or str(description.get("name") or "") or _spaced(name),
        description=words.of("description") or str(description.get("description") or ""),
        target=None if target is None else tuple(target.get("entity") or ()),
        fields=tuple(field for field in fields if not _is_unfillable(field)),
        responds=hass.services.supports_response(domain, name) is not SupportsResponse.NONE,
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """What the translations say of an action."""

    texts: Mapping[str, str]
    path: str
    placeholders: Mapping[str, str]

    def of(self, key: str) -> str:
        text = self.texts.get(f"{self.path}.{key}", "")
        try:
            return text.format_map(self.placeholders) if self.placeholders else text
        except KeyError, ValueError:
            return text


def _fields(described: Mapping[str, Any], words: _Words) -> Iterator[ActionField]:
    """Yield the fields of an action, those in sections too."""
    for key, said in described.items():
        field: Mapping[str, Any] = said or {}
        if "fields" in field:
            yield from _fields(field["fields"], words)
            continue
        kind, config = _selector_of(key, field)
        example = field.get("example")
        description = words.of(f"fields.{key}.description") or str(field.get("description") or "")
        yield ActionField(
            key=key,
            title=words.of(f"fields.{key}.name") or str(field.get("name") or "") or _spaced(key),
            description=description if example is None else f"{description} Example: {example}".strip(),
            required=bool(field.get("required")),
            kind=kind,
            config=config,
        )


def _selector_of(key: str, field: Mapping[str, Any]) -> tuple[str, Mapping[str, Any] | None]:
    """Return the kind of a field's selector and its configuration, if Home Assistant knows such a selector."""
    chosen = field.get("selector")
    if key in TARGET_KINDS and (not isinstance(chosen, dict) or TARGET_KINDS[key] not in chosen):
        return TARGET_KINDS[key], {"multiple": True}
    if not isinstance(chosen, dict) or len(chosen) != 1:
        return "", None
    ((kind, config),) = chosen.items()
    return (kind, config or {}) if kind in selector.SELECTORS else ("", None)


def _is_unfillable(field: ActionField) -> bool:
    is_secret = field.kind == "text" and (field.config or {}).get("type") == "password"
    return field.kind in _UNFILLABLE or is_secret


def _spaced(name: str) -> str:
    return name.replace("_", " ").capitalize()
