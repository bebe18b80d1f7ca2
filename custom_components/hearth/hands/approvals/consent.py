"""Take the answers to open questions, whichever way they come, and do what a yes allows: once, and nothing else."""

from dataclasses import dataclass, field
import logging
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ...access import HOUSEHOLD_OWNER, Access, Asker, Kind, Principal, View
from ..audit import Kind as RowKind, rows
from ..call import Actor, CallRecord, Outcome, Scope
from ..guard import ACTING, Guard
from ..policy import Consent as Needs, Reason
from .approval import Answer, AnswerRefusedError, Approval, Channel, Refused, Reply
from .approvals import Approvals
from .pin import PinVerdict
from .spec import async_rebuild
from .weight import async_weight

_LOGGER = logging.getLogger(__name__)

_OF_PIN: Final = {
    PinVerdict.WRONG: Refused.WRONG_PIN,
    PinVerdict.LOCKED: Refused.LOCKED_OUT,
    PinVerdict.UNSET: Refused.NEEDS_PERSON,
}
_HEARD_AGAIN: Final = frozenset({Refused.NEEDS_PIN, Refused.WRONG_PIN})


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a word that answers: the calls that it settled, and why it did not count for others."""

    calls: list[CallRecord] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


class Consent:
    """Every answer's one way to the guard."""

    def __init__(self, hass: HomeAssistant, guard: Guard, access: Access | None = None) -> None:
        """Answer for a home; `access` knows who sees what."""
        self._hass = hass
        self._guard = guard
        self._access = access

    @property
    def _approvals(self) -> Approvals:
        return self._guard.approvals

    async def async_answer(self, answer: Answer, scope: Scope | None = None) -> CallRecord:
        """Settle a question for good, and with a yes run what it is about.

        `scope` is the turn that answers, for an answer in the conversation. Raises AnswerRefusedError for an answer
        that does not count, HomeAssistantError when the audit can't be written; then nothing was done.
        """
        try:
            approval = self._approvals.get(answer.approval_id)
            needs = await self._async_check(approval, answer, scope)
            scope = scope or await self._async_scope(approval)
        except AnswerRefusedError as err:
            await self._async_note(answer, err.why)
            raise
        return await self._async_settle(approval.id, answer, needs, scope)

    async def async_hear(self, scope: Scope, reply: Reply | None, pin: str | None = None) -> Heard | None:
        """Let a turn's word answer what was asked in its conversation just before; None where it is no answer.

        Whatever else is said, from now on no bare word answers these questions any more.
        """
        wants_pin, waiting = self.wants_pin(scope), self._approvals.hear(scope)
        verdict = None
        if pin is not None and wants_pin and reply in {None, Reply.YES}:
            # One attempt, however many questions it answers.
            verdict = await self._approvals.pin.async_check(pin)
        if not waiting or (reply is None and verdict is None):
            return None
        heard = Heard()
        for approval in waiting:
            answer = Answer(
                approval_id=approval.id,
                who=scope.principal,
                user_id=scope.user_id,
                channel=Channel.CONVERSATION,
                reply=reply or Reply.YES,
                device_id=scope.device_id,
            )
            try:
                heard.calls.append(await self._async_hear_one(approval, answer, scope, verdict))
            except AnswerRefusedError as err:
                await self._async_note(answer, err.why)
                heard.refused.append(err.why)
                if err.why in _HEARD_AGAIN:
                    self._approvals.listen_again(approval)
        return heard

    def wants_pin(self, scope: Scope) -> bool:
        """Tell whether what is said in a turn may be a PIN."""
        may = self._approvals.pin.is_set and not scope.is_identified and scope.actor is not Actor.AUTOMATION
        return may and any(approval.decision.needs is Needs.PERSON for approval in self._approvals.hears(scope))

    async def _async_hear_one(
        self, approval: Approval, answer: Answer, scope: Scope, verdict: PinVerdict | None
    ) -> CallRecord:
        if scope.actor is Actor.AUTOMATION:
            # It has asked, and would answer itself.
            raise AnswerRefusedError(Refused.NEEDS_PERSON)
        if verdict is not None and approval.decision.needs is Needs.ADMIN:
            # Whoever knows the PIN is known, and no administrator by that.
            raise AnswerRefusedError(Refused.NEEDS_ADMIN)
        if not self._approvals.is_heard(approval):
            self._approvals.lapse(approval)
            return await self._guard.async_drop(scope, approval, Outcome.LAPSED)
        if verdict is PinVerdict.RIGHT:
            _demand_outside()
            needs = Needs.PERSON
        elif verdict is not None:
            raise AnswerRefusedError(_OF_PIN[verdict])
        else:
            needs = await self._async_check(approval, answer, scope)
        return await self._async_settle(approval.id, answer, needs, scope)

    async def _async_check(self, approval: Approval, answer: Answer, scope: Scope | None) -> Needs:
        """Return as whose the answer counts; raises AnswerRefusedError for who may not give it."""
        _demand_outside()
        weight = await async_weight(self._hass, answer.who, answer.user_id)
        if answer.channel is Channel.CONVERSATION:
            if scope is None or not approval.belongs_to(scope):
                raise AnswerRefusedError(Refused.NOT_YOURS)
        elif not _is_for(approval, answer.who, weight):
            raise AnswerRefusedError(Refused.NOT_YOURS)
        if answer.reply is Reply.YES and approval.decision.needs is Needs.ADMIN and weight is not Needs.ADMIN:
            raise AnswerRefusedError(Refused.NEEDS_ADMIN)
        if weight is not Needs.ANYONE:
            return weight
        if answer.pin is not None:
            verdict = await self._approvals.pin.async_check(answer.pin)
            if verdict is not PinVerdict.RIGHT:
                raise AnswerRefusedError(_OF_PIN[verdict])
            return Needs.PERSON
        if answer.channel is not Channel.CONVERSATION:
            raise AnswerRefusedError(Refused.NEEDS_PERSON)
        if answer.reply is Reply.YES and approval.decision.needs is Needs.PERSON:
            raise AnswerRefusedError(Refused.NEEDS_PIN if self._approvals.pin.is_set else Refused.NEEDS_PERSON)
        return Needs.ANYONE

    async def _async_settle(self, approval_id: str, answer: Answer, needs: Needs, scope: Scope) -> CallRecord:
        """Take a question, so that nobody else can, and do what was answered."""
        approval = self._approvals.take(approval_id)
        await self._approvals.async_settle(approval, answer)
        scope.tainted = scope.tainted or approval.tainted
        scope.context_id = approval.context_id
        if answer.reply is not Reply.YES:
            return await self._guard.async_drop(scope, approval, Outcome.DECLINED)
        try:
            call = approval.call or await async_rebuild(self._hass, approval.spec, self._guard, scope)
        except HomeAssistantError as err:
            return await self._guard.async_refuse(scope, approval.name, {}, Reason.UNKNOWN_TOOL, str(err))
        return await self._guard.async_resume(scope, approval, call, needs)

    async def _async_scope(self, approval: Approval) -> Scope:
        """Return the turn in which it was asked, as far as it matters: on whose behalf it is done does not change."""
        view = None
        if (access := self._access) is not None:
            who = await access.async_principal(user_id=approval.user_id, device_id=approval.device_id)
            if who.owner != approval.owner:
                raise AnswerRefusedError(Refused.NOT_YOURS)
            view = View(access, Asker(who, approval.spec.agent_id if approval.spec else None, approval.private))
        return Scope(
            conversation_id=approval.conversation_id,
            agent_id=approval.agent_id,
            words="",
            language=approval.language,
            user_id=approval.user_id,
            device_id=approval.device_id,
            view=view,
        )

    async def _async_note(self, answer: Answer, why: Refused) -> None:
        """Write down an answer that did not count."""
        row = rows.refusal(
            "answer", why.value, user_id=answer.user_id, device_id=answer.device_id, channel=answer.channel.value
        )
        try:
            await self._guard.audit.async_append(RowKind.REFUSAL, row)
        except HomeAssistantError:
            _LOGGER.exception("That an answer did not count could not be written down")


def _demand_outside() -> None:
    """Raise AnswerRefusedError for an answer that comes of something that Hearth itself does at the moment."""
    if ACTING.get():
        raise AnswerRefusedError(Refused.BY_ITSELF)


def _is_for(approval: Approval, who: Principal, weight: Needs) -> bool:
    """Tell whether it is somebody's to answer: a person's own, and for the household's anybody who lives here.

    What only an administrator may allow is any administrator's too, unless nobody else may know of it.
    """
    if approval.owner in {None, HOUSEHOLD_OWNER}:
        return who.kind is not Kind.GUEST
    for_admins = approval.decision.needs is Needs.ADMIN and not approval.private
    return who.owner == approval.owner or (for_admins and weight is Needs.ADMIN)
