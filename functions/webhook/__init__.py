"""The function `webhook`: proves that a request comes from Meta, and receives every message and receipt in it."""
