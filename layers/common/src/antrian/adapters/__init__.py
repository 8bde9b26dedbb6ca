"""The outside: DynamoDB, SQS, WhatsApp, secrets, the clock."""
