"""The text of a solution is understood the same way however it is cut, and however untidy it is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.solution_formulas import claims, compose
from inference.solution_text import (
    AnswerParsed,
    ParsedEvent,
    ProblemParsed,
    SolutionTextParser,
    StepParsed,
    VisibleText,
)

ENGLISH = """**Problem.** $3x + 5 = 20$

**Step 1.** Subtract 5 from both sides.
$3x = 15$

**Step 2.** Divide both sides by 3.
$x = 5$

**Answer.** $x = 5$
"""
CHINESE = """**题目。** $x^2 = 4$

**第1步。** 两边开平方。
$x = 2 \\;\\text{或}\\; x = -2$

**答案：** $x = 2 \\;\\text{或}\\; x = -2$
"""


def parse(*chunks: str) -> list[ParsedEvent]:
    parser = SolutionTextParser()
    events = [event for chunk in chunks for event in parser.feed(chunk)] + parser.close()
    text = "".join(event.text for event in events if isinstance(event, VisibleText))
    assert text == parser.visible_text
    return events


def found(events: Sequence[ParsedEvent]) -> list[ParsedEvent]:
    return [event for event in events if not isinstance(event, VisibleText)]


def visible(*chunks: str) -> str:
    return "".join(event.text for event in parse(*chunks) if isinstance(event, VisibleText))


def steps(text: str) -> list[StepParsed]:
    return [event for event in parse(text) if isinstance(event, StepParsed)]


def answer(text: str) -> str | None:
    answers = [event.latex for event in parse(text) if isinstance(event, AnswerParsed)]
    assert len(answers) <= 1
    return answers[0] if answers else None


def test_it_finds_problem_steps_and_answer_with_their_places() -> None:
    problem, first, second, final = found(parse(ENGLISH))
    assert problem == ProblemParsed("3x + 5 = 20")
    assert isinstance(first, StepParsed)
    assert isinstance(second, StepParsed)
    assert isinstance(final, AnswerParsed)
    assert (first.index, first.title, first.formulas) == (
        1,
        "Subtract 5 from both sides",
        ("3x = 15",),
    )
    assert ENGLISH[first.start : first.end].endswith("sides.\n$3x = 15$")
    assert ENGLISH[second.start : second.end].startswith("**Step 2.**")
    assert final.latex == "x = 5"
    assert ENGLISH[final.start : final.end] == "$x = 5$"


def test_it_reads_chinese_headings() -> None:
    problem, step, final = found(parse(CHINESE))
    assert problem == ProblemParsed("x^2 = 4")
    assert isinstance(step, StepParsed)
    assert step.title == "两边开平方"
    assert step.formulas == ("x = 2 \\;\\text{或}\\; x = -2",)
    assert isinstance(final, AnswerParsed)
    assert final.latex == "x = 2 \\;\\text{或}\\; x = -2"


@pytest.mark.parametrize(
    "heading",
    [
        "**Step 1.** Do it",
        "**Step 1:** Do it",
        "**Step 1: Do it**",
        "**Step 1** Do it",
        "### Step 1. Do it",
        "### Step 1 Do it",
        "## **Step 1** Do it",
        "Step 1: Do it",
        "step 1. Do it",
        "> - **STEP 1.** Do it",
        "__Step 1.__ Do it",
        "**第1步。** Do it",
        "**第 1 步：** Do it",
        "第一步：Do it",
        "第十二步、Do it",
        "步骤1：Do it",
        "### 步骤 2 Do it",
        "**第１步．** Do it",
    ],
)
def test_it_knows_the_heading_of_a_step_in_its_variants(heading: str) -> None:
    (step,) = steps(heading + "\n$x = 1$\n")
    assert step.title == "Do it"
    assert step.formulas == ("x = 1",)


@pytest.mark.parametrize(
    "line",
    [
        "Step by step we go",
        "Step 1 is easy",
        "In Step 1. we did",
        "Steps 1. and 2.",
        "第1步之后",
        "Stepping 1.",
        "$Step 1.$",
    ],
)
def test_prose_about_steps_begins_none(line: str) -> None:
    assert steps(f"{line}\n$x = 1$\n") == []


def test_steps_are_numbered_in_order_whatever_the_model_wrote() -> None:
    text = "**Step 3.** a\n$1$\n**Step 3.** b\n$2$\n**Step 0.** c\n$3$"
    assert [step.index for step in steps(text)] == [1, 2, 3]


def test_a_step_is_reported_as_soon_as_the_next_heading_is_certain() -> None:
    parser = SolutionTextParser()
    assert found(parser.feed("**Step 1.** a\n$x = 1$\n**Step 2")) == []
    (event,) = found(parser.feed("."))
    assert isinstance(event, StepParsed)
    assert event.index == 1


def test_thinking_is_kept_apart_and_its_headings_do_not_count() -> None:
    parser = SolutionTextParser()
    events = parser.feed("<think>**Step 1.** $x=3$ <|begin_of_box|>7<|end_of_box|></think>\n")
    events += parser.feed("**Answer.** $x = 5$")
    events += parser.close()
    assert found(events) == [AnswerParsed("x = 5", 12, 19)]
    assert parser.visible_text == "**Answer.** $x = 5$"
    assert parser.thinking_text == "**Step 1.** $x=3$ 7"


def test_thinking_that_never_ends_is_never_shown() -> None:
    assert visible("<think>still at it **Answer.** $x = 1$") == ""
    assert answer("<think>still at it **Answer.** $x = 1$") is None


def test_text_is_held_back_only_while_it_may_begin_a_token() -> None:
    parser = SolutionTextParser()
    assert parser.feed("a < b <th") == [VisibleText("a < b ")]
    assert parser.feed("at") == [VisibleText("<that")]
    assert parser.feed("<|begin_of_bo") == []
    assert parser.feed("x|>5<") == [VisibleText("5")]
    parser.close()
    assert parser.visible_text == "a < b <that5<"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Answer.** $x = 5$", "x = 5"),
        ("**Answer:** $$x = 5$$", "x = 5"),
        ("**Final Answer:**\n\\[ x = 5 \\]\n", "x = 5"),
        ("### Answer\n\\(x = 5\\).", "x = 5"),
        ("Answer: x = 5", "x = 5"),
        ("答：$x=5$。", "x=5"),
        ("**答案** $x=5$", "x=5"),
        ("最终答案：x=5", "x=5"),
        ("**Answer.** $\\boxed{x = \\frac{1}{2}}$", "x = \\frac{1}{2}"),
        ("**Answer.** As $2x = 1$, $\\boxed{x = \\frac{1}{2}}$.", "x = \\frac{1}{2}"),
        ("**Answer.** <|begin_of_box|>x = 5<|end_of_box|>", "x = 5"),
        ("**Answer.** It is <|begin_of_box|>$x = 5$<|end_of_box|>.", "x = 5"),
        ("The answer is <|begin_of_box|>x = 5<|end_of_box|>", "x = 5"),
        ("**Step 1.** a\nThus $\\boxed{3}$, no, $\\boxed{5}$", "5"),
        ("**Answer.** $x = 2$ or $x = 3$", "x = 2 \\;\\text{or}\\; x = 3"),
        ("**Answer.** x = 2 or x = -1/2", "x = 2 \\;\\text{or}\\; x = -1/2"),
        ("**Answer.** $x = 1$, $y = 2$", "x = 1, y = 2"),
        ("**Answer.**\n$x = 1$\n$y = 2$\n", "x = 1, y = 2"),
        ("**Answer.** No real solution.", "\\text{No real solution}"),
        ("**答案：** 无解。", "\\text{无解}"),
        ("**Answer.** not $5$", "\\text{not }5"),
        ("**Answer.** 25%", "25\\%"),
        ("**Answer.** $4$\n\n**Check.** $2 + 2 = 4$", "4"),
        ("**Answer.** $4$\n\n**Answer.** $5$", "5"),
        ("**Answer.** $x = 5", "x = 5"),
        ("**Answer.**", None),
        ("nothing here", None),
        ("", None),
    ],
)
def test_it_settles_on_the_answer(text: str, expected: str | None) -> None:
    assert answer(text) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Divide by $3$.\n$x = 5$", ("x = 5",)),
        ("Divide by $3$.\n$$\nx = 5\n$$", ("x = 5",)),
        ("$\\frac{1}{2} + \\frac{1}{3}$", ("\\frac{1}{2} + \\frac{1}{3}",)),
        ("Hence $x = 5$.", ("\\text{Hence }x = 5",)),
        ("$x = 2$ or $x = 3$", ("x = 2 \\;\\text{or}\\; x = 3",)),
        ("If $a = 1$ then $b = 2$", ("\\text{If }a = 1\\text{ then }b = 2",)),
        ("3x = 15\nx = 5", ("3x = 15", "x = 5")),
        ("this is = that", ()),
        ("so $x = 5 it goes on\n$x = 5$", ("x = 5",)),
        ("costs \\$5 and \\$6", ()),
        ("$\\boxed{x = 5}$ since $x > 0$", ("x = 5\\text{ since }x > 0",)),
        ("$2$ * $3$", ("2\\text{ * }3",)),
        ("", ()),
    ],
)
def test_it_collects_what_a_step_claims(body: str, expected: tuple[str, ...]) -> None:
    assert claims(body) == expected


def test_a_missing_problem_and_text_before_the_steps_do_no_harm() -> None:
    (step,) = found(parse("Sure, let us see!\n\n**Step 1.** a\n$x = 1$"))
    assert isinstance(step, StepParsed)
    assert step.formulas == ("x = 1",)


def test_feeding_a_closed_parser_is_an_error_and_closing_it_again_is_not() -> None:
    parser = SolutionTextParser()
    parser.close()
    assert parser.close() == []
    with pytest.raises(ValueError, match="closed"):
        parser.feed("x")


@pytest.mark.parametrize(
    "piece",
    [
        "$",
        "$$",
        "\\(",
        "\\[",
        "\n",
        "**Step 1.**\n",
        "<",
        "<|",
        "\\boxed{",
        "{",
        "}",
        "Step ",
        "# ",
    ],
)
def test_a_very_long_text_of_markers_is_read(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    parse(text)


PIECES = st.sampled_from(
    [
        *"$\n *#.:1x{}<>|，。步",
        "$$",
        "\\(",
        "\\)",
        "\\[",
        "\\]",
        "**Step 1.**",
        "**Step 12.** t\n",
        "Step 2: ",
        "### Step 3 ",
        "第二步：",
        "**第1步。**",
        "**Problem.** ",
        "**Answer.** ",
        "答案：",
        "**Check.** ",
        "<think>",
        "</think>",
        "<|begin_of_box|>",
        "<|end_of_box|>",
        "<|user|>",
        "\\boxed{",
        "x = 5",
        "3x = 15\n",
        " or ",
        "\\text{no}",
    ]
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=40).map("".join),
    st.sampled_from([ENGLISH, CHINESE, "<think>a</think>" + ENGLISH]),
)


def merged(events: Sequence[ParsedEvent]) -> list[ParsedEvent]:
    text = "".join(event.text for event in events if isinstance(event, VisibleText))
    return [VisibleText(text), *found(events)]


@settings(max_examples=300)
@given(text=TEXTS, data=st.data())
def test_the_result_does_not_depend_on_how_the_text_is_cut(text: str, data: st.DataObject) -> None:
    whole = merged(parse(text))
    assert merged(parse(*text)) == whole
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    chunks = [text[i:j] for i, j in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert merged(parse(*chunks)) == whole


@settings(max_examples=150)
@given(text=TEXTS)
def test_steps_lie_in_order_within_the_visible_text(text: str) -> None:
    events = parse(text)
    shown = visible(text)
    position = 0
    for number, step in enumerate(
        (event for event in events if isinstance(event, StepParsed)), start=1
    ):
        assert step.index == number
        assert position <= step.start < step.end <= len(shown)
        assert "tep" in shown[step.start : step.end] or "步" in shown[step.start : step.end]
        position = step.end


def test_compose_keeps_every_word() -> None:
    assert compose("there is *no* $x$ below 100%") == "\\text{there is *no* }x\\text{ below 100\\%}"
