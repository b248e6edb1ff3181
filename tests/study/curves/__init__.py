"""Tests of curves, break-evens, frontiers and claims."""
