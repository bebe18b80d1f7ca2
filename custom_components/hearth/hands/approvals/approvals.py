"""Keep what waits for a person's yes, also across a restart."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
from statistics import median
from typing import Any, Final, Self

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from ...const import DOMAIN
from ..audit import Audit, Kind, rows
from ..audit.rows import Step
from ..call import Actor, Call, Scope, Ways
from ..effects import Resolution
from ..policy import Consent, Decision, Reason
from ..secrets import Secrets
from .approval import Answer, AnswerRefusedError, Approval, Refused, Reply, digest_of
from .declined import Declined
from .phones import Phones
from .pin import Pin
from .weight import async_weight

_LOGGER = logging.getLogger(__name__)

_STORE_VERSION: Final = 1
# Whoever asks for more at once wants people to say yes without reading.
_MOST_OPEN: Final = 20
_HISTORY: Final = timedelta(days=7)
_STEPS: Final = {Reply.YES: Step.YES, Reply.NO: Step.NO, Reply.NOT_TODAY: Step.NOT_TODAY}

type Listener = Callable[[Step, Approval], None]


@dataclass(frozen=True, slots=True)
class Settled:
    """When something was asked, and how long the answer took in seconds, None where there was none."""

    asked: datetime
    wait_s: float | None


class Approvals:
    """The open questions of one home.

    A bare word counts in the very next turn of the conversation only: later a "yes" may well belong to another
    question. By the other ways a question can be answered until it expires.
    """

    def __init__(self, hass: HomeAssistant, audit: Audit, pin: Pin, phones: Phones, secrets: Secrets) -> None:
        """Begin with no open question."""
        self._hass = hass
        self._audit = audit
        self._secrets = secrets
        self._store = Store[dict[str, Any]](hass, _STORE_VERSION, f"{DOMAIN}.approvals", atomic_writes=True)
        self._open: dict[str, Approval] = {}
        self._heard: dict[str, list[str]] = {}
        self._history: list[Settled] = []
        self._listeners: list[Listener] = []
        self._cancel_expiry: CALLBACK_TYPE | None = None
        self.pin = pin
        self.phones = phones
        self.declined = Declined()

    @classmethod
    async def async_create(cls, hass: HomeAssistant, audit: Audit, phones: Phones, secrets: Secrets) -> Self:
        """Return the questions as they were left before a restart; those whose time is over lapse."""
        approvals = cls(hass, audit, await Pin.async_create(hass), phones, secrets)
        stored = await approvals._store.async_load() or {}
        try:
            approvals._load(stored)
        except KeyError, TypeError, ValueError:
            _LOGGER.exception("The open approvals could not be read; nothing of them will be done")
        approvals._expire()
        return approvals

    @callback
    def close(self) -> None:
        """Wait for nothing any more; what is stored is there again after the next start."""
        self._stop_waiting()
        self._open.clear()
        self._heard.clear()

    @property
    def open(self) -> list[Approval]:
        """Return what can still be answered, oldest first."""
        now = dt_util.utcnow()
        return [approval for approval in self._open.values() if now < approval.expires]

    @property
    def asked_today(self) -> int:
        """Return how often somebody was asked since midnight."""
        midnight = dt_util.start_of_local_day()
        asked = [*(settled.asked for settled in self._history), *(approval.asked for approval in self.open)]
        return sum(moment >= midnight for moment in asked)

    @property
    def median_wait_s(self) -> float | None:
        """Return how long an answer took in the last seven days, in seconds, None where there was none."""
        waits = [settled.wait_s for settled in self.history if settled.wait_s is not None]
        return median(waits) if waits else None

    @property
    def history(self) -> list[Settled]:
        """Return what was settled in the last seven days, oldest first."""
        oldest = dt_util.utcnow() - _HISTORY
        return [settled for settled in self._history if settled.asked > oldest]

    @callback
    def add_listener(self, listener: Listener) -> CALLBACK_TYPE:
        """Call `listener` with each step of each question until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def async_ways(self, scope: Scope, decision: Decision) -> Ways | None:
        """Return how a turn's question can be answered, None where nobody who may say yes can be reached."""
        needs, asked = decision.needs, scope.actor is not Actor.AUTOMATION
        if asked and (await async_weight(self._hass, scope.principal, scope.user_id)).covers(needs):
            return Ways.YES
        if asked and self.pin.is_set and needs is not Consent.ADMIN:
            return Ways.PIN
        if not await self.phones.async_asked(scope.principal.owner, needs, private=scope.incognito):
            return None
        return Ways.ADMIN if needs is Consent.ADMIN else Ways.ELSEWHERE

    async def async_objection(
        self, scope: Scope, call: Call, resolution: Resolution, decision: Decision
    ) -> Reason | None:
        """Return why a person is not to be asked, None where they are."""
        states = map(self._hass.states.get, resolution.entity_ids)
        names = frozenset(state.name for state in states if state is not None)
        if self.declined.forbids(scope, call.spec, resolution, names):
            return Reason.DECLINED_BEFORE
        if await self.async_ways(scope, decision) is not None:
            return None
        return Reason.NEEDS_ADMIN if decision.needs is Consent.ADMIN else Reason.NEEDS_PERSON

    async def async_ask(
        self, scope: Scope, call: Call, resolution: Resolution, decision: Decision, audit_id: int
    ) -> Approval:
        """Open a question about a resolved call; it is stored when this returns.

        One that is open in the conversation already is asked anew, and still runs once.
        """
        digest, now = digest_of(self._hass, call, resolution), dt_util.utcnow()
        twin = next((one for one in self.open if one.digest == digest and one.belongs_to(scope)), None)
        approval = Approval(
            id=twin.id if twin else ulid_now(),
            name=call.name,
            digest=digest,
            resolution=resolution,
            decision=decision,
            conversation_id=scope.conversation_id,
            agent_id=scope.agent_id,
            language=scope.language,
            user_id=scope.user_id,
            device_id=scope.device_id,
            owner=scope.principal.owner,
            tainted=scope.tainted,
            private=rows.is_private(scope, resolution),
            asked=now,
            expires=now + self.phones.patience,
            audit_id=audit_id,
            context_id=scope.context_id,
            # What holds a secret is kept nowhere: a restart forgets the question.
            spec=None if call.hidden or self._secrets.masked(call.args) != call.args else call.spec,
            call=call,
        )
        if twin is None and len(self._open) >= _MOST_OPEN:
            self._end(next(iter(self._open.values())), Step.LAPSED)
        self._open[approval.id] = approval
        self.listen_again(approval)
        await self._async_save()
        await self._async_write(approval, Step.ASKED)
        self._tell(Step.ASKED, approval)
        self._expire()
        return approval

    @callback
    def listen_again(self, approval: Approval) -> None:
        """Let the next turn of the conversation answer a question."""
        heard = self._heard.setdefault(approval.conversation_id, [])
        if approval.id not in heard:
            heard.append(approval.id)

    @callback
    def hears(self, scope: Scope) -> list[Approval]:
        """Return the questions that this turn may answer in a word, as long as it is the next one."""
        heard = self._heard.get(scope.conversation_id, ())
        return [approval for approval in self.open if approval.id in heard and approval.belongs_to(scope)]

    @callback
    def hear(self, scope: Scope) -> list[Approval]:
        """Return the questions that this turn may answer in a word; no later one may."""
        if mine := self.hears(scope):
            del self._heard[scope.conversation_id]
        return mine

    @staticmethod
    def is_heard(approval: Approval) -> bool:
        """Tell whether a word in the conversation still counts for a question."""
        return dt_util.utcnow() < approval.heard_until

    @callback
    def get(self, approval_id: str) -> Approval:
        """Return an open question; raises AnswerRefusedError for one that is settled or too old."""
        approval = self._open.get(approval_id)
        if approval is None or dt_util.utcnow() >= approval.expires:
            raise AnswerRefusedError(Refused.GONE)
        return approval

    @callback
    def take(self, approval_id: str) -> Approval:
        """Close an open question and return it, to nobody else any more; raises AnswerRefusedError."""
        approval = self.get(approval_id)
        del self._open[approval_id]
        return approval

    async def async_settle(self, approval: Approval, answer: Answer) -> None:
        """Store that a question that was taken is answered, before anything comes of it, and tell everybody."""
        wait_s = (dt_util.utcnow() - approval.asked).total_seconds()
        self._history = [*self.history, Settled(approval.asked, wait_s)]
        if answer.reply is not Reply.YES:
            self.declined.add(approval.owner, approval.device_id, approval.resolution, answer.reply)
        await self._async_save()
        await self._async_write(approval, _STEPS[answer.reply], answer, wait_s)
        self._tell(_STEPS[answer.reply], approval)
        self._expire()

    @callback
    def lapse(self, approval: Approval) -> None:
        """Close a question that nobody answered in time."""
        self._end(approval, Step.LAPSED)
        self._save_soon()

    @callback
    def async_clear(self) -> int:
        """Close every question unanswered, at once, and return how many there were."""
        ended = self.open
        for approval in ended:
            self._end(approval, Step.CANCELLED)
        self._heard.clear()
        if ended:
            self._save_soon()
        self._stop_waiting()
        return len(ended)

    async def async_forget(self, owner: str | None) -> None:
        """Close the questions that an owner of access has open, or everybody, and keep nothing of them."""
        for approval in self.open:
            if owner in {None, approval.owner}:
                self._end(approval, Step.CANCELLED)
        await self._async_save()

    def _end(self, approval: Approval, step: Step) -> None:
        self._open.pop(approval.id, None)
        self._history = [*self.history, Settled(approval.asked, None)]
        self._hass.async_create_task(self._async_write(approval, step), "hearth write down approval")
        self._tell(step, approval)

    @callback
    def _expire(self, _now: datetime | None = None) -> None:
        """Let lapse what is too old, and wait for the next that will be."""
        now = dt_util.utcnow()
        for approval in [approval for approval in self._open.values() if approval.expires <= now]:
            self.lapse(approval)
        self._stop_waiting()
        if self._open:
            first = min(approval.expires for approval in self._open.values())
            self._cancel_expiry = async_track_point_in_utc_time(self._hass, self._expire, first)

    def _stop_waiting(self) -> None:
        if self._cancel_expiry is not None:
            self._cancel_expiry()
            self._cancel_expiry = None

    def _tell(self, step: Step, approval: Approval) -> None:
        for listener in list(self._listeners):
            listener(step, approval)

    async def _async_write(
        self, approval: Approval, step: Step, answer: Answer | None = None, wait_s: float | None = None
    ) -> None:
        row = rows.approval(
            approval.id,
            approval.audit_id,
            step,
            user_id=answer.user_id if answer else approval.user_id,
            device_id=answer.device_id if answer else approval.device_id,
            channel=answer.channel.value if answer else None,
            wait_s=wait_s,
        )
        if step not in {Step.LAPSED, Step.CANCELLED}:
            # What can't be written down is not done.
            await self._audit.async_append(Kind.APPROVAL, row)
            return
        try:
            await self._audit.async_append(Kind.APPROVAL, row)
        except HomeAssistantError:
            _LOGGER.exception("The end of approval %s could not be written down", approval.id)

    def _save_soon(self) -> None:
        self._hass.async_create_task(self._async_save(), "hearth store approvals")

    async def _async_save(self) -> None:
        await self._store.async_save(
            {
                "open": [stored for approval in self._open.values() if (stored := approval.as_dict()) is not None],
                "declined": self.declined.as_dict(),
                "history": [[settled.asked.isoformat(), settled.wait_s] for settled in self.history],
            }
        )

    def _load(self, stored: dict[str, Any]) -> None:
        self.declined.load(stored.get("declined", {}))
        self._history = [Settled(datetime.fromisoformat(asked), wait) for asked, wait in stored.get("history", [])]
        loaded = [Approval.from_dict(one) for one in stored.get("open", [])]
        self._open = {approval.id: approval for approval in loaded}
