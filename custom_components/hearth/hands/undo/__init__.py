"""Bring back how things were before something was done."""

from .snapshot import Snapshot, async_take
from .tool import UndoTool
from .undo import Undo, UndoPlan, Who

__all__ = ["Snapshot", "Undo", "UndoPlan", "UndoTool", "Who", "async_take"]
