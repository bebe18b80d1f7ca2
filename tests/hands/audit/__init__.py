"""Tests of hands/audit."""
