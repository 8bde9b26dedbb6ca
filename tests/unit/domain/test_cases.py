"""Who does not book here, told by the words that people use for it."""

import pytest

from antrian.domain.cases import Case, cases_in


@pytest.mark.parametrize(
    ("text", "cases"),
    [
        ("Paspor saya hilang, bagaimana?", [Case.LOST]),
        ("KEHILANGAN PASPOR", [Case.LOST]),
        ("paspor dicuri orang", [Case.LOST]),
        ("paspornya rusak kena air", [Case.DAMAGED]),
        ("Buku paspor basah dan sobek", [Case.DAMAGED]),
        ("mau ganti nama di paspor", [Case.CHANGED_DATA]),
        ("Perubahan data paspor", [Case.CHANGED_DATA]),
        ("Saya CTKI, apa perlu antri?", [Case.MIGRANT_WORKER]),
        ("untuk TKI ke Taiwan", [Case.MIGRANT_WORKER]),
        ("calon PMI", [Case.MIGRANT_WORKER]),
        ("Ibu saya sakit", [Case.SICK]),
        ("bapak saya lansia 70 tahun", [Case.ELDERLY]),
        ("istri sedang hamil", [Case.PREGNANT]),
        ("paspor untuk bayi 3 bulan", [Case.INFANT]),
        ("saya pakai kursi roda", [Case.DISABLED]),
        ("paspor hilang, ayah saya sakit", [Case.LOST, Case.SICK]),
    ],
)
def test_a_case_is_known_by_its_words(text: str, cases: list[Case]) -> None:
    assert cases_in(text) == cases


@pytest.mark.parametrize(
    "text",
    [
        "Selamat pagi",
        "Berapa biaya paspor?",
        "kode saya hilang",  # a ticket is sent again
        "HP saya hilang, tiketnya bagaimana",
        "perusakan",
        "menghilangkan",
        "ganti hari",
        "rumah sakit mana",
        "antrian membayi",
        "",
    ],
)
def test_other_words_are_no_case(text: str) -> None:
    assert cases_in(text) == []
