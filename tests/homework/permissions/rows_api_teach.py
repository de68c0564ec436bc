"""What programs of teachers and administrators may do with classes, reviews and numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from homework.policy.models import Mode, PolicyWindow
from tests.homework.permissions.matrix import Answer, Row, World
from tests.homework.permissions.rows_review import waits
from tests.homework.permissions.rows_site import solution_args
from tests.homework.permissions.rows_teach import class_args, member_args, second_class

STUDENTS = "alice bob charlie"


def staff(answer: Answer) -> dict[str, Answer]:
    return {"terry dora tina ada": answer, STUDENTS: 403, "anonymous": 401}


def its_staff(answer: Answer) -> dict[str, Answer]:
    return {"terry ada": answer, "dora tina": 404, STUDENTS: 403, "anonymous": 401}


def teachers(answer: Answer) -> dict[str, Answer]:
    return {"terry dora tina": answer, f"{STUDENTS} ada": 403, "anonymous": 401}


def its_teacher(answer: Answer) -> dict[str, Answer]:
    return {"terry": answer, "dora tina": 404, f"{STUDENTS} ada": 403, "anonymous": 401}


def window(world: World) -> PolicyWindow:
    now = timezone.now()
    return PolicyWindow.objects.create(
        classroom=world.classroom,
        mode=Mode.CLOSED,
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        time_zone="UTC",
    )


def window_args(world: World) -> tuple[object, ...]:
    return (world.classroom.pk, window(world).pk)


def student_args(world: World) -> tuple[object, ...]:
    return (world.people.alice.pk,)


def times(world: World) -> dict[str, Any]:
    now = timezone.now()
    return {
        "mode": "closed",
        "starts_at": now.isoformat(),
        "ends_at": (now + timedelta(hours=1)).isoformat(),
    }


def send(
    name: str,
    answers: dict[str, Answer],
    data: Callable[[World], Any] | dict[str, Any],
    *,
    method: str = "POST",
    args: Callable[[World], tuple[object, ...]] = class_args,
    prepare: Callable[[World], object] = lambda world: None,
) -> Row:
    made = data if callable(data) else lambda world: data
    return Row(f"api:{name}", answers, method, args, made, prepare, is_json=True)


def judge(name: str, answer: Answer, /, method: str = "POST", **data: Any) -> Row:
    body = {"version": 0} | data
    return send(name, its_teacher(answer), body, method=method, args=solution_args, prepare=waits)


def no_args(world: World) -> tuple[object, ...]:
    return ()


ROWS = [
    Row("api:classes", staff(200)),
    send("classes", staff(201), {"name": "new"}, args=no_args),
    Row("api:class", its_staff(200), args=class_args),
    send("class", its_staff(200), {"name": "x", "is_open": False}, method="PATCH"),
    send("class_join_code", its_staff(201), {}),
    Row("api:class_members", its_staff(200), args=class_args),
    send("class_students", its_staff(201), {"students": [{"username": "new.one"}]}),
    send("class_teachers", its_staff(201), {"username": "dora"}),
    Row("api:class_member", its_staff(200), args=member_args),
    Row("api:class_member", its_staff(204), method="DELETE", args=member_args),
    send(
        "class_member_move",
        its_staff(200),
        lambda world: {"class_id": second_class(world).pk},
        args=member_args,
    ),
    send("class_member_password", its_staff(200), {}, args=member_args),
    Row("api:class_policy", its_teacher(200), args=class_args),
    send("class_policy", its_teacher(200), {"mode": "closed"}, method="PUT"),
    send("class_windows", its_teacher(201), times),
    Row("api:class_window", its_teacher(200), args=window_args),
    Row("api:class_window", its_teacher(204), method="DELETE", args=window_args),
    Row("api:reviews", teachers(200)),
    # What is not theirs is skipped, and nothing is told of it.
    send(
        "approvals",
        teachers(200),
        lambda world: {"items": [{"id": str(world.solution.pk), "version": 0}]},
        args=no_args,
        prepare=waits,
    ),
    Row("api:review", its_teacher(200), args=solution_args),
    judge("review_approve", 201),
    judge("review_reject", 201, reason="See page 12"),
    judge("review_correct", 201, parts=[{"index": 2, "lines": ["x = 15/3"]}]),
    judge("review_reread", 202, reading="3x + 6 = 20"),
    judge("review_draft", 200, "PUT", parts=[]),
    Row("api:review_draft", its_teacher(204), method="DELETE", args=solution_args),
    Row("api:insight", teachers(200)),
    Row("api:class_insight", its_teacher(200), args=class_args),
    Row("api:class_insight_csv", its_teacher(200), args=class_args),
    Row("api:student_insight", its_teacher(200), args=student_args),
]
