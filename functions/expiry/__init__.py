"""Voids, every minute, what was not used in time."""
