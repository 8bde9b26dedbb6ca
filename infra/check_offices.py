"""`python -m infra.check_offices`: says what is wrong in `offices/*.toml`, or how many seats each office has."""

import argparse
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from antrian.adapters.office_file import OfficeFileError, load_offices
from antrian.adapters.text_overrides import check_all_text_overrides

OFFICES = Path(__file__).resolve().parent.parent / "offices"


def main() -> int:
    """Check every office file; return 0 when all are right, 1 when one is not."""
    argparse.ArgumentParser(prog="python -m infra.check_offices", description=__doc__).parse_args()
    try:
        offices = load_offices(OFFICES)
        check_all_text_overrides(offices)
    except OfficeFileError as error:
        print(f"antrian: {error}", file=sys.stderr)
        return 1
    for office in offices.values():
        today = office.local(datetime.now(UTC)).date()
        days = [office.slots(today + timedelta(days=ahead)) for ahead in range(7)]
        seats = [sum(slot.capacity for slot in slots) for slots in days if slots]
        print(f"{office.id}: {office.name}, {len(seats)} days a week, {max(seats, default=0)} seats a day at most")
    return 0


if __name__ == "__main__":
    sys.exit(main())
