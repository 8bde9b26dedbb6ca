"""What an applicant's message leads to: the answer, the next question, or a request for the day's writer."""
