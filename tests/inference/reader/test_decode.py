"""What a line says, given what the recogniser says of it."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.reader import ctc
from inference.reader.alphabet import SYMBOLS
from inference.reader.confusions import MATHS_SYMBOLS, meant_probabilities
from inference.reader.decode import UNCERTAIN_BELOW, LineContext, decode_line, decode_lines
from inference.reader.words import split_words, with_latin_words
from tests.inference.reader.lattices import lattice


def _read(said: object, **context: object) -> str:
    candidates = decode_line(lattice(said), context=LineContext(**context))  # type: ignore[arg-type]
    return candidates[0].text


@pytest.mark.parametrize(
    "text",
    [
        "3x+5=20",
        "2(x-1)=3x+4",
        "12+34-56*78/90",
        "5z+14y=5",
        "x²-5x+6=0",
        "(x+1)(x-2)",
        "113-42/3+17",
        "2k+3=7",
        "√(2x+1)=5",
        "0.5x=2",
        "3<x",
        "15%",
    ],
)
def test_a_clearly_written_line_is_read_as_it_stands(text: str) -> None:
    best = decode_line(lattice(list(text)))[0]
    assert best.text == text.replace("²", "^2")


@pytest.mark.parametrize(
    ("said", "text"),
    [
        # a written x
        (["3", {"k": 0.5, "x": 0.3}, "+", "5", "=", "2", "0"], "3x+5=20"),
        (["3", {"×": 0.6, "x": 0.35}, "+", "5", "=", "2", "0"], "3x+5=20"),
        (["3", "X", "+", "5", "=", "2", "0"], "3x+5=20"),
        # a cross between numbers multiplies
        (["2", "3", "+", "5", "9", {"x": 0.6, "×": 0.4}, "3"], "23+59×3"),
        # signs in another dress
        (["2", "一", "1"], "2-1"),
        (["3", "~", "1"], "3-1"),
        # digits that look like letters
        (["l", "2", "+", {"S": 0.8, "5": 0.15}, "="], "12+5="),
        (["2", {"O": 0.9, "0": 0.1}, "+", "1"], "20+1"),
        # a raised 2 read as a plain one
        (["x", {"2": 0.7, "²": 0.2}, "-", "5", "x", "+", "6", "=", "0"], "x^2-5x+6=0"),
        # a bracket that was opened is closed
        (["(", "6", "9", "-", "1", "3", {"1": 0.7, ")": 0.25}, "×", "3"], "(69-13)×3"),
        # a dot beside the line
        (["2", "+", "3", {".": 0.6, "": 0.4}], "2+3"),
        # one letter in all places
        (["4", {"h": 0.5, "x": 0.3}, "-", "1", "4", "=", "6", "x", "-", "2", "1"], "4x-14=6x-21"),
    ],
)
def test_what_mathematics_allows_decides_between_look_alikes(said: object, text: str) -> None:
    assert _read(said) == text


def test_a_doubtful_symbol_is_marked_and_names_what_else_it_may_be() -> None:
    best = decode_line(lattice(["1", "2", "+", {"5": 0.55, "6": 0.43}]))[0]
    doubtful = best.symbols[-1]
    assert doubtful.text == "5"
    assert doubtful.confidence < UNCERTAIN_BELOW
    assert doubtful.alternatives[0] == "6"
    assert all(symbol.confidence > UNCERTAIN_BELOW for symbol in best.symbols[:2])


def test_candidates_are_ordered_and_their_chances_add_up_to_at_most_one() -> None:
    candidates = decode_line(lattice(["1", {"5": 0.5, "6": 0.3, "8": 0.1}, "+", "2"]))
    chances = [candidate.confidence for candidate in candidates]
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) <= 1.0 + 1e-6
    assert len({candidate.text for candidate in candidates}) == len(candidates)


def test_symbols_lie_where_they_were_seen() -> None:
    line = lattice(list("3x+5=20"))
    best = decode_line(line)[0]
    for symbol, x in zip(best.symbols, line.greedy_x, strict=True):
        assert symbol.x == pytest.approx(x, abs=0.01)
        assert symbol.x_start <= symbol.x <= symbol.x_end
    assert best.symbols[0].x_start == 0.0
    assert best.symbols[-1].x_end == 1.0


def test_an_instruction_is_kept_beside_the_mathematics() -> None:
    line = lattice([*"Solve:", *"3", {"k": 0.5, "x": 0.3}, *"+5=20"])
    best = decode_line(line)[0]
    assert best.text == "Solve:3x+5=20"
    assert [symbol.is_word for symbol in best.symbols] == [True] * 6 + [False] * 7


def test_the_unknown_that_an_instruction_names_belongs_to_it() -> None:
    best = decode_line(lattice(list("Solve for x: 2x+3=7")))[0]
    assert best.text == "Solve for x: 2x+3=7"
    assert [symbol.is_word for symbol in best.symbols].count(False) == len("2x+3=7")


def test_a_misspelt_instruction_is_mended() -> None:
    assert _read([*"Simplfy:", *"2x+3x"]) == "Simplify:2x+3x"


def test_a_chinese_instruction_is_kept() -> None:
    assert _read([*"解方程:", *"x+1=2"]) == "解方程:x+1=2"


def test_the_number_of_a_question_is_no_unbalanced_bracket() -> None:
    assert _read("3)2x=6") == "3)2x=6"


@pytest.mark.parametrize("text", ["d.-5y+5=y+5", "a)x²=4", "b)(x+1)(x-2)", "c.5+3", "10.x=4"])
def test_the_number_of_a_question_is_no_part_of_it(text: str) -> None:
    assert _read(text) == text.replace("²", "^2")


def test_a_point_that_may_number_a_question_may_be_a_speck() -> None:
    assert _read(["3", {".": 0.3, "": 0.6}, *"x=6"]) == "3x=6"
    assert _read([*"0.5x=2"]) == "0.5x=2"


def test_an_empty_line_has_no_candidates() -> None:
    assert decode_line(lattice([{"": 1.0}])) == []
    assert decode_line(lattice([])) == []


def test_lines_of_a_system_share_their_letters() -> None:
    first = lattice(list("2x+y=5"))
    second = lattice(["3", {"k": 0.7, "x": 0.2}, "-", {"9": 0.6, "y": 0.35}, "=", "1"])
    texts = [candidates[0].text for candidates in decode_lines([first, second])]
    assert texts == ["2x+y=5", "3x-y=1"]


def test_a_fragment_is_read_without_asking_the_parser() -> None:
    assert _read("x+", is_fragment=True) == "x+"


@given(st.data())
@settings(max_examples=25)
def test_any_lattice_is_decoded_to_symbols_of_the_alphabet(data: st.DataObject) -> None:
    symbols = st.sampled_from([symbol for symbol in SYMBOLS if symbol])
    said = data.draw(
        st.lists(st.dictionaries(symbols, st.just(0.24), min_size=1, max_size=4), max_size=8)
    )
    for candidate in decode_line(lattice(said), context=LineContext(is_fragment=True)):
        assert candidate.text
        assert all(0.0 <= symbol.confidence <= 1.0 for symbol in candidate.symbols)


# -- words ------------------------------------------------------------------------------------


def test_words_and_mathematics_are_told_apart() -> None:
    pieces = [(piece.words, piece.start, piece.end) for piece in split_words("Find 15% of 80")]
    assert pieces == [("Find ", 0, 5), (None, 5, 9), ("of ", 9, 12), (None, 12, 14)]


@pytest.mark.parametrize("text", ["3x+5=20", "xy+ab", "2一1", "十", "a(b+c)", "5z+14y=5"])
def test_letters_of_mathematics_are_no_words(text: str) -> None:
    assert [piece.words for piece in split_words(text)] == [None]


# -- probabilities ----------------------------------------------------------------------------


def test_meant_probabilities_stay_probabilities() -> None:
    rows = np.eye(len(SYMBOLS), dtype=np.float32)
    meant = meant_probabilities(rows)
    assert meant.shape == (len(SYMBOLS), len(MATHS_SYMBOLS))
    assert meant.sum(axis=1) == pytest.approx(np.ones(len(SYMBOLS)), abs=1e-5)
    assert (meant >= 0).all()


def _random_probs(seed: int, steps: int, symbols: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.ones(symbols), size=steps).astype(np.float32)


def _collapse(path: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(symbol for symbol, _ in itertools.groupby(path) if symbol != 0)


@given(st.integers(0, 10_000), st.integers(1, 5))
@settings(max_examples=30)
def test_likelihoods_are_sums_over_all_paths(seed: int, steps: int) -> None:
    probs = _random_probs(seed, steps, 3)
    totals: dict[tuple[int, ...], float] = {}
    for path in itertools.product(range(3), repeat=steps):
        chance = math.prod(float(probs[step, symbol]) for step, symbol in enumerate(path))
        text = _collapse(path)
        totals[text] = totals.get(text, 0.0) + chance
    sequences = list(totals)
    found = ctc.log_likelihoods(probs, sequences)
    assert np.exp(found) == pytest.approx([totals[text] for text in sequences], rel=1e-4)


@given(st.integers(0, 10_000))
@settings(max_examples=30)
def test_a_wide_beam_finds_the_likeliest_text(seed: int) -> None:
    probs = _random_probs(seed, 4, 3)
    found = ctc.prefix_beam_search(
        probs, start=None, advance=lambda state, symbol: (state, 0.0), beam_width=200, min_prob=0.0
    )
    scores = ctc.log_likelihoods(probs, found)
    assert scores[0] == pytest.approx(max(scores), abs=1e-6)
    assert len(set(found)) == len(found)


@given(st.integers(0, 10_000), st.integers(1, 3))
@settings(max_examples=30)
def test_an_alignment_goes_forward(seed: int, length: int) -> None:
    probs = _random_probs(seed, 8, 4)
    sequence = tuple(int(s) for s in np.random.default_rng(seed).integers(1, 4, size=length))
    steps = ctc.align(probs, sequence)
    assert len(steps) == length
    assert all(before < after for before, after in itertools.pairwise(steps))


def test_more_symbols_than_steps_have_no_likelihood() -> None:
    probs = _random_probs(1, 2, 3)
    assert ctc.log_likelihoods(probs, [(1, 2, 1)])[0] < -1e20
    assert ctc.log_likelihoods(probs, []).shape == (0,)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Simρlify 5a-2b", "Simplify "),
        ("εxρand (x+2)", "expand "),
        ("Sоlve: x+1=2", "Solve: "),
        ("解÷程:2x=9", "解方程:"),
    ],
)
def test_a_misread_character_within_a_word_is_mended(said: str, words: str) -> None:
    assert split_words(said)[0].words == words


def test_a_foreign_letter_by_itself_is_left_alone() -> None:
    assert with_latin_words("2α+3β=5, αβ") == "2α+3β=5, αβ"


def test_a_word_stays_apart_from_the_letters_after_it() -> None:
    """ "Find" before a stacked d/dx was written "Findd/dx", and nothing could be asked."""
    spliced = ["F", "i", "n", "d", "{", "d", "}", "/", "{", "d", "x", "}", "3", "x"]
    assert _read(spliced).startswith("Find ")


def test_a_line_of_a_written_sum_begins_with_any_sign_and_holds_no_letters() -> None:
    said = [{"x": 0.6, "×": 0.2}, "4", "9"]
    assert _read(said, in_column=True) == "×49"
    assert not _read(said).startswith("×")
