"""Ask on phones, hear the answers of whoever holds them, and take a question back once it is settled."""

import asyncio
import logging
import re
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ...access import QUESTION_TAG, Phone, async_user_principal
from ...speech import join, say
from ..audit.rows import Step
from ..call import Outcome
from ..phrases import asked_for, drafts
from .approval import Answer, AnswerRefusedError, Approval, Channel, Refused, Reply
from .approvals import Approvals
from .consent import Consent

_LOGGER = logging.getLogger(__name__)

EVENT_ACTION: Final = "mobile_app_notification_action"
_ACTION: Final = re.compile(r"HEARTH_(YES|NO|NOT_TODAY)_([0-9A-Z]{26})")
_CLEAR: Final = "clear_notification"
_SECONDS: Final = 20
_TITLE: Final = "Hearth"
_DID_NOT_WORK: Final = frozenset({Outcome.DENIED, Outcome.FAILED, Outcome.LAPSED, Outcome.UNCHANGED})


def question_of(hass: HomeAssistant, approval: Approval) -> str:
    """Return what a phone or a list says of a question, in the home's language; nothing of what is private."""
    language = hass.config.language
    if approval.private or approval.resolution.private:
        return say(language, "ask_private")
    told = asked_for(hass, language, approval.name, approval.resolution, approval.decision.reason)
    return " ".join(
        [*drafts(language, approval.resolution), say(language, "ask_on_phone", actions=join(language, told))]
    )


class Notifier:
    """What asks on the phones of the right person."""

    def __init__(self, hass: HomeAssistant, approvals: Approvals, consent: Consent) -> None:
        """Ask nobody yet."""
        self._hass = hass
        self._approvals = approvals
        self._consent = consent
        self._stops: list[CALLBACK_TYPE] = []

    @callback
    def start(self) -> None:
        """Follow the questions and the phones."""
        self._stops.append(self._approvals.add_listener(self._follow))
        self._stops.append(self._hass.bus.async_listen(EVENT_ACTION, self._async_hear))

    @callback
    def stop(self) -> None:
        """Follow nothing any more."""
        while self._stops:
            self._stops.pop()()

    @callback
    def _follow(self, step: Step, approval: Approval) -> None:
        data = self._question(approval) if step is Step.ASKED else _taken_back(approval)
        self._hass.async_create_background_task(self._async_tell(approval, data), "hearth ask on phones")

    async def _async_tell(self, approval: Approval, data: dict[str, Any]) -> None:
        await asyncio.gather(*(self._async_send(phone, data) for phone in await self._async_asked(approval)))

    async def _async_asked(self, approval: Approval) -> list[Phone]:
        phones = self._approvals.phones
        return await phones.async_asked(approval.owner, approval.decision.needs, private=approval.private)

    def _question(self, approval: Approval) -> dict[str, Any]:
        """Return a notification with buttons; who finds the phone locked reads nothing of it there."""
        language = self._hass.config.language
        actions: list[dict[str, Any]] = [
            {"action": f"HEARTH_{reply.name}_{approval.id}", "title": say(language, f"button_{reply.value}")}
            for reply in Reply
        ]
        # Whoever finds a phone must unlock it first.
        actions[0]["authenticationRequired"] = True
        return {
            "title": _TITLE,
            "message": question_of(self._hass, approval),
            "data": {
                "tag": _tag(approval),
                "group": "hearth",
                "visibility": "private",
                "timeout": int((approval.expires - approval.asked).total_seconds()),
                "ttl": 0,
                "priority": "high",
                "actions": actions,
            },
        }

    async def _async_send(self, phone: Phone, data: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(_SECONDS):
                await self._hass.services.async_call("notify", phone.service, data, blocking=True)
        except (HomeAssistantError, TimeoutError) as err:
            _LOGGER.warning("The phone %s could not be reached: %s", phone.service, type(err).__name__)

    async def _async_hear(self, event: Event[dict[str, Any]]) -> None:
        """Take the press of a button as an answer, if the phone of somebody who was asked says so."""
        match = _ACTION.fullmatch(str(event.data.get("action", "")))
        if match is None or (user_id := event.context.user_id) is None:
            return
        try:
            await self._async_take(Reply[match[1]], match[2], user_id)
        except AnswerRefusedError as err:
            _LOGGER.warning("A press on a notification did not count: %s", err.why)
        except HomeAssistantError:
            _LOGGER.exception("A press on a notification could not be taken")

    async def _async_take(self, reply: Reply, approval_id: str, user_id: str) -> None:
        approval = self._approvals.get(approval_id)
        who = await async_user_principal(self._hass, user_id)
        theirs = [phone for phone in await self._async_asked(approval) if phone.user_id == user_id]
        if not theirs:
            raise AnswerRefusedError(Refused.NOT_YOURS)
        record = await self._consent.async_answer(Answer(approval_id, who, user_id, Channel.NOTIFICATION, reply))
        if record.outcome in _DID_NOT_WORK:
            told = {
                "title": _TITLE,
                "message": say(self._hass.config.language, "failed"),
                "data": {"tag": _tag(approval)},
            }
            await asyncio.gather(*(self._async_send(phone, told) for phone in theirs))


def _tag(approval: Approval) -> str:
    return f"{QUESTION_TAG}{approval.id}"


def _taken_back(approval: Approval) -> dict[str, Any]:
    return {"message": _CLEAR, "data": {"tag": _tag(approval)}}
