"""What the settings make on disk when the site starts for the first time."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from homework import settings as site_settings


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_data_directory_is_closed_to_other_accounts(tmp_path: Path) -> None:
    made = site_settings._private_directory(tmp_path / "school" / "var")

    assert mode(made) == 0o700


def test_the_secret_key_is_made_once_and_for_the_server_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HH_SECRET_KEY", raising=False)

    key = site_settings._secret_key(tmp_path)

    assert len(key) > 60
    assert site_settings._secret_key(tmp_path) == key
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert mode(tmp_path / "secret_key") == 0o600


def test_a_given_key_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HH_SECRET_KEY", "given")

    assert site_settings._secret_key(tmp_path) == "given"
    assert not list(tmp_path.iterdir())
