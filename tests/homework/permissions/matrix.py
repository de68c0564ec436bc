"""Who may open what: one row for every address of the site and each of its methods.

A row names what every person of the cast is answered, so that nobody is forgotten. The test walks
the URL configuration; an address without a row fails it. An area's rows stand in a file of its
own, `rows_<area>.py`, as a list `ROWS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.urls import reverse

from homework.accounts.models import Classroom, School, User
from homework.solutions.models import FollowUp, Solution
from homework.uploads.models import Photo
from tests.homework.people import People

PERSONS: Final = ("alice", "bob", "charlie", "terry", "dora", "tina", "ada", "anonymous")
"""alice and bob are in terry's class 7a, dora teaches 7b of the same school, charlie and tina are
at another school, ada administers alice's school, and nobody is signed in."""

LOGIN: Final = "login"
"""The answer that leads to the sign-in page, or for what is posted the same."""

Answer = int | str


@dataclass(frozen=True)
class World:
    """What there is to open: all of it is alice's, in terry's class."""

    people: People
    school: School
    classroom: Classroom
    photo: Photo
    solution: Solution
    follow_up: FollowUp

    def person(self, name: str) -> User:
        """A person of the cast by the name in the rows; `ada` is the administrator."""
        person: User = getattr(self.people, name)
        return person


@dataclass(frozen=True)
class Row:
    """One address with one method, and what each person is answered.

    Attributes:
        name: Of the address, with its namespace.
        answers: `{"alice terry": 200, "bob charlie ...": 404, "anonymous": LOGIN}`; every person
            exactly once. A number is the status; a text is how the place begins to which one is
            redirected.
        method: HTTP method.
        args: Makes the arguments of the address.
        data: Makes what is sent.
        prepare: Changes the world before each request, such as removing what would be in the way.
        headers: Of the request.
        is_json: What is sent is JSON; else a form.
    """

    name: str
    answers: Mapping[str, Answer]
    method: str = "GET"
    args: Callable[[World], Sequence[Any]] = lambda world: ()
    data: Callable[[World], Any] = lambda world: {}
    prepare: Callable[[World], object] = lambda world: None
    headers: Mapping[str, str] = field(default_factory=dict)
    is_json: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.name}"

    def answer_for(self, person: str) -> Answer:
        """The answer that this person is to get."""
        found = [answer for names, answer in self.answers.items() if person in names.split()]
        assert len(found) == 1, f"{self}: {person} is named {len(found)} times"
        return reverse("account_login") if found[0] == LOGIN else found[0]
