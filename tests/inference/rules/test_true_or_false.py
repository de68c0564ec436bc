"""Statements about numbers, as students write them: worked out, compared, and corrected."""

from __future__ import annotations

import pytest

from inference.errors import UnsupportedProblemError
from inference.rules import Intent, parse_problem
from inference.rules.solver import solve_problem
from inference.verify.tasks import check_answer, check_step


@pytest.mark.parametrize(
    ("text", "answer", "last_line"),
    [
        ("19+21-35=42", "19 + 21 - 35 = 5", r"5 \ne 42"),
        ("42=19+21-35", "19 + 21 - 35 = 5", r"5 \ne 42"),
        ("24+58×30=79", r"24 + 58 \times 30 = 1764", r"1764 \ne 79"),
        ("43+11/46=123", r"43 + \frac{11}{46} = \frac{1989}{46}", r"\frac{1989}{46} \ne 123"),
        ("7÷2=3.4", r"7 \div 2 = 3.5", r"3.5 \ne 3.4"),
        ("5=2+3", r"\text{true}", "5 = 5"),
        ("2+3=5", r"\text{true}", "5 = 5"),
        ("2+3=5=4+1", r"\text{true}", "5 = 5 = 5"),
        ("2+3=3+4", r"\text{false}", r"5 \ne 7"),
        ("1/3=0.33", r"\text{false}", r"\frac{1}{3} \ne 0.33"),
        ("1 1/2 + 1 = 2 1/2", r"\text{true}", r"2\frac{1}{2} = 2\frac{1}{2}"),
        ("2+3<4", r"\text{false}", "5 > 4"),
        ("2+3<=5", r"\text{true}", r"5 \le 5"),
        ("2+3≠5", r"\text{false}", "5 = 5"),
        ("1<3-1<2", r"\text{false}", "2 = 2"),
        ("Is it true that 3×4=13?", r"3 \times 4 = 12", r"12 \ne 13"),
        ("6×7=43，对吗？", r"6 \times 7 = 42", r"42 \ne 43"),
        ("判断：6×7=42", r"\text{true}", "42 = 42"),
    ],
)
def test_a_statement_is_worked_out_and_every_line_is_verified(
    text: str, answer: str, last_line: str
) -> None:
    problem = parse_problem(text)
    assert problem.intent is Intent.CHECK
    solution = solve_problem(problem, language="en")
    assert (solution.answer_latex, solution.steps[-1].after) == (answer, last_line)
    earlier: list[str] = []
    for step in solution.steps:
        assert check_step(text, earlier, [step.after])["verdict"] == "verified", step.after
        earlier.append(step.after)
    assert check_answer(text, answer)["verdict"] == "verified"


def test_a_wrong_result_is_named_and_put_right_in_both_languages() -> None:
    problem = parse_problem("19+21-35=42")
    english, chinese = (solve_problem(problem, language=each) for each in ("en", "zh"))
    assert english.steps[-1].title == (
        "5 is not equal to 42, so the statement is wrong. The right value is 5."
    )
    assert chinese.steps[-1].title == "5 不等于 42，所以这个式子错误，正确的结果是 5。"
    answer = solve_problem(parse_problem("5=2+3"), language="zh").answer_latex
    assert answer == r"\text{正确}"
    assert check_answer("5=2+3", answer)["verdict"] == "verified"


@pytest.mark.parametrize("text", ["1/0=5", "22/7≈3.14", "2±1=3", "√(-1)=1"])
def test_what_has_no_truth_is_refused_and_nothing_is_verified_of_it(text: str) -> None:
    with pytest.raises(UnsupportedProblemError):
        solve_problem(parse_problem(text), language="en")
    for answer in (r"\text{true}", r"\text{false}"):
        assert check_answer(text, answer)["verdict"] == "not_checkable"


@pytest.mark.parametrize(
    ("problem", "answer", "verdict"),
    [
        ("19+21-35=42", "19+21-35=42", "failed"),
        ("19+21-35=42", "42", "failed"),
        ("19+21-35=42", r"\text{true}", "failed"),
        ("19+21-35=42", "19+21-35=6", "failed"),
        ("19+21-35=42", "19+21-35=40-35", "not_checkable"),
        ("19+21-35=42", "2+3=5", "not_checkable"),
        ("19+21-35=42", "42=42", "not_checkable"),
        ("19+21-35=42", r"5 \ne 42", "not_checkable"),
        ("19+21-35=42", "x = 5", "not_checkable"),
        ("19+21-35=42", r"\text{no solution}", "not_checkable"),
        ("19+21-35=42", "5", "verified"),
        ("19+21-35=42", r"\text{false}", "verified"),
        ("19+21-35=42", r"\text{The statement is false.}", "verified"),
        ("19+21-35=42", "5=19+21-35", "verified"),
        ("19+21-35=42", "19+21-35=40-35=5", "verified"),
        ("19+21-35=42", r"19+21-35 \ne 42", "verified"),
        ("5=2+3", "5=2+3", "not_checkable"),
        ("5=2+3", "5", "not_checkable"),
        ("5=2+3", r"\text{false}", "failed"),
        ("2+3=3+4", "2+3=5", "not_checkable"),
        ("2+3<4", "2+3=5", "not_checkable"),
    ],
)
def test_answers_about_a_statement_are_verified_on_proof_only(
    problem: str, answer: str, verdict: str
) -> None:
    assert check_answer(problem, answer)["verdict"] == verdict


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("19+21=40", "verified"),
        ("40-35", "verified"),
        ("40-35=42", "not_checkable"),
        ("5=42", "not_checkable"),
        ("19+21-35=42", "not_checkable"),
        ("19+21=41", "failed"),
        ("5=41", "failed"),
        ("40", "not_checkable"),
        ("3=3", "not_checkable"),
    ],
)
def test_the_statement_in_question_is_no_claim_of_a_step(line: str, verdict: str) -> None:
    assert check_step("19+21-35=42", [], [line])["verdict"] == verdict
