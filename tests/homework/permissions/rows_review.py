"""The queue, reviews, students' reports and notices."""

from __future__ import annotations

from typing import Any

from homework.accounts.models import User
from homework.solutions.models import Solution
from tests.homework.permissions.matrix import LOGIN, Row, World
from tests.homework.permissions.rows_site import SIGNED_IN, solution_args
from tests.homework.permissions.rows_teach import TEACHERS_ONLY

THEIR_TEACHER = {
    "terry": 200,
    "dora tina": 404,
    "alice bob charlie ada": 403,
    "anonymous": LOGIN,
}
"""A solution of alice's: for her teacher; to the other teachers it is not there, and to whoever is
no teacher the area is closed."""

CHANGED = THEIR_TEACHER | {"terry": "/teach/queue/"}


def waits(world: World) -> None:
    Solution.objects.filter(pk=world.solution.pk).update(
        review_state="open", review_version=0, asked_text="3x + 5 = 20"
    )


def act(name: str, /, **data: str) -> Row:
    return Row(
        f"teach:{name}",
        CHANGED,
        method="POST",
        args=solution_args,
        data=lambda world: {"version": "0"} | data,
        prepare=waits,
    )


def chosen(world: World) -> dict[str, Any]:
    return {"item": f"{world.solution.pk}:0"}


ROWS = [
    Row("teach:queue", TEACHERS_ONLY, prepare=waits),
    # What is not theirs is skipped, and nothing is told of it.
    Row(
        "teach:queue_approve",
        TEACHERS_ONLY | {"terry dora tina": "/teach/queue/"},
        method="POST",
        data=chosen,
        prepare=waits,
    ),
    Row("teach:review", THEIR_TEACHER, args=solution_args, prepare=waits),
    act("review_approve", note="Good"),
    act("review_reject", reason="See page 12"),
    act("review_correct", **{"formulas-2": "x = 15/3", "title-2": "Divide."}),
    act("review_reread", reading="3x + 6 = 20"),
    act("review_discard"),
    Row(
        "teach:review_check",
        THEIR_TEACHER,
        method="POST",
        args=solution_args,
        data=lambda world: {"version": "0"},
        prepare=waits,
    ),
    Row(
        "pages:report",
        {
            "alice": "/solutions/",
            "bob charlie terry dora tina ada": 404,
            "anonymous": LOGIN,
        },
        method="POST",
        args=solution_args,
        data=lambda world: {"kind": "wrong", "comment": "Why?"},
        prepare=waits,
    ),
    Row("pages:notices", {SIGNED_IN: 200, "anonymous": LOGIN}),
    Row("pages:notice_settings", {SIGNED_IN: 200, "anonymous": LOGIN}),
    Row(
        "pages:notice_settings",
        {SIGNED_IN: "/notices/settings/", "anonymous": LOGIN},
        method="POST",
        data=lambda world: {"wants_digest": "on"},
        prepare=lambda world: User.objects.update(last_name=""),
    ),
]
