"""How sure a model was of a question, and which part of it a person is asked about."""

from __future__ import annotations

from pathlib import Path

import pytest

from inference.confidence import CALIBRATION, Trace, calibration_of, joined
from inference.types import Delta, UncertainSpan


def traced(*pieces: tuple[str, float]) -> Trace:
    trace = Trace()
    for text, probability in pieces:
        trace.feed(Delta(text, ((len(text), probability),)))
    return trace


def test_the_confidence_is_the_product_of_the_questions_tokens_and_of_its_end() -> None:
    trace = traced(("**Problem.** $", 0.1), ("1", 0.9), (" + ", 0.8), ("7", 0.5), ("$\n", 0.5))
    assert trace.confidence("1 + 7") == pytest.approx(0.9 * 0.8 * 0.5 * 0.5)


def test_an_engine_that_does_not_tell_is_taken_at_its_word() -> None:
    trace = Trace()
    trace.feed(Delta("**Problem.** $1 + 7$\n"))
    assert trace.confidence("1 + 7") == 1.0
    assert trace.uncertain("1 + 7", "1 + 7") == ()


def test_a_question_that_is_not_in_the_text_has_no_doubts() -> None:
    trace = traced(("1", 0.2))
    assert trace.confidence("5x") == 1.0
    assert trace.uncertain("5x", "5x") == ()


def test_doubts_stand_in_the_plain_text_where_their_signs_do() -> None:
    latex = r"\frac{1}{7}x = 20"
    trace = traced(
        ("**Problem.** $", 1.0), (r"\frac{", 0.3), ("1", 1.0), ("}{", 1.0), ("7", 0.4), ("}", 1.0),
        ("x", 1.0), (" = ", 1.0), ("2", 0.7), ("0", 0.6), ("$", 1.0),
    )  # fmt: skip
    text = "(1/7)x = 20"
    spans = trace.uncertain(latex, text)
    assert spans == (UncertainSpan(3, 4, 0.4), UncertainSpan(9, 11, 0.6))
    assert [text[span.start : span.end] for span in spans] == ["7", "20"]


def test_pieces_join_with_their_tokens() -> None:
    pieces = [Delta("ab", ((1, 0.5), (1, 0.6))), Delta("cd"), Delta("e", ((1, 0.7),))]
    assert joined(pieces) == Delta("abcde", ((1, 0.5), (1, 0.6), (2, 1.0), (1, 0.7)))
    assert joined([Delta("a"), Delta("b")]) == Delta("ab")


def test_a_checkpoint_without_a_calibration_is_believed_as_it_is(tmp_path: Path) -> None:
    assert calibration_of(tmp_path) == 1.0
    (tmp_path / CALIBRATION).write_text('{"exponent": 1.6}')
    assert calibration_of(tmp_path) == 1.6


@pytest.mark.parametrize("text", ['{"exponent": 0}', '{"exponent": "much"}', '{"exponent": -1}'])
def test_a_calibration_without_sense_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / CALIBRATION).write_text(text)
    with pytest.raises(ValueError, match="positive"):
        calibration_of(tmp_path)
