"""What the embedded model learns from: exercises, their texts and their pictures."""

from __future__ import annotations

import random
import re
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer

from inference.errors import MathSyntaxError
from inference.nano.canvas import (
    CELL_PX,
    DIGIT_PX,
    MAX_HEIGHT_PX,
    MAX_WIDTH_PX,
    canvas_scale,
    to_canvas,
)
from inference.nano.data import drawing
from inference.nano.data.batches import Batch, Example, by_size, make_example, sign_truth
from inference.nano.data.drawing import cells_of, draw_question
from inference.nano.data.elsewhere import draw_elsewhere
from inference.nano.data.faces import Face, Split
from inference.nano.data.forms import make_exercise, make_form
from inference.nano.data.layout import Style, below, set_column, set_formula, set_words
from inference.nano.data.problems import TOPICS, make_problem_of
from inference.nano.data.sample import ELSEWHERE, Maker
from inference.nano.data.solutions import reading_line, reading_of, solution_of
from inference.prompts import OUT_OF_RANGE
from inference.reader.glyphs.strokes import Strokes, strokes_of
from inference.rules.problem import is_same_problem
from inference.types import Language

CHECKPOINT = Path(__file__).parents[3] / "inference" / "nano" / "checkpoint"


def _em(character: str) -> float:
    return 0.6


@pytest.mark.parametrize("topic", TOPICS)
def test_every_exercise_is_solved_and_begins_with_what_was_asked(topic: str) -> None:
    rng = random.Random(7)
    for _ in range(25):
        problem = make_problem_of(topic, rng)
        language: Language = rng.choice(("en", "zh"))
        text = solution_of(problem, language)
        assert text is not None, problem
        assert text.startswith(reading_line(reading_of(problem), language) + "\n")


@pytest.mark.parametrize("topic", TOPICS)
def test_forms_are_read_as_they_are_drawn_and_every_sign_can_be_written(topic: str) -> None:
    tokenizer = AutoTokenizer.from_pretrained(CHECKPOINT)
    rng = random.Random(5)
    num_read = 0
    for _ in range(60):
        text = make_form(topic, rng)
        assert len(text) <= 50
        try:
            latex = reading_of(text)
        except MathSyntaxError:
            continue  # two equations in one letter are no system
        num_read += 1
        ids = tokenizer(latex, add_special_tokens=False)["input_ids"]
        assert tokenizer.unk_token_id not in ids, latex
        assert is_same_problem(latex, text), text
    assert num_read >= 40


def test_only_what_is_learnt_from_has_forms_that_no_textbook_has() -> None:
    def longest_number(split: Split) -> int:
        rng = random.Random(3)
        made = [make_exercise(split, rng)[2] for _ in range(400)]
        return max(len(number) for latex in made for number in re.findall(r"\d+", latex))

    assert longest_number("test") <= 4
    assert longest_number("train") == 5


def test_a_share_of_a_number_is_written_in_words_too() -> None:
    box = set_formula(r"15\% \times 240", Style(percent_of=True), _em)
    assert "".join(mark.sign for mark in box.marks) == "15%of240"
    box = set_formula(r"15 \times 240", Style(percent_of=True), _em)
    assert "".join(mark.sign for mark in box.marks) == "15×240"


def test_brackets_that_hold_others_may_be_square() -> None:
    box = set_formula(r"5 \times (14 - (3 + 4)) - (1)", Style(squares_outer=True), _em)
    assert "".join(mark.sign for mark in box.marks) == "5×[14-(3+4)]-(1)"


def test_a_picture_without_one_of_its_signs_is_not_drawn(face: Face) -> None:
    drawn = seen = 0
    for seed in range(80):
        try:
            drawing = draw_question("0.5 + 1.25", face, random.Random(seed))
        except ValueError:
            continue
        drawn += 1
        for each in drawing.placed:
            x, y = round(each.x), round(each.y)
            around = drawing.canvas[max(y - 9, 0) : y + 10, max(x - 7, 0) : x + 8]
            seen += int(around.min()) < 160
            if each.sign == ".":
                point = drawing.canvas[max(y - 3, 0) : y + 4, max(x - 3, 0) : x + 4]
                assert int(point.min()) <= 130
    assert drawn >= 40
    assert seen >= 8 * drawn


def test_what_no_rule_solves_has_no_text() -> None:
    assert solution_of("x^5 - x - 1 = 0", "en") is None


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(TOPICS)), st.integers(0, 10_000))
def test_every_exercise_is_drawn_with_its_signs_inside(topic: str, seed: int) -> None:
    rng = random.Random(seed)
    latex = reading_of(make_problem_of(topic, rng))
    assume(not re.search(r"\\(?:le|ge|ne) ", latex))  # the font of the tests lacks their signs
    try:
        drawing = draw_question(latex, _face(), rng, before="3) Solve:")
    except ValueError as error:
        assume("worn" not in str(error))
        raise
    height, width = drawing.canvas.shape
    assert height % CELL_PX == width % CELL_PX == 0
    assert height <= MAX_HEIGHT_PX and width <= MAX_WIDTH_PX
    assert drawing.canvas.min() < 100 < drawing.canvas.mean()
    rows, columns = height // CELL_PX, width // CELL_PX
    assert all(0 <= row < rows and 0 <= column < columns for row, column, _ in cells_of(drawing))
    digits = [sign for sign in latex if sign.isdigit()]
    drawn = [each.sign for each in drawing.placed]
    assert all(drawn.count(digit) >= digits.count(digit) for digit in set(digits))


def test_a_sign_stands_where_its_ink_is(face: Face) -> None:
    """Of a 1 far from everything else the middle of the ink is known."""
    for seed in range(12):
        drawing = draw_question("x = 1", face, random.Random(seed))
        dark = 255.0 - drawing.canvas
        one = drawing.placed[-1]
        window = dark[:, max(0, round(one.x) - 6) : round(one.x) + 7]
        assert window.sum() > 6 * 255


def test_the_same_seed_draws_the_same_picture(face: Face) -> None:
    first, second = (draw_question("3x + 5", face, random.Random(4)) for _ in range(2))
    assert np.array_equal(first.canvas, second.canvas)
    assert first.placed == second.placed


def test_a_sign_that_no_face_has_is_refused(face: Face) -> None:
    with pytest.raises(ValueError, match="no face has"):
        draw_question("求", face, random.Random(1))


def test_fractions_stand_one_above_the_other_and_powers_higher() -> None:
    fraction = set_formula(r"\frac{3}{4}", Style(), _em)
    marks = {mark.sign: mark for mark in fraction.marks}
    assert marks["3"].y < marks["frac"].y < marks["4"].y
    power = set_formula("x^{2}", Style(), _em)
    assert power.marks[1].y < power.marks[0].y and power.marks[1].scale < 1
    system = set_formula(r"\begin{cases} x = 1 \\ y = 2 \end{cases}", Style(), _em)
    assert {mark.sign for mark in system.marks} >= {"{", "x", "y", "1", "2"}
    levels = {mark.sign: mark.y for mark in system.marks}
    assert levels["x"] == levels["1"] < levels["y"] == levels["2"]


def test_a_written_sum_has_digit_under_digit_and_its_sign_before_the_last_number() -> None:
    box = set_column("2000 - 199", _em, gap=0.4, has_rule=True)
    assert box is not None
    lines: dict[float, list[tuple[float, str]]] = {}
    for mark in box.marks:
        lines.setdefault(round(mark.y, 3), []).append((round(mark.x, 3), mark.sign))
    first, second, rule = (sorted(lines[y]) for y in sorted(lines))
    assert "".join(sign for _, sign in first) == "2000"
    assert "".join(sign for _, sign in second) == "-199"
    assert [x for x, _ in first[1:]] == [x for x, _ in second[1:]]
    assert [sign for _, sign in rule] == ["frac"]


def test_decimals_of_a_written_sum_stand_point_under_point() -> None:
    box = set_column("16 + 8.125 + 0.5", _em, gap=0.4, has_rule=False)
    assert box is not None
    points = {round(mark.x, 6) for mark in box.marks if mark.sign == "."}
    assert len(points) == 1
    product = set_column(r"2 \times 4.7", _em, gap=0.4, has_rule=False)
    assert product is not None
    last = {mark.y: mark for mark in sorted(product.marks, key=lambda mark: mark.x)}
    assert [mark.sign for mark in last.values()] == ["7", "2"]
    assert len({round(mark.x, 6) for mark in last.values()}) == 1


@pytest.mark.parametrize(
    "latex", ["2x + 3", "5 - 3 - 1", r"2 \times 3 \times 4", r"\frac{1}{2} + 1", "-3 + 4", "12"]
)
def test_what_is_no_written_sum_is_not_set_as_one(latex: str) -> None:
    assert set_column(latex, _em, gap=0.4, has_rule=True) is None


def test_a_writer_makes_some_signs_as_another_does(face: Face) -> None:
    narrow = replace(face, name="narrow", _known={})
    other = replace(face, upright=face.upright.font_variant(size=20), _known={})
    alone = draw_question("12345678", narrow, random.Random(2))
    mixed = draw_question("12345678", narrow, random.Random(2), other=other)
    assert alone.canvas.shape != mixed.canvas.shape or (alone.canvas != mixed.canvas).any()
    assert [each.sign for each in mixed.placed] == list("12345678")


def test_a_wide_hand_leaves_space_within_numbers_but_not_within_words() -> None:
    wide, close = (
        set_formula("123 + 4x", Style(tracking=tracking), _em) for tracking in (0.5, 0.0)
    )
    places = [[mark.x for mark in box.marks] for box in (wide, close)]
    steps = [[later - before for before, later in pairwise(each)] for each in places]
    gained = [one - other for one, other in zip(*steps, strict=True)]
    assert gained == pytest.approx([0.5, 0.5, 0.0, 0.0, 0.5])


@pytest.mark.parametrize(("split", "expected"), [("train", "123x+-"), ("test", "+-")])
def test_what_is_tried_on_has_no_letters_and_digits_of_strokes_that_were_learnt(
    split: Split, expected: str, face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    stroked = set()

    def noted(sign: str, rng: np.random.Generator) -> Strokes | None:
        stroked.add(sign)
        return strokes_of(sign, rng)

    monkeypatch.setattr(drawing, "strokes_of", noted)
    for seed in range(40):
        with suppress(ValueError):  # a sign is worn away
            draw_question("12x + 3 - x", replace(face, split=split), random.Random(seed))
    assert stroked == set(expected)


@pytest.mark.parametrize(
    ("latex", "signs"),
    [
        (r"\frac{3}{4}", "3/4"),
        (r"\frac{x}{4} + 1", "x/4+1"),
        (r"6 \times \frac{10 - 8}{3}", "6×(10-8)/3"),
        (r"\frac{x + 1}{2y} = 5", "(x+1)/(2y)=5"),
    ],
)
def test_a_fraction_may_be_written_on_one_line(latex: str, signs: str) -> None:
    slashed = set_formula(latex, Style(slashes_fractions=True), _em)
    assert "".join(mark.sign for mark in slashed.marks) == signs


@pytest.mark.parametrize(
    "latex", [r"1\frac{4}{8}", r"\frac{1}{2}x", r"\frac{1}{2}(x + 1)", r"\frac{\frac{1}{2}}{3}"]
)
def test_a_fraction_keeps_its_bar_where_a_line_would_say_something_else(latex: str) -> None:
    slashed = set_formula(latex, Style(slashes_fractions=True), _em)
    assert "frac" in [mark.sign for mark in slashed.marks]


@pytest.mark.parametrize("latex", [r"\unknown{3}", "x}", r"\frac{1}", r"\left\{1\right\}"])
def test_what_cannot_be_set_is_refused(latex: str) -> None:
    with pytest.raises(ValueError):
        set_formula(latex, Style(), _em)


def test_words_stand_before_or_above() -> None:
    words, formula = set_words("Solve: x", _em), set_formula("x", Style(), _em)
    both = below(words, formula, gap=0.5, indent=1.0)
    assert both.marks[-1].y > max(mark.y for mark in both.marks[:-1])
    assert both.marks[-1].x == pytest.approx(1.0)


@settings(max_examples=60, deadline=None)
@given(st.integers(8, 400), st.integers(8, 2500), st.floats(10, 90))
def test_a_canvas_holds_all_the_ink_in_whole_cells(height: int, width: int, digit: float) -> None:
    ink = np.full((height, width), 255, np.uint8)
    ink[0, :], ink[-1, :], ink[:, 0], ink[:, -1] = 0, 0, 0, 0
    canvas = to_canvas(ink, digit)
    assert canvas.shape[0] % CELL_PX == canvas.shape[1] % CELL_PX == 0
    assert canvas.shape[0] <= MAX_HEIGHT_PX and canvas.shape[1] <= MAX_WIDTH_PX
    assert canvas_scale(ink.shape, digit) <= DIGIT_PX / digit
    assert canvas[0].min() == canvas[-1].min() == 255  # a margin all around
    assert canvas[:, 0].min() == canvas[:, -1].min() == 255


def test_batches_hold_like_sizes_and_every_example_once() -> None:
    rng = np.random.default_rng(3)
    pool = [
        Example(
            np.full((28 * int(rng.integers(2, 5)), 56 * int(rng.integers(2, 6))), 200, np.uint8),
            [(0, 1, "7")],
            str(number),
            "read",
            "en",
        )
        for number in range(80)
    ]
    groups = list(by_size(pool, 1200, random.Random(1)))
    assert sorted(each.text for group in groups for each in group.examples) == sorted(
        each.text for each in pool
    )
    for group in groups:
        count, height, width = group.canvases.shape
        assert count == len(group.examples)
        for canvas, example in zip(group.canvases.numpy(), group.examples, strict=True):
            assert (canvas[: example.canvas.shape[0], : example.canvas.shape[1]] == 200).all()
        assert count == 1 or count * (height * width // 196 + 60) <= 1200


def test_the_side_task_knows_which_cell_a_sign_is_in() -> None:
    canvas = np.full((56, 112), 255, np.uint8)
    example = Example(canvas, [(1, 2, "7"), (0, 0, "?")], "", "read", "en")
    truth = sign_truth(_batch(example), {"7": 0, "x": 1})
    assert truth.shape == (1, 8, 2)
    assert truth.nonzero().tolist() == [[0, 6, 0]]


def _batch(example: Example) -> Batch:
    import torch

    return Batch(torch.from_numpy(example.canvas[None]), [example])


def _face() -> Face:
    from PIL import ImageFont

    font = ImageFont.load_default(60)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return Face("default", "hand", font, font)


def _maker(face: Face, monkeypatch: pytest.MonkeyPatch) -> Maker:
    faces = [replace(face, hand="print"), face]
    monkeypatch.setattr("inference.nano.data.sample.load_faces", lambda *_: faces)
    return Maker(Path("nowhere"), "train")


def test_about_a_picture_without_an_exercise_one_word_is_to_be_written(
    face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker = _maker(face, monkeypatch)
    examples = [(seed, make_example(maker, seed, read_share=0.5)) for seed in range(300)]
    elsewhere = [
        seed for seed, example in examples if example is not None and example.text == OUT_OF_RANGE
    ]
    assert 5 <= len(elsewhere) <= 30
    assert {maker.make(seed).topic for seed in elsewhere} == {ELSEWHERE}
    first = maker.make(elsewhere[0])
    assert np.array_equal(first.drawing.canvas, maker.make(elsewhere[0]).drawing.canvas)
    assert first.problem == first.latex == ""


def test_every_picture_without_an_exercise_fits_the_canvas(face: Face) -> None:
    shades = []
    for seed in range(60):
        try:
            drawing = draw_elsewhere(face, "en", random.Random(seed), face)
        except ValueError:
            continue  # a sign that the font of the tests lacks
        height, width = drawing.canvas.shape
        assert height % CELL_PX == width % CELL_PX == 0
        assert height <= MAX_HEIGHT_PX and width <= MAX_WIDTH_PX
        shades.append(int(drawing.canvas.min()))
    assert len(shades) > 40
    assert sum(shade < 100 for shade in shades) > 30  # most have ink, blank paper has none
    assert any(shade > 150 for shade in shades)
