"""Factors, primes, common divisors and multiples; the answers are worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inference.errors import MathSyntaxError, UnsupportedProblemError
from inference.rules import parse_problem
from tests.inference.rules.laws import is_verified_answer, is_verified_step, proved, slips, solved

RELAXED = settings(max_examples=25, deadline=None)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("GCD of 12 and 18", "6"),
        ("Find the greatest common factor of 24 and 36", "12"),
        ("HCF of $15$ and $16 = $", "1"),
        ("gcd(48, 180)", "12"),
        ("What is the highest common factor of 7 and 21?", "7"),
        ("Find the GCF of 16, 24 and 40", "8"),
        ("求12和18的最大公因数", "6"),
        ("求36、48的最大公约数", "12"),
        ("求最大公因数：30, 45", "15"),
        ("GCD(1071, 462)", "21"),
        ("gcd(123456, 7890)", "6"),
        ("gcd(100000, 99999)", "1"),
        (r"\gcd(84, 126)", "42"),
        ("gcd(9, 9)", "9"),
        ("LCM of 4, 6, 8", "24"),
        ("Find the least common multiple of 6 and 15", "30"),
        ("lcm(12,180)", "180"),
        ("lowest common multiple of 8 and 9", "72"),
        ("12、18、30的最小公倍数", "180"),
        ("求6和8的最小公倍数", "24"),
        (r"\operatorname{lcm}(14, 21)", "42"),
        ("LCM of 7 and 13", "91"),
        ("LCM of 123456 and 7890", "162344640"),
        ("Find the prime factorization of 360", r"2^{3} \times 3^{2} \times 5"),
        ("Write 84 as a product of its prime factors", r"2^{2} \times 3 \times 7"),
        ("Express 100 as a product of primes", r"2^{2} \times 5^{2}"),
        ("分解质因数：60", r"2^{2} \times 3 \times 5"),
        ("把 90 分解质因数", r"2 \times 3^{2} \times 5"),
        ("prime factors of 97", "97"),
        ("Find prime factors of $116$", r"2^{2} \times 29"),
        ("Prime factorisation of 1001", r"7 \times 11 \times 13"),
        ("Factor 64", "2^{6}"),
        ("Factor 77 into primes", r"7 \times 11"),
        ("Prime factorization of 2310", r"2 \times 3 \times 5 \times 7 \times 11"),
        ("Find the factors of 36", r"1,\; 2,\; 3,\; 4,\; 6,\; 9,\; 12,\; 18,\; 36"),
        ("Factors of $62 = $", r"1,\; 2,\; 31,\; 62"),
        ("List all the divisors of 28", r"1,\; 2,\; 4,\; 7,\; 14,\; 28"),
        ("factors of 97", r"1,\; 97"),
        ("factors of 1", "1"),
        ("求24的所有因数", r"1,\; 2,\; 3,\; 4,\; 6,\; 8,\; 12,\; 24"),
        ("Common Factors of $18$ and $73 = $", "1"),
        ("common factors of 24 and 36", r"1,\; 2,\; 3,\; 4,\; 6,\; 12"),
        ("12和18的公因数有哪些", r"1,\; 2,\; 3,\; 6"),
    ],
)
def test_whole_numbers_are_taken_apart(text: str, answer: str) -> None:
    assert proved(text).answer_latex == answer


@pytest.mark.parametrize("text", ["gcd(0, 5)", "factors of 0", "lcm(2.5, 5)", "gcd(6, 9) + 2"])
def test_what_has_no_divisors_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedProblemError):
        solved(text)


@pytest.mark.parametrize(
    "text",
    [
        "GCD of 12",
        "gcd of x and 3",
        "prime factors of 6 and 8",
        "gcd(12",
        "gcd()",
        "12, 18",
        "gcd 6",
    ],
)
def test_a_question_that_lacks_its_numbers_is_not_guessed_at(text: str) -> None:
    with pytest.raises(MathSyntaxError):
        parse_problem(text)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("factors of 12", r"1,\; 2,\; 3,\; 4,\; 6"),
        ("factors of 12", r"1,\; 2,\; 3,\; 4,\; 5,\; 6,\; 12"),
        ("factors of 12", r"12,\; 6,\; 4,\; 3,\; 2,\; 1"),
        ("factors of 12", r"1,\; 2,\; 3,\; 4,\; 6,\; 12,\; 12"),
        ("prime factorization of 60", r"4 \times 3 \times 5"),
        ("prime factorization of 60", r"2^{2} \times 15"),
        ("prime factorization of 60", "60"),
        ("prime factorization of 60", r"2^{2} \times 3 \times 7"),
        ("prime factorization of 60", r"1 \times 2^{2} \times 3 \times 5"),
        ("gcd(12, 18)", "3"),
        ("gcd(12, 18)", r"2 \times 3"),
        ("lcm(4, 6)", "24"),
    ],
)
def test_an_unfinished_or_wrong_answer_is_not_verified(text: str, wrong: str) -> None:
    assert not is_verified_answer(text, wrong)


@RELAXED
@given(st.lists(st.integers(1, 5000), min_size=2, max_size=4))
def test_common_divisors_and_multiples_are_those_of_the_library(numbers: list[int]) -> None:
    listed = ", ".join(map(str, numbers))
    assert proved(f"gcd({listed})").answer_latex == str(math.gcd(*numbers))
    assume(math.lcm(*numbers) < 10**12)
    assert proved(f"lcm({listed})").answer_latex == str(math.lcm(*numbers))


@RELAXED
@given(st.integers(1, 100_000))
def test_factors_and_primes_are_complete_and_slips_are_seen(value: int) -> None:
    assume(sum(value % n == 0 for n in range(1, math.isqrt(value) + 1)) <= 24)
    factors = proved(f"factors of {value}").answer_latex
    wanted = [n for n in range(1, value + 1) if value % n == 0]
    assert factors.split(r",\; ") == list(map(str, wanted))
    text = f"Find the prime factorization of {value}"
    solution = proved(text)
    earlier: list[str] = []
    for step in solution.steps:
        for wrong in slips(step.after):
            assert not is_verified_step(text, earlier, wrong), (text, wrong)
        earlier.append(step.after)
    for wrong in slips(solution.answer_latex):
        assert not is_verified_answer(text, wrong), (text, wrong)
