"""Attacks on the checker: answers near to the right one; no wrong one may be verified.

    python -m benchmarks.adversary --attacks 5000

Each question of `benchmarks.topics` is solved with other numbers each time. Its answer is changed
in one place (a number, a sign, a bound, a solution lost or added, a period, a function, the answer
of another question), and the checker is asked. What it verifies is compared with the right answer
by numbers alone: values, or membership at many places. A verified answer that differs is printed,
and the command ends with 1.
"""

from __future__ import annotations

import argparse
import cmath
import random
import re
import sys
import time
from collections.abc import Iterator
from typing import Any

import sympy

from benchmarks.topics import TEMPLATES
from inference.errors import InferenceError
from inference.rules import parse_problem
from inference.rules.convert import plus_minus_readings, to_symbol, to_sympy
from inference.rules.nodes import (
    Alternatives,
    Chain,
    ForIntegers,
    Node,
    Phrase,
    Relation,
    System,
    symbols,
)
from inference.rules.parser import parse_line
from inference.rules.solver import solve_problem
from inference.verify.claims import parse_answer
from inference.verify.tasks import check_answer

_NUMBER = re.compile(r"(?<![\d.^_{])\d+(?![\d.])|(?<=\{)\d+(?=\})")
_SIGN = re.compile(r"(?<=[\w})]) ([+-]) (?=[\w\\(])")
_SWAPS = (
    (r"\sin", r"\cos"),
    (r"\cos", r"\sin"),
    (r"\ln", r"\log"),
    (r"\le", "<"),
    (" < ", r" \le "),
    (r"\ge", ">"),
    (" > ", r" \ge "),
    (" > ", " < "),
    (" < ", " > "),
    (r"2k\pi", r"k\pi"),
    (r"2k\pi", r"4k\pi"),
    (r"k\pi", r"2k\pi"),
    (r"\pi", "180"),
    (r"\pm ", ""),
    (" + C", ""),
    (" + C", " + 1"),
    (r"\ne 0", r"\ne 1"),
    (r"\sqrt", ""),
    (r"\left|", r"\left("),
    ("e^", "2^"),
)
_PLACES = [value / 8 + 0.0137 for value in range(-200, 201)]
_TOLERANCE = 1e-7


def main(argv: list[str] | None = None) -> int:
    """Attack, print what was verified wrongly, and return 1 if anything was."""
    description, _, _ = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--attacks", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(argv)
    draw = random.Random(args.seed)
    others: dict[str, str] = {}
    counts = {"verified": 0, "failed": 0, "not_checkable": 0}
    wrong: list[tuple[str, str, str]] = []
    num_unsettled = 0
    started = time.perf_counter()
    while sum(counts.values()) < args.attacks:
        template = draw.choice(TEMPLATES)
        text = re.sub("#", lambda _: str(draw.randint(2, 9)), template)
        try:
            right = solve_problem(parse_problem(text), language="en").answer_latex
        except InferenceError:
            continue
        for attack in _attacks(right, others.get(template, ""), draw):
            check: Any = check_answer(text, attack)
            counts[check["verdict"]] += 1
            if check["verdict"] != "verified":
                continue
            same = _is_same(right, attack)
            num_unsettled += same is None
            if same is False:
                wrong.append((text, right, attack))
        others[template] = right
    for text, right, attack in wrong:
        print(f"WRONG: {text}\n   right: {right}\n  attack: {attack}")
    total = sum(counts.values())
    print(
        f"{total} attacks in {time.perf_counter() - started:.0f} s: {counts['failed']} failed, "
        f"{counts['not_checkable']} not checkable, {counts['verified']} verified, of which "
        f"{len(wrong)} are wrong and {num_unsettled} could not be compared by numbers"
    )
    return int(bool(wrong))


def _attacks(right: str, other: str, draw: random.Random) -> Iterator[str]:
    found: list[str] = []
    for match in _NUMBER.finditer(right):
        value = int(match.group())
        for changed in (value + 1, value - 1, value * 2, value + 10):
            found.append(f"{right[: match.start()]}{changed}{right[match.end() :]}")
    for match in _SIGN.finditer(right):
        sign = "-" if match.group(1) == "+" else "+"
        found.append(right[: match.start(1)] + sign + right[match.end(1) :])
    for old, new in _SWAPS:
        if old in right:
            found.append(right.replace(old, new, 1))
            found.append(right.replace(old, new))
    options = right.split(r" \;\text{or}\; ")
    for place in range(len(options)):
        if len(options) > 1:
            found.append(r" \text{ or } ".join(options[:place] + options[place + 1 :]))
    letter = re.match(r"\s*([a-z]) =", right)
    if letter:
        found.append(rf"{right} \text{{ or }} {letter.group(1)} = {draw.randint(-9, 9)}")
        found.append(f"{letter.group(1)} = {draw.randint(-9, 9)}")
    if r"\ne" in right:
        # The condition of a formula is part of its answer.
        parts = right.split(r",\;")
        found += [r",\;".join(parts[:place] + parts[place + 1 :]) for place in range(len(parts))]
    names = sorted(set(re.findall(r"(?<![\\a-zA-Z])[a-zA-Z](?![a-zA-Z])", right)))
    if len(names) > 1:
        one, two = draw.sample(names, 2)
        swapped = {one: two, two: one}
        found.append(re.sub(rf"(?<![\\a-zA-Z])[{one}{two}]", lambda m: swapped[m.group()], right))
    found += [rf"-\left({right}\right)", rf"{right} + 1", rf"\frac{{{right}}}{{2}}"]
    found += [r"\text{no solution}", r"\text{all real numbers}", other]
    kept = [each for each in dict.fromkeys(found) if each and each != right]
    draw.shuffle(kept)
    yield from kept[:14]


def _is_same(one: str, other: str) -> bool | None:
    """Whether two answers are the same, by numbers; None when they cannot be compared so."""
    try:
        nodes = [_parse(each) for each in (one, other)]
        if one.endswith("+ C"):
            return _has_same_slope(*map(to_sympy, nodes))
        pictures = [_picture(node) for node in nodes]
    except (InferenceError, TypeError, ValueError, ZeroDivisionError, AttributeError):
        return None
    if pictures[0] is None or pictures[1] is None:
        return None
    return _are_near(*pictures)


def _has_same_slope(one: Any, other: Any) -> bool:
    """Whether two antiderivatives differ by a constant only, and both have one that is open."""
    constant = to_symbol("C")
    letters = sorted(one.free_symbols - {constant}, key=str)
    slopes = [sympy.diff(each, letters[0]).subs(constant, 3) for each in (one, other)]
    return constant in other.free_symbols and _are_near(*map(_values, slopes))


def _parse(text: str) -> Node:
    try:
        return parse_line(text)
    except InferenceError:
        return parse_answer(text)


def _picture(node: Node) -> Any:
    """What an answer comes to at certain places: numbers, or whether they belong to it."""
    if isinstance(node, Phrase):
        return ["everywhere"] if node.kind == "all_reals" else ["nowhere"]
    if _is_statement(node):
        return _members(node)
    value = to_sympy(node)
    return _values(value)


def _is_statement(node: Node) -> bool:
    return isinstance(node, Relation | Chain | System | Alternatives | ForIntegers)


def _members(node: Node) -> Any:
    names = symbols(node)
    if isinstance(node, ForIntegers):
        (name,) = [each for each in names if each != node.letter.name]
        body = node.statement
        options = body.options if isinstance(body, Alternatives) else (body,)
        found = []
        for option in options:
            for reading in plus_minus_readings(option):
                assert isinstance(reading, Relation)
                for k in range(-60, 61):
                    difference = to_sympy(reading.left) - to_sympy(reading.right)
                    difference = difference.subs(to_symbol(node.letter.name), k)
                    slope = difference.coeff(to_symbol(name), 1)
                    value = complex(sympy.N(-difference.subs(to_symbol(name), 0) / slope))
                    if abs(value) < 20:
                        found.append(value)
        return sorted({(round(v.real, 6), round(v.imag, 6)) for v in found})
    if isinstance(node, System):
        return sorted(str(_members(each)) for each in node.relations)
    if isinstance(node, Alternatives):
        parts = [_members(each) for each in node.options]
        if all(isinstance(part, list) and part and isinstance(part[0], bool) for part in parts):
            return [any(column) for column in zip(*parts, strict=True)]
        if all(isinstance(item, str) for part in parts for item in part):
            return sorted({item for part in parts for item in part})
        return sorted({str(part) for part in parts})
    if isinstance(node, Chain):
        parts = [_members(each) for each in node.relations]
        return [all(column) for column in zip(*parts, strict=True)]
    if isinstance(node, Relation) and node.operator == "=":
        readings = plus_minus_readings(node)
        values = [
            _values(to_sympy(each.left) - to_sympy(each.right))
            for each in readings
            if isinstance(each, Relation)
        ]
        return sorted(map(str, values))
    assert isinstance(node, Relation)
    (name,) = names
    truth = to_sympy(node)
    places = [*_PLACES, *(value / 2 for value in range(-60, 61))]
    return [bool(truth.subs(to_symbol(name), sympy.Rational(str(place)))) for place in places]


def _values(value: Any) -> list[complex]:
    """An expression at a few places, or a list of its parts there."""
    if isinstance(value, sympy.MatrixBase | sympy.Tuple | sympy.FiniteSet):
        parts = sorted(value, key=str) if isinstance(value, sympy.FiniteSet) else list(value)
        return [number for part in parts for number in _values(part)]
    letters = sorted(value.free_symbols, key=str)
    found = []
    for shift in range(6):
        at = {
            letter: sympy.Rational(7 + 3 * shift + 5 * place, 10)
            for place, letter in enumerate(letters)
        }
        found.append(complex(sympy.N(value.subs(at))))
        if not letters:
            break
    return [complex(round(v.real, 7), round(v.imag, 7)) for v in found]


def _are_near(one: Any, other: Any) -> bool:
    if type(one) is not type(other) or len(one) != len(other):
        return False
    for left, right in zip(one, other, strict=True):
        if isinstance(left, complex) and isinstance(right, complex):
            if not cmath.isclose(left, right, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE):
                return False
        elif left != right:
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())
