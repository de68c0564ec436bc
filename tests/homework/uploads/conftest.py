from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

StoredFiles = Callable[[], set[str]]


@pytest.fixture
def stored_files() -> StoredFiles:
    """The names of the files that this test has left in the photo storage."""

    def names() -> set[str]:
        folder = Path(settings.PHOTO_DIR)
        return {path.name for path in folder.rglob("*")} if folder.exists() else set()

    before = names()
    return lambda: names() - before
