"""The moved clock: it moves and ticks on an emulator, and cannot exist where bookings are real."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from antrian.adapters.clock import MovedClock, SystemClock, clock_from
from antrian.adapters.emulator import CLOCK_FILE, SIMULATOR_URL, local_setting

LOCAL = {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}


def until_later_than(clock: SystemClock | MovedClock, moment: datetime) -> bool:
    """Ask the clock until it has gone on; give up after far more readings than a tick takes."""
    return any(clock.now() > moment for _ in range(1_000_000))


def test_without_the_setting_the_clock_is_the_machines() -> None:
    before = datetime.now(UTC)
    now = clock_from({}).now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta(0)


@pytest.mark.parametrize("environ", [{}, LOCAL, {"AWS_ENDPOINT_URL": "https://dynamodb.ap-southeast-3.amazonaws.com"}])
def test_without_the_setting_the_clock_cannot_be_moved(environ: dict[str, str]) -> None:
    assert isinstance(clock_from(environ), SystemClock)


@pytest.mark.parametrize(
    "endpoint",
    [
        None,
        "",
        "https://dynamodb.ap-southeast-3.amazonaws.com",
        "https://sts.amazonaws.com",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example:4566",
        "http://localhost@evil.example",
        "http://127.0.0.1:4566@evil.example",
        "http://evil.example#127.0.0.1",
        "http://evil.example?127.0.0.1",
        "http://evil.example/127.0.0.1",
        "http://notlocalhost:4566",
        "http://10.0.0.1:4566",
        "http://169.254.169.254",
        "http://0.0.0.0:4566",
        "http://[::2]:4566",
        "http://[::1",
        "127.0.0.1:4566",
        "localhost",
        " ",
    ],
)
@pytest.mark.parametrize("name", [CLOCK_FILE, SIMULATOR_URL])
def test_a_local_setting_is_refused_on_a_real_deployment(name: str, endpoint: str | None, tmp_path: Path) -> None:
    environ = {name: str(tmp_path / "clock")} | ({} if endpoint is None else {"AWS_ENDPOINT_URL": endpoint})
    with pytest.raises(ValueError, match=r"emulator on this machine|Invalid IPv6 URL"):
        local_setting(environ, name)
    if name == CLOCK_FILE:
        with pytest.raises(ValueError, match=r"emulator on this machine|Invalid IPv6 URL"):
            clock_from(environ)


def test_the_refusal_says_what_to_remove() -> None:
    with pytest.raises(ValueError, match=f"remove {CLOCK_FILE}$"):
        clock_from({CLOCK_FILE: "clock", "AWS_ENDPOINT_URL": "https://sqs.ap-southeast-3.amazonaws.com"})


def test_an_empty_setting_is_a_setting() -> None:
    with pytest.raises(ValueError, match="a real office runs on real time"):
        clock_from({CLOCK_FILE: ""})


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:4566", "http://localhost:4566", "https://LOCALHOST", "http://[::1]:4566/"]
)
def test_on_an_emulator_the_clock_moves_and_keeps_ticking(endpoint: str, tmp_path: Path) -> None:
    file = tmp_path / "clock"
    file.write_text("172800.5", encoding="ascii")
    clock = clock_from({CLOCK_FILE: str(file), "AWS_ENDPOINT_URL": endpoint})
    moved = timedelta(days=2, seconds=0.5)
    before = datetime.now(UTC)
    now = clock.now()
    assert before + moved <= now <= datetime.now(UTC) + moved
    assert now.utcoffset() == timedelta(0)
    assert until_later_than(clock, now)


def test_the_clock_follows_its_file_back_and_forth(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    clock = clock_from({CLOCK_FILE: str(file), **LOCAL})

    def offset() -> timedelta:
        return clock.now() - datetime.now(UTC)

    assert abs(offset()) < timedelta(minutes=1)
    file.write_text("86400\n", encoding="ascii")
    assert abs(offset() - timedelta(days=1)) < timedelta(minutes=1)
    file.write_text("-86400", encoding="ascii")
    assert abs(offset() + timedelta(days=1)) < timedelta(minutes=1)
    file.unlink()
    assert abs(offset()) < timedelta(minutes=1)


DAMAGED = [b"", b"tomorrow", b"2026-11-23T08:10:00+07:00", b"nan", b"inf", b"1e300", b"\xff\xfe", b"1 2"]


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_clock_file_never_passes_for_the_real_time(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "clock"
    file.write_bytes(content)
    clock = clock_from({CLOCK_FILE: str(file), **LOCAL})
    with pytest.raises((ValueError, OverflowError)):
        clock.now()


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_clock_file_is_named(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "clock"
    file.write_bytes(content)
    with pytest.raises(ValueError, match="clock"):
        MovedClock(file).now()


@pytest.mark.parametrize(
    "environ",
    [
        {"AWS_ENDPOINT_URL": "http://evil.example\\@127.0.0.1"},
        {**LOCAL, "AWS_ENDPOINT_URL_DYNAMODB": "https://dynamodb.ap-southeast-3.amazonaws.com"},
        {**LOCAL, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
    ],
    ids=["backslash", "one service elsewhere", "ignored"],
)
def test_an_endpoint_that_boto_would_not_use_does_not_count(environ: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="emulator on this machine"):
        clock_from({CLOCK_FILE: "clock", **environ})
