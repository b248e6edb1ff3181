"""Replications, intervals, summaries."""
