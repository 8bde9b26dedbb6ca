"""Rows of the write table in docs/data-model.md about drafts of registrations, later days, and photos.

On the table and on the fake of the unit tests alike, so that the fake cannot be kinder than DynamoDB.
"""

from dataclasses import replace
from datetime import date, timedelta

import boto3
import pytest

from antrian.adapters.table.drafts import TableDrafts
from antrian.adapters.table.table import Table
from antrian.domain.booking import Booking, Lapse, Move, State
from antrian.domain.changes import Cancel, Confirm, LetLapse, Postpone
from antrian.domain.claims import ClaimKey
from antrian.domain.draft import Draft, SentPhoto, SentWords
from antrian.domain.message import Photo, Sender
from antrian.domain.ports import Drafts
from antrian.domain.refusals import StaleRead
from antrian.domain.request import Registration
from antrian.domain.seats import seat
from tests.builders import BUDI, MONDAY, SITI, TUESDAY, booking, office
from tests.fakes import FakeDrafts
from tests.integration.conftest import TABLE
from tests.integration.store import LATER, SENT, Store

KTP = Photo("1001", "image/jpeg")
ASKED = Registration("Budi Santoso", date(1987, 1, 25), None, "Jl. Merdeka No. 10")
WORDS = SentWords(ASKED, "wamid.words", SENT)
PHOTO = SentPhoto(KTP, "wamid.photo", SENT + timedelta(minutes=1))
A_SECOND = timedelta(seconds=1)


def to_tuesday(pending: Booking) -> Postpone:
    return Postpone(pending, TUESDAY, office().last_call(TUESDAY), office().end_of(TUESDAY))


# Drafts


@pytest.fixture(params=["table", "fake"])
def drafts(request: pytest.FixtureRequest) -> Drafts:
    """Provide the drafts: first DynamoDB's table, then the fake of the unit tests."""
    if request.param == "fake":
        return FakeDrafts()
    return TableDrafts(request.getfixturevalue("table"))


def test_the_second_part_finds_the_first(drafts: Drafts) -> None:
    assert drafts.keep(BUDI, Draft(WORDS)) == Draft(WORDS)
    assert drafts.keep(BUDI, Draft(photo=PHOTO)) == Draft(WORDS, PHOTO)
    assert drafts.keep(SITI, Draft(photo=PHOTO)) == Draft(photo=PHOTO)


def test_the_order_does_not_matter(drafts: Drafts) -> None:
    assert drafts.keep(BUDI, Draft(photo=PHOTO)) == Draft(photo=PHOTO)
    assert drafts.keep(BUDI, Draft(WORDS)) == Draft(WORDS, PHOTO)


def test_words_and_photo_may_come_at_once(drafts: Drafts) -> None:
    photo = replace(PHOTO, message_id="wamid.words", sent_at=SENT)
    assert drafts.keep(BUDI, Draft(WORDS, photo)) == Draft(WORDS, photo)
    assert drafts.keep(BUDI, Draft(WORDS)) == Draft(WORDS, photo)


def test_a_part_that_comes_again_changes_nothing(drafts: Drafts) -> None:
    drafts.keep(BUDI, Draft(WORDS))
    drafts.keep(BUDI, Draft(photo=PHOTO))
    for again in (Draft(WORDS), Draft(photo=PHOTO)):
        assert drafts.keep(BUDI, again) == Draft(WORDS, PHOTO)


def test_a_later_part_takes_the_place_of_an_earlier_one_and_never_the_other_way_round(drafts: Drafts) -> None:
    later = SentWords(replace(ASKED, name="Siti", service_date=MONDAY, address=None), "wamid.later", SENT + A_SECOND)
    drafts.keep(BUDI, Draft(WORDS))
    drafts.keep(BUDI, Draft(later))
    # What comes late is not stored: what is stored counts.
    assert drafts.keep(BUDI, Draft(WORDS)) == Draft(later)
    assert drafts.keep(BUDI, Draft(photo=PHOTO)) == Draft(later, PHOTO)


def test_a_photo_takes_the_place_of_an_earlier_one_alone_too(drafts: Drafts) -> None:
    later = SentPhoto(Photo("1002", "image/png"), "wamid.later", PHOTO.sent_at + A_SECOND)
    drafts.keep(BUDI, Draft(photo=PHOTO))
    drafts.keep(BUDI, Draft(photo=later))
    assert drafts.keep(BUDI, Draft(photo=PHOTO)) == Draft(photo=later)
    assert drafts.keep(BUDI, Draft(WORDS)) == Draft(WORDS, later)


def test_of_two_photos_in_one_second_the_same_one_counts_whichever_comes_again(drafts: Drafts) -> None:
    first, second = (SentPhoto(KTP, f"wamid.photo{n}", SENT) for n in (1, 2))
    for photo in (first, second, first, second):
        drafts.keep(BUDI, Draft(photo=photo))
        stored = drafts.keep(BUDI, Draft(photo=first))
    assert stored == Draft(photo=second)


def test_of_a_message_with_words_and_photo_the_part_that_was_not_overtaken_counts(drafts: Drafts) -> None:
    """Its photo has been overtaken, its words have not."""
    both = Draft(WORDS, replace(PHOTO, message_id=WORDS.message_id, sent_at=SENT))
    drafts.keep(BUDI, Draft(photo=PHOTO))
    assert drafts.keep(BUDI, both) == Draft(WORDS, PHOTO)
    assert drafts.keep(BUDI, Draft(photo=PHOTO)) == Draft(WORDS, PHOTO)


def test_drafts_are_found_by_the_user_id_which_is_always_told(drafts: Drafts) -> None:
    drafts.keep(Sender("628110000001", "ID.1"), Draft(WORDS))
    assert drafts.keep(Sender(user_id="ID.1"), Draft(photo=PHOTO)) == Draft(WORDS, PHOTO)


def test_drafts_are_removed_a_day_after_their_last_part(table: Table) -> None:
    TableDrafts(table).keep(BUDI, Draft(WORDS))
    TableDrafts(table).keep(BUDI, Draft(photo=PHOTO))
    (item,) = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    assert int(item["expires_at"]["N"]) == int((PHOTO.sent_at + timedelta(days=1)).timestamp())


# A later day


def test_a_pending_booking_waits_for_a_later_day_with_its_claims(store: Store) -> None:
    pending = store.register(booking(claims=(ClaimKey("PHONE#628110000001"), ClaimKey("PERSON#abc"))))
    change = to_tuesday(pending)
    store.days.settle([change])
    waits = store.get(pending.code)
    assert waits == replace(
        pending, service_date=TUESDAY, approve_by=change.approve_by, claims_until=change.claims_until
    )
    for claim in pending.claims:
        assert store.holder_of(claim) == (pending.code, change.claims_until)


def test_only_what_is_pending_and_as_it_was_read_goes_on_to_a_later_day(store: Store) -> None:
    seated = store.confirm(booking())
    with pytest.raises(StaleRead):
        store.days.settle([to_tuesday(seated)])
    pending = store.register(booking(SITI))
    store.days.settle([to_tuesday(pending)])
    with pytest.raises(StaleRead):
        store.days.settle([to_tuesday(pending)])
    with pytest.raises(StaleRead):
        store.days.settle([LetLapse(pending, Lapse.DAY_FULL, Move(LATER, "wamid.request"))])
    with pytest.raises(StaleRead):
        store.days.settle([Cancel(pending, Move(LATER, "wamid.batal"))])
    assert store.get(pending.code).state is State.PENDING


def test_a_seat_is_given_only_on_the_day_for_which_a_booking_waits(store: Store) -> None:
    pending = store.register(booking())
    store.days.settle([to_tuesday(pending)])
    monday, tuesday = store.open(MONDAY)[0], store.open(TUESDAY)[0]
    with pytest.raises(StaleRead):
        store.days.settle([Confirm(pending, seat(office(), monday, 1), Move(LATER, "wamid.request"))])
    waits = store.get(pending.code)
    store.days.settle([Confirm(waits, seat(office(), tuesday, 1), Move(LATER, "wamid.request"))])
    assert store.get(pending.code).service_date == TUESDAY


def test_a_booking_on_its_way_to_a_later_day_can_be_cancelled(store: Store) -> None:
    pending = store.register(booking())
    store.days.settle([to_tuesday(pending)])
    store.days.settle([Cancel(store.get(pending.code), Move(LATER, "wamid.batal"))])
    assert store.holder_of(ClaimKey("PHONE#628110000001")) == (pending.code, LATER)


def test_one_goes_on_and_another_gets_their_seat_in_one_round(store: Store) -> None:
    first, second = store.register(booking()), store.register(booking(SITI))
    given = seat(office(), store.open()[0], 1)
    store.days.settle([Confirm(first, given, Move(LATER, "wamid.request")), to_tuesday(second)])
    assert store.get(first.code).state is State.CONFIRMED
    assert store.get(second.code).service_date == TUESDAY


def test_a_booking_whose_claims_have_passed_to_another_one_waits_for_no_later_day(store: Store) -> None:
    person = ClaimKey("PERSON#abc")
    overtaken = store.register(booking(claims=(ClaimKey("PHONE#1"), person)))
    claims_until = office().end_of(TUESDAY)
    store.register(booking(SITI, claims=(person,), sent_at=overtaken.claims_until, claims_until=claims_until))
    with pytest.raises(StaleRead):
        store.days.settle([to_tuesday(overtaken)])
    assert store.get(overtaken.code) == overtaken


# The photo


def test_address_and_photo_are_kept_with_the_booking(store: Store) -> None:
    kept = store.register(booking(address="Jl. Merdeka No. 10", photo=KTP))
    assert (kept.address, kept.photo, kept.photo_key) == ("Jl. Merdeka No. 10", KTP, None)


def test_a_booking_notes_where_its_photo_is_kept(store: Store) -> None:
    first = store.register(booking(photo=KTP))
    for _ in range(2):
        store.bookings.note_photo(first.code, KTP, "photos/here")
        assert store.get(first.code) == replace(first, photo_key="photos/here")


def test_a_photo_that_is_not_the_booking_s_is_not_noted(store: Store) -> None:
    first = store.register(booking(photo=KTP))
    store.bookings.note_photo(first.code, Photo("other", "image/jpeg"), "photos/here")
    store.bookings.note_photo("CTH00000000", KTP, "photos/here")
    assert store.get(first.code).photo_key is None
    assert store.bookings.get("CTH00000000") is None
