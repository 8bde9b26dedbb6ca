"""The office's DynamoDB table: bookings, claims, slots, and the record of what was sent."""
