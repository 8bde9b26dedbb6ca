"""The conversations that are attacked. A small office: two slots a day of two seats, at 8.00 and 8.30, Mondays on."""

from datetime import date

from tests.attack.script import (
    Again,
    At,
    ChangesNumber,
    Conversation,
    Office,
    Receipts,
    Says,
    Scan,
    Sends,
    Taps,
    Tick,
    Together,
    Undo,
    Waiting,
)

MONDAY = "23112026"
WEDNESDAY = "25112026"
THURSDAY = "26112026"
WORDS = "Budi Santoso#25011987#Jl. Merdeka No. 10, Batam"
PHOTO_OFFICE = Office(approval=False, photo=True, format_="name_birth_address")
ALL = ("budi", "siti", "agus", "dewi", "joko")


def registers(who: str, day: str = MONDAY) -> Says:
    """Let a person register under a name of their own."""
    return Says(who, f"#{who.title()} Santoso#25011987#{day}")


def approves(who: str) -> Says:
    """Let a person type their approval code."""
    return Says(who, "{approval}")


CONVERSATIONS = (
    Conversation("register", [registers("budi"), Taps("budi", "Setuju"), Says("budi", "#status")]),
    Conversation("approve-by-word", [registers("budi"), Says("budi", "setuju"), Says("budi", "#bantuan")]),
    Conversation(
        "receipts", [registers("budi"), approves("budi"), Receipts("sent"), Receipts("read"), Receipts("delivered")]
    ),
    Conversation("ticket-missed", [registers("budi"), approves("budi"), Receipts("failed"), Says("budi", "tiket")]),
    Conversation(
        "correct",
        [
            Says("budi", "#Budi Santosa#25011987#23112026"),
            registers("budi"),
            approves("budi"),
            registers("budi", WEDNESDAY),
        ],
    ),
    Conversation(
        "cancel",
        [
            registers("budi"),
            approves("budi"),
            Says("budi", "#batal"),
            registers("siti"),
            approves("siti"),
            Says("budi", "#batal"),
            registers("budi", WEDNESDAY),
        ],
    ),
    Conversation("withdraw", [registers("budi"), Taps("budi", "Batalkan"), registers("budi"), approves("budi")]),
    Conversation(
        "move",
        [
            registers("budi"),
            approves("budi"),
            Says("budi", f"#ubah#{WEDNESDAY}"),
            Says("budi", f"#ubah#{WEDNESDAY}"),
            Says("budi", f"#ubah#{THURSDAY}#{{code}}"),
        ],
    ),
    Conversation("move-pending", [registers("budi"), Says("budi", f"#ubah#{WEDNESDAY}"), approves("budi")]),
    Conversation(
        "day-full",
        [
            *[registers(who) for who in ALL],
            *[approves(who) for who in ALL],
            registers("joko", WEDNESDAY),
            approves("joko"),
            Says("joko", f"#ubah#{MONDAY}"),
            Says("budi", "#kuota"),
        ],
    ),
    Conversation(
        "expire",
        [
            registers("budi"),
            approves("budi"),
            At("2026-11-23 08:16"),
            Tick(),
            Tick(),
            registers("budi", WEDNESDAY),
        ],
    ),
    Conversation(
        "door",
        [
            registers("budi"),
            approves("budi"),
            At("2026-11-23 07:10"),
            Scan("budi", "nonce-0001"),
            At("2026-11-23 07:35"),
            Scan("budi", "nonce-0002"),
            Scan("budi", "nonce-0003"),
            Undo("nonce-0002"),
            Scan("budi", "nonce-0004"),
        ],
    ),
    Conversation(
        "late-check-in",
        [
            registers("budi"),
            approves("budi"),
            At("2026-11-23 08:16"),
            Tick(),
            Scan("budi", "nonce-0001", happened="2026-11-23 07:50"),
            Undo("nonce-0001"),
            Tick(),
        ],
    ),
    Conversation(
        "remind",
        [
            *[registers(who) for who in ALL[:2]],
            *[approves(who) for who in ALL[:2]],
            At("2026-11-22 18:01"),
            Tick(),
            Tick(),
            Says("budi", "#batal"),
        ],
    ),
    Conversation(
        "close-a-day",
        [
            *[registers(who) for who in ALL[:3]],
            *[approves(who) for who in ALL[:2]],
            Office(closed=(date(2026, 11, 23),)),
            Tick(),
            Tick(),
            approves("agus"),
            registers("budi", WEDNESDAY),
        ],
    ),
    Conversation(
        "no-approval",
        [
            Office(approval=False),
            registers("budi"),
            registers("budi", WEDNESDAY),
            *[registers(who) for who in ALL[1:]],
            Says("joko", "#status"),
            Says("budi", "#batal"),
        ],
    ),
    Conversation("photo-caption", [PHOTO_OFFICE, Sends("budi", "1001", WORDS), Says("budi", "#status")]),
    Conversation("photo-words-first", [PHOTO_OFFICE, Says("budi", WORDS), Sends("budi", "1001")]),
    Conversation("photo-first", [PHOTO_OFFICE, Sends("budi", "1001"), Says("budi", WORDS), Sends("budi", "1002")]),
    Conversation(
        "ids",
        [
            registers("budi"),
            Says("budi", "{approval}", known_by="both"),
            ChangesNumber("budi"),
            Says("budi", "#status", known_by="both"),
            Says("budi", "#batal", known_by="user id"),
        ],
    ),
    Conversation(
        "number-changes-while-pending",
        [registers("budi"), Says("budi", "#status", known_by="both"), Waiting(approves("budi")), ChangesNumber("budi")],
    ),
    Conversation(
        "dialogue",
        [
            Says("budi", "daftar"),
            Says("budi", "Budi Santoso"),
            Says("budi", "25 Januari 1987"),
            Taps("budi", "Senin"),
            Taps("budi", "Setuju"),
        ],
    ),
    Conversation(
        "dialogue-without-approval",
        [
            Office(approval=False),
            Says("budi", "daftar"),
            Says("budi", "Budi Santoso"),
            Says("budi", "25 Januari 1987"),
            Says("budi", "23-11-2026"),
        ],
    ),
    Conversation("dialogue-ended", [Says("budi", "daftar"), Says("budi", "#batal"), Says("budi", "Budi Santoso")]),
    Conversation(
        "limit",
        [
            Office(messages=3),
            registers("budi"),
            approves("budi"),
            Says("budi", "#status"),
            Says("budi", "#batal"),
            Says("budi", "#batal"),
            registers("siti"),
        ],
        limited=True,
    ),
    Conversation(
        "batches",
        [
            Together(tuple(registers(who) for who in ALL)),
            Waiting(approves("joko")),
            Waiting(Together(tuple(approves(who) for who in ALL[:4]))),
            Waiting(Says("siti", "#batal")),
            registers("rina", WEDNESDAY),
            Waiting(Says("agus", f"#ubah#{WEDNESDAY}")),
            Says("dewi", "#batal"),
        ],
        contested=True,
    ),
    Conversation(
        "refused-then-undone",
        [
            registers("budi"),
            approves("budi"),
            At("2026-11-23 07:35"),
            Scan("budi", "nonce-0001"),
            Says("budi", "#batal"),
            Undo("nonce-0001"),
        ],
    ),
    Conversation(
        "refused-late-then-undone",
        [
            registers("budi"),
            approves("budi"),
            At("2026-11-23 08:16"),
            Tick(),
            Says("budi", "#batal", sent="2026-11-23 08:14"),
            Scan("budi", "nonce-0001", happened="2026-11-23 07:50"),
            Undo("nonce-0001"),
        ],
    ),
    Conversation(
        "moved-late-after-an-undone-check-in",
        [
            registers("budi"),
            approves("budi"),
            At("2026-11-23 08:16"),
            Tick(),
            registers("budi", WEDNESDAY),
            Scan("budi", "nonce-0001", happened="2026-11-23 07:50"),
            Undo("nonce-0001"),
            Says("budi", f"#ubah#{THURSDAY}#{{code}}", sent="2026-11-23 08:10"),
            Tick(),
        ],
    ),
    Conversation(
        "refused-then-reopened",
        [
            registers("budi"),
            approves("budi"),
            Office(closed=(date(2026, 11, 25),)),
            Says("budi", f"#ubah#{WEDNESDAY}"),
            Office(),
        ],
    ),
    Conversation(
        "registration-refused-then-reopened",
        [
            Office(approval=False, closed=(date(2026, 11, 25),)),
            registers("budi", WEDNESDAY),
            Office(approval=False),
        ],
    ),
    Conversation(
        "photo-second-after-an-hour",
        [
            PHOTO_OFFICE,
            Says("budi", WORDS),
            Waiting(Sends("budi", "1001")),
            At("2026-11-21 11:02"),
            Sends("budi", "1002"),
        ],
    ),
    Conversation(
        "photo-brought-again-before-confirm",
        [
            PHOTO_OFFICE,
            Says("budi", WORDS),
            Waiting(Sends("budi", "1001")),
            At("2026-11-21 11:02"),
            Waiting(Sends("budi", "1002")),
            Again(2),
        ],
    ),
    Conversation(
        "past-their-day",
        [
            PHOTO_OFFICE,
            *[Waiting(Sends(who, "1001", WORDS.replace("Budi", who.title()))) for who in ALL[:3]],
            At("2026-11-24 00:05"),
            Sends("budi", "1002", WORDS),
        ],
    ),
)
