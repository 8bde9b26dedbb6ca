"""Runs on a schedule. Though it may run twice or late or die halfway, nothing is done too early, twice or never."""

from typing import Any

from antrian.adapters.telemetry import Telemetry
from antrian.domain.outcomes import ExpiryOutcome
from antrian.runtime import runtime
from expiry.dependencies import work

telemetry = Telemetry("expiry", lambda: runtime().office_id)


@telemetry.instrument
def handler(_event: dict[str, Any], _context: object) -> dict[str, int]:
    """Do once what there is to do, and return how many bookings were called off, found void, or reminded."""
    done: dict[str, int] = {}
    faults: list[Exception] = []
    for outcome, do in work().items():
        try:
            done[outcome] = do()
        # Logged and counted as our own fault, then raised for Lambda when the others have had their turn.
        except Exception as fault:  # noqa: BLE001 - see above
            telemetry.fault(ExpiryOutcome.FAULT, "not finished", {"work": outcome})
            faults.append(fault)
        else:
            telemetry.record(outcome, times=done[outcome])
    if faults:
        raise faults[0]
    return done
