"""Answers in an office's own words: what is refused before anybody reads it, and that nothing else is needed."""

from dataclasses import replace
from pathlib import Path

import pytest

from antrian.adapters.office_file import OfficeFileError, load_office, load_offices
from antrian.adapters.text_overrides import (
    INDISPENSABLE,
    LONGEST,
    check_all_text_overrides,
    check_text_overrides,
    fields_of,
    longest_answer,
    most_characters,
)
from antrian.adapters.texts import Texts
from antrian.domain.answers import Answer, Kind
from antrian.domain.office import Format, Office
from antrian.domain.plain_text import counted_length
from tests.builders import changed, office
from tests.unit.adapters.office_files import BOGOR, OFFICES, write
from tests.unit.adapters.test_texts import NAMES, SCENES, Scene, longest
from tests.unit.usecases.world import World

__all__ = ["longest"]

USUAL = Texts(office())
OUTSIDE = "{office} menerima pendaftaran pukul {opens} sampai {closes} {zone}."


def saying(**texts: str) -> Office:
    return replace(office(), texts=texts)


def test_an_office_says_in_its_own_words_what_stands_in_its_file(tmp_path: Path) -> None:
    here = load_office(write(tmp_path, BOGOR.replace("[texts]", f'[texts]\noutside_hours = "{OUTSIDE}"')))
    check_text_overrides(here)
    said = Texts(here).render(Answer(Kind.OUTSIDE_HOURS, {"opens": "07.30", "closes": "10.00"})).text
    assert said == "Kantor Imigrasi Bogor menerima pendaftaran pukul 07.30 sampai 10.00 WIB."


def test_everything_else_about_the_answer_stays() -> None:
    fields = {"service_date": "2026-11-23", "next_day": "2026-11-24", "register_again": "#Budi#25011987#24112026"}
    full = Answer(Kind.DAY_FULL, fields)
    usual, own = (Texts(here).render(full) for here in (office(), saying(day_full="Penuh: {next_day:day}")))
    assert own.text == "Penuh: Selasa, 24-11-2026"
    assert own.buttons == usual.buttons
    assert Texts(saying(day_full="Penuh")).render(Answer(Kind.HELP, LONGEST)) == Texts(office()).render(
        Answer(Kind.HELP, LONGEST)
    )


def test_what_the_offices_say_now_can_be_said() -> None:
    check_all_text_overrides(load_offices(OFFICES))


@pytest.mark.parametrize(
    ("texts", "wrong"),
    [
        ({"tickets": "Halo"}, r'contoh.toml: texts.tickets = "Halo" is not right: a name .*; ticket is one'),
        ({"outside_hours": OUTSIDE + "{name}"}, r"\{name\} is no value of this answer, which has closes, .*zone"),
        ({"outside_hours": OUTSIDE + "{}"}, r"\{\} is no value of this answer"),
        ({"outside_hours": OUTSIDE + "{zone.key}"}, r"\{zone.key\} is no value of this answer"),
        ({"outside_hours": "{opens:clock}"}, "the format 'clock', which does not exist"),
        ({"outside_hours": "{opens:day}"}, "Invalid isoformat string"),
        ({"outside_hours": "{opens:list}"}, r"\{opens\} in another format: list"),
        ({"ticket": USUAL.usual(Kind.TICKET).replace("documents:list", "documents")}, "in another format: none"),
        ({"outside_hours": "{opens!r}"}, r"\{opens\} is followed by something else than a format"),
        ({"outside_hours": "{opens"}, "expected '}'"),
        ({"code_too_late": "Terlambat sejak {approve_by:moment}"}, r"it has to show \{approval_code\}"),
        ({"help": "Halo"}, r"it has to show \{"),
        (
            {"echo": USUAL.usual(Kind.ECHO).replace("{service_date:date}", "tanggal {service_date:date}")},
            "approves when",
        ),
    ],
    ids=str,
)
def test_what_cannot_be_said_is_refused_by_file_key_and_reason(texts: dict[str, str], wrong: str) -> None:
    with pytest.raises(OfficeFileError, match=wrong) as refused:
        check_text_overrides(saying(**texts))
    assert f"contoh.toml: texts.{next(iter(texts))} = " in str(refused.value)


@pytest.mark.parametrize(("kind", "most"), [(Kind.TICKET, 1024), (Kind.ECHO, 1024), (Kind.EXPIRED, 4096)])
def test_a_text_is_as_long_as_whatsapp_takes_with_the_longest_values_and_no_longer(kind: Kind, most: int) -> None:
    usual = USUAL.usual(kind).strip()
    shown = counted_length(Texts(office()).render(longest_answer(office(), kind)).text)
    fits = usual + "." * (most - shown)
    check_text_overrides(saying(**{kind.value: fits}))
    with pytest.raises(OfficeFileError, match=f"has {most + 1} characters, and WhatsApp takes {most}") as refused:
        check_text_overrides(saying(**{kind.value: f"{fits}."}))
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("format_", Format)
@pytest.mark.parametrize("kind", Kind)
def test_every_usual_text_could_be_an_office_s_own(kind: Kind, format_: Format) -> None:
    """So every value in it is known to the check, and it is within its limits."""
    here = office(format=format_, approval=False)
    texts = Texts(here)
    check_text_overrides(replace(here, texts={kind.value: texts.usual(kind)}))
    shown = {field for field, _ in fields_of(texts.usual(kind))}
    assert shown <= LONGEST.keys() | texts.office_values.keys() | {"documents", "open_days"}
    assert LONGEST.keys() >= INDISPENSABLE


@pytest.mark.parametrize("name", NAMES, ids=["W", "wide", "astral", "words"])
@pytest.mark.parametrize("scene", SCENES, ids=[f"{number}-{scene.kind}" for number, scene in enumerate(SCENES)])
def test_no_answer_that_is_made_is_longer_than_the_one_that_overrides_are_checked_with(
    scene: Scene, name: str, longest: Office
) -> None:
    here = changed(longest, **scene.changes)
    answer, texts = scene.play(World(here), name), Texts(here)
    checked_with = texts.render(longest_answer(longest, answer.kind))
    assert counted_length(texts.render(answer).text) <= counted_length(checked_with.text)
    assert counted_length(checked_with.text) <= most_characters(answer.kind, checked_with)
