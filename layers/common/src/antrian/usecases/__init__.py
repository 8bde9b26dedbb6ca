"""What the functions do: one module a job, with its I/O passed in."""
