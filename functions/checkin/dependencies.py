"""What this function finds around it: one for the API and the page, so that the offices are read once."""

import os
from functools import cache

from antrian.runtime import Runtime


@cache
def runtime() -> Runtime:
    """Return the function's collaborators."""
    return Runtime(os.environ)
