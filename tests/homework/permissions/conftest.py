from __future__ import annotations

import pytest

from homework.solutions.models import FollowUp
from homework.uploads.images import PhotoDecoder, SanitisedPhoto
from homework.uploads.services import photo_create, photo_decoder
from tests.homework.pages.conftest import make_solution
from tests.homework.people import People
from tests.homework.permissions.matrix import World
from tests.homework.uploads import pictures


@pytest.fixture(scope="session")
def clean() -> SanitisedPhoto:
    return photo_decoder().sanitise(pictures.jpeg())


@pytest.fixture
def world(people: People, clean: SanitisedPhoto, monkeypatch: pytest.MonkeyPatch) -> World:
    with monkeypatch.context() as patched:
        patched.setattr(PhotoDecoder, "sanitise", lambda self, data: clean)
        photo = photo_create(owner=people.alice, data=b"decoded once for all tests")[0]
    assert people.alice.school is not None
    solution = make_solution(people.alice, photo=photo)
    return World(
        people=people,
        school=people.alice.school,
        classroom=people.alice.classrooms.get(),
        photo=photo,
        solution=solution,
        follow_up=FollowUp.objects.create(
            solution=solution, number=1, question="why?", text="So.", state="finished"
        ),
    )
