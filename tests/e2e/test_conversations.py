"""The conversations of the three offices as the press described them in 2017, on the deployed stack."""

import io
from datetime import date, timedelta

import pytest
import zxingcpp
from PIL import Image

from antrian.domain import codes, qr
from tests.e2e.conftest import (
    Applicant,
    Stack,
    approval_code,
    booking_code,
    buttons_of,
    eventually,
    queue_number,
    text_of,
)


def test_budi_registers_approves_and_gets_one_ticket_with_its_qr_code(stack: Stack, budi: Applicant) -> None:
    day = stack.bookable_days()[0]
    echo = budi.register(day)
    for line in (
        f"Nomor WA: +{budi.phone}",
        f"Nama: {budi.name}",
        "Tgl Lahir: 25-01-1987",
        f"Tgl layanan: {day:%d-%m-%Y}",
    ):
        assert line in text_of(echo)
    assert list(buttons_of(echo)) == ["Setuju", "Batalkan"]

    ticket = budi.write(approval_code(echo))
    assert ticket["type"] == "image"
    for words in (f"Nama: {budi.name}", f"{day:%d-%m-%Y}", "Jam layanan: *", "Datang pukul", "e-KTP"):
        assert words in text_of(ticket)
    image = Image.open(io.BytesIO(stack.simulator.media(ticket["image"]["id"])))
    (shown,) = zxingcpp.read_barcodes(image)
    signed = qr.read(shown.text)
    assert signed is not None
    assert (codes.shown(signed.code), signed.service_date) == (booking_code(ticket), day)

    booking = stack.booking(booking_code(ticket))
    assert (booking["state"], int(booking["number"])) == ("CONFIRMED", queue_number(ticket))
    assert len(budi.answers()) == 2


def test_ahmad_registers_in_jakarta_pusat_and_approves_with_spaces_and_words_around_the_code(stack: Stack) -> None:
    ahmad = Applicant(stack, "jakarta-pusat")
    day = stack.bookable_days("jakarta-pusat")[0]
    echo = ahmad.write(f"#{ahmad.name}#20111967#{day:%d%m%Y}")
    assert "Kantor Imigrasi Jakarta Pusat" in text_of(echo)
    assert "Tgl Lahir: 20-11-1967" in text_of(echo)
    code = approval_code(echo)
    ticket = ahmad.write(f"kode saya {code[:4]} {code[4:]} terima kasih")
    assert booking_code(ticket).startswith("JKP-")


@pytest.mark.parametrize(
    "written",
    [
        "#{name} #02012001 #{day:%d%m%Y}",
        "{name}#02012001#{day:%d%m%Y}",
        "#{name}#02-01-2001#{day:%d-%m-%Y}#",
        "#{name}\n#02/01/2001\n#{day:%d/%m/%Y}",
    ],
)
def test_a_registration_is_forgiven_its_form(stack: Stack, budi: Applicant, written: str) -> None:
    day = stack.bookable_days()[1]
    echo = text_of(budi.write(written.format(name=budi.name.upper(), day=day)))
    assert "Tgl Lahir: 02-01-2001" in echo
    assert f"Tgl layanan: {day:%d-%m-%Y}" in echo


def test_the_buttons_approve_and_cancel_and_the_seat_is_not_had_at_once(stack: Stack, budi: Applicant) -> None:
    day = stack.bookable_days()[2]
    echo = budi.register(day)
    ticket = budi.tap(buttons_of(echo)["Setuju"])
    cancelled = budi.tap(buttons_of(echo)["Batalkan"])
    assert "dibatalkan" in text_of(cancelled)
    assert stack.booking(booking_code(ticket))["state"] == "CANCELLED"

    siti = Applicant(stack)
    again = siti.write(approval_code(siti.register(day)))
    assert queue_number(again) > queue_number(ticket)


def test_a_correction_before_approval_replaces_the_first_registration(stack: Stack, budi: Applicant) -> None:
    first_day, second_day = stack.bookable_days()[:2]
    first = budi.write(f"#{budi.name} salah#25011987#{first_day:%d%m%Y}")
    second = budi.register(second_day)
    assert "sudah diganti" in text_of(budi.write(approval_code(first)))
    ticket = budi.write(approval_code(second))
    assert f"Nama: {budi.name}\n" in text_of(ticket)
    assert f"{second_day:%d-%m-%Y}" in text_of(ticket)


def test_batal_withdraws_a_pending_registration(stack: Stack, budi: Applicant) -> None:
    echo = budi.register(stack.bookable_days()[0])
    assert "dibatalkan" in text_of(budi.write("#batal"))
    assert "sudah dibatalkan" in text_of(budi.write(approval_code(echo)))
    assert "memang sudah dibatalkan" in text_of(budi.write("#BATAL"))


def test_one_number_has_one_code_and_the_refusal_shows_it_and_how_to_cancel(stack: Stack, budi: Applicant) -> None:
    day = stack.bookable_days()[0]
    code = budi.book(day)
    refused = budi.write(f"#Joko {budi.name}#01011990#{day:%d%m%Y}")
    assert code in text_of(refused)
    assert "#batal" in text_of(refused)
    budi.tap(buttons_of(refused)["Batalkan"])
    assert "Nama: Joko" in text_of(budi.write(f"#Joko {budi.name}#01011990#{day:%d%m%Y}"))


def test_one_person_has_one_code_from_whichever_number(stack: Stack, budi: Applicant) -> None:
    day = stack.bookable_days()[0]
    budi.book(day)
    other = Applicant(stack)
    assert "nomor WhatsApp lain" in text_of(other.write(f"#{budi.name.upper()}#25-01-1987#{day:%d%m%Y}"))


def test_somebody_without_a_visible_number_books_by_user_id(stack: Stack) -> None:
    rina = Applicant(stack)
    user_id = f"ID.{rina.phone}"
    day = stack.bookable_days()[0]
    stack.simulator.write(office="bogor", user_id=user_id, text=f"#{rina.name}#05051995#{day:%d%m%Y}")
    echo = eventually(lambda: next(iter(stack.simulator.messages(user_id)), None), f"echo to {user_id}")
    assert echo["recipient"] == user_id
    assert "to" not in echo
    stack.simulator.write(office="bogor", user_id=user_id, text=approval_code(echo))
    ticket = eventually(lambda: next(iter(stack.simulator.messages(user_id)[1:]), None), f"ticket to {user_id}")
    assert stack.booking(booking_code(ticket))["user_id"] == user_id


def _days(stack: Stack) -> dict[str, date]:
    office = stack.offices["bogor"]
    today = office.local(stack.now()).date()
    horizon = [today + timedelta(days=n) for n in range(1, 60)]
    return {
        "yesterday": today - timedelta(days=1),
        "beyond": office.last_bookable_day(stack.now()) + timedelta(days=1),
        "weekend": next(day for day in horizon if day.weekday() == 6),
        "open": office.bookable_days(stack.now())[0],
    }


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("#Budi#25011987", ["Nama: Budi", "25-01-1987", "Kapan Anda ingin datang"]),
        ("#Budi#31021987#{open:%d%m%Y}", ["31-02-1987", "belum dapat kami pakai"]),
        ("#Budi#25012987#{open:%d%m%Y}", ["25-01-2987 tidak mungkin"]),
        ("#Budi#25011987#31022027", ["31-02-2027", "belum dapat kami pakai"]),
        ("#Budi#25011987#{yesterday:%d%m%Y}", ["sudah lewat", "{open:%d-%m}"]),
        ("#Budi#25011987#{beyond:%d%m%Y}", ["belum dibuka", "{open:%d-%m}"]),
        ("#Budi#25011987#{weekend:%d%m%Y}", ["Minggu, {weekend:%d-%m-%Y}", "{open:%d-%m}"]),
        ("00000000", ["tidak dikenal"]),
        ("#batal", ["Tidak ada pendaftaran"]),
        ("Selamat pagi", ["Selamat datang", "ketuk *Daftar*", "paspor hilang"]),
    ],
)
def test_every_refusal_has_its_own_answer(stack: Stack, budi: Applicant, written: str, words: list[str]) -> None:
    days = _days(stack)
    answer = text_of(budi.write(written.format(**days)))
    for part in words:
        assert part.format(**days) in answer


def test_another_numbers_approval_code_is_named_as_such(stack: Stack, budi: Applicant) -> None:
    echo = budi.register(stack.bookable_days()[0])
    stranger = Applicant(stack)
    assert "milik nomor WhatsApp lain" in text_of(stranger.write(approval_code(echo)))
    assert "Nomor antrian" in text_of(budi.write(approval_code(echo)))
