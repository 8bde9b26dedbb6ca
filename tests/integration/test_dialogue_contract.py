"""The row of the write table in docs/data-model.md about dialogues, on the table and on the fake alike."""

from dataclasses import replace
from datetime import date, timedelta

import boto3
import pytest

from antrian.adapters.table.dialogues import TableDialogues
from antrian.adapters.table.table import Table
from antrian.domain.dialogue import Dialogue
from antrian.domain.message import Sender
from antrian.domain.ports import Dialogues
from antrian.domain.refusals import StaleRead
from tests.builders import BUDI, MONDAY, SITI
from tests.fakes import FakeStore
from tests.integration.conftest import TABLE
from tests.integration.store import LATER, SENT

BEGUN = Dialogue("wamid.1", SENT)
GONE_ON = Dialogue("wamid.2", LATER, "Budi Santoso", date(1987, 1, 25), "Jl. Merdeka 10", MONDAY)


@pytest.fixture(params=["table", "fake"])
def dialogues(request: pytest.FixtureRequest) -> Dialogues:
    """Provide the dialogues: first DynamoDB's table, then the fake of the unit tests."""
    if request.param == "fake":
        return FakeStore()
    return TableDialogues(request.getfixturevalue("table"))


def test_a_dialogue_goes_on_from_what_was_read(dialogues: Dialogues) -> None:
    assert dialogues.dialogue_with(BUDI) is None
    dialogues.go_on(BUDI, BEGUN, None)
    assert dialogues.dialogue_with(BUDI) == BEGUN
    dialogues.go_on(BUDI, GONE_ON, BEGUN)
    assert dialogues.dialogue_with(BUDI) == GONE_ON
    ended = Dialogue("wamid.3", LATER, ended=True)
    dialogues.go_on(BUDI, ended, GONE_ON)
    assert dialogues.dialogue_with(BUDI) == ended


def test_a_dialogue_does_not_go_on_from_what_is_no_longer_so(dialogues: Dialogues) -> None:
    dialogues.go_on(BUDI, BEGUN, None)
    for before in (None, replace(BEGUN, message_id="wamid.0")):
        with pytest.raises(StaleRead):
            dialogues.go_on(BUDI, GONE_ON, before)
    assert dialogues.dialogue_with(BUDI) == BEGUN


def test_a_dialogue_that_is_gone_does_not_go_on(dialogues: Dialogues) -> None:
    with pytest.raises(StaleRead):
        dialogues.go_on(BUDI, GONE_ON, BEGUN)
    assert dialogues.dialogue_with(BUDI) is None


def test_each_sender_has_a_dialogue_and_one_by_user_id_where_it_is_known(dialogues: Dialogues) -> None:
    dialogues.go_on(Sender(BUDI.phone, "ID.1"), BEGUN, None)
    assert dialogues.dialogue_with(Sender(user_id="ID.1")) == BEGUN
    assert dialogues.dialogue_with(SITI) is None


def test_a_dialogue_is_removed_a_day_after_its_last_message(table: Table) -> None:
    TableDialogues(table).go_on(BUDI, GONE_ON, None)
    (item,) = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    assert int(item["expires_at"]["N"]) == int((LATER + timedelta(days=1)).timestamp())
