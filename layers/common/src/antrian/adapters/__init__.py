"""The adapters to the outside: DynamoDB, SQS, S3, KMS, WhatsApp, the office files, the texts, the clock."""
