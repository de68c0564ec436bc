"""Products, quotients and functions of functions: the derivative, and every line verified."""

from __future__ import annotations

import pytest

from inference.rules import parse_problem
from inference.rules.solver import solve_problem
from inference.verify.tasks import check_answer, check_step


@pytest.mark.parametrize(
    ("function", "derivative", "rule"),
    [
        ("x sin x", r"\sin x + x\cos x", "product_rule"),
        ("e^x cos x", r"e^{x}\cos x - e^{x}\sin x", "product_rule"),
        ("-2x cos(3x)", None, "product_rule"),
        ("sin x cos x", r"\cos^{2} x - \sin^{2} x", "product_rule"),
        (r"x^2 \ln x", r"2x\ln x + x", "product_rule"),
        (r"\frac{x^2}{e^x}", None, "product_rule"),
        (r"\frac{x}{x+1}", r"\frac{1}{(x + 1)^{2}}", "quotient_rule"),
        (r"\frac{x^2+1}{x-1}", r"\frac{x^{2} - 2x - 1}{(x - 1)^{2}}", "quotient_rule"),
        (r"\frac{1}{x^2+1}", r"-\frac{2x}{(x^{2} + 1)^{2}}", "quotient_rule"),
        (r"\frac{\sin x}{x}", r"\frac{x\cos x - \sin x}{x^{2}}", "quotient_rule"),
        ("(2x+1)^5", "10(2x + 1)^{4}", "chain_rule_power"),
        ("3(x^2-2)^4", "24x(x^{2} - 2)^{3}", "chain_rule_power"),
        ("5/(2x-1)^2", r"-\frac{20}{(2x - 1)^{3}}", "chain_rule_power"),
        (r"\sqrt{2x+4}", r"\frac{1}{\sqrt{2x + 4}}", "chain_rule_root"),
        ("sin(x^2)", r"2x\cos\left(x^{2}\right)", "chain_rule_sin"),
        ("cos(x^2)", r"-2x\sin\left(x^{2}\right)", "chain_rule_cos"),
        ("e^{x^2}", "2xe^{x^{2}}", "chain_rule_exp"),
        (r"\ln(x^2+1)", r"\frac{2x}{x^{2} + 1}", "chain_rule_ln"),
        ("x^2 + x sin x - 3", r"2x + \sin x + x\cos x", "product_rule"),
        (r"x \sin(x^2) + \frac{x}{x-1}", None, "derivative_rules"),
    ],
)
def test_each_rule_gives_the_derivative(function: str, derivative: str | None, rule: str) -> None:
    text = f"Differentiate: {function}"
    solution = solve_problem(parse_problem(text), language="en")
    assert derivative in (None, solution.answer_latex)
    assert rule in {step.rule for step in solution.steps}
    earlier: list[str] = []
    for step in solution.steps:
        assert check_step(text, earlier, [step.after])["verdict"] == "verified", step.after
        earlier.append(step.after)
    assert check_answer(text, solution.answer_latex)["verdict"] == "verified"


def test_a_polynomial_product_is_expanded_as_before() -> None:
    solution = solve_problem(parse_problem("d/dx((x^2+1)(x-3))"), language="en")
    assert solution.answer_latex == "3x^{2} - 6x + 1"
    assert "product_rule" not in {step.rule for step in solution.steps}


def test_a_second_derivative_uses_the_rules_twice() -> None:
    solution = solve_problem(parse_problem(r"\frac{d^2}{dx^2}(x e^x)"), language="zh")
    assert check_answer(r"\frac{d^2}{dx^2}(x e^x)", solution.answer_latex)["verdict"] == "verified"
