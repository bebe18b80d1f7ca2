"""Let models write to people whom Home Assistant knows, once somebody has seen the words and said yes."""

from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.notify import ATTR_MESSAGE, ATTR_TITLE, DOMAIN as NOTIFY, SERVICE_SEND_MESSAGE
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
import probatio

from ..access import Asker, Source
from ..const import DOMAIN
from ..speech import join, say
from .addresses import Address, Way, addresses, meant
from .effects import READS_ONLY, Effect, Resolution
from .planned import PlannedTool
from .results import AsksBack

# Beyond these nobody listens any more.
_MOST_NAMED: Final = 8


@dataclass(frozen=True, slots=True)
class MessagePlan:
    """A message, and to which of several addresses it may have to go; `effect` is None until a person has said."""

    found: tuple[Address, ...]
    effect: Effect | None

    @property
    def resolution(self) -> Resolution:
        """Return what the guard judges."""
        return Resolution((self.effect,)) if self.effect else READS_ONLY


class SendMessageTool(PlannedTool[MessagePlan]):
    """Send a message to somebody, or have the person asked whom they mean."""

    name = "hearth__send_message"
    title = "Send a message"
    description = (
        "Write to a person or a contact of the home: a mail or a message to a phone. The user is shown it and asked, "
        "also whom they mean; do not ask yourself. Give the name as the user said it."
    )
    parameters = probatio.Schema(
        {
            probatio.Required("to", description="A name"): probatio.All(str, probatio.Length(min=1, max=100)),
            probatio.Required("text"): probatio.All(str, probatio.Length(min=1, max=10_000)),
            probatio.Optional("title", description="A mail's subject"): probatio.All(str, probatio.Length(max=200)),
            probatio.Optional("way", description="If the user wants a mail or a phone"): probatio.In(
                [Way.MAIL.value, Way.PHONE.value]
            ),
        }
    )
    sources = frozenset({Source.NOTIFICATIONS})
    action = SERVICE_SEND_MESSAGE

    @override
    async def async_plan(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> MessagePlan:
        """Find out who is meant; raises HomeAssistantError where nobody of that name can be written to."""
        known = addresses(hass, self.access)
        found = meant(known, args["to"], Way(args["way"]) if "way" in args else None)
        if not found:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="no_such_recipient",
                translation_placeholders={"name": args["to"], "known": ", ".join(one.label for one in known) or "-"},
            )
        data = {ATTR_MESSAGE: args["text"], **({ATTR_TITLE: args["title"]} if args.get("title") else {})}
        return MessagePlan(tuple(found), _effect(hass, found[0], data) if len(found) == 1 else None)

    @override
    async def async_carry_out(
        self, hass: HomeAssistant, plan: MessagePlan, asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Send it, or ask back."""
        if (effect := plan.effect) is None:
            return _ask_back(llm_context.language or hass.config.language, plan.found)
        target = {ATTR_ENTITY_ID: effect.entity_id} if effect.entity_id else {}
        await hass.services.async_call(
            effect.domain, effect.service, {**effect.data, **target}, blocking=True, context=llm_context.context
        )
        return llm.ToolResult(data={"sent_to": plan.found[0].label})


def _effect(hass: HomeAssistant, address: Address, data: dict[str, Any]) -> Effect:
    if hass.services.has_service(*address.thing.split(".", maxsplit=1)):
        return Effect(NOTIFY, address.thing.partition(".")[2], None, data)
    return Effect(NOTIFY, SERVICE_SEND_MESSAGE, address.thing, data)


def _ask_back(language: str, found: tuple[Address, ...]) -> AsksBack:
    labels = [one.label for one in found]
    named = join(language, labels) if len(labels) <= _MOST_NAMED else f"{', '.join(labels[:_MOST_NAMED])} …"
    return AsksBack(
        data={"status": "not_sent", "message": "The user is being asked whom they mean.", "may_mean": list(labels)},
        question=say(language, "which_recipient", names=named),
    )
