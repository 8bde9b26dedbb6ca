"""Registering, approving, cancelling and moving one applicant's booking, whatever way they asked for it."""
