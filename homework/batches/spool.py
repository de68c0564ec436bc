"""Photos of batches until they are decoded: `BATCH_DIR/<batch>/<number>`, for this server's eyes.

They outlive a crash, as the rest of the batch does, and go as soon as their pixels have been taken
out: an original may say where a child lives. No name of a sender's becomes a path.
"""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from homework.batches.models import Batch

_INTAKE_S = 3600.0
"""A folder that belongs to no open batch may belong to a call that is still coming in."""


def spool_write(batch_id: uuid.UUID, index: int, pieces: Iterable[bytes]) -> None:
    """Store a photo as it came in."""
    path = _path(batch_id, index)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in pieces:
            file.write(piece)


def spool_read(batch_id: uuid.UUID, index: int) -> bytes:
    """What was stored.

    Raises:
        FileNotFoundError: It is not there any more.
    """
    return _path(batch_id, index).read_bytes()


def spool_delete(batch_id: uuid.UUID, index: int) -> None:
    """Delete one photo. Idempotent."""
    _path(batch_id, index).unlink(missing_ok=True)


def spool_clear(batch_id: uuid.UUID) -> None:
    """Delete all that a batch has. Idempotent."""
    shutil.rmtree(_folder(batch_id), ignore_errors=True)


def spool_sweep() -> int:
    """Delete what belongs to no open batch, after a crash or with an account, and say how many."""
    root = Path(settings.BATCH_DIR)
    if not root.exists():
        return 0
    limit = time.time() - _INTAKE_S
    old = {folder.name: folder for folder in root.iterdir() if folder.stat().st_mtime < limit}
    wanted = Batch.objects.filter(finished_at=None).values_list("pk", flat=True)
    left = set(old) - {str(batch_id) for batch_id in wanted}
    for name in left:
        shutil.rmtree(old[name], ignore_errors=True)
    return len(left)


def _folder(batch_id: uuid.UUID) -> Path:
    return Path(settings.BATCH_DIR) / str(batch_id)


def _path(batch_id: uuid.UUID, index: int) -> Path:
    return _folder(batch_id) / str(index)
