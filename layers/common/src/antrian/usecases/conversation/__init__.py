"""What an applicant's message leads to: an answer, the next question, or a request to the day's writer."""
