from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser

from homework.common.errors import NotFoundError
from homework.solutions.claims import (
    claim_of,
)
from homework.solutions.selectors import solution_get_visible, solution_history
from homework.solutions.services import (
    solution_claim_next,
    solution_create,
    solution_set_reading,
)
from tests.homework.people import People


@pytest.mark.parametrize("viewer", ["alice", "terry"])
def test_the_student_and_their_teacher_see_a_solution(people: People, viewer: str) -> None:
    solution = solution_create(student=people.alice, question_text="1+1")
    seen = solution_get_visible(viewer=getattr(people, viewer), solution_id=solution.pk)
    assert seen == solution


@pytest.mark.parametrize("viewer", ["bob", "charlie", "tina", "dora", "ada"])
def test_nobody_else_learns_that_it_exists(people: People, viewer: str) -> None:
    solution = solution_create(student=people.alice, question_text="1+1")
    with pytest.raises(NotFoundError):
        solution_get_visible(viewer=getattr(people, viewer), solution_id=solution.pk)


def test_an_anonymous_person_sees_nothing(people: People) -> None:
    solution = solution_create(student=people.alice, question_text="1+1")
    with pytest.raises(NotFoundError):
        solution_get_visible(viewer=AnonymousUser(), solution_id=solution.pk)


def test_an_unknown_id_is_not_found(people: People) -> None:
    with pytest.raises(NotFoundError):
        solution_get_visible(viewer=people.alice, solution_id=uuid.uuid4())


def test_the_history_is_the_students_own_newest_first(people: People) -> None:
    first = solution_create(student=people.alice, question_text="1+1")
    second = solution_create(student=people.alice, question_text="2+2")
    solution_create(student=people.bob, question_text="3+3")
    assert list(solution_history(student=people.alice)) == [second, first]


def test_the_history_is_searched_by_what_was_typed_or_read(people: People) -> None:
    typed = solution_create(student=people.alice, question_text="Solve: 3x+5=20")
    solution_create(student=people.alice, question_text="1+1")
    claimed = solution_claim_next(worker="w")
    assert claimed is not None
    assert claimed == typed
    solution_set_reading(claim=claim_of(claimed), reading={"text": "七年级 3x"})
    for search in ("3x", "solve 5", "七年级"):
        assert list(solution_history(student=people.alice, search=search)) == [typed], search
    assert not solution_history(student=people.alice, search="3x 99").exists()


def test_the_history_is_filtered_by_state(people: People) -> None:
    waiting = solution_create(student=people.alice, question_text="1+1")
    assert list(solution_history(student=people.alice, state="running")) == [waiting]
    assert list(solution_history(student=people.alice, state="queued")) == [waiting]
    assert not solution_history(student=people.alice, state="finished").exists()
