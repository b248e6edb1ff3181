"""Policies, routes and scenarios held against each other, replication by replication."""
