"""Hearth engine."""
