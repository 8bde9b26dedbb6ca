"""What becomes of one applicant's booking, by whatever way it was asked for."""
