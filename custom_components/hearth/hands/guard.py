"""Let calls through, ask about them or refuse them: the one place through which anything acts."""

import asyncio
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import partial
import logging
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
import probatio

from ..const import DOMAIN
from .approvals import Approval, Approvals, digest_of
from .audit import Audit, Kind, rows
from .automations import Change, async_changed, proposed
from .call import CALL_SECONDS, Call, CallRecord, Outcome, Scope
from .effects import READS_ONLY, Resolution, Risk
from .failures import quotes_others, words_of
from .halt import Halt
from .judge import Judge
from .limits import Limits, only_stops
from .locks import EntityBusyError, EntityLocks
from .policy import Consent, Decision, Reason, Verdict
from .reads import tells_of_strangers
from .secrets import Secrets, revealing
from .undo import async_take
from .updates import SECONDS, backup_call, installs, tell_late
from .verify import Progress, async_verify, provable

_LOGGER = logging.getLogger(__name__)

# Whether what happens here comes of a call: it must not be taken for a person's answer.
ACTING: ContextVar[bool] = ContextVar("hearth_acting", default=False)


@dataclass(frozen=True, slots=True)
class _Case:
    """A call that was judged: who makes it, what it would do, what was decided, and the yes that it has."""

    scope: Scope
    call: Call
    resolution: Resolution
    decision: Decision
    approval: Approval | None = None


@dataclass(slots=True)
class Guard:
    """Resolve, decide, ask, act, verify and record, in this order, for every call of every tool."""

    hass: HomeAssistant
    audit: Audit
    approvals: Approvals
    halt: Halt
    judge: Judge
    limits: Limits = field(default_factory=Limits)
    locks: EntityLocks = field(default_factory=EntityLocks)
    secrets: Secrets = field(default_factory=Secrets)

    async def async_call(self, scope: Scope, call: Call, found: Resolution | None = None) -> CallRecord:
        """Take a call through the guard; what happened is in the record, which `scope.calls` keeps too.

        `found` is what the call would do, for a caller that has found out this moment. Raises
        HomeAssistantError when the audit can't be written; then nothing was done.
        """
        with self.halt.watching(scope):
            resolution = await self._async_resolve(scope, call, found)
            if isinstance(resolution, CallRecord):
                return resolution
            case = _Case(scope, call, resolution, self.judge.decide(scope, call, resolution))
            if not self.limits.allow(scope, resolution):
                return await self._async_deny(case, Reason.TOO_OFTEN)
            return await self._async_go_on(case)

    async def _async_go_on(self, case: _Case) -> CallRecord:
        """Do what was decided."""
        match case.decision.verdict:
            case Verdict.ALLOW:
                return await (self._async_install(case) if installs(case.resolution) else self._async_act(case))
            case Verdict.ASK:
                return await self._async_ask(case)
            case Verdict.DENY:
                return await self._async_settle(case, Outcome.DENIED)

    async def async_refuse(
        self, scope: Scope, name: str, args: Mapping[str, Any], reason: Reason, error: str
    ) -> CallRecord:
        """Record a call that can't even be judged, such as one of a tool that does not exist."""
        case = _Case(scope, Call(name, args, _never, _never), READS_ONLY, Decision(Verdict.DENY, reason, None))
        return await self._async_settle(case, Outcome.FAILED, error)

    async def async_resume(self, scope: Scope, approval: Approval, call: Call, consent: Consent) -> CallRecord:
        """Run the call of an approval that was taken; one that would do something else by now is judged anew."""
        with self.halt.watching(scope):
            resolution = await self._async_resolve(scope, call)
            if isinstance(resolution, CallRecord):
                return resolution
            if digest_of(self.hass, call, resolution) != approval.digest:
                return await self.async_call(scope, call, resolution)
            decision = self.judge.decide(scope, call, resolution, consent)
            return await self._async_go_on(_Case(scope, call, resolution, decision, approval))

    async def async_drop(self, scope: Scope, approval: Approval, outcome: Outcome) -> CallRecord:
        """Record that an open question was declined or went unanswered."""
        case = _Case(scope, approval.as_call(), approval.resolution, approval.decision, approval)
        return await self._async_settle(case, outcome)

    async def _async_resolve(
        self, scope: Scope, call: Call, found: Resolution | None = None
    ) -> Resolution | CallRecord:
        """Find out what a call would do, or record that nobody can."""
        try:
            return await self.judge.async_resolve(scope, call, found)
        except (HomeAssistantError, probatio.Invalid, TimeoutError) as err:
            return await self.async_refuse(scope, call.name, call.args, Reason.BAD_ARGUMENTS, words_of(err))

    async def _async_ask(self, case: _Case) -> CallRecord:
        asked = (case.scope, case.call, case.resolution, case.decision)
        if (objection := await self.approvals.async_objection(*asked)) is not None:
            return await self._async_deny(case, objection)
        record = await self._async_settle(case, Outcome.ASKED)
        await self._async_note(case, record, proposed(case.resolution))
        record.ways = await self.approvals.async_ways(case.scope, case.decision)
        await self.approvals.async_ask(*asked, record.audit_id)
        return record

    async def _async_deny(self, case: _Case, reason: Reason) -> CallRecord:
        """Record a call that does not run for another reason than the policy's."""
        decision = replace(case.decision, verdict=Verdict.DENY, reason=reason)
        return await self._async_settle(replace(case, decision=decision), Outcome.DENIED)

    async def _async_install(self, case: _Case) -> CallRecord:
        """Act on what must not be broken off halfway; whoever waits hears before long that it has begun."""
        acting = self.hass.async_create_background_task(self._async_act_watched(case), "hearth install update")
        try:
            await asyncio.wait({acting}, timeout=CALL_SECONDS)
        finally:
            if not acting.done():
                acting.add_done_callback(partial(tell_late, self.hass))
        if acting.done():
            return acting.result()
        return self._record_of(case, Outcome.STARTED, case.approval.audit_id if case.approval else 0)

    async def _async_act_watched(self, case: _Case) -> CallRecord:
        with self.halt.watching(case.scope):
            return await self._async_act(case)

    async def _async_act(self, case: _Case) -> CallRecord:
        """Run a call while no other changes the same entities; what only stops something waits for nobody.

        Whoever had to be waited for may have changed what the call means: what it means now is then judged anew.
        """
        scope, call, found = case.scope, case.call, case.resolution
        try:
            async with self.locks.holding(() if only_stops(found) else found.entity_ids) as waited:
                now = await self._async_resolve(scope, call) if waited else found
                if isinstance(now, CallRecord):
                    return now
                if now is found or digest_of(self.hass, call, now) == digest_of(self.hass, call, found):
                    return await self._async_act_alone(replace(case, resolution=now))
        except EntityBusyError:
            return await self._async_deny(case, Reason.BUSY)
        return await self.async_call(scope, call, now)

    async def _async_act_alone(self, case: _Case) -> CallRecord:
        """Run a call, behind the backup that comes first."""
        if not case.resolution.first:
            return await self._async_run(case)
        is_saved = await self._async_save(case)
        case = replace(case, resolution=replace(case.resolution, first=()))
        return await (self._async_run(case) if is_saved else self._async_deny(case, Reason.NO_BACKUP))

    async def _async_save(self, case: _Case) -> bool:
        """Make the backup that comes first, in rows of its own, and tell whether it is there."""
        call, resolution = backup_call(self.hass, case.scope, case.resolution)
        record = await self._async_run(replace(case, call=call, resolution=resolution))
        return record.outcome is Outcome.DONE

    async def _async_run(self, case: _Case) -> CallRecord:
        scope, call, resolution = case.scope, case.call, case.resolution
        record = await self._async_record(case)
        record.before = self._states(resolution)
        snapshot = await async_take(self.hass, resolution)
        try:
            # Somebody may have said stop while this was decided, waited for and written down.
            if self.halt.forbids(scope, acts=case.decision.risk is not Risk.READ):
                await _never()
            with self.halt.acting(resolution.entity_ids), revealing(call.hidden):
                async with asyncio.timeout(SECONDS if installs(resolution) else call.seconds):
                    record.result = await _async_act_as_ours(call)
        except (HomeAssistantError, probatio.Invalid, TimeoutError) as err:
            record.outcome, record.error, record.quoted = Outcome.FAILED, words_of(err), quotes_others(err)
        except Exception as err:
            # The tool is someone else's code; its bug must neither end the turn nor go unrecorded.
            _LOGGER.exception("Tool %s failed", call.name)
            record.outcome, record.error = Outcome.FAILED, type(err).__name__
        else:
            await self._async_check(record, resolution)
        scope.tainted = scope.tainted or tells_of_strangers(self.hass, resolution)
        record.after = self._states(resolution)
        record.undo = await snapshot.async_complete(record)
        if resolution.effects or resolution.unknown or record.outcome is Outcome.FAILED:
            await self._async_conclude(case, record)
        return record

    async def _async_check(self, record: CallRecord, resolution: Resolution) -> None:
        """Set the outcome by what can be seen, not by what the tool says."""
        result = record.result
        if isinstance(result, llm.ToolResult) and result.error:
            record.outcome, record.error = Outcome.FAILED, str(result.data.get("error", ""))
            return
        seen = await async_verify(self.hass, provable(resolution))
        record.unchanged = tuple(entity for entity, one in seen.items() if one.progress is Progress.UNCHANGED)
        record.seen = {entity_id: seen[entity_id].value for entity_id in record.unchanged}
        if record.unchanged:
            record.outcome = Outcome.UNCHANGED
        elif any(one.progress is Progress.STARTED for one in seen.values()):
            record.outcome = Outcome.STARTED
        elif resolution.effects or resolution.unknown:
            record.outcome = Outcome.DONE

    async def _async_settle(self, case: _Case, outcome: Outcome, error: str | None = None) -> CallRecord:
        """Record a call that does not run now."""
        record = await self._async_record(case, outcome)
        record.error = error
        record.before = record.after = self._states(case.resolution)
        return record

    async def _async_record(self, case: _Case, outcome: Outcome = Outcome.ANSWERED) -> CallRecord:
        """Write the decision down before anything happens."""
        scope, call, resolution, decision = case.scope, case.call, case.resolution, case.decision
        asked = case.approval.audit_id if case.approval else None
        audit_id = await self.audit.async_append(
            Kind.CALL, rows.call(scope, call, resolution, decision, outcome, approved_from=asked)
        )
        record = self._record_of(case, outcome, audit_id)
        scope.calls.append(record)
        return record

    def _record_of(self, case: _Case, outcome: Outcome, audit_id: int) -> CallRecord:
        scope, call, resolution, decision = case.scope, case.call, case.resolution, case.decision
        return CallRecord(
            call.name,
            self.secrets.masked(call.args),
            resolution,
            decision.verdict.value,
            decision.reason.value,
            outcome,
            audit_id,
            rows.is_private(scope, resolution),
            rule=decision.rule,
        )

    async def _async_conclude(self, case: _Case, record: CallRecord) -> None:
        """Write down what came of a call that ran; it did happen, so a full disk must not hide it from the user."""
        try:
            await self.audit.async_append(Kind.OUTCOME, rows.outcome(record))
            if record.outcome is not Outcome.FAILED:
                await self._async_note(case, record, await async_changed(self.hass, case.resolution))
        except HomeAssistantError:
            _LOGGER.exception("The outcome of audit row %d could not be written", record.audit_id)

    async def _async_note(self, case: _Case, record: CallRecord, changes: Sequence[Change]) -> None:
        """Write down which automations come and go."""
        for change in changes:
            row = rows.automation(
                change.step,
                change.id,
                alias=None if record.private else change.alias,
                user_id=case.scope.user_id,
                risk=rows.risk_of(case.decision),
                call_id=record.audit_id,
            )
            await self.audit.async_append(Kind.AUTOMATION, row)

    def _states(self, resolution: Resolution) -> dict[str, str | None]:
        states = ((entity_id, self.hass.states.get(entity_id)) for entity_id in resolution.entity_ids)
        return {entity_id: state.state if state else None for entity_id, state in states}


async def _async_act_as_ours(call: Call) -> Any:
    """Run a call so that everything that comes of it can be told from what a person does."""
    token = ACTING.set(True)
    try:
        return await call.run()
    finally:
        ACTING.reset(token)


async def _never() -> Any:
    raise HomeAssistantError(translation_domain=DOMAIN, translation_key="stopped")
