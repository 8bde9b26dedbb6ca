"""What a user of the local system can cause or meet; shown as one message without a traceback."""


class LocalSystemError(Exception):
    """Stop with a message that says what is wrong and what to do."""
