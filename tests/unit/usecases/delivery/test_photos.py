"""A booking's photo is fetched and kept once, and its holder is told when it is lost."""

from dataclasses import dataclass, field, replace

import pytest

from antrian.domain.booking import Booking, State
from antrian.domain.delivery import PhotoToKeep
from antrian.domain.message import Photo
from antrian.domain.refusals import NoPhoto
from antrian.usecases.delivery.photos import PhotoKeeping
from tests.builders import SITI, booking
from tests.fakes import FakeOutbox, FakeStore

KTP = Photo("1001", "image/jpeg")


@dataclass
class Source:
    """WhatsApp as a source that serves a photo, or fails as a test says."""

    faults: list[Exception] = field(default_factory=list)
    fetched: list[Photo] = field(default_factory=list)

    def fetch(self, photo: Photo) -> bytes:
        self.fetched.append(photo)
        if self.faults:
            raise self.faults.pop(0)
        return b"a photo"


@dataclass
class Shelf:
    """The bucket."""

    kept: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    faults: list[Exception] = field(default_factory=list)

    def put(self, booking_code: str, photo: Photo, content: bytes) -> str:
        if self.faults:
            raise self.faults.pop(0)
        self.kept[f"photos/{booking_code}"] = (photo.mime_type, content)
        return f"photos/{booking_code}"


@dataclass
class Scene:
    booking: Booking
    store: FakeStore = field(default_factory=FakeStore)
    source: Source = field(default_factory=Source)
    shelf: Shelf = field(default_factory=Shelf)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)

    def keep(self) -> str:
        wanted = PhotoToKeep(self.booking.code, KTP)
        return PhotoKeeping(bookings=self.store, source=self.source, store=self.shelf, outbox=self.outbox).keep(wanted)

    @property
    def photo_key(self) -> str | None:
        return self.store.bookings[self.booking.code].photo_key


@pytest.fixture
def scene() -> Scene:
    booked = booking(photo=KTP, state=State.CONFIRMED)
    return Scene(booked, FakeStore(bookings={booked.code: booked}))


def test_a_photo_is_kept_under_its_bookings_code_which_notes_it(scene: Scene) -> None:
    assert scene.keep() == "photo_kept"
    key = f"photos/{scene.booking.code}"
    assert scene.shelf.kept == {key: ("image/jpeg", b"a photo")}
    assert scene.photo_key == key
    assert scene.outbox.answers == {}


def test_asked_for_again_it_is_not_fetched_again(scene: Scene) -> None:
    scene.keep()
    assert scene.keep() == "photo_kept_before"
    assert len(scene.source.fetched) == 1


def test_a_booking_that_is_gone_needs_no_photo(scene: Scene) -> None:
    scene.store.bookings.clear()
    assert scene.keep() == "photo_not_needed"
    assert scene.source.fetched == []


@pytest.mark.parametrize("state", [State.CANCELLED, State.EXPIRED])
def test_a_photo_need_not_be_kept_whose_booking_ended_before_it_was_fetched(scene: Scene, state: State) -> None:
    scene.store.bookings[scene.booking.code] = replace(scene.booking, state=state)
    assert scene.keep() == "photo_not_needed"
    assert scene.source.fetched == []
    assert scene.shelf.kept == {}


def test_a_photo_that_is_lost_is_told_once_and_the_booking_stands(scene: Scene) -> None:
    scene.source.faults = [NoPhoto("gone"), NoPhoto("gone")]
    assert [scene.keep(), scene.keep()] == ["photo_lost", "photo_lost"]
    assert scene.outbox.kinds() == ["photo_not_kept"]
    assert scene.store.bookings[scene.booking.code].state is State.CONFIRMED
    assert scene.photo_key is None


def test_that_a_photo_is_lost_is_told_to_the_ids_that_its_holder_has_by_now(scene: Scene) -> None:
    scene.store.bookings[scene.booking.code] = replace(scene.booking, sender=SITI)
    scene.source.faults = [NoPhoto("gone")]
    scene.keep()
    assert [told.to for told in scene.outbox.answers.values()] == [SITI]


@pytest.mark.parametrize("where", ["source", "shelf"])
def test_what_failed_for_now_comes_again_and_succeeds(scene: Scene, where: str) -> None:
    getattr(scene, where).faults.append(ConnectionError("for now"))
    with pytest.raises(ConnectionError):
        scene.keep()
    assert scene.photo_key is None
    assert scene.keep() == "photo_kept"
    assert scene.outbox.answers == {}
