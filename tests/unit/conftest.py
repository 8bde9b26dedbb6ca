"""Hypothesis looks at the clock on the wall, and other parts of `make test` use the processors at the same time."""

from hypothesis import settings

settings.register_profile("beside other parts", settings(), deadline=None)
settings.load_profile("beside other parts")
