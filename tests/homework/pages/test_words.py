"""Words for what programs know by codes: every state, verdict and reason has them."""

from __future__ import annotations

import re

import pytest

from homework.pages.words import reason_words, state_words, verdict_reason, verdict_word
from homework.solutions.models import Solution
from inference.types import Verdict
from inference.verify import verdicts


def test_every_state_has_a_word() -> None:
    assert set(state_words()) == {state.value for state in Solution.State}


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_a_word(verdict: Verdict) -> None:
    assert verdict_word({"verdict": verdict.value})


def test_every_reason_of_the_checker_has_words() -> None:
    codes = set(re.findall(r"^\|.*?\| `(\w+)` \|", verdicts.__doc__ or "", re.MULTILINE))

    assert len(codes) > 15
    assert codes - set(reason_words()) == set()


def test_a_counterexample_is_shown_with_its_numbers() -> None:
    check = {"verdict": "failed", "reason": "counterexample", "detail": {"x": "2", "y": "1/3"}}

    assert verdict_reason(check) == "it is not true (x = 2, y = 1/3)"


def test_details_for_programs_are_not_shown() -> None:
    check = {"verdict": "verified", "reason": "equal", "detail": {"method": "expand"}}

    assert verdict_reason(check) == "equal to the question"


def test_a_reason_of_the_future_is_passed_over() -> None:
    assert verdict_reason({"verdict": "verified", "reason": "prophecy", "detail": {}}) == ""


def test_while_there_is_no_check_it_says_so() -> None:
    assert (verdict_word(None), verdict_reason(None)) == ("Checking…", "")
