"""The dependencies of the API and the page, each made when it is first asked for."""

from functools import cache

from antrian.runtime import runtime
from antrian.usecases.door.admission import Admission
from antrian.usecases.door.attendance import Attendance


@cache
def admission() -> Admission:
    """Return the use case that decides at the door."""
    return Admission(
        office=runtime().office,
        office_names={office.code_prefix: office.name for office in runtime().offices.values()},
        bookings=runtime().bookings,
        door=runtime().door,
        key=runtime().signing_key,
    )


@cache
def attendance() -> Attendance:
    """Return the use case that lists who is expected on a day."""
    return Attendance(bookings=runtime().bookings, days=runtime().days)
