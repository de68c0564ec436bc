"""The cast of all tests: alice and bob of one class, charlie of another school, two teachers."""

from __future__ import annotations

from dataclasses import dataclass

from homework.accounts.models import Classroom, Membership, School, User


@dataclass(frozen=True)
class People:
    """alice and bob are in terry's class; charlie and tina are at another school, dora teaches at
    alice's school but not alice; ada administers it."""

    alice: User
    bob: User
    charlie: User
    terry: User
    tina: User
    dora: User
    ada: User


def make_people() -> People:
    """Store the cast."""
    school = School.objects.create(name="North")
    other_school = School.objects.create(name="South")
    role = User.Role

    def person(name: str, role: str, school: School) -> User:
        return User.objects.create_user(
            username=name, email=f"{name}@example.org", role=role, school=school
        )

    people = People(
        alice=person("alice", role.STUDENT, school),
        bob=person("bob", role.STUDENT, school),
        charlie=person("charlie", role.STUDENT, other_school),
        terry=person("terry", role.TEACHER, school),
        tina=person("tina", role.TEACHER, other_school),
        dora=person("dora", role.TEACHER, school),
        ada=person("ada", role.ADMIN, school),
    )
    for name, members in {
        "7a": (people.alice, people.bob, people.terry),
        "7b": (people.dora,),
    }.items():
        classroom = Classroom.objects.create(school=school, name=name)
        for member in members:
            Membership.objects.create(user=member, classroom=classroom)
    southern = Classroom.objects.create(school=other_school, name="7a")
    for member in (people.charlie, people.tina):
        Membership.objects.create(user=member, classroom=southern)
    return people
