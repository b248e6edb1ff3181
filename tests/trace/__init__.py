"""Tests of this room of the package."""
