"""Tests of published claims."""
