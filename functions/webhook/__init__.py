"""Proves that a request comes from Meta, and receives every message in it."""
