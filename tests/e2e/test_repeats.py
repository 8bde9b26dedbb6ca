"""WhatsApp delivers at least once, in any order, for up to seven days."""

import json
import random
from typing import Any
from uuid import uuid4

import pytest

from tests.e2e.conftest import Applicant, Stack, approval_code, booking_code, eventually, text_of

SEEDS = (1, 2, 3)


def conversation(stack: Stack, budi: Applicant) -> list[dict[str, Any]]:
    """Play a whole conversation, each message once, and return its messages as they can be delivered again."""
    first_day, second_day = stack.bookable_days()[:2]
    sent: list[dict[str, Any]] = []

    def say(text: str) -> dict[str, Any]:
        message = {"id": f"wamid.{uuid4().hex}", "timestamp": str(int(stack.now().timestamp())), "text": text}
        sent.append(message)
        budi.send(**message)
        return budi.next_answer()

    say("halo")
    say(f"#{budi.name} salah#25011987#{first_day:%d%m%Y}")
    echo = say(f"#{budi.name}#25011987#{second_day:%d%m%Y}")
    say(approval_code(echo))
    say(f"#{budi.name}#25011987#{first_day:%d%m%Y}")
    say("#batal")
    echo = say(f"#{budi.name}#25011987#{first_day:%d%m%Y}")
    say(approval_code(echo))
    return sent


@pytest.mark.parametrize("seed", SEEDS)
def test_a_whole_conversation_delivered_three_times_in_shuffled_order_changes_nothing(
    stack: Stack, budi: Applicant, seed: int
) -> None:
    messages = conversation(stack, budi)
    answers = [text_of(answer) for answer in budi.answers()]
    code = booking_code(budi.answers()[-1])
    booking = stack.booking(code)
    repeats = messages * 2
    random.Random(seed).shuffle(repeats)
    for message in repeats:
        budi.send(**message)
    # An answer to something new comes after everything that the repeats could have caused: one recipient, one order.
    last = budi.write("halo")
    assert [text_of(answer) for answer in budi.answers()] == [*answers, text_of(last)]
    assert stack.booking(code) == booking
    assert booking["state"] == "CONFIRMED"


def test_a_message_delivered_three_times_at_the_same_moment_counts_once(stack: Stack, budi: Applicant) -> None:
    day = stack.bookable_days()[0]
    budi.send(text=f"#{budi.name}#25011987#{day:%d%m%Y}", times=3)
    budi.send(text=approval_code(budi.next_answer()), times=3)
    code = booking_code(budi.next_answer())
    budi.write("halo")
    assert len(budi.answers()) == 3
    assert stack.booking(code)["state"] == "CONFIRMED"


def batch(**body: object) -> dict[str, Any]:
    """Return what a queue gives a function, with one message."""
    record = {
        "messageId": uuid4().hex,
        "receiptHandle": "none",
        "body": json.dumps(body),
        "attributes": {"ApproximateReceiveCount": "2", "MessageGroupId": "any"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
    }
    return {"Records": [record]}


def test_what_the_queues_deliver_again_changes_nothing_either(stack: Stack, budi: Applicant) -> None:
    """SQS leaves out repeats of five minutes; here they come past it, straight into the deployed functions."""
    day = stack.bookable_days()[0]
    approval = approval_code(budi.register(day))
    sent_at = stack.now().replace(microsecond=0)
    message_id = f"wamid.{uuid4().hex}"
    budi.send(id=message_id, text=approval, timestamp=str(int(sent_at.timestamp())))
    code = booking_code(budi.next_answer())
    before = stack.booking(code)
    who = {"phone": budi.phone, "user_id": None}
    seat = {"wish": "seat", "booking_code": code.replace("-", ""), "service_date": day.isoformat()}
    for _ in range(2):
        request = batch(**seat, message_id=message_id, sent_at=sent_at.isoformat(), **who)
        assert stack.invoke("confirm", event=request) == {"batchItemFailures": []}
        answer = batch(id=message_id, kind="code_not_yours", fields={}, **who)
        assert stack.invoke("notify", event=answer) == {"batchItemFailures": []}
    assert stack.booking(code) == before
    budi.write("halo")
    assert len(budi.answers()) == 3


def test_an_answer_that_whatsapp_refuses_for_a_while_comes_later_and_once(stack: Stack, budi: Applicant) -> None:
    stack.simulator.fail(status=500, code=131000, times=2)
    budi.send(text="halo")
    assert "Selamat datang" in text_of(budi.next_answer())
    assert "Selamat datang" in text_of(budi.write("halo lagi"))
    assert len(budi.answers()) == 2


def test_answers_to_one_person_keep_their_order(stack: Stack, budi: Applicant) -> None:
    day = stack.bookable_days()[0]
    stack.simulator.fail(status=429, code=131056, times=1)
    for text in ("halo", f"#{budi.name}#25011987#{day:%d%m%Y}", "#batal"):
        budi.send(text=text)
    said = eventually(lambda: found if len(found := budi.answers()) == 3 else None, "three answers")
    assert [
        words in text_of(answer)
        for words, answer in zip(("Selamat datang", "Kode persetujuan", "dibatalkan"), said, strict=True)
    ] == [True, True, True]
