"""Tests of the exact cases."""
