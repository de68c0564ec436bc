"""Writing batches: taken in, cancelled, ended. The questions in them are begun by `feeding`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from homework.accounts.models import User
from homework.batches.archives import Archive, Entry, is_nested_archive
from homework.batches.models import NAME_MAX_CHARACTERS, Batch, BatchItem
from homework.batches.selectors import batch_state, batches_done, counts_of
from homework.batches.spool import spool_clear, spool_write
from homework.common.errors import (
    ArchiveTooLargeError,
    BatchExpiredError,
    BodyTooLargeError,
    EmptyBatchError,
    NestedArchiveError,
    QueueFullError,
    TooManyBatchesError,
    TooManyItemsError,
)
from homework.pipeline.disclosure import require_open
from homework.pipeline.services import solution_stop
from homework.solutions.models import Solution
from homework.uploads.models import Photo
from homework.webhooks.models import Endpoint
from homework.webhooks.services import event_announce

FINISHED_EVENT = "batch.finished"
_State = BatchItem.State


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """A question that comes in.

    Attributes:
        name: By which its sender knows it again.
        question_text: As typed, or empty.
        photo: One that was sent before.
        pieces: Makes the content of a photo that comes along.
        size_bytes: Of that content.
        error_code: Why it is refused already.
    """

    name: str = ""
    question_text: str = ""
    photo: Photo | None = None
    pieces: Callable[[], Iterable[bytes]] | None = None
    size_bytes: int = 0
    error_code: str = ""


def items_of_archive(file: IO[bytes]) -> list[NewItem]:
    """The photos in a ZIP archive.

    Raises:
        ArchiveError: It is not one that we unpack; the subclass says why.
        TooManyItemsError: More than BATCH_MAX_ITEMS files.
    """
    archive = Archive(file, max_items=settings.BATCH_MAX_ITEMS, max_bytes=settings.BATCH_MAX_BYTES)
    return [_item_of_entry(archive, entry) for entry in archive.entries]


def _item_of_entry(archive: Archive, entry: Entry) -> NewItem:
    if entry.size_bytes > settings.UPLOAD_MAX_BYTES:
        return NewItem(name=entry.name, error_code=BodyTooLargeError.code)
    if is_nested_archive(next(archive.unpack(entry), b"")):
        return NewItem(name=entry.name, error_code=NestedArchiveError.code)
    return NewItem(
        name=entry.name, pieces=lambda: archive.unpack(entry), size_bytes=entry.size_bytes
    )


def items_of_files(files: Iterable[UploadedFile[Any]]) -> Iterator[NewItem]:
    """The photos of a form."""
    for file in files:
        name = (file.name or "")[:NAME_MAX_CHARACTERS]
        size_bytes = file.size or 0
        if size_bytes > settings.UPLOAD_MAX_BYTES:
            yield NewItem(name=name, error_code=BodyTooLargeError.code)
        else:
            yield NewItem(name=name, pieces=file.chunks, size_bytes=size_bytes)


def batch_create(*, student: User, language: str, items: Sequence[NewItem]) -> Batch:
    """Take a batch in: all of it, or nothing.

    Raises:
        AnswersClosedError: The answer policy of a class takes no questions now.
        EmptyBatchError: No items.
        TooManyItemsError: More than BATCH_MAX_ITEMS.
        ArchiveTooLargeError: More than BATCH_MAX_BYTES of photos.
        ArchiveError: An archive turns out to be damaged as it is unpacked.
        TooManyBatchesError: BATCH_MAX_OPEN of the student's batches have not ended.
        QueueFullError: BATCH_MAX_WAITING_BYTES of photos wait to be decoded.
    """
    require_open(student=student)
    num_bytes = sum(item.size_bytes for item in items)
    if not items:
        raise EmptyBatchError
    if len(items) > settings.BATCH_MAX_ITEMS:
        raise TooManyItemsError(None, max_items=settings.BATCH_MAX_ITEMS)
    if num_bytes > settings.BATCH_MAX_BYTES:
        raise ArchiveTooLargeError(None, max_bytes=settings.BATCH_MAX_BYTES)
    # Two that arrive together may pass at one below either bound; they are there for the disk.
    if Batch.objects.filter(student=student, finished_at=None).count() >= settings.BATCH_MAX_OPEN:
        raise TooManyBatchesError(None, retry_after_s=60)
    waiting = BatchItem.objects.filter(has_file=True).aggregate(total=Sum("size_bytes"))["total"]
    if (waiting or 0) + num_bytes > settings.BATCH_MAX_WAITING_BYTES:
        raise QueueFullError(None, retry_after_s=300)
    batch = Batch(
        student=student,
        language=language,
        num_items=len(items),
        expires_at=timezone.now() + timedelta(hours=settings.BATCH_MAX_HOURS),
    )
    try:
        # Files first, then the rows: who finds a row finds its file.
        for index, item in enumerate(items):
            if item.pieces is not None:
                spool_write(batch.pk, index, item.pieces())
        with transaction.atomic():
            batch.save(force_insert=True)
            BatchItem.objects.bulk_create(
                _row(batch, index, item) for index, item in enumerate(items)
            )
    except BaseException:
        spool_clear(batch.pk)
        raise
    return batch


def _row(batch: Batch, index: int, item: NewItem) -> BatchItem:
    return BatchItem(
        batch=batch,
        index=index,
        name=item.name,
        question_text=item.question_text,
        photo=item.photo,
        has_file=item.pieces is not None,
        size_bytes=item.size_bytes,
        state=_State.REFUSED if item.error_code else _State.WAITING,
        error_code=item.error_code,
    )


def batch_cancel(*, batch: Batch) -> None:
    """Begin nothing more of a batch, and stop what runs. Nothing happens to one that has ended."""
    with transaction.atomic():
        open_now = Batch.objects.filter(pk=batch.pk, finished_at=None, cancelled_at=None)
        if not open_now.update(cancelled_at=timezone.now()):
            return
        _drop_waiting(batch, state=_State.CANCELLED)
    spool_clear(batch.pk)
    asked = Solution.objects.filter(batch_item__batch=batch).exclude(state__in=Solution.TERMINAL)
    for solution_id in asked.values_list("pk", flat=True):
        solution_stop(viewer=batch.student, solution_id=solution_id)


def batches_expire() -> None:
    """Refuse what has waited for as long as a batch may."""
    for batch in Batch.objects.filter(finished_at=None, expires_at__lte=timezone.now()):
        if _drop_waiting(batch, state=_State.REFUSED, error_code=BatchExpiredError.code):
            spool_clear(batch.pk)


def batches_finish() -> None:
    """End batches of which nothing is under way any more, and have their persons told."""
    for batch in batches_done().select_related("student"):
        with transaction.atomic():
            now = timezone.now()
            open_now = Batch.objects.filter(pk=batch.pk, finished_at=None)
            if not open_now.update(finished_at=now):
                continue
            batch.refresh_from_db()
            event_announce(
                endpoints=list(Endpoint.objects.filter(user=batch.student)),
                event=FINISHED_EVENT,
                data={
                    "batch_id": str(batch.pk),
                    "state": batch_state(batch),
                    "num_items": batch.num_items,
                    "counts": counts_of([batch])[batch.pk],
                },
            )
        spool_clear(batch.pk)


def _drop_waiting(batch: Batch, *, state: str, error_code: str = "") -> int:
    return BatchItem.objects.filter(batch=batch, state=_State.WAITING).update(
        state=state, error_code=error_code, has_file=False
    )
