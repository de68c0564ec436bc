"""Answer policies: a teacher's page, and what a student opens under one."""

from __future__ import annotations

from homework.accounts.models import School
from homework.policy.models import Mode, PolicyWindow
from homework.policy.services import class_policy_set
from tests.homework.permissions.matrix import LOGIN, Row, World

OWN_CLASS = {
    "terry": 200,
    "dora tina": 404,
    "alice bob charlie ada": 403,
    "anonymous": LOGIN,
}
OWN_CLASS_POSTED = OWN_CLASS | {"terry": "/teach/classes/"}
OWN_SOLUTION = {
    "terry": 403,
    "bob charlie dora tina ada": 404,
    "anonymous": LOGIN,
}


def class_args(world: World) -> tuple[object, ...]:
    return (world.classroom.pk,)


def solution_args(world: World) -> tuple[object, ...]:
    return (world.solution.pk,)


def hints_first(world: World) -> None:
    class_policy_set(classroom=world.classroom, mode=Mode.HINTS_FIRST, by=world.people.terry)


def with_window(world: World) -> None:
    PolicyWindow.objects.create(
        pk=1,
        classroom=world.classroom,
        mode=Mode.CLOSED,
        starts_at="2026-01-01T00:00Z",
        ends_at="2096-01-01T00:00Z",
        time_zone="UTC",
    )


ROWS = [
    Row("teach:class_policy", OWN_CLASS, args=class_args),
    Row(
        "teach:class_policy",
        OWN_CLASS_POSTED,
        method="POST",
        args=class_args,
        data=lambda world: {"mode": "closed"},
    ),
    # Nothing is filled in.
    Row("teach:class_policy_add", OWN_CLASS | {"terry": 422}, method="POST", args=class_args),
    Row(
        "teach:class_policy_delete",
        OWN_CLASS_POSTED,
        method="POST",
        args=lambda world: (world.classroom.pk, 1),
        prepare=with_window,
    ),
    Row(
        "pages:show_step",
        OWN_SOLUTION | {"alice": "/solutions/"},
        method="POST",
        args=solution_args,
        data=lambda world: {"number": "1"},
        prepare=hints_first,
    ),
    # No checker runs in this test.
    Row(
        "pages:attempt",
        OWN_SOLUTION | {"alice": 503},
        method="POST",
        args=solution_args,
        data=lambda world: {"text": "x = 5"},
        prepare=hints_first,
    ),
    # There was no attempt.
    Row(
        "pages:show_answer",
        OWN_SOLUTION | {"alice": 403},
        method="POST",
        args=solution_args,
        prepare=hints_first,
    ),
    Row(
        "teach:insight", {"terry dora tina": 200, "alice bob charlie ada": 403, "anonymous": LOGIN}
    ),
    Row("teach:insight_class", OWN_CLASS, args=class_args),
    Row("teach:insight_week", OWN_CLASS, args=class_args),
    Row("teach:insight_table", OWN_CLASS, args=class_args),
    Row("teach:insight_student", OWN_CLASS, args=lambda world: (world.people.alice.pk,)),
    Row(
        "school:export",
        {"ada": 200, "alice bob charlie terry dora tina": 403, "anonymous": LOGIN},
        method="POST",
        args=lambda world: (world.school.pk,),
        prepare=lambda world: School.objects.update(allows_training_export=True),
    ),
    # Another school's, and one's own that does not allow it.
    Row(
        "school:export",
        {"ada": 404, "alice bob charlie terry dora tina": 403, "anonymous": LOGIN},
        method="POST",
        args=lambda world: (world.people.tina.school_id,),
    ),
    Row(
        "school:export",
        {"alice bob charlie terry dora tina ada": 403, "anonymous": LOGIN},
        method="POST",
        args=lambda world: (world.school.pk,),
    ),
    Row(
        "teach:live",
        {"terry dora tina": 200, "alice bob charlie ada": 403, "anonymous": LOGIN},
    ),
    Row("teach:live_class", OWN_CLASS, args=class_args),
    Row("teach:live_screen", OWN_CLASS, args=class_args),
]
