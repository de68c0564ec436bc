from __future__ import annotations

from typing import Any

import pytest

from homework.accounts.models import User
from homework.common.errors import ConflictError
from homework.solutions.claims import (
    claim_of,
)
from homework.solutions.doubt import ATTENTION, WEIGHTS, Doubt, doubt_of, verdict_of
from homework.solutions.models import Solution
from homework.solutions.services import (
    SolutionResult,
    StepRecord,
    solution_claim_next,
    solution_create,
    solution_fail,
    solution_finish,
    solution_set_reading,
    solution_set_reported,
    solution_set_reviewed,
)
from homework.solutions.topics import Topic
from inference.rules.classify import Topic as RulesTopic

SURE = {"text": "x = 1", "confidence": 0.99, "uncertain": [], "source": "ocr"}


def check(verdict: str) -> dict[str, Any]:
    return {"verdict": verdict, "reason": "equal", "detail": {}}


def doubt(**given: Any) -> Doubt:
    values: dict[str, Any] = {
        "state": "finished",
        "reading": SURE,
        "step_checks": [check("verified")],
        "answer_check": check("verified"),
        "has_answer": True,
    }
    return doubt_of(**(values | given))


def test_what_is_proved_throughout_leaves_no_doubt() -> None:
    assert doubt() == Doubt(0, [])


@pytest.mark.parametrize(
    ("given", "reasons"),
    [
        ({"step_checks": [check("failed"), check("verified")]}, ["step_failed"]),
        ({"step_checks": [check("not_checkable")]}, ["step_unchecked"]),
        ({"answer_check": check("failed")}, ["answer_failed"]),
        ({"answer_check": check("not_checkable")}, ["answer_unchecked"]),
        ({"answer_check": None}, ["answer_unchecked"]),
        ({"answer_check": None, "has_answer": False}, ["cut_off"]),
        ({"state": "failed", "has_answer": False, "step_checks": []}, ["not_solved"]),
        ({"fallback_reason": "stalled"}, ["fallback"]),
        ({"fallback_reason": "failed_check"}, ["model_failed"]),
        ({"reading": SURE | {"confidence": 0.5}}, ["reading_unsure"]),
        ({"reading": SURE | {"uncertain": [{"start": 0}]}}, ["reading_unsure"]),
        ({"reading": SURE | {"confidence": 0.1, "source": "typed"}}, []),
        ({"reported": "wrong"}, ["reported_wrong"]),
        ({"state": "stopped", "reported": "confused"}, ["reported_confused"]),
        ({"state": "stopped", "has_answer": False, "step_checks": []}, []),
        (
            {"reported": "wrong", "step_checks": [check("not_checkable"), check("failed")]},
            ["reported_wrong", "step_failed", "step_unchecked"],
        ),
    ],
)
def test_every_doubt_has_its_reason(given: dict[str, Any], reasons: list[str]) -> None:
    found = doubt(**given)
    assert found.reasons == reasons
    assert found.score == sum(WEIGHTS[reason] for reason in reasons)


def test_one_heavier_reason_outweighs_the_next_lighter_one() -> None:
    weights = list(WEIGHTS.values())
    assert weights == sorted(weights, reverse=True)
    assert WEIGHTS["step_unchecked"] < ATTENTION <= WEIGHTS["answer_unchecked"]


@pytest.mark.parametrize(
    ("steps", "answer", "has_answer", "verdict"),
    [
        (["verified"], "verified", True, "verified"),
        (["failed"], "verified", True, "failed"),
        (["not_checkable"], "verified", True, "verified"),
        ([], "failed", True, "failed"),
        (["verified"], None, False, ""),
    ],
)
def test_a_solution_has_one_verdict(
    steps: list[str], answer: str | None, has_answer: bool, verdict: str
) -> None:
    assert (
        verdict_of(
            step_checks=[check(step) for step in steps],
            answer_check=check(answer) if answer else None,
            has_answer=has_answer,
        )
        == verdict
    )


def test_the_names_of_topics_are_those_of_the_classifier() -> None:
    assert set(Topic.values) == {str(topic) for topic in RulesTopic}


@pytest.fixture
def finished(alice: User) -> Solution:
    solution_create(student=alice, question_text="3x+5=20")
    claimed = solution_claim_next(worker="w")
    assert claimed is not None
    reading = SURE | {"text": "3x + 5 = 20", "source": "typed"}
    solution_set_reading(claim=claim_of(claimed), reading=reading)
    result = SolutionResult(
        state="finished",
        finish_reason="stop",
        reading=reading,
        text="text",
        steps=(
            StepRecord(
                index=1,
                start=0,
                end=4,
                title="",
                formulas=["x = 5"],
                rule="",
                rule_inputs=[],
                check=check("failed"),
            ),
        ),
        answer_latex="x = 5",
        answer_check=check("verified"),
        topic="linear_equations",
        fallback_reason="stalled",
    )
    solution_finish(claim=claim_of(claimed), result=result)
    return Solution.objects.get(pk=claimed.pk)


def test_what_ends_stands_in_the_queue_with_its_topic_and_doubt(finished: Solution) -> None:
    assert finished.topic == Topic.LINEAR_EQUATIONS
    assert finished.asked_text == "3x + 5 = 20"
    assert finished.verdict == "failed"
    assert finished.doubt_reasons == ["step_failed", "fallback"]
    assert finished.doubt_score == WEIGHTS["step_failed"] + WEIGHTS["fallback"]
    assert finished.doubt_at == finished.finished_at
    assert finished.review_state == Solution.ReviewState.OPEN


def test_what_could_not_be_solved_stands_there_too(alice: User) -> None:
    solution_create(student=alice, question_text="3x+5=20")
    claimed = solution_claim_next(worker="w")
    assert claimed is not None
    solution_fail(claim=claim_of(claimed), code="gave_up", message="")
    claimed.refresh_from_db()
    assert claimed.doubt_reasons == ["not_solved"]
    assert claimed.review_state == Solution.ReviewState.OPEN


def test_a_report_opens_what_was_reviewed(finished: Solution) -> None:
    solution_set_reviewed(solution=finished, version=0, state="approved")
    solution_set_reported(solution=finished, reported="wrong")
    finished.refresh_from_db()
    assert finished.review_state == Solution.ReviewState.OPEN
    assert finished.doubt_reasons[0] == "reported_wrong"
    assert finished.review_version == 1


def test_the_second_of_two_reviews_is_refused(finished: Solution) -> None:
    solution_set_reviewed(solution=finished, version=0, state="approved")
    with pytest.raises(ConflictError):
        solution_set_reviewed(solution=finished, version=0, state="rejected")
    finished.refresh_from_db()
    assert (finished.review_state, finished.review_version) == ("approved", 1)
