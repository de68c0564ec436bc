"""Writing photos: the only place where a photo or its files come into being or go away."""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from homework.accounts.models import User
from homework.common.errors import BodyTooLargeError, TooManyRequestsError
from homework.uploads.images import PhotoDecoder, SanitisedPhoto
from homework.uploads.limits import DecodeLimits
from homework.uploads.models import Photo, photo_storage

logger = logging.getLogger(__name__)

_owners_decoding: set[int] = set()
"""Whose photos are being decoded or wait for it, in this process. Guarded by the lock below."""
_owners_lock = threading.Lock()


@functools.cache
def photo_decoder() -> PhotoDecoder:
    """The process-wide decoder, so that its bound on simultaneous decodes holds for everybody."""
    return PhotoDecoder(
        DecodeLimits(
            max_pixels=settings.UPLOAD_MAX_PIXELS,
            long_side_px=settings.UPLOAD_LONG_SIDE_PX,
            timeout_s=settings.UPLOAD_DECODE_TIMEOUT_S,
            memory_mb=settings.UPLOAD_DECODE_MEMORY_MB,
        ),
        max_concurrent=settings.UPLOAD_MAX_DECODES,
    )


def photo_create(
    *, owner: User, data: bytes | UploadedFile[Any], is_background: bool = False
) -> tuple[Photo, bool]:
    """Sanitise and store a photo. The original is not kept.

    Blocks while the photo is decoded (about 0.3 s), so call it outside a transaction: with SQLite
    one would hold the write lock all that time.

    Args:
        owner: Whose photo it is.
        data: The file as it came in; an uploaded file is closed.
        is_background: Nobody waits for it, and the caller sends one at a time. The owner's own
            uploads go on beside it.

    Returns:
        The photo, and whether it is new; the same file from the same owner is one photo.

    Raises:
        BodyTooLargeError: The file has more than `UPLOAD_MAX_BYTES`.
        UploadError: The file is no photo that we take; the subclass says why.
        UploadsBusyError: Too many photos are being decoded.
        TooManyRequestsError: The owner has stored `UPLOAD_MAX_PER_HOUR` photos within the hour,
            or another photo of theirs is being decoded.
    """
    recent = Photo.objects.filter(owner=owner, created_at__gt=timezone.now() - timedelta(hours=1))
    if recent.count() >= settings.UPLOAD_MAX_PER_HOUR:
        raise TooManyRequestsError(_("You have sent many photos. Please try again in an hour."))
    with nullcontext() if is_background else _one_at_a_time(owner):
        clean = photo_decoder().sanitise(_read_bounded(data, settings.UPLOAD_MAX_BYTES))
    existing = Photo.objects.filter(owner=owner, sha256=clean.sha256).first()
    if existing is not None:
        return existing, False
    return _store(owner, clean)


def photo_set_located(*, photo: Photo, located: Mapping[str, Any] | None) -> None:
    """Remember where on the photo the question was found; None for "nothing found"."""
    photo.located = None if located is None else dict(located)
    photo.save(update_fields=["located"])


def photo_files_delete(*, photo: Photo) -> None:
    """Delete the files of a photo whose row is going, once that is certain.

    Every deletion of a row leads here, that of an account with all its photos included.
    """
    names = (photo.file.name, photo.thumbnail.name)
    transaction.on_commit(functools.partial(_delete_files, names))


def photo_files_sweep(*, older_than: timedelta = timedelta(hours=1)) -> int:
    """Delete files that belong to no photo, and return how many.

    A server that is killed between writing a file and its row leaves one behind. Files younger
    than `older_than` may belong to an upload under way. A database without any photo deletes
    nothing: it is rather the wrong one, and its server must not cost the school its files.
    """
    storage = photo_storage()
    if not storage.exists(""):
        return 0
    named = {
        name
        for names in Photo.objects.values_list("file", "thumbnail").iterator()
        for name in names
    }
    if not named:
        return 0
    limit = timezone.now() - older_than
    orphans = [
        name
        for name in storage.listdir("")[1]
        if name not in named and storage.get_modified_time(name) < limit
    ]
    _delete_files(orphans)
    if orphans:
        logger.info("swept photo files", extra={"num_files": len(orphans)})
    return len(orphans)


@contextmanager
def _one_at_a_time(owner: User) -> Iterator[None]:
    """Files made to be slow must not take all places for decoding: one person has one at most."""
    with _owners_lock:
        if owner.pk in _owners_decoding:
            raise TooManyRequestsError
        _owners_decoding.add(owner.pk)
    try:
        yield
    finally:
        with _owners_lock:
            _owners_decoding.discard(owner.pk)


def _read_bounded(data: bytes | UploadedFile[Any], max_bytes: int) -> bytes:
    if isinstance(data, bytes):
        content = data
    else:
        data.seek(0)
        content = data.read(max_bytes + 1)
        # Else every upload that waits for its decode would hold its photo twice.
        data.close()
    if len(content) > max_bytes:
        raise BodyTooLargeError
    return content


def _store(owner: User, clean: SanitisedPhoto) -> tuple[Photo, bool]:
    """Files first, then the row: who finds the row finds the files."""
    photo = Photo(
        owner=owner,
        sha256=clean.sha256,
        phash=clean.phash,
        width=clean.width,
        height=clean.height,
        size_bytes=len(clean.image),
        quality=clean.quality,
    )
    names = (f"{photo.id}.jpg", f"{photo.id}.thumb.jpg")
    try:
        photo.file.save(names[0], ContentFile(clean.image), save=False)
        photo.thumbnail.save(names[1], ContentFile(clean.thumbnail), save=False)
        with transaction.atomic():
            photo.save(force_insert=True)
    except BaseException as error:
        # By the names that were meant: a write that failed half-way has set none.
        _delete_files(names)
        if isinstance(error, IntegrityError):
            # The same photo arrived twice at once, and the other one was faster.
            existing = Photo.objects.filter(owner=owner, sha256=clean.sha256).first()
            if existing is not None:
                return existing, False
        raise
    return photo, True


def _delete_files(names: Iterable[str | None]) -> None:
    storage = photo_storage()
    for name in names:
        if name:
            storage.delete(name)
