"""What a class or a student has asked, and where they stumble: numbers for teachers.

Everything is counted from what is stored about single solutions, at the moment of asking; nothing
is estimated. Each report takes a fixed number of queries.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import CharField, Count, F, Q, QuerySet, Window
from django.db.models.functions import Cast, Lead, TruncDate
from django.utils import timezone

from homework.accounts.models import User
from homework.insight.skills import SKILL_OF_RULE
from homework.policy.models import OwnAttempt
from homework.solutions.models import Solution, Step

PERIODS: Final = (7, 28, 90)
"""Days of which the pages and programs may ask."""
MIN_SOLUTIONS: Final = 5
"""Below this many solutions with a skill, a rate would say more about chance than about a class."""
NEEDS_HELP: Final = 3
"""From this many stumbles on a student is named on the summary."""
NUM_QUERIES: Final = 9
ASKED_AGAIN_WITHIN: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the site's time zone, both included."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The first moment in it."""
        return timezone.make_aware(datetime.combine(self.first, time.min))

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return timezone.make_aware(datetime.combine(self.last + timedelta(days=1), time.min))

    @property
    def days(self) -> list[date]:
        """Its days, in order."""
        count = (self.last - self.first).days + 1
        return [self.first + timedelta(days=number) for number in range(count)]

    @classmethod
    def last_days(cls, num_days: int) -> Period:
        """The last days up to today."""
        today = timezone.localdate()
        return cls(today - timedelta(days=num_days - 1), today)

    @classmethod
    def week_of(cls, day: date) -> Period:
        """Monday to Sunday."""
        monday = day - timedelta(days=day.weekday())
        return cls(monday, monday + timedelta(days=6))


@dataclass(slots=True)
class Tally:
    """Counts of solutions that have come to their end.

    Attributes:
        num: All of them.
        verified: Of which the answer was proved.
        reported: About which the student said something.
        reviewed: To which a teacher has given a verdict.
        stumbled: In which the student stumbled; see `Insight`.
    """

    num: int = 0
    verified: int = 0
    reported: int = 0
    reviewed: int = 0
    stumbled: int = 0

    def share(self, name: str) -> float:
        """One of the counts as a share of all, 0 where there are none."""
        return getattr(self, name) / self.num if self.num else 0.0

    def add(self, num: int, verified: int, reported: int, reviewed: int) -> None:
        """Count some more."""
        self.num += num
        self.verified += verified
        self.reported += reported
        self.reviewed += reviewed

    def as_row(self) -> list[int]:
        """The counts in their order."""
        return [self.num, self.verified, self.reported, self.reviewed, self.stumbled]


@dataclass(frozen=True, slots=True)
class Stumbling:
    """How often one skill was where students stumbled.

    Attributes:
        skill: A code of `skills.SKILLS`.
        num: Solutions with a step that asks for it.
        wrong: Of those, in how many a wrong answer was entered while such a step was the next.
        confused: In how many the student said "I do not understand".
        again: How many were asked again within a day.
        stumbled: In how many any of the three happened.
    """

    skill: str
    num: int
    wrong: int
    confused: int
    again: int
    stumbled: int

    @property
    def rate(self) -> float:
        """The share of its solutions in which students stumbled."""
        return self.stumbled / self.num if self.num else 0.0


@dataclass(slots=True)
class Insight:
    """What happened in a period.

    A student *stumbled* in a solution when they entered a wrong answer of their own before seeing
    ours, when they reported that they do not understand it, or when they asked the same question
    again within a day although it had been solved. The first points at one step, the one that would
    have been opened next; the other two point at every step of the solution, so a skill that is
    everywhere gets the average rate and stands out only when it is above it.
    """

    period: Period
    total: Tally = field(default_factory=Tally)
    by_day: dict[date, Tally] = field(default_factory=dict)
    by_topic: dict[str, Tally] = field(default_factory=dict)
    by_student: dict[int, Tally] = field(default_factory=dict)
    stumbling: list[Stumbling] = field(default_factory=list)
    num_attempts: int = 0
    num_right_attempts: int = 0


def insight_of(*, students: QuerySet[User], period: Period) -> Insight:
    """What these students asked in a period: NUM_QUERIES queries, however much it is.

    Counting is left to the database; only the solutions in which somebody stumbled, a small part,
    are looked at one by one. Who may see the students is for the caller to say, by `students`.
    """
    # SQLite keeps no statistics. Students by their keys, and states by those that they are not,
    # lead it to the index by students; else it reads the solutions of all schools.
    solutions = (
        Solution.objects.filter(
            student__in=list(students.values_list("pk", flat=True)),
            created_at__gte=period.start,
            created_at__lt=period.end,
        )
        .exclude(state__in=(Solution.State.QUEUED, *Solution.RUNNING))
        .order_by()
    )
    insight = Insight(period, by_day={day: Tally() for day in period.days})
    with_day = solutions.annotate(day=TruncDate("created_at"))
    for day, *counts in with_day.values("day").annotate(**_COUNTS).values_list("day", *_COUNTS):
        insight.by_day[day] = Tally(*counts)
    topics: dict[str, Tally] = {}
    for student_id, topic, *counts in (
        solutions.values("student_id", "topic")
        .annotate(**_COUNTS)
        .values_list("student_id", "topic", *_COUNTS)
    ):
        for tally in (
            insight.total,
            topics.setdefault(topic, Tally()),
            insight.by_student.setdefault(student_id, Tally()),
        ):
            tally.add(*counts)
    insight.by_topic = dict(sorted(topics.items(), key=lambda item: (-item[1].num, item[0])))
    signs = _signs(solutions, insight)
    zone = timezone.get_current_timezone()
    for student_id, topic, created_at in Solution.objects.filter(pk__in=signs.stumbled).values_list(
        "student_id", "topic", "created_at"
    ):
        for tally in (
            insight.total,
            insight.by_day[created_at.astimezone(zone).date()],
            insight.by_topic[topic],
            insight.by_student[student_id],
        ):
            tally.stumbled += 1
    insight.stumbling = _stumbling(solutions, signs)
    return insight


_COUNTS: Final = {
    "num": Count("pk"),
    "verified": Count("pk", filter=Q(verdict="verified")),
    "with_report": Count("pk", filter=~Q(reported="")),
    "with_review": Count("pk", filter=Q(review_state__in=Solution.REVIEWED)),
}


@dataclass(frozen=True, slots=True)
class _Signs:
    """In which solutions students stumbled, by the way in which it showed."""

    wrong_at: dict[Any, set[int]]
    confused: set[Any]
    again: set[Any]
    stumbled: set[Any]


def _signs(solutions: QuerySet[Solution], insight: Insight) -> _Signs:
    wrong_at: dict[Any, set[int]] = defaultdict(set)
    attempts = OwnAttempt.objects.filter(solution__in=solutions, counts=True).order_by()
    for pk, num_steps, verdict in attempts.values_list("solution_id", "num_steps", "verdict"):
        insight.num_attempts += 1
        if verdict == "verified":
            insight.num_right_attempts += 1
        elif verdict == "failed":
            wrong_at[pk].add(num_steps + 1)
    confused = set(
        solutions.filter(reported=Solution.Reported.CONFUSED).values_list("pk", flat=True)
    )
    next_time = Window(
        Lead("created_at"), partition_by=[F("student_id"), F("asked_text")], order_by="created_at"
    )
    asked_again = (
        solutions.exclude(state__in=(Solution.State.FAILED, Solution.State.STOPPED))
        .exclude(asked_text="")
        .annotate(next_time=next_time)
        .filter(next_time__isnull=False)
        .values_list("pk", "created_at", "next_time")
    )
    again = {pk for pk, first, second in asked_again if second - first <= ASKED_AGAIN_WITHIN}
    return _Signs(wrong_at, confused, again, confused | again | set(wrong_at))


def _stumbling(solutions: QuerySet[Solution], signs: _Signs) -> list[Stumbling]:
    with_skill: dict[str, set[str]] = defaultdict(set)
    # As texts, which are only counted: ten thousands of UUIDs would take longer than the query.
    key = Cast("solution_id", CharField())
    for rule, text in (
        Step.objects.filter(solution__in=solutions).order_by().values_list("rule", key)
    ):
        if (skill := SKILL_OF_RULE.get(rule)) is not None:
            with_skill[skill].add(text)
    wrong: dict[str, set[Any]] = defaultdict(set)
    met: dict[str, set[Any]] = defaultdict(set)
    for pk, index, rule in (
        Step.objects.filter(solution__in=signs.stumbled)
        .order_by()
        .values_list("solution_id", "index", "rule")
    ):
        skill = SKILL_OF_RULE.get(rule, "")
        met[skill].add(pk)
        if index in signs.wrong_at.get(pk, ()):
            wrong[skill].add(pk)
    found = []
    for skill, those in with_skill.items():
        confused, again = met[skill] & signs.confused, met[skill] & signs.again
        found.append(
            Stumbling(
                skill=skill,
                num=len(those),
                wrong=len(wrong[skill]),
                confused=len(confused),
                again=len(again),
                stumbled=len(wrong[skill] | confused | again),
            )
        )
    return sorted(
        (each for each in found if each.num >= MIN_SOLUTIONS and each.stumbled),
        key=lambda each: (-each.rate, -each.num, each.skill),
    )


def waiting_for_look(*, students: QuerySet[User], attention: int) -> int:
    """How many of their solutions are doubtful and not reviewed, counted up to 1,000."""
    found = Solution.objects.filter(
        Q(student__in=students.values("pk")),
        review_state=Solution.ReviewState.OPEN,
        doubt_score__gte=attention,
    )
    return len(found.order_by().values_list("pk", flat=True)[:1000])
