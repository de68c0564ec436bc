"""Schools full of work, made up but consistent, to try and to measure the dashboard with.

Everything is drawn from one seed. The solutions are real ones of the rule engine; who asked when,
how the checks went, and what students and teachers said of it is made up.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import models, transaction
from django.utils import timezone

from homework.accounts.models import Classroom, Membership, School, User
from homework.pipeline.examples import Example, worked_example
from homework.policy.models import ClassPolicy, Mode, OwnAttempt, Progress
from homework.review.models import Report, Review
from homework.solutions.doubt import doubt_of, verdict_of
from homework.solutions.models import Solution, Step

NUM_CLASSES, NUM_STUDENTS, CLASSES_PER_TEACHER = 12, 30, 4
SOLUTIONS_PER_SCHOOL = 25_000
NUM_DAYS = 120
BATCH = 2_000

_FIRST_NAMES = """
    Ada Ben Chen Dina Emil Fatima Greta Hugo Ines Jonas Kim Lena Mia Noah
    Olga Paul Qi Rosa Sami Tom Uma Vera Wei Xin Yara Zoe Anton Bela
    Carla David
"""
_LAST_NAMES = """
    Adler Brandt Chen Diaz Eder Fischer Gupta Huber Ivanov Jansen Koch Lang Meyer Novak
    Okafor Pham Quist Roth Santos Tanaka Ueda Vogel Wang Xu Yilmaz Zhang
"""


@dataclass(slots=True)
class _Rows:
    """One batch, to be stored together."""

    solutions: list[Solution] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    attempts: list[OwnAttempt] = field(default_factory=list)
    progress: list[Progress] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DemoSchool:
    """What was made of one school, for the one who made it."""

    name: str
    teachers: list[str]


def demo_questions(rng: random.Random, num: int) -> list[str]:
    """Questions of the kinds that schools ask, each one different."""

    def n(low: int = 2, high: int = 9) -> int:
        return rng.randint(low, high)

    def fraction() -> str:
        below = n(2, 12)
        return f"{n(1, below - 1) if below > 2 else 1}/{below}"

    def quadratic() -> str:
        one, other = n(-7, 7), n(-7, 7)
        return f"x^2 + ({-one - other})x + ({one * other}) = 0"

    kinds = (
        lambda: f"{n()}x + {n(1, 20)} = {n(10, 60)}",
        lambda: f"{n()}x - {n(1, 20)} = {n(2, 9)}x + {n(1, 9)}",
        lambda: f"{n()}(x - {n()}) = {n(5, 40)}",
        lambda: f"x/{n()} + {n()} = {n(5, 20)}",
        lambda: f"{fraction()} + {fraction()}",
        lambda: f"{fraction()} - {fraction()}",
        lambda: f"{fraction()} * {fraction()}",
        lambda: f"{fraction()} / ({fraction()})",
        lambda: f"{n()} - (-{n()}) * {n()}",
        lambda: f"{n(10, 90)} - {n()} * ({n()} + {n()})",
        lambda: f"{5 * n(1, 15)}% of {20 * n(2, 30)}",
        quadratic,
        quadratic,
        lambda: f"x + y = {n(8, 20)}; x - y = {n(1, 7)}",
        lambda: f"Expand: (x + {n()})({n()}x - {n()})",
        lambda: f"Factor: x^2 - {n() ** 2}",
        lambda: f"Simplify: {n()}x + {n()} - {n()}x + {n()}",
        lambda: f"-{n()}x + {n()} < {n(10, 40)}",
        lambda: f"Differentiate: {n()}x^{n(2, 5)} - {n()}x",
        lambda: f"Integrate: {n()}x^2 + {n()}x",
        lambda: f"2^{n(2, 6)} * 2^{n(2, 4)}",
    )
    found: dict[str, None] = {}
    while len(found) < num:
        found[rng.choice(kinds)()] = None
    return list(found)


def demo_examples(rng: random.Random, num: int) -> list[Example]:
    """So many worked examples, one in six of them in Chinese."""
    found: list[Example] = []
    for number, question in enumerate(demo_questions(rng, num + num // 4)):
        example = worked_example(question, "zh" if number % 6 == 5 else "en")
        if example is not None and example.steps:
            found.append(example)
    return found[:num]


def make_demo_data(
    *, num_solutions: int, seed: int, examples: list[Example], with_passwords: bool
) -> Iterator[DemoSchool]:
    """Make schools with so many solutions in all, one school after the other.

    Args:
        num_solutions: In all schools together.
        seed: The same seed makes the same data, but for the day on which it ends.
        examples: What was asked.
        with_passwords: Teachers can sign in; their password is `demo-` and their username.
    """
    rng = random.Random(seed)  # noqa: S311, nothing secret is drawn
    num_schools = max(1, round(num_solutions / SOLUTIONS_PER_SCHOOL))
    first = School.objects.filter(name__startswith="Demo school ").count() + 1
    for number in range(num_schools):
        share = num_solutions // num_schools + (number < num_solutions % num_schools)
        yield _make_school(rng, first + number, share, examples, with_passwords)


def _make_school(
    rng: random.Random,
    number: int,
    num_solutions: int,
    examples: list[Example],
    with_passwords: bool,
) -> DemoSchool:
    with transaction.atomic():
        school = School.objects.create(
            name=f"Demo school {number}", allows_training_export=number % 2 == 1
        )
        teachers, classes = _make_people(rng, school, number, with_passwords)
    students = [student for members in classes.values() for student in members]
    teacher_of = {
        student.pk: teachers[index // CLASSES_PER_TEACHER]
        for index, members in enumerate(classes.values())
        for student in members
    }
    # Some ask every day, some hardly ever.
    weights = [rng.gammavariate(1.5, 1.0) for _ in students]
    now = timezone.now()
    asked = iter(rng.choices(students, weights, k=num_solutions))
    with _own_moments():
        while batch := list(islice(asked, BATCH)):
            rows = _Rows()
            for student in batch:
                _add_solution(rng, rows, student, teacher_of[student.pk], examples, now)
            _store(rows)
    return DemoSchool(school.name, [teacher.username for teacher in teachers])


def _make_people(
    rng: random.Random, school: School, number: int, with_passwords: bool
) -> tuple[list[User], dict[int, list[User]]]:
    unusable = make_password(None)

    def person(username: str, role: str, *, password: str = unusable) -> User:
        return User(
            username=username,
            first_name=rng.choice(_FIRST_NAMES.split()),
            last_name=rng.choice(_LAST_NAMES.split()),
            role=role,
            school=school,
            password=password,
        )

    names = [f"teacher-{number}-{index + 1}" for index in range(NUM_CLASSES // CLASSES_PER_TEACHER)]
    teachers = User.objects.bulk_create(
        person(
            name,
            User.Role.TEACHER,
            password=make_password(f"demo-{name}") if with_passwords else unusable,
        )
        for name in names
    )
    classes: dict[int, list[User]] = {}
    memberships = []
    for index in range(NUM_CLASSES):
        classroom = Classroom.objects.create(
            school=school, name=f"{7 + index // 4}{'ABCD'[index % 4]}"
        )
        students = User.objects.bulk_create(
            person(f"student-{number}-{index + 1}-{place + 1:02}", User.Role.STUDENT)
            for place in range(NUM_STUDENTS)
        )
        classes[classroom.pk] = students
        teacher = teachers[index // CLASSES_PER_TEACHER]
        memberships += [
            Membership(user=member, classroom=classroom) for member in (teacher, *students)
        ]
        if index % 4 == 1:
            ClassPolicy.objects.create(
                classroom=classroom, mode=Mode.HINTS_FIRST, updated_by=teacher
            )
    Membership.objects.bulk_create(memberships)
    return teachers, classes


def _moment(rng: random.Random, now: datetime) -> datetime:
    """Most questions are asked on the afternoons of school days."""
    day = now - timedelta(days=rng.randrange(NUM_DAYS))
    if day.weekday() >= 5 and rng.random() < 0.6:
        day -= timedelta(days=rng.randint(2, 4))
    moment = day.replace(
        hour=min(22, max(7, round(rng.gauss(16.5, 2.2)))),
        minute=rng.randrange(60),
        second=rng.randrange(60),
        microsecond=rng.randrange(1_000_000),
    )
    return moment if moment < now else moment - timedelta(days=1)


def _add_solution(
    rng: random.Random,
    rows: _Rows,
    student: User,
    teacher: User,
    examples: list[Example],
    now: datetime,
) -> None:
    example = rng.choice(examples)
    moment = _moment(rng, now)
    solution = Solution(
        id=uuid.UUID(int=rng.getrandbits(128), version=4),
        student=student,
        language=example.language,
        question_text=example.question,
        asked_text=example.question,
        topic=example.topic,
        reading=example.reading,
        attempt=1,
        engine="rules",
        model_revision="rules",
        prompt_version="1",
        created_at=moment,
        started_at=moment + timedelta(seconds=1),
        finished_at=moment + timedelta(seconds=rng.uniform(2, 9)),
        state=Solution.State.FINISHED,
        finish_reason="stop",
    )
    rows.solutions.append(solution)
    fate = rng.random()
    checks: list[dict[str, Any] | None] = []
    if fate < 0.04:
        solution.state, solution.finish_reason = Solution.State.FAILED, "error"
        solution.error_code = rng.choice(["unsupported_problem", "no_solution_found", "timeout"])
    else:
        solution.text, solution.answer_latex = example.text, example.answer_latex
        checks = _checks(rng, len(example.steps), fate)
        solution.answer_check = _check(
            "failed" if fate < 0.05 else "not_checkable" if fate < 0.09 else "verified"
        )
        rows.steps += [
            Step(solution=solution, step_check=check, **step)
            for step, check in zip(example.steps, checks, strict=True)
        ]
    fallback = "check_failed" if 0.09 <= fate < 0.12 else ""
    solution.fallback_reason = fallback
    solution.usage = {"ttft_ms": 40.0, "tokens": len(example.text) // 4, "tokens_per_s": 120.0}
    solution.timings_ms = {"read": 0.4, "solve": rng.uniform(80, 400), "total": 500.0}
    _add_voices(rng, rows, solution, example, moment)
    doubt = doubt_of(
        state=solution.state,
        reading=solution.reading,
        step_checks=checks,
        answer_check=solution.answer_check,
        has_answer=bool(solution.answer_latex),
        fallback_reason=fallback,
        reported=solution.reported,
    )
    solution.verdict = verdict_of(
        step_checks=checks,
        answer_check=solution.answer_check,
        has_answer=bool(solution.answer_latex),
    )
    solution.doubt_score, solution.doubt_reasons = doubt.score, doubt.reasons
    solution.doubt_at = solution.finished_at if doubt.score else None
    solution.review_state = Solution.ReviewState.OPEN
    _add_review(rng, rows, solution, teacher, now)


def _checks(rng: random.Random, num: int, fate: float) -> list[dict[str, Any] | None]:
    checks: list[dict[str, Any] | None] = [_check("verified") for _ in range(num)]
    if fate < 0.055:
        checks[rng.randrange(num)] = _check("failed")
    elif fate < 0.13:
        checks[rng.randrange(num)] = _check("not_checkable")
    return checks


_REASONS = {"verified": "same_solutions", "failed": "counterexample", "not_checkable": "timeout"}


def _check(verdict: str) -> dict[str, Any]:
    return {"verdict": verdict, "reason": _REASONS[verdict], "detail": {}}


def _add_voices(
    rng: random.Random, rows: _Rows, solution: Solution, example: Example, moment: datetime
) -> None:
    """What the student says: a report, or an answer of their own. Some rules are harder."""
    hard = any(
        step["rule"] in {"common_denominator", "drop_sign_brackets", "multiply_by_reciprocal"}
        for step in example.steps
    )
    if rng.random() < (0.09 if hard else 0.025):
        kind = Solution.Reported.CONFUSED if rng.random() < 0.7 else Solution.Reported.WRONG
        solution.reported = kind
        rows.reports.append(
            Report(solution=solution, kind=kind, created_at=moment, updated_at=moment)
        )
    if solution.state == Solution.State.FINISHED and rng.random() < 0.25:
        is_right = rng.random() < (0.45 if hard else 0.75)
        num_open = rng.randrange(len(example.steps))
        verdict = "verified" if is_right else "failed"
        rows.attempts.append(
            OwnAttempt(
                solution=solution,
                text="x = 1",
                check_result=_check(verdict),
                verdict=verdict,
                counts=True,
                num_steps=num_open,
                created_at=moment + timedelta(minutes=3),
            )
        )
        rows.progress.append(
            Progress(solution=solution, num_steps=num_open, has_attempt=True, shows_answer=True)
        )


def _add_review(
    rng: random.Random, rows: _Rows, solution: Solution, teacher: User, now: datetime
) -> None:
    """Teachers look at most of what is doubtful, and at some of the rest; hardly at what is new."""
    is_new = solution.created_at > now - timedelta(days=2)
    chance = (0.7 if solution.doubt_score >= 20 else 0.12) * (0.2 if is_new else 1.0)
    if rng.random() >= chance:
        return
    verdict = Review.Verdict.APPROVED
    if solution.doubt_score >= 60:
        verdict = rng.choice([Review.Verdict.CORRECTED, Review.Verdict.REJECTED, verdict])
    moment = min(now, solution.created_at + timedelta(hours=rng.uniform(1, 30)))
    solution.review_state, solution.review_version = verdict, 1
    solution.reviewed_at = moment
    rows.reviews.append(
        Review(
            solution=solution,
            teacher=teacher,
            teacher_name=teacher.username,
            verdict=verdict,
            version=1,
            created_at=moment,
        )
    )


def _store(rows: _Rows) -> None:
    with transaction.atomic():
        Solution.objects.bulk_create(rows.solutions, batch_size=500)
        Step.objects.bulk_create(rows.steps, batch_size=1000)
        Report.objects.bulk_create(rows.reports)
        Review.objects.bulk_create(rows.reviews)
        OwnAttempt.objects.bulk_create(rows.attempts)
        Progress.objects.bulk_create(rows.progress)


@contextmanager
def _own_moments() -> Iterator[None]:
    """Let rows say themselves when they were made: else all of it would be of this very minute."""
    fields = [
        field
        for model in (Solution, Report, Review, OwnAttempt)
        for field in model._meta.get_fields()
        if isinstance(field, models.DateTimeField) and (field.auto_now_add or field.auto_now)
    ]
    before = [(each.auto_now_add, each.auto_now) for each in fields]
    for each in fields:
        each.auto_now_add = each.auto_now = False
    try:
        yield
    finally:
        for each, (added, changed) in zip(fields, before, strict=True):
            each.auto_now_add, each.auto_now = added, changed
