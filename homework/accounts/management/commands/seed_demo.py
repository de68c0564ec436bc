"""Make a demo school to try the site with. Its sign-ins are public, so it needs HH_DEMO=1."""

from __future__ import annotations

from typing import Any, NamedTuple

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from homework.accounts.models import Classroom, Membership, School, User


class Person(NamedTuple):
    username: str
    role: User.Role
    school: str
    classroom: str | None


NORTH, SOUTH = "Northside School", "Southside School"
CLASSROOMS = {(NORTH, "8A"): "DEMQ8A22", (NORTH, "9B"): "DEMQ9B33", (SOUTH, "8A"): "DEMQ8A44"}
PEOPLE = [
    Person("alice", User.Role.STUDENT, NORTH, "8A"),
    Person("bob", User.Role.STUDENT, NORTH, "8A"),
    Person("charlie", User.Role.STUDENT, SOUTH, "8A"),
    Person("terry", User.Role.TEACHER, NORTH, "8A"),
    Person("tina", User.Role.TEACHER, NORTH, "9B"),
    Person("ada", User.Role.ADMIN, NORTH, None),
]


def demo_password(username: str) -> str:
    """Documented, therefore fixed."""
    return f"demo-{username}"


class Command(BaseCommand):
    help = "Make a demo school with students, teachers and classes, and print their sign-ins."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "The demo school has public passwords, so it is only made where HH_DEMO=1 is set."
            )
        with transaction.atomic():
            schools = {name: _school(name) for name in (NORTH, SOUTH)}
            classrooms = {
                key: _classroom(schools[key[0]], key[1], code) for key, code in CLASSROOMS.items()
            }
            for person in PEOPLE:
                user = _user(person, schools[person.school])
                if person.classroom is not None:
                    Membership.objects.get_or_create(
                        user=user, classroom=classrooms[person.school, person.classroom]
                    )
        self._print_sign_ins()

    def _print_sign_ins(self) -> None:
        row = "  {:<10} {:<14} {:<9} {:<18} {}"
        self.stdout.write("Demo sign-ins:")
        self.stdout.write(row.format("username", "password", "role", "school", "class"))
        for person in PEOPLE:
            self.stdout.write(
                row.format(
                    person.username,
                    demo_password(person.username),
                    person.role.value,
                    person.school,
                    person.classroom or "-",
                )
            )
        codes = ", ".join(
            f"{code} ({school}, {name})" for (school, name), code in CLASSROOMS.items()
        )
        self.stdout.write(f"Class codes for signing up: {codes}")


def _school(name: str) -> School:
    return School.objects.get_or_create(name=name)[0]


def _classroom(school: School, name: str, join_code: str) -> Classroom:
    return Classroom.objects.get_or_create(
        join_code=join_code, defaults={"school": school, "name": name}
    )[0]


def _user(person: Person, school: School) -> User:
    """Make or mend one account, so that what is printed is true."""
    email = f"{person.username}@example.org"
    user, _ = User.objects.get_or_create(username=person.username, defaults={"email": email})
    user.role = person.role
    user.school = school
    user.is_active = True
    # Setting it anew would end the sessions of a demo that goes on.
    if not user.check_password(demo_password(person.username)):
        user.set_password(demo_password(person.username))
    user.save()
    EmailAddress.objects.get_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )
    return user
