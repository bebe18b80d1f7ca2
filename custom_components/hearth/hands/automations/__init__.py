"""Propose automations, and install them once somebody has agreed."""

from .install import INSTALL, REMOVE, async_install, async_installed, async_remove
from .noted import Change, async_changed, proposed
from .proposal import AutomationPlan, async_later, install_effect
from .sentence import async_routine
from .tools import ProposeAutomationTool, RemoveAutomationTool

__all__ = [
    "INSTALL",
    "REMOVE",
    "AutomationPlan",
    "Change",
    "ProposeAutomationTool",
    "RemoveAutomationTool",
    "async_changed",
    "async_install",
    "async_installed",
    "async_later",
    "async_remove",
    "async_routine",
    "install_effect",
    "proposed",
]
