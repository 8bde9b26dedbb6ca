"""Settings that exist only on one machine with an emulated AWS: a moved clock, a simulated WhatsApp.

The stack sets none of them, as a test shows. If somebody sets one on a real function by hand, the function refuses to
start: only where no booking is real may it be moved in time, or send elsewhere than to WhatsApp.
"""

import re
from collections.abc import Mapping

CLOCK_FILE = "ANTRIAN_CLOCK_FILE"
SIMULATOR_URL = "ANTRIAN_SIMULATOR_URL"

# The whole URL, because parsers disagree on where a strange one leads.
_LOOPBACK = re.compile(r"https?://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?/?", re.IGNORECASE)


def local_setting(environ: Mapping[str, str], name: str) -> str | None:
    """Return a setting of the local system, None when it is not set.

    Raises ValueError when it is set although AWS is not an emulator on this machine.
    """
    value = environ.get(name)
    if value is not None and emulator_url(environ) is None:
        endpoint = environ.get("AWS_ENDPOINT_URL", "")
        raise ValueError(
            f"{name} is set, but AWS_ENDPOINT_URL is {endpoint!r} and not an emulator on this machine; "
            f"a real office runs on real time and real WhatsApp: remove {name}"
        )
    return value


def emulator_url(environ: Mapping[str, str]) -> str | None:
    """Return where AWS is emulated on this machine, without a slash at the end; None where AWS is not an emulator."""
    # Each of the variables that send an SDK elsewhere counts, not only the general one.
    endpoints = {key: value for key, value in environ.items() if key.startswith("AWS_ENDPOINT_URL")}
    ignored = environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true"
    if ignored or "AWS_ENDPOINT_URL" not in endpoints or not all(map(_LOOPBACK.fullmatch, endpoints.values())):
        return None
    return endpoints["AWS_ENDPOINT_URL"].removesuffix("/")
