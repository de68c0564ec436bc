"""The teachers' area: its frame and the classes."""

from __future__ import annotations

from homework.accounts.models import Classroom, Membership, User
from tests.homework.permissions.matrix import LOGIN, Row, World

TEACHERS_ONLY = {
    "terry dora tina": 200,
    "alice bob charlie ada": 403,
    "anonymous": LOGIN,
}
STAFF = {
    "terry dora tina ada": 200,
    "alice bob charlie": 403,
    "anonymous": LOGIN,
}
CLASS_PAGE = {
    "terry ada": 200,
    "dora tina": 404,
    "alice bob charlie": 403,
    "anonymous": LOGIN,
}
"""A class: for its teachers and its school's administrators, and for others it is not there."""
CLASS_CHANGE = CLASS_PAGE | {"terry ada": "/teach/classes/"}


def class_args(world: World) -> tuple[object, ...]:
    return (world.classroom.pk,)


def member_args(world: World) -> tuple[object, ...]:
    return (world.classroom.pk, world.people.alice.pk)


def change(name: str, /, **data: str) -> Row:
    return Row(
        f"teach:{name}", CLASS_CHANGE, method="POST", args=class_args, data=lambda world: data
    )


def second_class(world: World) -> Classroom:
    """Of the same school and the same teacher."""
    found, _made = Classroom.objects.get_or_create(school=world.school, name="second")
    Membership.objects.get_or_create(user=world.people.terry, classroom=found)
    return found


def forget_slips(world: World) -> None:
    User.objects.update(must_change_password=False)


ROWS = [
    Row("teach:classes", TEACHERS_ONLY),
    Row("teach:class_new", TEACHERS_ONLY),
    Row(
        "teach:class_new",
        TEACHERS_ONLY | {"terry dora tina": "/teach/classes/"},
        method="POST",
        data=lambda world: {"name": "new"},
    ),
    Row("teach:class_template", STAFF),
    Row("teach:class", CLASS_PAGE, args=class_args),
    Row("teach:class_board", CLASS_PAGE, args=class_args),
    change("class_rename", name="another"),
    change("class_code"),
    change("class_open", open="0"),
    change("class_archive", archived="1"),
    change("class_teacher", username="dora"),
    Row("teach:class_slips", CLASS_PAGE, method="POST", args=class_args, prepare=forget_slips),
    Row("teach:class_import", CLASS_PAGE, args=class_args),
    # Nothing is chosen, which is refused after it was asked who is there.
    Row("teach:class_import", CLASS_PAGE | {"terry ada": 422}, method="POST", args=class_args),
    Row("teach:class_import_confirm", CLASS_CHANGE, method="POST", args=class_args),
    Row("teach:class_remove", CLASS_CHANGE, method="POST", args=member_args),
    Row(
        "teach:class_move",
        CLASS_CHANGE,
        method="POST",
        args=member_args,
        data=lambda world: {"to": second_class(world).pk},
    ),
    Row("teach:class_password", CLASS_PAGE, method="POST", args=member_args),
]
