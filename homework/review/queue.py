"""The teachers' queue: what it holds, its filters, its order, and a page of it."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import BigIntegerField, ExpressionWrapper, F, Q, QuerySet
from django.utils import timezone

from homework.accounts.models import Classroom, Membership, User
from homework.accounts.selectors import classrooms_taught_by, students_taught_by
from homework.solutions.models import Solution

Viewer = User | AnonymousUser

PAGE_SIZE = 25
MAX_COUNTED = 999
"""Beyond this the queue says "more than"; nobody counts further, and counting costs."""
REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """What of the queue is shown. Empty means all; what fits nothing shows nothing.

    Attributes:
        classroom_id: Students of this class.
        student_id: One student.
        topic: A `solutions.topics.Topic`.
        since: First day on which it was asked, of the site's time zone.
        until: Last day.
        engine: `rules`, `local`, `remote`.
        verdict: `verified`, `failed`, `not_checkable`, or `unsolved`.
        review: `open`, a `Review.Verdict`, or `reviewed` for all three of them.
        search: Words in the question, or in the student's name.
    """

    classroom_id: int | None = None
    student_id: int | None = None
    topic: str = ""
    since: date | None = None
    until: date | None = None
    engine: str = ""
    verdict: str = ""
    review: str = Solution.ReviewState.OPEN.value
    search: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it shows what still waits, the doubtful first; else the latest reviewed first."""
        return self.review == Solution.ReviewState.OPEN


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the queue: right after the solution with this key."""

    key: tuple[int, datetime, uuid.UUID]

    def __str__(self) -> str:
        score, moment, solution_id = self.key
        plain = f"{score}|{moment.isoformat()}|{solution_id.hex}"
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """The cursor of an address; None for what is none, which shows the beginning."""
        try:
            plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
            score, moment, solution_id = plain.split("|")
            found = datetime.fromisoformat(moment)
            if timezone.is_naive(found) or not 0 <= int(score) < 2**15:
                return None
            return cls((int(score), found, uuid.UUID(hex=solution_id)))
        except (ValueError, binascii.Error, OverflowError):
            return None

    @classmethod
    def after(cls, solution: Solution, *, is_open: bool) -> Cursor:
        """The place right after a solution."""
        if is_open:
            return cls((solution.doubt_score, solution.created_at, solution.pk))
        return cls((0, solution.reviewed_at or solution.created_at, solution.pk))


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A stretch of the queue.

    Attributes:
        items: With student, photo and report; `item.class_names` says in which classes of this
            teacher's the student is.
        next: Where the next page begins, or None at the end.
    """

    items: list[Solution]
    next: Cursor | None


def solutions_for_review(*, teacher: Viewer) -> QuerySet[Solution]:
    """What a teacher's students have asked and that has come to an end."""
    return Solution.objects.filter(
        student__in=students_taught_by(teacher=teacher).values("pk")
    ).exclude(review_state="")


def walked(teacher: Viewer) -> QuerySet[Solution]:
    """As `solutions_for_review`, for queries that walk along moments and soon have enough.

    Without statistics SQLite rather collects everything of all students and sorts it, which at
    100,000 solutions costs ten times as much; a sum of the column keeps it from that.
    """
    return (
        Solution.objects.annotate(
            asked_by=ExpressionWrapper(F("student_id") + 0, output_field=BigIntegerField())
        )
        .filter(asked_by__in=students_taught_by(teacher=teacher).values("pk"))
        .exclude(review_state="")
    )


def queue_of(*, teacher: Viewer, given: QueueFilter) -> QuerySet[Solution]:
    """The queue, filtered and in its order, as slim rows for lists."""
    found = solutions_for_review(teacher=teacher)
    if not given.is_open and given.classroom_id is None and given.student_id is None:
        found = walked(teacher)
    if given.classroom_id is not None:
        found = found.filter(
            student__in=Membership.objects.filter(
                classroom__in=classrooms_taught_by(teacher=teacher)
                .filter(pk=given.classroom_id)
                .values("pk")
            ).values("user")
        )
    if given.student_id is not None:
        found = found.filter(student_id=given.student_id)
    if given.topic:
        found = found.filter(topic=given.topic)
    if given.since is not None:
        found = found.filter(created_at__gte=_start_of(given.since))
    if given.until is not None:
        found = found.filter(created_at__lt=_start_of(given.until + timedelta(days=1)))
    if given.engine:
        found = found.filter(engine=given.engine)
    if given.verdict == "unsolved":
        found = found.filter(verdict="")
    elif given.verdict:
        found = found.filter(verdict=given.verdict)
    for word in given.search.split():
        found = found.filter(
            Q(asked_text__icontains=word)
            | Q(
                student__in=User.objects.filter(
                    Q(username__icontains=word)
                    | Q(first_name__icontains=word)
                    | Q(last_name__icontains=word)
                ).values("pk")
            )
        )
    if given.is_open:
        found = found.filter(review_state=Solution.ReviewState.OPEN)
        return found.order_by("-doubt_score", "-created_at", "-id")
    found = found.filter(reviewed_at__isnull=False)
    if given.review == REVIEWED:
        found = found.exclude(review_state=Solution.ReviewState.OPEN)
    else:
        found = found.filter(review_state=given.review)
    return found.order_by("-reviewed_at", "-id")


def queue_page(
    *,
    teacher: Viewer,
    given: QueueFilter,
    cursor: Cursor | None = None,
    num_items: int = PAGE_SIZE,
) -> QueuePage:
    """A page of the queue: four queries at most, however long the queue and the page are."""
    found = queue_of(teacher=teacher, given=given)
    # First the keys alone: a database that sorts must not carry the texts along.
    keys = _keys(found, cursor, is_open=given.is_open, num_items=num_items + 1)
    rows = {
        row.pk: row
        for row in Solution.objects.filter(pk__in=keys[:num_items])
        .select_related("student", "photo", "report")
        .defer("text", "usage", "timings_ms", "error_message", "answer_check")
    }
    items = [rows[key] for key in keys[:num_items] if key in rows]
    name_classes(items, teacher)
    end = Cursor.after(items[-1], is_open=given.is_open) if items else None
    return QueuePage(items, end if len(keys) > num_items else None)


def _keys(
    found: QuerySet[Solution], cursor: Cursor | None, *, is_open: bool, num_items: int
) -> list[uuid.UUID]:
    """The next keys in the order of `found`.

    The place after a cursor is asked for in parts that an index can go to directly: first what is
    equally doubtful and later in order, then what is less doubtful.
    """
    if cursor is None:
        return list(found.values_list("pk", flat=True)[:num_items])
    score, moment, solution_id = cursor.key
    if not is_open:
        parts = [
            found.filter(Q(reviewed_at__lt=moment) | Q(pk__lt=solution_id), reviewed_at__lte=moment)
        ]
    else:
        parts = [
            found.filter(
                Q(created_at__lt=moment) | Q(pk__lt=solution_id),
                doubt_score=score,
                created_at__lte=moment,
            ),
            found.filter(doubt_score__lt=score),
        ]
    keys: list[uuid.UUID] = []
    for part in parts:
        if len(keys) < num_items:
            keys += part.values_list("pk", flat=True)[: num_items - len(keys)]
    return keys


def name_classes(items: Sequence[Solution], teacher: Viewer) -> None:
    """Set `class_names` of each: the classes of this teacher in which its student is."""
    names: dict[int, list[str]] = {}
    for user_id, name in (
        Membership.objects.filter(
            user__in={item.student_id for item in items},
            classroom__in=classrooms_taught_by(teacher=teacher).values("pk"),
        )
        .order_by("classroom__name")
        .values_list("user_id", "classroom__name")
    ):
        names.setdefault(user_id, []).append(name)
    for item in items:
        item.class_names = names.get(item.student_id, [])  # type: ignore[attr-defined]


def queue_count(*, teacher: Viewer, given: QueueFilter) -> int:
    """How many there are, counted up to `MAX_COUNTED` + 1."""
    found = queue_of(teacher=teacher, given=given).order_by()
    return len(found.values_list("pk", flat=True)[: MAX_COUNTED + 1])


def queue_next(*, teacher: Viewer, given: QueueFilter, solution: Solution) -> uuid.UUID | None:
    """What comes right after a solution in the queue, for going on without the list."""
    cursor = Cursor.after(solution, is_open=given.is_open)
    found = queue_of(teacher=teacher, given=given).exclude(pk=solution.pk)
    keys = _keys(found, cursor, is_open=given.is_open, num_items=1)
    return keys[0] if keys else None


def queue_classes(*, teacher: Viewer) -> QuerySet[Classroom]:
    """The classes to choose from."""
    return classrooms_taught_by(teacher=teacher).order_by("name")


def queue_students(*, teacher: Viewer, classroom_id: int | None = None) -> QuerySet[User]:
    """The students to choose from."""
    found = students_taught_by(teacher=teacher)
    if classroom_id is not None:
        found = found.filter(memberships__classroom_id=classroom_id)
    return found.order_by("username")


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
