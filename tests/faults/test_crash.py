"""Real servers that are killed or told to stop in the middle of a solution."""

from __future__ import annotations

import pytest

from homework.pipeline.events import snapshot_of
from homework.solutions.models import Solution
from homework.solutions.services import solution_create
from homework.uploads.services import photo_create
from tests.homework.people import People
from tests.live import ROOT, SERVE, Follower, LiveSite, close_code, next_frame, sign_in

State = Solution.State
PHOTO = ROOT / "tests" / "photos" / "print-linear-plain.jpg"
SLOW = {"HH_RULES_TOKENS_PER_S": "4", "HH_PIPELINE_WORKERS": "1"}


def ask_with_photo(people: People) -> Solution:
    photo, _ = photo_create(owner=people.alice, data=PHOTO.read_bytes())
    return solution_create(student=people.alice, photo=photo)


def follow_until_text(site: LiveSite, solution: Solution, session: str) -> Follower:
    follower = Follower()
    with site.socket(f"/ws/solutions/{solution.pk}/", session=session) as socket:
        while not follower.state.get("text"):
            follower.take(next_frame(socket))
    return follower


def follow_to_the_end(site: LiveSite, solution: Solution, session: str) -> dict[str, object]:
    with site.socket(f"/ws/solutions/{solution.pk}/", session=session) as socket:
        return Follower().follow(socket)


def assert_solved_once(solution: Solution, final: dict[str, object], attempt: int) -> None:
    stored = snapshot_of(Solution.objects.get(pk=solution.pk))
    assert final == {name: value for name, value in stored.items() if name != "type"}
    assert Solution.objects.count() == 1
    assert (stored["state"], stored["attempt"]) == ("finished", attempt)
    assert stored["answer"]["latex"] == "x = 5"
    assert stored["answer"]["check"]["verdict"] == "verified"
    assert stored["text"].count("**Step 1.**") == 1
    assert [step["index"] for step in stored["steps"]] == [1, 2]


@pytest.mark.slow
def test_a_solution_survives_kill_9_and_is_finished_once(people: People) -> None:
    session = sign_in(people.alice)
    solution = ask_with_photo(people)
    waiting = solution_create(student=people.bob, question_text="1/2 + 1/3")
    site = LiveSite(*SERVE, **SLOW)
    try:
        follow_until_text(site, solution, session)
    finally:
        site.kill()
    left = Solution.objects.get(pk=solution.pk)
    assert left.state == State.SOLVING
    assert Solution.objects.get(pk=waiting.pk).state == State.QUEUED

    site = LiveSite(*SERVE)
    try:
        final = follow_to_the_end(site, solution, session)
        follow_to_the_end(site, waiting, sign_in(people.bob))
    finally:
        assert site.stop() == 0
    assert Solution.objects.get(pk=waiting.pk).state == State.FINISHED
    Solution.objects.filter(pk=waiting.pk).delete()
    assert_solved_once(solution, final, attempt=2)


@pytest.mark.slow
def test_a_signal_drains_the_only_server_and_the_next_one_goes_on(people: People) -> None:
    session = sign_in(people.alice)
    solution = ask_with_photo(people)
    site = LiveSite(*SERVE, **SLOW)
    try:
        path = f"/ws/solutions/{solution.pk}/"
        with (
            site.socket(path, session=session) as socket,
            site.socket("/ws/solutions/", session=session) as listing,
        ):
            follower = Follower()
            while not follower.state.get("text"):
                follower.take(next_frame(socket))
            with pytest.raises(AssertionError, match="Another server already serves"):
                LiveSite(*SERVE)
            assert site.stop() == 0
            assert close_code(socket) == 1012
            assert close_code(listing) == 1012
    finally:
        site.kill()
    given_back = Solution.objects.get(pk=solution.pk)
    assert (given_back.state, given_back.attempt, given_back.claimed_by) == (State.QUEUED, 0, "")

    site = LiveSite(*SERVE)
    try:
        final = follow_to_the_end(site, solution, session)
    finally:
        assert site.stop() == 0
    assert_solved_once(solution, final, attempt=1)
