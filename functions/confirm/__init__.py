"""Seats the applicants of each service date, in the order of approval."""
