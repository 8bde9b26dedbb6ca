import pickle

import pytest

from antrian.adapters.whatsapp.errors import (
    AccessRefused,
    GraphError,
    NotThisWay,
    OurFault,
    Retry,
    TemplateOnly,
    classify,
)

TABLE: dict[type[GraphError], list[int]] = {
    Retry: [130429, 131056, 131016, 131000, 131057, 1, 2, 4, 80007, 133004],
    TemplateOnly: [131047],
    NotThisWay: [131026, 131049, 131050, 130403, 131062, 130472, 130497],
    OurFault: [100, 131008, 131009, 131051, 131053, *range(132000, 132100)],
    AccessRefused: [190, 0, 3, 10, *range(200, 300), 131005, 368, 131031, 131048, 131042, 133010, 33, 131037, 131045],
}


# The status is one that would decide otherwise for most of them: the code must win.
@pytest.mark.parametrize("status", [200, 400, 401, 403, 500])
@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, codes in TABLE.items() for code in codes])
def test_every_code_of_the_table_says_what_to_do(kind: type[GraphError], code: int, status: int) -> None:
    error = classify(status, code, "detail")
    assert (type(error), error.code, error.status) == (kind, code, status)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.parametrize("code", [None, 999_999])
def test_a_busy_or_broken_server_is_asked_again(status: int, code: int | None) -> None:
    assert type(classify(status, code, "")) is Retry


@pytest.mark.parametrize("code", [None, 999_999])
def test_a_401_stops_the_line_whatever_its_code(code: int | None) -> None:
    assert type(classify(401, code, "")) is AccessRefused


@pytest.mark.parametrize("status", [302, 400, 403, 404])
def test_an_answer_without_a_code_was_not_metas_and_is_asked_again(status: int) -> None:
    assert type(classify(status, None, "")) is Retry


@pytest.mark.parametrize("code", [131999, 132100, 131046, 199, 300, -1])
def test_an_unknown_refusal_is_our_fault(code: int) -> None:
    assert type(classify(400, code, "")) is OurFault


@pytest.mark.parametrize(
    ("code", "subcode", "kind"), [(100, 33, AccessRefused), (100, 2388, OurFault), (131026, 33, NotThisWay)]
)
def test_a_number_that_the_token_cannot_see_stops_the_line(code: int, subcode: int, kind: type[GraphError]) -> None:
    assert type(classify(400, code, "Object does not exist", subcode)) is kind


@pytest.mark.parametrize("status", [400, 404])
@pytest.mark.parametrize("code", [2500, 2635])
def test_a_version_of_the_api_that_is_none_or_has_ended_stops_the_line(code: int, status: int) -> None:
    """It stands in the secret, and no answer is at fault."""
    assert type(classify(status, code, "Unknown path components: /v99.0")) is AccessRefused


def test_only_the_pair_limit_holds_back_one_user_alone() -> None:
    alone = {code for code in TABLE[Retry] if isinstance(e := classify(400, code, ""), Retry) and e.this_user_only}
    assert alone == {131056}


def test_the_kinds_do_not_catch_each_other() -> None:
    assert all(kind.__mro__[1] is GraphError for kind in TABLE)


@pytest.mark.parametrize(
    "secret",
    [
        "EAAJB1ZCkZBxyz0BAKnotreallyatoken",
        "6281234567890",
        "+62 812-3456-7890",
        "ID.13491208655302741918",
        "US.ENT.11815799212886844830",
        "wamid.HBgLMTY1MDM4/Nzk0MzkVAgASGBQz+QTRBNjU5OUFFRTAzODEwMTQ0RgA=",
    ],
)
def test_no_identity_survives_in_the_text_of_an_error(secret: str) -> None:
    error = classify(400, 100, f"Malformed: {secret} (#131047)")
    parts = [part for part in secret.split(".") if len(part) > 5]
    for text in (str(error), repr(error), repr(error.args), error.detail):
        assert not any(part in text for part in parts)
        assert "(#131047)" in text


def test_the_name_of_a_parameter_survives() -> None:
    assert "biz_opaque_callback_data" in str(classify(400, 100, "(#100) Param biz_opaque_callback_data is too long"))


def test_a_detail_without_end_is_cut() -> None:
    assert len(classify(400, 100, "no " * 10_000).detail) == 300


def test_an_error_can_be_pickled() -> None:
    error = classify(400, 131047, "detail")
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(copy), str(copy)) == (TemplateOnly, str(error))
