"""Tests of automations that are proposed and installed."""
