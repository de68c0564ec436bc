"""Claims under real concurrency. `test_claims_postgres.py` runs this file on PostgreSQL too."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from homework.common.errors import ClaimLostError, ConflictError
from homework.solutions.claims import (
    claim_of,
)
from homework.solutions.follow_ups import (
    FollowUpResult,
    follow_up_claim_next,
    follow_up_create,
    follow_up_finish,
)
from homework.solutions.models import Solution
from homework.solutions.services import (
    SolutionResult,
    solution_claim_next,
    solution_create,
    solution_finish,
    solution_request_stop,
    solution_set_reading,
    solution_sweep,
)
from tests.homework.people import make_people

NUM_THREADS = 4
State = Solution.State


def in_threads(*calls: Callable[[], Any]) -> list[Any]:
    """Run all calls at once, each with a connection of its own; errors come out."""
    barrier = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(number: int, call: Callable[[], Any]) -> None:
        try:
            barrier.wait(30)
            results[number] = call()
        except BaseException as error:
            results[number] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(number, call)) for number, call in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


@pytest.mark.django_db(transaction=True)
def test_no_solution_is_claimed_twice_and_none_is_forgotten() -> None:
    people = make_people()
    asked = {
        solution_create(student=student, question_text="1+1").pk
        for _ in range(10)
        for student in (people.alice, people.bob, people.charlie)
    }

    def work(worker: str) -> list[Any]:
        claimed = []
        while (solution := solution_claim_next(worker=worker)) is not None:
            claimed.append(solution.pk)
        return claimed

    claimed = in_threads(*(lambda name=f"w{n}": work(name) for n in range(NUM_THREADS)))
    counted = Counter(key for keys in claimed for key in keys)
    assert set(counted) == asked
    assert set(counted.values()) == {1}
    assert set(Solution.objects.values_list("attempt", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_of_a_finish_a_stop_and_a_sweep_at_once_one_outcome_holds() -> None:
    people = make_people()
    result = SolutionResult(state="finished", finish_reason="stop", text="done", answer_latex="2")
    for _ in range(10):
        solution_create(student=people.alice, question_text="1+1")
        claimed = solution_claim_next(worker="w")
        assert claimed is not None
        held = claim_of(claimed)
        solution_set_reading(claim=held, reading={})

        def finish(held: Any = held) -> bool:
            try:
                solution_finish(claim=held, result=result)
            except ClaimLostError:
                return False
            return True

        def stop(key: Any = held.row_id) -> str:
            return solution_request_stop(solution_id=key)

        def sweep() -> Any:
            return solution_sweep(stale_before=timezone.now() + timedelta(1), max_attempts=3)

        is_finished, _, _ = in_threads(finish, stop, sweep)
        solution = Solution.objects.get(pk=held.row_id)
        if is_finished:
            assert (solution.state, solution.text) == (State.FINISHED, "done")
        else:
            assert solution.state in {State.STOPPED, State.QUEUED}
            assert solution.text == ""
        Solution.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_of_follow_ups_that_arrive_together_one_is_taken_and_claimed_once() -> None:
    people = make_people()
    solution = Solution.objects.create(
        student=people.alice, state=State.FINISHED, text="**Answer.** $2$"
    )

    def ask() -> bool:
        try:
            follow_up_create(solution=solution, question="why?")
        except ConflictError:
            return False
        return True

    for number in range(1, 6):
        assert sorted(in_threads(*[ask] * NUM_THREADS)) == [False] * (NUM_THREADS - 1) + [True]
        claimed = in_threads(
            *(lambda n=n: follow_up_claim_next(worker=f"w{n}") for n in range(NUM_THREADS))
        )
        [held] = [follow_up for follow_up in claimed if follow_up is not None]
        assert (held.number, held.attempt) == (number, 1)
        follow_up_finish(
            claim=claim_of(held), result=FollowUpResult(state="finished", finish_reason="stop")
        )
