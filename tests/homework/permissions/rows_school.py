"""A school's administration: for its administrator alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from homework.accounts.models import Invitation
from tests.homework.permissions.matrix import LOGIN, Answer, Row, World

OTHERS = "alice bob charlie terry dora tina"


def only_ada(answer: Answer) -> dict[str, Answer]:
    return {"ada": answer, OTHERS: 403, "anonymous": LOGIN}


def school_args(world: World) -> tuple[object, ...]:
    return (world.school.pk,)


def other_school_args(world: World) -> tuple[object, ...]:
    return (world.people.tina.school_id,)


def alice_args(world: World) -> tuple[object, ...]:
    return (world.school.pk, world.people.alice.pk)


def charlie_args(world: World) -> tuple[object, ...]:
    """A student of another school, under the address of one's own."""
    return (world.school.pk, world.people.charlie.pk)


def invitation_args(world: World) -> tuple[object, ...]:
    found, _made = Invitation.objects.get_or_create(
        school=world.school,
        email="gina@example.org",
        invited_by=world.people.ada,
        token_sha256="0" * 64,
        defaults={"expires_at": timezone.now() + timedelta(days=1)},
    )
    return (world.school.pk, found.pk)


def change(
    name: str,
    args: Callable[[World], tuple[object, ...]],
    answer: Answer = "/schools/",
    /,
    **data: str,
) -> list[Row]:
    row = Row(f"school:{name}", only_ada(answer), "POST", args, lambda world: data)
    if args is not alice_args:
        return [row]
    foreign = Row(f"school:{name}", only_ada(404), "POST", charlie_args, lambda world: data)
    return [row, foreign]


ROWS = [
    Row("school:start", only_ada("/schools/")),
    *(
        Row(f"school:{name}", only_ada(answer), args=args)
        for name in ("people", "invitations", "classes", "log", "usage", "settings")
        for args, answer in ((school_args, 200), (other_school_args, 404))
    ),
    Row("school:people_one", only_ada(200), args=alice_args),
    Row("school:people_one", only_ada(404), args=charlie_args),
    *change("people_active", alice_args, active="0"),
    *change("people_password", alice_args, 200),
    *change("people_mfa", alice_args),
    *change("people_consent", alice_args, given="0"),
    *change("people_delete", alice_args, username="alice"),
    *change("invitations", school_args, email="new@example.org"),
    *change("invitation_again", invitation_args),
    *change("invitation_withdraw", invitation_args),
    *change("classes", school_args, "/teach/classes/", name="9c"),
    *change("usage", school_args, questions_per_day="500"),
    *change("usage", other_school_args, 404, questions_per_day="0"),
    *change("settings", school_args, name="North"),
    *change("settings", other_school_args, 404, name="Mine now"),
]
