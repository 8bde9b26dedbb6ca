"""Registers an applicant for a day, by the office's rules and by the bookings that stand already."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from antrian.domain import answers, codes
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import APPROVAL_MAY_WAIT, Booking, Lapse, State
from antrian.domain.changes import Retirement, SeatAction, SeatRequest
from antrian.domain.claims import Claim, ClaimKey, ClaimKind
from antrian.domain.decision import Decision, Outcome
from antrian.domain.message import Photo
from antrian.domain.office import Office
from antrian.domain.ports import Bookings, Clock, Days
from antrian.domain.refusals import BookingExists, ClaimsHeld, Decided, StaleRead
from antrian.domain.request import OLDEST_AGE, Registration, normalised_name, shown_date
from antrian.domain.submission import Submission
from antrian.usecases.bookings.identity import Identity
from antrian.usecases.retry import retry
from antrian.usecases.seats.availability import Availability


@dataclass(frozen=True, slots=True, kw_only=True)
class Registering:
    """Registrations at one office. `key` is the secret from which codes are derived."""

    office: Office
    key: bytes
    bookings: Bookings
    days: Days
    identity: Identity
    clock: Clock

    def register(
        self,
        submission: Submission,
        registration: Registration,
        photo: Photo | None = None,
        *,
        begun_at: datetime | None = None,
    ) -> Outcome | Decision:
        """Make a pending booking and return the decision that was recorded with it, or return why there is none.

        The decision is the echo or, where the office asks for no approval, the request for the seat. Where the office
        gives the day, it is the earliest one with a seat. A registration that was begun within the registration hours
        may be completed after them. The same submission makes the same booking. Raises Unsettled.
        """
        if refused := self._refused_dates(submission, registration, begun_at):
            self.identity.link(submission)
            return refused
        day = registration.service_date or self._given_day(submission)
        retired: dict[str, Retirement] = {}
        attempt = 0

        def register() -> Outcome | Decision:
            nonlocal attempt
            booking = self._pending(submission, registration, day, photo, attempt)
            try:
                result = self._try_to_register(submission, booking, retired)
            except Decided as before:
                return before.decision
            except BookingExists as taken:
                if taken.booking.message_id == submission.id:
                    # The registration came in two messages, and the other one has made the booking.
                    return self.next_step(submission, taken.booking)
                attempt += 1  # another booking has this code by chance, as `codes` tells
                raise StaleRead from taken
            except StaleRead:
                retired.clear()
                raise
            if result is None:
                raise StaleRead  # on purpose: the next try also writes the bookings that give way
            return result

        return retry(register, f"the registration {submission.trace}")

    def _try_to_register(
        self, submission: Submission, booking: Booking, retired: dict[str, Retirement]
    ) -> Answer | Decision | None:
        """Return the decision recorded with the booking, or the answer that refuses it.

        Return None after adding to `retired` the bookings that must give way first. Raises Decided, BookingExists,
        StaleRead.
        """
        full = not self._availability.has_seat(booking.service_date, self.clock.now(), submission.by)
        try:
            if not full:
                next_step = self.next_step(submission, booking)
                decision = Decision(submission.answered_as, submission.at, next_step)
                self.bookings.register(booking, retired.values(), decision)
                return decision
            held = self._claims_against(submission, booking)
        except ClaimsHeld as refused:
            held = refused.claims
        # The booking in the way may know only one of the sender's ids. (One that was just made has them all.)
        self.identity.link(submission)
        # People hear of a booking that stands before they hear of a full day: it may be one of those that fill it.
        verdict = self._verdict_on(held, submission, booking)
        if isinstance(verdict, Answer):
            return verdict
        if full:
            return self._about(replace(booking, state=State.LAPSED, lapse=Lapse.DAY_FULL))
        retired |= verdict
        return None

    def _claims_against(self, submission: Submission, booking: Booking) -> Collection[Claim]:
        """Return the claims that stand against a booking. On a full day no write is tried that would find them.

        Raises BookingExists if the booking itself has them.
        """
        held = [claim for claim in self.bookings.held_by(booking.claims) if claim.until > submission.at]
        if booking.code in {claim.booking_code for claim in held} and (made := self.bookings.get(booking.code)):
            raise BookingExists(made)
        return held

    def next_step(self, submission: Submission, booking: Booking) -> Outcome:
        """Return the echo of a booking that needs approval, the request for its seat, or the answer about its state."""
        if self.office.registration.approval or booking.state is not State.PENDING:
            return self._about(booking)
        return SeatRequest.of(SeatAction.SEAT, booking, submission)

    def refused(self, submission: Submission, registration: Registration | None) -> Answer | None:
        """Return why it is of no use to go on with a registration, as far as we can tell; None where it may be of use.

        `registration` is None where only its photo is there.
        """
        if registration is not None and (refused := self._refused_dates(submission, registration)):
            return refused
        if registration is None and (refused := self._refused_by_hours(submission)):
            return refused
        if not self.office.registration.gives_the_day:
            return None
        if self._day_with_a_seat(submission) is None:
            return answers.no_seats(self.office, submission.at)
        return None

    def _given_day(self, submission: Submission) -> date:
        """Return the day that the office gives: the earliest with a seat, or the first where all are full."""
        return self._day_with_a_seat(submission) or self.office.bookable_days(submission.at)[0]

    def _day_with_a_seat(self, submission: Submission) -> date | None:
        days = self.office.bookable_days(submission.at)
        return self._availability.first_of(days, self.clock.now(), submission.by)

    def _refused_by_hours(self, submission: Submission, begun_at: datetime | None = None) -> Answer | None:
        office = self.office
        if office.accepts_registrations(submission.at) or (begun_at and office.accepts_registrations(begun_at)):
            return None
        return answers.outside_hours(office)

    def _refused_dates(
        self, submission: Submission, registration: Registration, begun_at: datetime | None = None
    ) -> Answer | None:
        """Return why these dates are impossible, as of when the submission was sent; None when they are possible."""
        if registration.service_date is not None:
            refused = self.refused_day(submission, registration.service_date, begun_at)
        elif not (refused := self._refused_by_hours(submission, begun_at)):
            refused = None if self.office.bookable_days(submission.at) else Answer(Kind.NO_DAY_OPEN)
        today = self.office.local(submission.at).date()
        born = today - OLDEST_AGE <= registration.birth_date <= today
        if born or (refused is not None and refused.kind is Kind.OUTSIDE_HOURS):
            return refused
        days = answers.open_days(self.office, submission.at)
        return Answer(Kind.BIRTH_DATE_IMPOSSIBLE, {**days, "written": shown_date(registration.birth_date)})

    def refused_day(
        self, submission: Submission, service_date: date, begun_at: datetime | None = None
    ) -> Answer | None:
        """Return why nobody can book a day, as of when the submission was sent; None when one can."""
        office, sent_at = self.office, submission.at
        today = office.local(sent_at).date()
        fields = {"service_date": service_date.isoformat(), **answers.open_days(office, sent_at)}
        if refused := self._refused_by_hours(submission, begun_at):
            return refused
        if service_date < today:
            return Answer(Kind.SERVICE_DATE_PAST, fields)
        if closure := office.closure(service_date):
            return answers.closed(office, service_date, closure, sent_at)
        if service_date < today + timedelta(days=office.registration.first_day):
            return Answer(Kind.SERVICE_DATE_TOO_SOON, fields)
        if service_date > office.last_bookable_day(sent_at):
            return Answer(Kind.BEYOND_HORIZON, fields)
        if sent_at > office.last_call(service_date):
            return Answer(Kind.SERVICE_DATE_TOO_SOON, fields)
        return None

    def _pending(
        self, submission: Submission, registration: Registration, day: date, photo: Photo | None, attempt: int
    ) -> Booking:
        claims = list(submission.by.identities)
        if self.office.registration.one_code_per_person:
            person = codes.person_key(self.key, normalised_name(registration.name), registration.birth_date.isoformat())
            claims.append(ClaimKey.of(ClaimKind.PERSON, person))
        return Booking(
            code=codes.booking_code(self.key, self.office.code_prefix, submission.id, attempt),
            state=State.PENDING,
            approval_code=codes.approval_code(self.key, submission.id),
            message_id=submission.id,
            sender=submission.by,
            name=registration.name,
            birth_date=registration.birth_date,
            service_date=day,
            sent_at=submission.at,
            approve_by=self._approve_by(submission, day),
            claims=tuple(claims),
            claims_until=self.office.end_of(day),
            address=registration.address,
            photo=photo,
        )

    def _approve_by(self, submission: Submission, day: date) -> datetime:
        last_call = self.office.last_call(day)
        if not self.office.registration.approval:
            return last_call  # nobody is asked to hurry: the seat is on its way
        # Counted from when they can read the echo, not from when they sent the message, which may have taken hours.
        readable_from = max(submission.at, self.clock.now().replace(microsecond=0))
        return min(readable_from + timedelta(minutes=self.office.registration.approval_minutes), last_call)

    def _verdict_on(
        self, claims: Collection[Claim], submission: Submission, booking: Booking
    ) -> Answer | dict[str, Retirement]:
        """Return the answer that the holders of these claims call for, or how to retire them."""
        codes = {claim.booking_code for claim in claims}
        holders = self.bookings.get_all(codes).values()
        if len(holders) < len(codes):
            # A claim without a booking: the number or user id was given up after this was sent, and nobody there could
            # use a booking.
            return answers.help_(self.office, submission.at)
        retired: dict[str, Retirement] = {}
        # The sender's own booking first: they can do something about that one.
        for own, holder in sorted(
            ((self._belongs_to_sender(holder, claims, submission), holder) for holder in holders),
            key=lambda pair: (not pair[0], pair[1].code),
        ):
            if own and holder.sent_at > submission.at:
                return Answer(Kind.SUPERSEDED, answers.details(holder))
            match holder.state:
                case State.PENDING if own and self._is_the_same_again(booking, holder):
                    # Somebody is impatient. Three echoes with one code confuse them less than three with three.
                    return self._about(holder)
                case State.PENDING if own:
                    retired[holder.code] = Retirement(holder)
                case State.PENDING if submission.at > holder.approve_by + APPROVAL_MAY_WAIT:
                    retired[holder.code] = Retirement(holder, Lapse.TOO_LATE)
                case State.PENDING:
                    free_at = holder.approve_by + APPROVAL_MAY_WAIT
                    return Answer(Kind.PERSON_PENDING, {"free_at": free_at.isoformat()})
                case State.CONFIRMED if holder.seat and holder.seat.void_after < submission.at:
                    # It is void, and the sweep, which will tell its holder, has not run yet.
                    self.bookings.expire(holder, submission.at)
                case State.CONFIRMED | State.CHECKED_IN if own:
                    return answers.in_the_way(holder)
                case State.CONFIRMED | State.CHECKED_IN:
                    return Answer(Kind.PERSON_BOOKED, {"service_date": holder.service_date.isoformat()})
                case _ if own:
                    # It ended after this message was sent, and so overtook whatever the message asked for.
                    return Answer(Kind.SUPERSEDED, answers.details(holder))
                case _:
                    ended = max(claim.until for claim in claims if claim.booking_code == holder.code)
                    return Answer(Kind.PERSON_PENDING, {"free_at": ended.isoformat()})
        return retired

    def _belongs_to_sender(self, holder: Booking, claims: Collection[Claim], submission: Submission) -> bool:
        """Tell whether a booking is the sender's: by one of these claims, or by its own sender."""
        own_claims = [claim for claim in claims if claim.key in submission.by.identities]
        own = any(claim.booking_code == holder.code for claim in own_claims)
        return own or holder.sender.is_same_person_as(submission.by)

    def _is_the_same_again(self, booking: Booking, holder: Booking) -> bool:
        same_person = (booking.name, booking.birth_date) == (holder.name, holder.birth_date)
        same_day = booking.service_date == holder.service_date
        return self.office.registration.approval and same_person and same_day and booking.sent_at <= holder.approve_by

    def _about(self, booking: Booking) -> Answer:
        return answers.about(booking, self.office, self.clock.now(), self._availability.next_day_for)

    @property
    def _availability(self) -> Availability:
        return Availability(office=self.office, key=self.key, days=self.days)
