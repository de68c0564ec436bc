"""Kept answers: per school, within a budget, corrected by teachers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from homework.solutions.cache import (
    MAX_ANSWER_BYTES,
    answer_correct,
    answer_find,
    answer_forget,
    answer_keep,
    answers_trim,
)
from homework.solutions.models import CachedAnswer, Solution
from tests.homework.people import People

KEY = "k" * 64


def content(text: str = "x = 5") -> dict[str, Any]:
    return {
        "reading": None,
        "text": text,
        "steps": [],
        "answer": {"latex": text, "check": None},
        "engine": "local",
        "engine_changes": [],
    }


def solution_of(people: People, **fields: Any) -> Solution:
    return Solution.objects.create(
        student=people.alice, answer_key=KEY, state="finished", text="x = 5", **fields
    )


def test_what_was_kept_is_found_and_counted(people: People) -> None:
    school_id = people.alice.school_id
    assert answer_find(school_id=school_id, key=KEY) is None
    answer_keep(school_id=school_id, key=KEY, content=content())
    for hits in (1, 2):
        found = answer_find(school_id=school_id, key=KEY)
        assert found is not None
        assert (found.content, found.hits) == (content(), hits)


def test_another_school_finds_nothing(people: People) -> None:
    answer_keep(school_id=people.alice.school_id, key=KEY, content=content())
    assert people.charlie.school_id != people.alice.school_id
    assert answer_find(school_id=people.charlie.school_id, key=KEY) is None
    assert answer_find(school_id=None, key=KEY) is None
    assert CachedAnswer.objects.get().hits == 0


def test_nothing_is_kept_for_no_school_without_a_key_or_beyond_all_size(people: People) -> None:
    answer_keep(school_id=None, key=KEY, content=content())
    answer_keep(school_id=people.alice.school_id, key="", content=content())
    answer_keep(school_id=people.alice.school_id, key=KEY, content=content("x" * MAX_ANSWER_BYTES))
    assert not CachedAnswer.objects.exists()


def test_a_new_answer_replaces_an_older_one(people: People) -> None:
    school_id = people.alice.school_id
    answer_keep(school_id=school_id, key=KEY, content=content("old"))
    answer_keep(school_id=school_id, key=KEY, content=content("new"))
    assert CachedAnswer.objects.get().content == content("new")


def test_a_correction_stands_for_everybody_who_asks_again(people: People) -> None:
    solution = solution_of(people, answer_latex="x = 4", engine="local")
    school_id = people.alice.school_id
    for is_kept in (False, True):
        if is_kept:
            answer_keep(school_id=school_id, key=KEY, content=content("x = 4"))
        assert answer_correct(
            solution=solution, content={"answer": {"latex": "x = 5", "check": None}}
        )
        found = answer_find(school_id=school_id, key=KEY)
        assert found is not None
        assert found.content["answer"]["latex"] == "x = 5"
        assert found.content["engine"] == "local"
        # An engine that is asked afresh does not bring the mistake back.
        answer_keep(school_id=school_id, key=KEY, content=content("x = 4"))
        found = answer_find(school_id=school_id, key=KEY)
        assert found is not None
        assert found.content["answer"]["latex"] == "x = 5"


def test_what_has_no_key_cannot_be_corrected(people: People) -> None:
    solution = Solution.objects.create(student=people.alice)
    assert not answer_correct(solution=solution, content=content())
    assert not CachedAnswer.objects.exists()


def test_a_rejected_answer_is_shown_to_nobody_again(people: People) -> None:
    school_id = people.alice.school_id
    answer_keep(school_id=school_id, key=KEY, content=content())
    answer_keep(school_id=people.charlie.school_id, key=KEY, content=content())
    assert answer_forget(solution=solution_of(people))
    assert answer_find(school_id=school_id, key=KEY) is None
    assert answer_find(school_id=people.charlie.school_id, key=KEY) is not None
    assert not answer_forget(solution=solution_of(people))


@pytest.mark.parametrize("num_left", [0, 1, 3])
def test_the_longest_unused_goes_first_when_there_is_no_room(people: People, num_left: int) -> None:
    school_id = people.alice.school_id
    for number in range(5):
        answer_keep(school_id=school_id, key=f"{number}", content=content())
        CachedAnswer.objects.filter(key=f"{number}").update(
            used_at=timezone.now() - timedelta(minutes=number)
        )
    size_bytes = CachedAnswer.objects.filter(key="0").values_list("size_bytes", flat=True).get()
    num_dropped = answers_trim(max_bytes=num_left * size_bytes, max_age=timedelta(days=1))
    assert num_dropped == 5 - num_left
    assert sorted(CachedAnswer.objects.values_list("key", flat=True)) == [
        str(number) for number in range(num_left)
    ]


def test_what_is_too_old_goes_unless_a_teacher_wrote_it(people: People) -> None:
    school_id = people.alice.school_id
    answer_keep(school_id=school_id, key="a", content=content())
    answer_correct(solution=solution_of(people), content=content())
    CachedAnswer.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert answers_trim(max_bytes=1 << 20, max_age=timedelta(days=1)) == 1
    assert CachedAnswer.objects.get().key == KEY
