"""The search for secrets, in a repository of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.paths import REPOSITORY

# Put together here, so that none of them stands in a text of ours.
SECRETS = {
    "AWS": "aws_secret_access_key = " + "wJalrXUtnFEMIK7MDENG" + "bPxRfiCYzq8LmN0pQrSt",
    "a private key": "\n".join(
        ("-----BEGIN " + "PRIVATE KEY-----", *["MIIEvQ" + "Ab3" * 19] * 8, "-----END PRIVATE KEY-----")
    ),
    "GitHub": "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a",
    "Meta's access token": "EAAG" + "Zb7Q" * 40,
    "Meta's app secret": '"' + "0f1e2d3c4b5a6978" * 2 + '"',
    "a random text": "'" + "mH7/" * 11 + "'",
    "a password": "password = " + "'Senin-pagi-730'",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    commit(tmp_path, "a name and a birth date", "Begin")
    return tmp_path


def git(repository: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Budi", "-c", "user.email=budi@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=repository, check=True, capture_output=True)  # noqa: S603, S607


def commit(repository: Path, content: str, message: str) -> None:
    (repository / "notes.txt").write_text(content)
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", f"--message={message}")


def search(repository: Path) -> tuple[int, str]:
    # The Node that the project installs: one that happens to be on the PATH may be too old for TypeScript.
    command = [str(Path(sys.executable).with_name("node")), str(REPOSITORY / "infra/find_secrets.ts")]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)  # noqa: S603
    return done.returncode, done.stdout + done.stderr


def test_a_history_without_secrets_is_right(repository: Path) -> None:
    assert search(repository) == (0, "3 texts of the history and the working tree hold no secret\n")


def test_a_secret_is_found_although_a_later_commit_removed_it_and_it_is_not_printed(repository: Path) -> None:
    for kind, secret in SECRETS.items():
        commit(repository, f"x\n{secret}\n", f"Put in {kind}")
    commit(repository, "nothing", "Take it out")
    code, said = search(repository)
    assert code == 1
    assert said.count("notes.txt, line 2: ") == len(SECRETS), said
    assert not [kind for kind, secret in SECRETS.items() if secret.strip("'\"") in said]


def test_a_secret_is_found_in_a_message_and_before_it_is_committed(repository: Path) -> None:
    commit(repository, "nothing", f"Use {SECRETS['AWS']}")
    (repository / "new.txt").write_text(SECRETS["GitHub"])
    code, said = search(repository)
    assert code == 1
    assert "SECRET? commit " in said
    assert "SECRET? new.txt, line 1: " in said


def test_a_comment_silences_nothing(repository: Path) -> None:
    commit(repository, f"# secretlint-disable\n{SECRETS['AWS']}\n", "Hide")
    assert search(repository)[0] == 1
