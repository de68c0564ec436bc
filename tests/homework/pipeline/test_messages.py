from __future__ import annotations

import pytest

from homework.pipeline.events import error_event
from homework.pipeline.messages import error_message, is_retryable


@pytest.mark.parametrize(
    ("code", "retryable"),
    [
        ("no_question_found", False),
        ("not_understood", False),
        ("unsupported_problem", False),
        ("timeout", True),
        ("gave_up", True),
        ("internal_error", True),
    ],
)
def test_each_code_has_its_words(code: str, retryable: bool) -> None:
    assert error_message(code, "en") != error_message("internal_error", "en") or retryable
    assert is_retryable(code) is retryable


def test_an_unknown_code_is_no_gap_in_what_a_person_is_told() -> None:
    assert error_message("new_code", "zh") == error_message("internal_error", "zh")


def test_what_the_engine_says_goes_before_our_own_words() -> None:
    event = error_event(code="unsupported_problem", language="en", message="Only algebra.")
    assert event == {
        "type": "error",
        "code": "unsupported_problem",
        "message": "Only algebra.",
        "retryable": False,
    }
