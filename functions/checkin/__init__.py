"""Decides at the door, once, whether a code lets its holder in."""
