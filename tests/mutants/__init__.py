"""Damaged inputs by the thousand: each gives a result or a clear error, in bounded time and memory."""
