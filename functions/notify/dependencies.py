"""The dependencies of this function, each made when it is first asked for."""

import time
from functools import cache

import urllib3

from antrian.adapters.emulator import SIMULATOR_URL
from antrian.adapters.texts import Texts
from antrian.adapters.whatsapp.channel import WhatsAppChannel
from antrian.adapters.whatsapp.client import Client
from antrian.adapters.whatsapp.graph import GRAPH_URL
from antrian.adapters.whatsapp.media import WhatsAppMedia
from antrian.runtime import runtime
from antrian.usecases.delivery.circuit_breaker import CircuitBreaker
from antrian.usecases.delivery.delivering import Delivering
from antrian.usecases.delivery.photos import PhotoKeeping
from antrian.usecases.delivery.sending import Sending


@cache
def pool() -> urllib3.PoolManager:
    """Return the connections to WhatsApp."""
    return urllib3.PoolManager()


@cache
def breaker() -> CircuitBreaker:
    """Return the circuit breaker of the line to WhatsApp, one for each environment of the function."""
    return CircuitBreaker(time.monotonic)


@cache
def delivering() -> Delivering:
    """Return the use case that delivers the messages of the outbox."""
    return Delivering(sending=_sending, photo_keeping=_photo_keeping, breaker=breaker())


def _sending() -> Sending:
    account = runtime().whatsapp()
    client = Client(
        pool(),
        _graph_url(),
        version=account.graph_version,
        node_id=account.phone_number_id,
        access_token=account.access_token,
    )
    return Sending(
        wording=Texts(runtime().office),
        channel=WhatsAppChannel(client),
        sent=runtime().sent_log,
        bookings=runtime().bookings,
        key=runtime().signing_key,
        clock=runtime().clock,
    )


def _photo_keeping() -> PhotoKeeping:
    account = runtime().whatsapp()
    media = WhatsAppMedia(pool(), _graph_url(), version=account.graph_version, access_token=account.access_token)
    return PhotoKeeping(bookings=runtime().bookings, source=media, store=runtime().photos, outbox=runtime().outbox)


def _graph_url() -> str:
    return runtime().local_setting(SIMULATOR_URL) or GRAPH_URL
