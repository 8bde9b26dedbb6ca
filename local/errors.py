"""The error that a user of the local system may cause or meet; it is shown without a traceback."""


class LocalSystemError(Exception):
    """An error whose message says what is wrong and what to do."""
