"""The rules of the queue: standard library only, no I/O, no clock of its own."""
