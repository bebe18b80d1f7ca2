"""Say what a mind must know of the engine without asking it."""

from typing import Protocol

from ..engine import EngineError, RoleInfo


class EngineStatus(Protocol):
    """What is known of the engine; `failure` is why it can't be used, None when it can."""

    failure: EngineError | None

    def role_info(self, role: str) -> RoleInfo | None:
        """Return how a role's model fares, None when nobody knows."""
        ...
