"""Who cannot book over WhatsApp and who need not: the cases, and the words by which people tell them."""

import re
from collections.abc import Mapping
from enum import StrEnum

from antrian.domain.plain_text import plain_text


class Case(StrEnum):
    """The cases that an office treats apart; the value is what its file says, and a key in the texts."""

    LOST = "lost"
    DAMAGED = "damaged"
    CHANGED_DATA = "changed_data"
    MIGRANT_WORKER = "migrant_worker"
    SICK = "sick"
    ELDERLY = "elderly"
    PREGNANT = "pregnant"
    INFANT = "infant"
    DISABLED = "disabled"


# Looked for in free text alone: a person may be called Hilang.
_WORDS: Mapping[Case, str] = {
    Case.LOST: r"\b(?:hilang(?:nya)?|kehilangan|dicuri|kecurian|tercecer)\b",
    Case.DAMAGED: r"\b(?:rusak|kerusakan|sobek|robek|basah|terbakar|luntur|kebanjiran)(?:nya)?\b",
    Case.CHANGED_DATA: (
        r"\b(?:ganti|ubah|rubah|mengubah|merubah|perubahan|pergantian|beda|perbedaan|salah)\s"
        r"(?:data|nama|alamat|tempat lahir|tanggal lahir|tgl lahir|jenis kelamin)\b"
    ),
    Case.MIGRANT_WORKER: r"\b(?:c?p?tki|cpmi|pmi|bmi|tkw|(?:pekerja|buruh) migran)\b",
    Case.SICK: r"(?<!rumah )\b(?:sakit|stroke|opname|rawat inap)\b",
    Case.ELDERLY: r"\b(?:lansia|lanjut usia|usia lanjut|manula|jompo)\b",
    Case.PREGNANT: r"\b(?:hamil|bumil|mengandung)\b",
    Case.INFANT: r"\b(?:bayi|balita)\b",
    Case.DISABLED: r"\b(?:disabilitas|difabel|tuna ?netra|tuna ?rungu|kursi roda)\b",
}
# Whoever lost a ticket, or the phone that it is on, asks for #status.
_LOST_SOMETHING_ELSE = re.compile(r"\b(?:tiket|kode|barcode|qr|nomor|hp|chat|pesan)", re.IGNORECASE)
_PATTERNS = {case: re.compile(words, re.IGNORECASE) for case, words in _WORDS.items()}


def cases_in(text: str) -> list[Case]:
    """Return the cases of which a free text speaks, in the order of their names above."""
    text = plain_text(text)
    found = [case for case, pattern in _PATTERNS.items() if pattern.search(text)]
    return [case for case in found if case is not Case.LOST or not _LOST_SOMETHING_ELSE.search(text)]
