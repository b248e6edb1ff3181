"""Tests of fourport."""
