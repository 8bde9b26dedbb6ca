"""Nobody needs WhatsApp to be registered and seated: whatever submits, the rules are the same."""

from dataclasses import dataclass
from datetime import date

from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import State
from antrian.domain.changes import SeatRequest
from antrian.domain.decision import Decision
from antrian.domain.message import Sender
from antrian.domain.request import Approval, Registration
from antrian.domain.submission import Submission
from antrian.usecases.bookings.approving import Approving
from antrian.usecases.bookings.identity import Identity
from antrian.usecases.bookings.registering import Registering
from tests.builders import BUDI, KEY, MONDAY, SITI, office
from tests.unit.usecases.world import A_SECOND, World, registration

SITI_AMINAH = Registration("Siti Aminah", date(1990, 5, 17), MONDAY)


@dataclass(frozen=True, slots=True)
class Visitor(Sender):
    """Somebody at a desk, who has neither a phone number nor an account."""

    def __post_init__(self) -> None:
        pass


def registering(world: World) -> Registering:
    return Registering(
        office=world.office,
        key=KEY,
        bookings=world.bookings,
        days=world.days,
        identity=Identity(bookings=world.bookings),
        clock=world.clock,
    )


def approving(world: World) -> Approving:
    return Approving(
        office=world.office,
        key=KEY,
        bookings=world.bookings,
        days=world.days,
        clock=world.clock,
    )


def submitted(world: World, id_: str, by: Sender) -> Submission:
    """Return what is submitted a second after what was submitted before."""
    world.at(world.clock.moment + A_SECOND)
    return Submission(id_, by, world.clock.moment)


def decided(result: Answer | SeatRequest | Decision) -> Answer | SeatRequest:
    """Return what a registration came to that was decided with its booking."""
    assert isinstance(result, Decision)
    return result.outcome


def settle(world: World, asked: Answer | SeatRequest | Registration | None) -> Answer:
    """Let the writer of the day do what is asked, and return what it answers."""
    assert isinstance(asked, SeatRequest)
    world.seating.settle(asked.service_date, [asked])
    return world.outbox.answers[asked.message_id].answer


def test_a_form_registers_and_approves_without_any_message() -> None:
    world = World()
    echo = decided(registering(world).register(submitted(world, "form-1", SITI), SITI_AMINAH))
    assert isinstance(echo, Answer)
    assert echo.kind is Kind.ECHO
    own = Identity(bookings=world.bookings).bookings_of(submitted(world, "form-2", SITI))
    asked = approving(world).approve(submitted(world, "form-3", SITI), Approval(None), own)
    assert settle(world, asked).kind is Kind.TICKET
    assert world.booking(echo).state is State.CONFIRMED


def test_somebody_with_neither_number_nor_account_is_seated_and_has_one_code_too() -> None:
    world = World(office(approval=False))
    ticket = settle(world, decided(registering(world).register(submitted(world, "desk-1", Visitor()), SITI_AMINAH)))
    assert ticket.kind is Kind.TICKET
    assert [claim.partition("#")[0] for claim in world.booking(ticket).claims] == ["PERSON"]
    again = registering(world).register(submitted(world, "desk-2", Visitor()), SITI_AMINAH)
    assert isinstance(again, Answer)
    assert again.kind is Kind.PERSON_BOOKED
    by_whatsapp = registration("Siti Aminah", born=SITI_AMINAH.birth_date)
    assert world.say(by_whatsapp, BUDI).kind is Kind.PERSON_BOOKED
