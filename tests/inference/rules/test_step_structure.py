"""What each step carries besides its sentence: the parts that changed, and how much is told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.rules import Detail, Solution, solve
from inference.rules.changes import changed_spans
from inference.rules.steps import CALCULATION, ROUTINE
from tests.inference.rules.test_properties import SMALL

PROBLEMS = (
    "3(x + 2) = 2x - 5",
    "x^2 - 5x + 6 = 0",
    "2/3 - 1/6",
    "x + y = 5, x - y = 1",
    "variance of 2, 4, 6",
    "f(x)=2x+1, g(x)=x^2-3; find f(g(2))",
    "tangent to f(x) = x^3 - x at x = 2",
    r"\lim_{x \to 0} \frac{\sqrt{x+1}-1}{x}",
    "extrema of f(x) = x^3 - 3x",
    "∫ x^2 e^x dx",
    "inverse of [[1, 2], [3, 4]]",
    "inverse of [[1, 2, 3], [0, 1, 4], [5, 6, 0]]",
    "C(8, 6)",
)


def marked(latex: str, spans: tuple[tuple[int, int], ...]) -> str:
    for start, end in reversed(spans):
        latex = f"{latex[:start]}<{latex[start:end]}>{latex[end:]}"
    return latex


@pytest.mark.parametrize(
    ("before", "after", "gone", "new"),
    [
        (r"2 \times 3 + 4", "6 + 4", r"<2 \times 3> + 4", "<6> + 4"),
        (r"\frac{3 + 5}{4}", r"\frac{8}{4}", r"\frac{<3 + 5>}{4}", r"\frac{<8>}{4}"),
        (r"\frac{8}{4}", "2", r"<\frac{8}{4}>", "<2>"),
        ("2x + 3 = 9", "2x = 6", "2x <+ 3> = <9>", "2x = <6>"),
        ("x^{2} + 1", "x^{3} + 1", "x^{<2>} + 1", "x^{<3>} + 1"),
        ("3(x + 1)", "3x + 3", "3<(x + 1)>", "3x + <3>"),
        ("x + 0", "x", "x <+ 0>", "x"),
        ("5", "5", "5", "5"),
        (
            r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
            r"\begin{pmatrix} 1 & 5 \\ 3 & 4 \end{pmatrix}",
            r"\begin{pmatrix} 1 & <2> \\ 3 & 4 \end{pmatrix}",
            r"\begin{pmatrix} 1 & <5> \\ 3 & 4 \end{pmatrix}",
        ),
        ("", "x", "", "<x>"),
    ],
)
def test_the_parts_that_differ_are_marked(before: str, after: str, gone: str, new: str) -> None:
    old_spans, new_spans = changed_spans(before, after)
    assert marked(before, old_spans) == gone
    assert marked(after, new_spans) == new


def _is_whole(latex: str) -> bool:
    """Whether braces close and no command lacks its arguments."""
    depth = 0
    for i, char in enumerate(latex):
        if char in "{}" and latex[i - 1 : i] != "\\":
            depth += 1 if char == "{" else -1
        if depth < 0:
            return False
    if "\\begin" not in latex and ("&" in latex or "\\\\" in latex):
        return False  # borders of cells without their table
    ends_open = latex.rstrip().endswith(("^", "_", "\\frac", "\\sqrt", "\\left", "\\right"))
    return depth == 0 and not ends_open and latex.count("\\left") == latex.count("\\right")


@pytest.mark.parametrize("text", PROBLEMS)
def test_every_step_marks_whole_formulas_and_something(text: str) -> None:
    for step in solve(text).steps:
        if step.after != step.before:
            assert step.changed_before or step.changed_after
        for latex, spans in (
            (step.before, step.changed_before),
            (step.after, step.changed_after),
        ):
            for start, end in spans:
                assert 0 <= start < end <= len(latex)
                assert _is_whole(latex[start:end]), (latex, latex[start:end])
            assert list(spans) == sorted(spans)


@settings(max_examples=200)
@given(st.text("x12+-{}()\\^ fra", max_size=24), st.text("x12+-{}()\\^ fra", max_size=24))
def test_marking_ends_whatever_the_lines_are(before: str, after: str) -> None:
    for latex, spans in zip((before, after), changed_spans(before, after), strict=True):
        assert all(0 <= start < end <= len(latex) for start, end in spans)


@pytest.mark.parametrize("text", PROBLEMS)
@pytest.mark.parametrize("detail", list(Detail), ids=list(Detail))
def test_less_detail_leaves_nothing_out(text: str, detail: Detail) -> None:
    solution = solve(text)
    told = solution.at(detail)
    assert told.answer_latex == solution.answer_latex
    assert [step.index for step in told.steps] == list(range(1, len(told.steps) + 1))
    leaves = [leaf for step in told.steps for leaf in (step.substeps or (step,))]
    assert [(leaf.rule, leaf.after) for leaf in leaves] == [
        (step.rule, step.after) for step in solution.steps
    ]
    for one, other in zip(told.steps, told.steps[1:], strict=False):
        assert one.after == other.before
    if told.steps:
        assert told.steps[-1].after == solution.steps[-1].after


def _counts(solution: Solution) -> list[int]:
    return [len(solution.at(detail).steps) for detail in (Detail.BRIEF, Detail.NORMAL, Detail.FULL)]


def test_the_three_details_differ() -> None:
    assert _counts(solve("extrema of f(x) = x^3 - 3x")) == [14, 20, 25]
    assert _counts(solve("variance of 2, 4, 6")) == [2, 3, 5]


def test_a_step_for_several_says_so_in_both_languages() -> None:
    for language, title in (("en", "Work it out."), ("zh", "计算。")):
        step = solve("variance of 2, 4, 6", language=language).at(Detail.NORMAL).steps[-1]
        assert (step.rule, step.title, step.after) == ("work_it_out", title, r"\frac{8}{3}")
        assert [each.rule for each in step.substeps] == [
            "work_out_brackets",
            "evaluate_powers_first",
            "work_out_part",
        ]


def test_what_is_routine_holds_what_is_calculation() -> None:
    assert CALCULATION < ROUTINE


@settings(max_examples=15)
@given(SMALL.filter(bool), SMALL, SMALL, SMALL)
def test_less_detail_is_never_longer(a: int, b: int, c: int, d: int) -> None:
    brief, normal, full = _counts(solve(f"Solve for x: {a}(x + ({b})) + ({c}) = ({d})"))
    assert brief <= normal <= full
