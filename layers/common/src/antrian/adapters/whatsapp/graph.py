"""Where Meta's Graph API is, and which version of it we speak."""

from typing import Final

GRAPH_URL: Final = "https://graph.facebook.com"
GRAPH_VERSION: Final = "v26.0"
"""The version for an office whose secret names no other."""
