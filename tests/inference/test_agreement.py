"""What two readers make of one photo."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inference.agreement import (
    agreed_question,
    likelier_question,
    model_reading,
    other_looks,
    other_question,
)
from inference.confidence import Trace
from inference.errors import EngineNotReadyError
from inference.rules.problem import is_same_problem
from inference.streams import Stream
from inference.types import Reading, Request, UncertainSpan
from tests.homework.pipeline.scripted import OtherLooks

BARE = Reading(text="2 (x + 3)", latex="2(x + 3)", confidence=0.9, source="model")
WORDED = Reading(text="Expand: 2(x + 3)", latex="2(x + 3)", confidence=0.8)
OTHER = Reading(text="2(x + 8)", latex="2(x + 8)", confidence=0.95)
SENSELESS = Reading(text="2(x +", latex="", confidence=1.0, parse_error="odd")


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        ("3x + 5 = 20", "3x + 5 = 20"),
        (r"\text{Solve: }3x + 5 = 20", "Solve: 3x + 5 = 20"),
        (r"\frac{1}{2}x + \sqrt{3} = 5", "(1/2)x + sqrt(3) = 5"),
    ],
)
def test_a_problem_line_becomes_a_question_that_the_rules_understand(latex: str, text: str) -> None:
    reading = model_reading(latex, Trace())
    assert (reading.text, reading.parse_error) == (text, None)
    assert is_same_problem(reading.text, text)


def test_a_problem_line_that_is_no_mathematics_is_kept_as_it_is() -> None:
    reading = model_reading(r"\text{Why is the sky blue?}", Trace())
    assert reading.text == "Why is the sky blue?"
    assert reading.parse_error is not None


def test_problems_are_the_same_however_they_are_written() -> None:
    assert is_same_problem("3x+5=20", r"Solve: $3x + 5 = 20$")
    assert not is_same_problem("3x+5=20", "3x+6=20")
    assert not is_same_problem("Why is that so?", "Why is that so?")


def test_readers_agree_on_the_question_in_the_words_of_the_photo() -> None:
    assert agreed_question(BARE, replace(BARE, source="ocr", text="2(x+3)")) == BARE.text
    assert agreed_question(BARE, WORDED) == WORDED.text
    assert agreed_question(WORDED, replace(WORDED, text="Factor: 2(x + 3)")) is None
    for second in (OTHER, SENSELESS, None):
        assert agreed_question(BARE, second) is None


@pytest.mark.parametrize(("first", "second", "is_certain"), [
    (0.9, 0.5, False), (0.5, 0.9, False), (0.7, 0.7, True),
])  # fmt: skip
def test_both_readers_have_to_be_sure_that_an_integral_has_no_limits(
    first: float, second: float, *, is_certain: bool
) -> None:
    bare, limited = r"\int 9x \, dx", r"\int_{1}^{2} 9x \, dx"
    for latex, expected in ((bare, is_certain), (limited, True)):
        reading = Reading(text=latex, latex=latex, confidence=first, source="model")
        agreed = agreed_question(reading, replace(reading, confidence=second, source="ocr"))
        assert (agreed is not None) is expected


@pytest.mark.parametrize(("first", "second", "is_certain"), [
    (0.4, 0.4, False), (0.4, 0.6, True), (0.6, 0.4, True),
])  # fmt: skip
def test_one_of_two_has_to_be_sure(first: float, second: float, is_certain: bool) -> None:
    agreed = agreed_question(replace(BARE, confidence=first), replace(WORDED, confidence=second))
    assert (agreed is not None) is is_certain


def test_another_question_makes_sense_and_is_another_one() -> None:
    assert other_question(BARE, OTHER) is OTHER
    for second in (WORDED, SENSELESS, None):
        assert other_question(BARE, second) is None


def test_the_question_is_taken_that_has_more_of_the_confidence() -> None:
    # The second reader's confidence counts one and a half times.
    for confidence, is_taken in ((0.59, False), (0.61, True)):
        taken = likelier_question(BARE, replace(OTHER, confidence=confidence), ())
        assert (taken is not None) is is_taken
    assert likelier_question(BARE, replace(WORDED, confidence=0.1), ()) is None
    assert likelier_question(BARE, None, ()) is None
    taken = likelier_question(BARE, OTHER, ())
    assert taken is not None and taken.text == OTHER.text
    (span,) = taken.uncertain
    assert (span.start, span.end, span.alternatives) == (0, len(OTHER.text), (BARE.text,))


def test_every_look_of_the_model_has_a_vote() -> None:
    look = replace(OTHER, confidence=0.5, source="model")
    own = replace(BARE, confidence=0.3)
    other = replace(OTHER, text="2(x + 9)", latex="2(x + 9)", confidence=0.65)
    # 0.9 for the first question, 0.975 for the second reader's, 0.5 for each look's.
    for looks, text in (
        ((), other.text),
        ((look,), other.text),
        ((look, look), look.text),
        ((look, own), None),
        ((SENSELESS, look), other.text),
    ):
        taken = likelier_question(BARE, other, looks)
        assert (taken and taken.text) == text


def test_readers_who_agree_against_the_first_look_are_asked_about_all_the_same() -> None:
    look = replace(OTHER, confidence=0.9, source="model")
    taken = likelier_question(BARE, replace(OTHER, confidence=0.7), (look,))
    assert taken is not None
    assert taken.uncertain == (UncertainSpan(0, len(OTHER.text), 0.7, (BARE.text,)),)


def test_a_question_that_makes_sense_is_likelier_than_one_that_makes_none() -> None:
    doubtful = replace(OTHER, confidence=0.1)
    taken = likelier_question(replace(SENSELESS, source="model"), doubtful, ())
    assert taken is not None and taken.text == doubtful.text
    assert likelier_question(BARE, SENSELESS, (SENSELESS,)) is None


def test_the_models_other_looks_are_read_as_its_first() -> None:
    request = Request(request_id="a", problem="", image=b"photo")
    again = OtherLooks(("2(x + 8)", 0.4), ("2x +", 0.9))
    first, second = other_looks(again, request)
    assert (first.text, first.confidence, first.source) == ("2(x + 8)", 0.4, "model")
    assert second.parse_error is not None

    class Asleep:
        def look_again(self, request: Request) -> list[Stream]:
            raise EngineNotReadyError("no")

    assert other_looks(Asleep(), request) == ()
