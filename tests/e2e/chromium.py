"""The Chromium of this machine, for tests that look at a page as people do."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, ViewportSize

SCREENSHOTS = Path(__file__).parents[2] / ".local" / "screenshots"
PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}

_PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(
    _PROGRAM is None, reason="no Chromium on this machine: apt-get install chromium (or your system's way to it)"
)


def launch(playwright: Playwright, *flags: str) -> Browser:
    """Start Chromium, which the caller closes."""
    # Chromium's sandbox does not start for root, as which containers run their tests.
    return playwright.chromium.launch(executable_path=_PROGRAM, args=["--no-sandbox", *flags])
