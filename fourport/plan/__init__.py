"""A scenario compiled into flat tables."""
