"""Beginning what batches ask, when there is nothing better to do: a task of the serving process.

Photos are decoded one after the other while no question waits that somebody waits for, so that an
original is soon gone. Questions go into the pipeline a few at a time, to be claimed by workers that
find nothing else. Batches take turns. Each step is one transaction, so that a crash at any point
costs at most a photo that is decoded twice, and asks nothing twice.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from homework.batches.models import Batch, BatchItem
from homework.batches.services import batches_expire, batches_finish
from homework.batches.spool import spool_delete, spool_read, spool_sweep
from homework.common.errors import (
    AnswersClosedError,
    AppError,
    BodyTooLargeError,
    ConflictError,
    InvalidInputError,
    NotFoundError,
    QuotaUsedUpError,
    TooManyRequestsError,
    UploadError,
    UploadsBusyError,
)
from homework.pipeline import process
from homework.pipeline.services import solution_submit_idle
from homework.solutions.models import Solution
from homework.uploads.services import photo_create

logger = logging.getLogger(__name__)

_BUSY_S: Final = 0.2
_IDLE_S: Final = 1.0
_PAUSE_S: Final = 60.0
"""For how long a batch is held up by a limit that does not say for how long it holds."""
_SWEEP_S: Final = 600.0
_State = BatchItem.State


class Feeder:
    """Feeds the pipeline of this process. Belongs to one thread."""

    def __init__(self) -> None:
        self._swept_at = float("-inf")

    def work(self, halt: threading.Event) -> float:
        """Do what is due; the task registered with `common.background`."""
        pipeline = process.current()
        if pipeline is None:
            return _IDLE_S
        if time.monotonic() - self._swept_at > _SWEEP_S:
            self._swept_at = time.monotonic()
            spool_sweep()
        if not Batch.objects.filter(finished_at=None).exists():
            return _IDLE_S
        batches_expire()
        # Twice as many as can be worked on: each worker finds the next one when it ends one.
        while not halt.is_set() and ask_next(2 * pipeline.runner.num_workers):
            pass
        # One at a time, so that what ends meanwhile is noticed.
        has_decoded = decode_next()
        batches_finish()
        if has_decoded:
            return 0.0
        return _BUSY_S if _under_way().exists() else _IDLE_S


def ask_next(max_asked: int) -> bool:
    """Ask the next question whose photo is ready, if fewer than `max_asked` of batches have been
    asked and not ended. Whether anything was done."""
    item = _next_item(has_file=False)
    if item is None or _under_way().count() >= max_asked:
        return False
    if not _begin(item):
        return True
    batch = item.batch
    try:
        with transaction.atomic():
            solution = solution_submit_idle(
                student=batch.student,
                photo=item.photo,
                question_text=item.question_text,
                language=batch.language,
            )
            if not _waiting(item).update(state=_State.ASKED, solution=solution):
                raise ConflictError  # cancelled this very moment
    except QuotaUsedUpError as error:
        _refuse(item, error.code)
    except (TooManyRequestsError, AnswersClosedError) as error:
        _hold_up(item, error)
    except (InvalidInputError, NotFoundError) as error:
        _refuse(item, error.code)
    except ConflictError:
        pass
    return True


def decode_next() -> bool:
    """Make the next photo ready, if nobody waits for an answer. Whether anything was done."""
    item = _next_item(has_file=True)
    if item is None or _is_somebody_waiting():
        return False
    if not _begin(item):
        return True
    batch = item.batch
    try:
        content = spool_read(batch.pk, item.index)
        photo, _created = photo_create(owner=batch.student, data=content, is_background=True)
    except (TooManyRequestsError, UploadsBusyError) as error:
        _hold_up(item, error)
    except (UploadError, BodyTooLargeError) as error:
        _refuse(item, error.code)
    except FileNotFoundError:
        _refuse(item, "photo_missing")
    else:
        _waiting(item).update(photo=photo, has_file=False, attempts=0)
        spool_delete(batch.pk, item.index)
    return True


def _next_item(*, has_file: bool) -> BatchItem | None:
    now = timezone.now()
    return (
        BatchItem.objects.filter(
            Q(batch__resume_at=None) | Q(batch__resume_at__lte=now),
            state=_State.WAITING,
            has_file=has_file,
            batch__cancelled_at=None,
            batch__expires_at__gt=now,
            batch__student__is_active=True,
        )
        .select_related("batch__student", "photo")
        .order_by(F("batch__served_at").asc(nulls_first=True), "batch__created_at", "index")
        .first()
    )


def _under_way() -> QuerySet[Solution]:
    return Solution.objects.filter(
        priority=Solution.Priority.BATCH, state__in=(Solution.State.QUEUED, *Solution.RUNNING)
    )


def _is_somebody_waiting() -> bool:
    return Solution.objects.filter(
        state=Solution.State.QUEUED, priority=Solution.Priority.INTERACTIVE
    ).exists()


def _waiting(item: BatchItem) -> QuerySet[BatchItem]:
    return BatchItem.objects.filter(pk=item.pk, state=_State.WAITING)


def _begin(item: BatchItem) -> bool:
    """Count an attempt, before it is made: what takes the process down with it is not tried for
    ever. False when there have been enough."""
    if item.attempts >= settings.PIPELINE_MAX_ATTEMPTS:
        _refuse(item, "gave_up")
        return False
    _waiting(item).update(attempts=item.attempts + 1)
    now = timezone.now()
    Batch.objects.filter(pk=item.batch_id).update(
        served_at=now, started_at=Coalesce(F("started_at"), now)
    )
    return True


def _hold_up(item: BatchItem, error: AppError) -> None:
    """Try it again later; that was no attempt."""
    batch = item.batch
    _waiting(item).update(attempts=item.attempts)
    after_s = error.detail.get("retry_after_s", _PAUSE_S)
    assert isinstance(after_s, int | float)
    Batch.objects.filter(pk=batch.pk).update(resume_at=timezone.now() + timedelta(seconds=after_s))
    logger.info(
        "batch held up",
        extra={"batch_id": str(batch.pk), "code": error.code, "seconds": after_s},
    )


def _refuse(item: BatchItem, code: str) -> None:
    _waiting(item).update(state=_State.REFUSED, error_code=code, has_file=False)
    spool_delete(item.batch_id, item.index)
