"""Tests of the customs levers."""
