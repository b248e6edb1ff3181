"""Tests of curves, break-evens and route-choice maps."""
