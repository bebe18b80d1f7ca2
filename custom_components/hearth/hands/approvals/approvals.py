"""Keep what waits for a person's yes."""

from collections.abc import Callable
from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from ..call import Call, Scope
from ..effects import Resolution
from ..policy import Decision
from .approval import Approval

LIFETIME = timedelta(minutes=2)


class Approvals:
    """The open questions, by conversation.

    A question is answerable in the very next turn of its conversation only, by whoever was asked: later a "yes" may
    well belong to another question.
    """

    def __init__(self, now: Callable[[], datetime] = dt_util.utcnow) -> None:
        """Start with no open question; `now` is for tests."""
        self._now = now
        self._open: dict[str, list[Approval]] = {}

    def ask(self, scope: Scope, call: Call, resolution: Resolution, decision: Decision, audit_id: int) -> Approval:
        """Open a question about a resolved call, and forget those that nobody came back to."""
        self._open = {
            conversation_id: waiting
            for conversation_id, waiting in self._open.items()
            if any(self.in_time(approval) for approval in waiting)
        }
        approval = Approval(
            id=ulid_now(),
            call=call,
            resolution=resolution,
            decision=decision,
            user_id=scope.user_id,
            device_id=scope.device_id,
            expires=self._now() + LIFETIME,
            audit_id=audit_id,
        )
        self._open.setdefault(scope.conversation_id, []).append(approval)
        return approval

    def take(self, scope: Scope) -> list[Approval]:
        """Close and return the questions that this turn may answer, each once, also those that came too late."""
        waiting = self._open.get(scope.conversation_id, [])
        mine = [
            approval
            for approval in waiting
            if (approval.user_id, approval.device_id) == (scope.user_id, scope.device_id)
        ]
        if not mine:
            return []
        del self._open[scope.conversation_id]
        return mine

    def in_time(self, approval: Approval) -> bool:
        """Tell whether a yes to a question still counts."""
        return self._now() < approval.expires

    def clear(self) -> int:
        """Close every question unanswered and return how many there were."""
        count = sum(map(len, self._open.values()))
        self._open.clear()
        return count
