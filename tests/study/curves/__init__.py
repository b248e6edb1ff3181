"""Tests of curves, break-evens, route-choice maps and claims."""
