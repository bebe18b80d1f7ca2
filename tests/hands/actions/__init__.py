"""Tests of hands/actions."""
