"""Tests of hands/approvals."""
