"""Where the local system unpacks what it runs."""

from pathlib import Path

import pytest

from local import paths
from local.paths import STATE, temporary_folder


def test_functions_are_unpacked_into_memory_where_there_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "ENOUGH_MEMORY", 1)
    assert temporary_folder(tmp_path).parent == tmp_path
    monkeypatch.setattr(paths, "ENOUGH_MEMORY", 2**80)
    assert temporary_folder(tmp_path) == STATE / "tmp"


def test_functions_are_unpacked_into_the_checkout_where_no_memory_is_mounted(tmp_path: Path) -> None:
    assert temporary_folder(tmp_path / "nowhere") == STATE / "tmp"


def test_two_checkouts_do_not_share_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "ENOUGH_MEMORY", 1)
    ours = temporary_folder(tmp_path)
    monkeypatch.setattr(paths, "REPOSITORY", Path("elsewhere"))
    assert temporary_folder(tmp_path) != ours
