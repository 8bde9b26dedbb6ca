"""The stores in an office's DynamoDB table: bookings, claims, days, the door, drafts, dialogues, what was sent."""
