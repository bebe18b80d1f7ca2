"""Say how much of a model's context tools may take."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

_UNKNOWN_CONTEXT: Final = 8_192


class ToolsShown(StrEnum):
    """Which tools stand in an agent's prompt: as many as fit a share of the model's context, or all."""

    AUTO = "auto"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class ToolBudget:
    """How many tokens tools may take.

    `prompt` is for those that stand in the prompt, None for as many as there are; `found` for what a search for others
    tells of them; `result` for what one call of a stranger's tool returns.
    """

    prompt: int | None = None
    found: int = 800
    result: int = 1_000

    @classmethod
    def of(cls, context_length: int | None, shown: ToolsShown = ToolsShown.AUTO) -> Self:
        """Share out what a model of this context can spare."""
        length = context_length or _UNKNOWN_CONTEXT
        prompt = None if shown is ToolsShown.ALL else min(4_000, length // 5)
        return cls(prompt, found=min(1_200, length // 10), result=min(2_000, length // 8))
