"""Compare policies, routes and scenarios, replication by replication."""
