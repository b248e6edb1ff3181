"""Attribute the effect of a policy package to its levers and to inputs without a source."""
