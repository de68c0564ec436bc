"""What may be read of batches, by the one whose they are."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final, TypedDict

from django.db.models import Case, CharField, Count, Exists, OuterRef, QuerySet, Value, When

from homework.accounts.models import User
from homework.batches.models import Batch, BatchItem
from homework.common.errors import NotFoundError
from homework.solutions.models import Solution

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

ITEM_STATES: Final = ("queued", "running", "done", "failed", "refused", "cancelled")
BATCH_STATES: Final = ("queued", "running", "finished", "cancelling", "cancelled")
_UNDER_WAY: Final = ("queued", "running")
_Item = BatchItem.State
_Solution = Solution.State


class Shown(TypedDict):
    """What `items_of` adds to an item."""

    shown_state: str


def items_of(
    batches: QuerySet[Batch] | list[Batch],
) -> QuerySet[WithAnnotations[BatchItem, Shown]]:
    """Items with `shown_state`, one of ITEM_STATES: their own, or once asked, their solution's."""
    return BatchItem.objects.filter(batch__in=batches).annotate(
        shown_state=Case(
            When(state=_Item.WAITING, then=Value("queued")),
            When(state=_Item.REFUSED, then=Value("refused")),
            When(state=_Item.CANCELLED, then=Value("cancelled")),
            # Asked, and its solution has been deleted since.
            When(solution=None, then=Value("failed")),
            When(solution__state=_Solution.QUEUED, then=Value("queued")),
            When(solution__state__in=Solution.RUNNING, then=Value("running")),
            When(solution__state=_Solution.FINISHED, then=Value("done")),
            When(solution__state=_Solution.STOPPED, then=Value("cancelled")),
            default=Value("failed"),
            output_field=CharField(),
        )
    )


def counts_of(batches: list[Batch]) -> dict[uuid.UUID, dict[str, int]]:
    """How many items of each batch are in each of ITEM_STATES."""
    counts = {batch.pk: dict.fromkeys(ITEM_STATES, 0) for batch in batches}
    rows = items_of(batches).order_by().values_list("batch_id", "shown_state")
    for batch_id, state, number in rows.annotate(number=Count("pk")):
        counts[batch_id][state] = number
    return counts


def batches_done() -> QuerySet[Batch]:
    """Open batches of which nothing is under way any more."""
    under_way = items_of(Batch.objects.filter(finished_at=None)).filter(
        batch=OuterRef("pk"), shown_state__in=_UNDER_WAY
    )
    return Batch.objects.filter(~Exists(under_way), finished_at=None)


def batch_state(batch: Batch) -> str:
    """One of BATCH_STATES."""
    if batch.finished_at is not None:
        return "finished" if batch.cancelled_at is None else "cancelled"
    if batch.cancelled_at is not None:
        return "cancelling"
    return "queued" if batch.started_at is None else "running"


def batch_get(*, student: User, batch_id: uuid.UUID) -> Batch:
    """A batch of the person's own.

    Raises:
        NotFoundError: They have no such batch.
    """
    found = Batch.objects.filter(pk=batch_id, student=student).first()
    if found is None:
        raise NotFoundError
    return found
