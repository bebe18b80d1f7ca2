"""Tests of hands/policy."""
