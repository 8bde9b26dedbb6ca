"""The simulator and the system's own WhatsApp adapters, face to face: each keeps the other honest."""

import json
from collections.abc import Iterator

import pytest
import urllib3

from antrian.adapters.whatsapp.client import Client, addressed
from antrian.adapters.whatsapp.errors import AccessRefused, OurFault, Retry, TemplateOnly
from antrian.adapters.whatsapp.inbound import read
from antrian.adapters.whatsapp.signature import verify
from antrian.domain.message import Sender
from tests.unit.simulator.world import BUDI, BUDIS_USER_ID, NUMBER_ID, PNG, SECRET, TOKEN, World

HALO = {"type": "text", "text": {"body": "Halo"}}


@pytest.fixture
def http() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager() as pool:
        yield pool


@pytest.fixture
def client(world: World, http: urllib3.PoolManager) -> Client:
    return Client(http, world.url, "v26.0", NUMBER_ID, TOKEN)


@pytest.mark.parametrize(
    "sender", [Sender(phone=BUDI), Sender(user_id=BUDIS_USER_ID), Sender(phone=BUDI, user_id=BUDIS_USER_ID)]
)
def test_what_the_simulator_delivers_we_read_and_can_answer(world: World, client: Client, sender: Sender) -> None:
    identity = {"from": sender.phone} if sender.phone else {}
    world.inbound(**identity, **({"user_id": sender.user_id} if sender.user_id else {}), text="#batal")
    assert verify(world.webhook.bodies[0], world.webhook.signatures[0], [SECRET])
    (came,) = read(json.loads(world.webhook.bodies[0])).messages
    assert (came.phone_number_id, came.message.sender, came.message.text) == (NUMBER_ID, sender, "#batal")
    sent_id = client.send({**addressed(came.message.sender), **HALO})
    assert [one["id"] for one in world.sent(sender.key)] == [sent_id]


def test_what_we_upload_the_simulator_keeps(world: World, client: Client) -> None:
    world.budi_writes()
    media_id = client.upload(PNG, "image/png")
    client.send({**addressed(Sender(phone=BUDI)), "type": "image", "image": {"id": media_id, "caption": "Tiket"}})
    assert world.tool("GET", f"media/{world.sent()[0]['image']['id']}").content == PNG


def test_refusals_fall_into_our_classes(world: World, client: Client, http: urllib3.PoolManager) -> None:
    to_budi = addressed(Sender(phone=BUDI))
    with pytest.raises(TemplateOnly):
        client.send({**to_budi, **HALO})
    world.budi_writes()
    with pytest.raises(OurFault):
        client.send({**to_budi, "type": "text", "text": {"body": ""}})
    with pytest.raises(AccessRefused):
        Client(http, world.url, "v26.0", NUMBER_ID, "revoked").send({**to_budi, **HALO})
    world.tool("PUT", "faults", {"status": 503, "code": 131016})
    with pytest.raises(Retry):
        client.send({**to_budi, **HALO})
    client.send({**to_budi, **HALO})
    assert len(world.sent()) == 1


def test_receipts_are_read_with_what_we_gave_along(world: World, client: Client) -> None:
    world.budi_writes()
    world.tool("PUT", "receipts", {"on": True, "statuses": ["delivered"]})
    sent_id = client.send({**addressed(Sender(phone=BUDI)), **HALO, "biz_opaque_callback_data": "outbox-7"})
    world.webhook.wait_for(2)
    (status,) = read(json.loads(world.webhook.bodies[1])).statuses
    assert (status.message_id, status.status, status.callback_data) == (sent_id, "delivered", "outbox-7")
