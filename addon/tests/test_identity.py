"""Test that token and id are made once, kept, and kept secret."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from hearthd.identity import read_identity, read_token
from hearthd.settings import Settings, SettingsError


def test_made_once(tmp_path: Path) -> None:
    """The first start makes both, later ones find them."""
    settings = Settings(tmp_path / "new" / "folder")
    identity = read_identity(settings)
    assert read_identity(settings) == identity
    assert len(identity.instance_id) == 32
    assert len(identity.token) >= 32
    assert sorted(path.name for path in settings.data.iterdir()) == ["instance_id", "token"]


def test_token_is_secret(tmp_path: Path) -> None:
    """Only its owner may read the file, also if someone has opened it up meanwhile."""
    settings = Settings(tmp_path)
    read_token(settings)
    assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600
    (tmp_path / "token").chmod(0o644)
    read_token(settings)
    assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600
    identity = read_identity(settings)
    assert identity.token not in repr(identity)


def test_token_that_was_set(tmp_path: Path) -> None:
    """A token from the settings is used and not written down."""
    assert read_token(replace(Settings(tmp_path), token="mine")) == "mine"
    assert not (tmp_path / "token").exists()


def test_empty_token_is_replaced(tmp_path: Path) -> None:
    """An empty token would let everybody in."""
    (tmp_path / "token").write_text(" \n")
    assert len(read_token(Settings(tmp_path))) >= 32


def test_programs_that_start_together_agree(tmp_path: Path) -> None:
    """One of them makes the token, all of them use it."""
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(read_token, [Settings(tmp_path)] * 32))) == 1


def test_unusable_folder(tmp_path: Path) -> None:
    """A data folder that is none is a mistake of the settings."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be used"):
        read_token(Settings(tmp_path / "file"))


def test_damaged_token(tmp_path: Path) -> None:
    """What is no text cannot be a token."""
    (tmp_path / "token").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="damaged"):
        read_token(Settings(tmp_path))
