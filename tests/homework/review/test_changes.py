"""Steps that a teacher adds, removes and puts back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homework.accounts.models import AuditEvent, User
from homework.common.errors import InvalidInputError
from homework.review.changes import MAX_STEPS, Change, corrections_of, order_with
from homework.review.models import Correction, Review
from homework.review.parts import (
    FIRST_ADDED,
    Part,
    all_parts_of,
    answer_content_of,
    corrections_shown,
    parts_of,
)
from homework.review.services import review_correct
from homework.review.training import corrections_for_export
from homework.solutions.cache import answer_keep, content_of
from homework.solutions.models import CachedAnswer, Solution
from inference.solution_text import SolutionTextParser, StepParsed
from tests.homework.people import People

VERIFIED = {"verdict": "verified", "reason": "same_solutions", "detail": {}}


def new(index: int = -1, follows: int | None = 1, **fields: Any) -> Change:
    values: dict[str, Any] = {"title": "In between.", "formulas": ["3x = 20 - 5"]} | fields
    return Change(index=index, follows=follows, check=VERIFIED, **values)


def again(solution: Solution) -> Solution:
    return Solution.objects.get(pk=solution.pk)


def indexes(solution: Solution) -> list[int]:
    return [part.index for part in parts_of(again(solution))]


def test_an_added_step_stands_where_it_was_put(terry: User, waiting: Solution) -> None:
    review_correct(teacher=terry, solution=waiting, version=0, changes=[new()])

    parts = parts_of(again(waiting))
    assert [part.index for part in parts] == [1, FIRST_ADDED, 2, 0]
    added = parts[1]
    assert (added.title, added.formulas, added.check) == ("In between.", ["3x = 20 - 5"], VERIFIED)
    assert (added.original, added.corrected_by) == (None, "terry")
    assert waiting.steps.count() == 2, "what the engine wrote stays"
    assert Correction.objects.get().kind == Correction.Kind.ADDED


def test_several_are_added_at_the_head_and_behind_each_other(
    terry: User, waiting: Solution
) -> None:
    changes = [new(-1, 0), new(-2, -1), new(-7, 2), new(-3, -7)]
    review_correct(teacher=terry, solution=waiting, version=0, changes=changes)
    first = FIRST_ADDED
    assert indexes(waiting) == [first, first + 1, 1, 2, first + 2, first + 3, 0]

    review_correct(
        teacher=terry, solution=again(waiting), version=1, changes=[new(follows=first + 2)]
    )
    assert indexes(waiting) == [first, first + 1, 1, 2, first + 2, first + 4, first + 3, 0]


def test_a_removed_step_can_be_put_back(terry: User, waiting: Solution) -> None:
    review_correct(teacher=terry, solution=waiting, version=0, removed=[1])
    assert indexes(waiting) == [2, 0]
    gone = all_parts_of(again(waiting))[0]
    assert (gone.index, gone.is_removed, gone.corrected_by) == (1, True, "terry")

    back = Change(index=1, title=gone.title, formulas=gone.formulas, check=VERIFIED)
    review = review_correct(teacher=terry, solution=again(waiting), version=1, changes=[back])
    assert indexes(waiting) == [1, 2, 0]
    assert review.corrections.get().kind == Correction.Kind.RESTORED


def test_an_added_step_is_changed_and_removed_like_any_other(
    terry: User, waiting: Solution
) -> None:
    review_correct(teacher=terry, solution=waiting, version=0, changes=[new()])
    change = Change(index=FIRST_ADDED, title="Better.", formulas=[], check=VERIFIED)
    review_correct(teacher=terry, solution=again(waiting), version=1, changes=[change])
    assert parts_of(again(waiting))[1].title == "Better."
    review_correct(teacher=terry, solution=again(waiting), version=2, removed=[FIRST_ADDED])
    assert indexes(waiting) == [1, 2, 0]
    solution = again(waiting)
    assert corrections_shown(solution, solution.reviews.all()) == [], "as if it never was"


def test_what_was_done_is_in_the_audit_log(terry: User, waiting: Solution) -> None:
    review_correct(teacher=terry, solution=waiting, version=0, changes=[new()], removed=[2])
    assert AuditEvent.objects.get().detail == {
        "verdict": "corrected",
        "version": 1,
        "changed": [],
        "added": 1,
        "removed": [2],
    }


@pytest.mark.parametrize(
    ("changes", "removed"),
    [
        pytest.param([], [7], id="a step that is not there"),
        pytest.param([], [0], id="the answer"),
        pytest.param([new(index=2, follows=None)], [2], id="changed and removed"),
        pytest.param([new(follows=9)], [], id="behind no step"),
        pytest.param([new(follows=None)], [], id="without a place"),
        pytest.param([new(-1, -2), new(-2, 1)], [], id="behind a later one"),
        pytest.param([new(title="", formulas=[])], [], id="an empty step"),
        pytest.param([new(2, None, title="", formulas=[])], [], id="emptied"),
        pytest.param([new(0, None, formulas=["x = 5"])], [], id="an answer with a sentence"),
        pytest.param([new(0, None, title="", formulas=[])], [], id="no answer"),
        pytest.param([new(title="x" * 501)], [], id="too long"),
        pytest.param([new(formulas=["x = 1"] * 9)], [], id="too many lines"),
        pytest.param([new(-n, 0) for n in range(1, MAX_STEPS)], [], id="too many steps"),
    ],
)
def test_what_makes_no_sense_is_refused_whole(
    terry: User, waiting: Solution, changes: list[Change], removed: list[int]
) -> None:
    with pytest.raises(InvalidInputError):
        review_correct(
            teacher=terry,
            solution=waiting,
            version=0,
            changes=[
                Change(index=1, title="Right.", formulas=["3x = 15"], check=VERIFIED),
                *changes,
            ],
            removed=removed,
        )
    assert not Review.objects.exists()
    waiting.refresh_from_db()
    assert waiting.review_version == 0


def test_what_is_removed_already_is_not_removed_again(terry: User, waiting: Solution) -> None:
    review_correct(teacher=terry, solution=waiting, version=0, removed=[1])
    with pytest.raises(InvalidInputError):
        review_correct(teacher=terry, solution=again(waiting), version=1, removed=[1])


def test_the_students_page_gets_each_difference_with_its_place(
    terry: User, waiting: Solution
) -> None:
    review_correct(
        teacher=terry, solution=waiting, version=0, changes=[new(-1, 0), new(-2, 2)], removed=[2]
    )
    solution = again(waiting)
    shown = corrections_shown(solution, solution.reviews.all())
    assert [(one["kind"], one["index"], one["follows"]) for one in shown] == [
        ("added", FIRST_ADDED, 0),
        ("removed", 2, 1),
        ("added", FIRST_ADDED + 1, 2),
    ]
    assert [one["is_proved"] for one in shown] == [True, False, True]


def test_the_next_one_who_asks_gets_the_steps_numbered_anew(terry: User, waiting: Solution) -> None:
    waiting.answer_key = "k" * 64
    waiting.save(update_fields=["answer_key"])
    assert waiting.student.school_id is not None
    answer_keep(school_id=waiting.student.school_id, key="k" * 64, content=content_of(waiting))

    review_correct(
        teacher=terry, solution=waiting, version=0, changes=[new(-1, 0), new(-2, 1)], removed=[2]
    )
    content = CachedAnswer.objects.get().content
    assert content == answer_content_of(again(waiting)) | {
        name: content[name] for name in ("reading", "engine", "engine_changes")
    }
    assert [step["index"] for step in content["steps"]] == [1, 2, 3]
    parser = SolutionTextParser()
    parsed = parser.feed(content["text"]) + parser.close()
    steps = [item for item in parsed if isinstance(item, StepParsed)]
    assert [(step.index, step.start, step.end) for step in steps] == [
        (step["index"], step["start"], step["end"]) for step in content["steps"]
    ]


def test_an_added_step_that_is_disproved_is_given_to_nobody_else(
    terry: User, waiting: Solution
) -> None:
    waiting.answer_key = "k" * 64
    waiting.save(update_fields=["answer_key"])
    assert waiting.student.school_id is not None
    answer_keep(school_id=waiting.student.school_id, key="k" * 64, content=content_of(waiting))
    wrong = Change(
        index=-1, follows=1, title="", formulas=["x = 1"], check=VERIFIED | {"verdict": "failed"}
    )
    review_correct(teacher=terry, solution=waiting, version=0, changes=[wrong])
    assert not CachedAnswer.objects.exists()


def test_the_training_pair_names_what_stands_in_its_text(people: People, waiting: Solution) -> None:
    assert people.alice.school is not None
    review_correct(
        teacher=people.terry, solution=waiting, version=0, changes=[new(-1, 2)], removed=[1]
    )
    pair = next(corrections_for_export(school=people.alice.school))
    assert pair.verdict == "corrected"
    assert pair.corrected_parts == (2,)
    assert pair.text == (
        "**Problem.** $3x + 5 = 20$\n\n"
        "**Step 1.** Divide both sides by 3.\n$x = 5$\n\n"
        "**Step 2.** In between.\n$3x = 20 - 5$\n\n"
        "**Answer.** $x = 5$\n"
    )


def test_a_pair_without_a_step_is_a_corrected_one(people: People, waiting: Solution) -> None:
    assert people.alice.school is not None
    review_correct(teacher=people.terry, solution=waiting, version=0, removed=[1])
    pair = next(corrections_for_export(school=people.alice.school))
    assert (pair.verdict, pair.corrected_parts) == ("corrected", ())
    assert "Subtract" not in pair.text


PARTS = [Part(index, f"{index}", ["x = 1"], None) for index in (1, 2, 3, 0)]


@given(st.data())
def test_steps_are_where_they_were_put_whatever_is_put_where(data: st.DataObject) -> None:
    known = [0, 1, 2, 3]
    added: list[tuple[int, int | None]] = []
    for index in range(-1, -1 - data.draw(st.integers(0, 8)), -1):
        added.append((index, data.draw(st.sampled_from(known))))
        known.append(index)
    order = order_with(PARTS, added=added)

    assert sorted(order) == sorted({0, 1, 2, 3} | {index for index, _follows in added})
    assert [index for index in order if index > 0] == [1, 2, 3], "the others keep their order"
    assert order[-1] == 0, "nothing stands behind the answer"
    for index, follows in added:
        assert not follows or order.index(follows) < order.index(index)

    changes = [new(index, follows) for index, follows in added]
    made = corrections_of(PARTS, changes, [])
    assert [one.index for one in made] == [FIRST_ADDED + number for number in range(len(added))]
