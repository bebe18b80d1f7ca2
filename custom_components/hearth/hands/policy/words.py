"""Give the policy's reasons in plain words."""

from ...speech import say


def because(language: str, reason: str, rule: str | None = None) -> str:
    """Return a sentence that says why something was decided so."""
    return say(language, f"because_{reason}", rule=rule or "")
