"""Tests of the way back."""
