"""Who may write to what waits in the queue: the law of claims, for solutions and follow-ups alike.

The database is the queue. A worker claims a row and from then on writes through its `Claim`; when
somebody else has taken the row over meanwhile (a sweep after a stalled heartbeat), the write
raises `ClaimLostError` and changes nothing. Each change is one compare-and-swap with its row
counted.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from homework.common.errors import ClaimLostError, NotFoundError
from homework.common.prepared import Parameter, PreparedQuery, PreparedUpdate
from homework.solutions.models import Claimable, Solution

State = Claimable.State
Row = TypeVar("Row", bound=Claimable)


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's right to write to one row, until somebody else claims it."""

    row_id: uuid.UUID
    worker: str
    attempt: int
    kind: type[Claimable] = Solution


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep did with the claims of workers that are gone."""

    requeued: tuple[uuid.UUID, ...] = ()
    stopped: tuple[uuid.UUID, ...] = ()
    failed: tuple[uuid.UUID, ...] = ()


def claim_of(row: Claimable) -> Claim:
    """The claim under which a row that was just claimed is held."""
    return Claim(row.id, row.claimed_by, row.attempt, type(row))


def first_of(queue: Callable[[], QuerySet[Any]]) -> PreparedQuery[tuple[uuid.UUID, int]]:
    """The first row of a queue, as `claim_first` takes it."""
    return PreparedQuery(lambda: queue().values_list("pk", "attempt")[:1])


def claim_first(
    kind: type[Row],
    first: PreparedQuery[tuple[uuid.UUID, int]],
    *,
    worker: str,
    **values: Any,
) -> uuid.UUID | None:
    """Take the first row of a queue for a worker, or None when nothing waits.

    Works the same on SQLite and PostgreSQL: whoever swaps QUEUED for another state has it, the
    others go on to the next one. What an earlier attempt left behind is cleared.

    Args:
        kind: Of the rows.
        first: Of the queue, asked anew until one is won.
        worker: For whom.
        **values: What else the row becomes, `state` among them.
    """
    while True:
        candidate = first.first()
        if candidate is None:
            return None
        row_id, attempt = candidate
        now = timezone.now()
        values |= {
            "attempt": attempt + 1,
            "claimed_by": worker,
            "heartbeat_at": now,
            "started_at": now,
            "text": "",
            "engine": "",
            "engine_changes": [],
        }
        claimed = _update_of(kind, (State.QUEUED,), is_of_worker=False, names=tuple(values))
        if claimed(row_id=row_id, held_attempt=attempt, **values):
            return row_id


def claim_is_held(*, claim: Claim) -> bool:
    """Whether the row is still this worker's, ended or not."""
    return (
        _rows(claim.kind)
        .filter(pk=claim.row_id, claimed_by=claim.worker, attempt=claim.attempt)
        .exists()
    )


def claim_heartbeat(*, claim: Claim) -> bool:
    """Say that the worker is alive.

    Returns:
        Whether a stop was requested.

    Raises:
        ClaimLostError: The row is no longer this worker's.
    """
    claim_write(claim, Claimable.RUNNING, heartbeat_at=timezone.now())
    requested: bool = (
        _rows(claim.kind).values_list("stop_requested", flat=True).get(pk=claim.row_id)
    )
    return requested


def claim_checkpoint_text(*, claim: Claim, text: str, engine: str) -> None:
    """Store the text so far, for whoever asks the database meanwhile. Counts as a heartbeat.

    Raises:
        ClaimLostError: The row is no longer this worker's.
    """
    claim_write(claim, (State.SOLVING,), text=text, engine=engine, heartbeat_at=timezone.now())


def claim_requeue(*, claim: Claim) -> str:
    """Give a row back unfinished, as a server does that stops. Costs it no attempt.

    Returns:
        Its new state: QUEUED, or STOPPED if a stop was requested.

    Raises:
        ClaimLostError: The row is no longer this worker's.
    """
    for _attempt in range(2):
        held = _held(claim, Claimable.RUNNING)
        if held.filter(stop_requested=False).update(
            **_BACK_IN_QUEUE, attempt=F("attempt") - 1
        ) or held.filter(stop_requested=True).update(**_stopped()):
            state: str = _rows(claim.kind).values_list("state", flat=True).get(pk=claim.row_id)
            return state
    raise ClaimLostError


def claim_write(claim: Claim, states: Iterable[str], **values: Any) -> None:
    """Change a row while it is in one of these states.

    Raises:
        ClaimLostError: It is not, or no longer this worker's; nothing was stored.
    """
    update = _update_of(claim.kind, tuple(states), is_of_worker=True, names=tuple(values))
    changed = update(
        row_id=claim.row_id, held_by=claim.worker, held_attempt=claim.attempt, **values
    )
    if changed != 1:
        raise ClaimLostError


@functools.cache
def _update_of(
    kind: type[Claimable], states: tuple[str, ...], *, is_of_worker: bool, names: tuple[str, ...]
) -> PreparedUpdate:
    """The update of these fields of a row that is in one of these states: a few in all."""

    def rows() -> QuerySet[Claimable]:
        found = _rows(kind).filter(
            pk=Parameter("row_id", kind, "pk"),
            attempt=Parameter("held_attempt", kind, "attempt"),
            state__in=states,
        )
        if is_of_worker:
            found = found.filter(claimed_by=Parameter("held_by", kind, "claimed_by"))
        return found

    return PreparedUpdate(
        rows, {name: Parameter(name, kind, name, is_stored=True) for name in names}
    )


def request_stop(kind: type[Claimable], row_id: uuid.UUID) -> str:
    """Stop a row: at once if it waits, else by a flag that its worker heeds.

    Returns:
        The state afterwards. One that has ended stays as it is.

    Raises:
        NotFoundError: There is no such row.
    """
    found = _rows(kind).filter(pk=row_id)
    while True:
        if found.filter(state=State.QUEUED).update(**_stopped()):
            return State.STOPPED
        found.filter(state__in=Claimable.RUNNING).update(stop_requested=True)
        state = found.values_list("state", flat=True).first()
        if state is None:
            raise NotFoundError
        # A requeue between the two updates brings it back to the queue: once more.
        if state != State.QUEUED:
            return str(state)


def sweep(
    kind: type[Claimable],
    *,
    stale_before: datetime,
    max_attempts: int,
    failed_values: Callable[[], Mapping[str, Any]],
    workers: str = "",
    except_workers: str = "",
) -> Sweep:
    """Take rows from workers that are gone and queue them again.

    One that has used up its attempts fails instead, as it may be what killed them; one that was
    to stop is stopped.

    Args:
        kind: Of the rows.
        stale_before: Claims without a heartbeat since then are swept.
        max_attempts: How often a row is begun.
        failed_values: What one that fails becomes.
        workers: Only the claims of workers whose name begins so.
        except_workers: But not of those whose name begins so.
    """
    stale = _rows(kind).filter(
        Q(heartbeat_at__lt=stale_before) | Q(heartbeat_at=None),
        state__in=Claimable.RUNNING,
        claimed_by__startswith=workers,
    )
    if except_workers:
        stale = stale.exclude(claimed_by__startswith=except_workers)
    requeued, stopped, failed = [], [], []
    for row in stale.only("pk", "claimed_by", "attempt"):
        # The heartbeat is asked again within the update: a worker may have come back.
        held = stale.filter(pk=row.pk, claimed_by=row.claimed_by, attempt=row.attempt)
        if held.filter(stop_requested=True).update(**_stopped()):
            stopped.append(row.pk)
        elif row.attempt >= max_attempts:
            if held.update(**failed_values()):
                failed.append(row.pk)
        elif held.update(**_BACK_IN_QUEUE):
            requeued.append(row.pk)
    return Sweep(tuple(requeued), tuple(stopped), tuple(failed))


def stale_before(seconds: float) -> datetime:
    """The moment that lies so many seconds back."""
    return timezone.now() - timedelta(seconds=seconds)


GAVE_UP: dict[str, Any] = {
    "finish_reason": "error",
    "error_code": "gave_up",
    "error_message": "",
}
"""How a row ends that was begun too often."""

_BACK_IN_QUEUE: dict[str, Any] = {
    "state": State.QUEUED,
    "claimed_by": "",
    "heartbeat_at": None,
    "started_at": None,
}


def _stopped() -> dict[str, Any]:
    return {
        "state": State.STOPPED,
        "finish_reason": "aborted",
        "finished_at": timezone.now(),
    }


def _rows(kind: type[Row]) -> QuerySet[Row]:
    found: QuerySet[Row] = kind._default_manager.all()
    return found


def _held(claim: Claim, states: Iterable[str]) -> QuerySet[Claimable]:
    return _rows(claim.kind).filter(
        pk=claim.row_id,
        claimed_by=claim.worker,
        attempt=claim.attempt,
        state__in=tuple(states),
    )
