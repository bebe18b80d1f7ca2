"""Mark what was written outside the home, so that nobody takes it for an instruction."""

_OPEN, _CLOSE = "<outside>", "</outside>"
# What stands between the marks must not be able to write one itself.
_DISARMED = str.maketrans({"<": "\u2039", ">": "\u203a"})


def fence(text: str) -> str:
    """Return a text from outside between two marks that it can't contain."""
    return f"{_OPEN}\n{text.translate(_DISARMED)}\n{_CLOSE}"
