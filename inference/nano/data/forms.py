"""Formulas of any form, topic by topic: longer, odder and with larger numbers than a textbook's.

Who learns to read from textbook exercises alone writes what a textbook would ask, whatever the
paper says. Here every sign has to be looked at, since nothing else tells it. What comes out is
typed text as of `problems`; it need not have a solution.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from inference.errors import MathSyntaxError
from inference.nano.data.faces import Split
from inference.nano.data.problems import make_problem
from inference.nano.data.solutions import reading_of

Maker = Callable[[random.Random], str]

_LETTERS = "xxxxxxyyyzabcdhkmnpqrstuvw"
_RELATIONS = ("<", ">", "<=", ">=")
_FORM_SHARE = 0.5
_LONGEST = 50
"""Characters of what is typed: about what a line of paper holds."""


def _pick(rng: random.Random, weighted: Sequence[tuple[float, Maker]]) -> str:
    return rng.choices([make for _, make in weighted], [weight for weight, _ in weighted])[0](rng)


# ---- numbers --------------------------------------------------------------------------------


def _whole(rng: random.Random) -> str:
    digits = rng.choices((1, 2, 3, 4, 5), (6, 6, 3, 2, 1))[0]
    return str(rng.randint(10 ** (digits - 1), 10**digits - 1))


def _decimal(rng: random.Random) -> str:
    places = rng.choice((1, 1, 2, 2, 3))
    return f"{rng.choice((0, _whole(rng)))}.{rng.randint(1, 10**places - 1):0{places}d}"


def _fraction(rng: random.Random) -> str:
    high = rng.choice((9, 20, 99))
    bottom = rng.randint(2, high)
    if rng.random() < 0.25:
        return f"{rng.randint(1, 19)} {rng.randint(1, bottom - 1)}/{bottom}"
    return f"{rng.randint(1, high)}/{bottom}"


def _percent(rng: random.Random) -> str:
    return f"{(_decimal if rng.random() < 0.2 else _whole)(rng)}%"


def _power(rng: random.Random) -> str:
    base = (_decimal if rng.random() < 0.15 else _whole)(rng)
    if rng.random() < 0.2:
        base = f"(-{base})"
    elif rng.random() < 0.12:
        base = f"({_fraction(rng)})"
    exponent = rng.choice((2, 2, 2, 3, 3, 4, 5, rng.randint(0, 12), -rng.randint(1, 4)))
    return f"{base}^{exponent}" if exponent >= 0 else f"{base}^({exponent})"


def _root(rng: random.Random) -> str:
    return f"√{_whole(rng)}" if rng.random() < 0.8 else f"√({_whole(rng)} + {_whole(rng)})"


# ---- calculations ---------------------------------------------------------------------------


def _calculation(own: Maker, *, own_share: float) -> Maker:
    """Sums of products of whole numbers and of a topic's own kind of number, with brackets."""

    def number(rng: random.Random) -> str:
        made = (own if rng.random() < own_share else _whole)(rng)
        return f"(-{made})" if made.isdigit() and rng.random() < 0.07 else made

    def factor(rng: random.Random, depth: int) -> str:
        if depth > 0 and rng.random() < 0.22:
            inner = sum_of(rng, rng.choice((2, 2, 2, 3)), depth - 1)
            return f"({inner})^{rng.choice((2, 2, 3))}" if rng.random() < 0.1 else f"({inner})"
        return number(rng)

    def term(rng: random.Random, depth: int) -> str:
        text = factor(rng, depth)
        for _ in range(rng.choices((0, 1, 2), (5, 4, 1))[0]):
            sign = rng.choice(("×", "×", "÷", "/"))
            other = factor(rng, depth)
            if text[-1].isalnum() and other[0] == "(" and rng.random() < 0.5:
                text += other
            elif sign != "/":
                text += f" {sign} {other}"
            elif text.isdigit() and other.isdigit():
                text += f"/{other}"
            else:
                text += f" × {other}"
        return text

    def sum_of(rng: random.Random, terms: int, depth: int) -> str:
        text = ("-" if rng.random() < 0.08 else "") + term(rng, depth)
        for _ in range(terms - 1):
            text += f" {rng.choice('+-')} {term(rng, depth)}"
        return text

    def make(rng: random.Random) -> str:
        return sum_of(rng, rng.choices((1, 2, 3, 4, 5, 6, 8), (4, 6, 4, 2, 2, 1, 1))[0], depth=2)

    return make


# ---- letters --------------------------------------------------------------------------------


def _coefficient(rng: random.Random) -> str:
    return _pick(
        rng,
        (
            (4, lambda _: ""),
            (6, lambda rng: str(rng.randint(2, 9))),
            (3, _whole),
            (0.7, _decimal),
            (0.5, lambda rng: f"({rng.randint(1, 9)}/{rng.randint(2, 9)})"),
        ),
    )


def _monomial(rng: random.Random, letters: str) -> str:
    text = _coefficient(rng)
    for letter in letters if rng.random() < 0.25 else rng.choice(letters):
        power = rng.choices((1, 2, 3, rng.randint(4, 12)), (10, 6, 2, 1))[0]
        text += letter if power == 1 else f"{letter}^{power}"
    return text


def _sum(rng: random.Random, letters: str, terms: int) -> str:
    text = "-" if rng.random() < 0.1 else ""
    for number in range(terms):
        if number:
            text += f" {rng.choice('+-')} "
        is_number = rng.random() < 0.35 and (number or terms > 1)
        text += _whole(rng) if is_number else _monomial(rng, letters)
    return text


def _expression(rng: random.Random, letters: str) -> str:
    def sum_of(low: int, high: int) -> str:
        return _sum(rng, letters, rng.randint(low, high))

    return _pick(
        rng,
        (
            (5, lambda _: sum_of(1, 5)),
            (2, lambda rng: f"{rng.randint(2, 99)}({sum_of(2, 3)})"),
            (1, lambda rng: f"{_monomial(rng, letters)}({sum_of(2, 3)})"),
            (2, lambda _: f"({sum_of(2, 2)})({sum_of(2, 3)})"),
            (1, lambda rng: f"({sum_of(2, 2)})^{rng.choice((2, 2, 3, 4))}"),
            (1, lambda _: f"({sum_of(1, 3)})/({sum_of(1, 2)})"),
            (1, lambda rng: f"({sum_of(1, 3)})/{rng.randint(2, 20)}"),
            (0.5, lambda _: f"√({sum_of(1, 2)})"),
            (0.7, lambda rng: f"{_monomial(rng, letters)} × {_monomial(rng, letters)}"),
        ),
    )


def _joined(rng: random.Random, letters: str) -> str:
    """One expression, or two with a sign between them."""
    text = _expression(rng, letters)
    if rng.random() < 0.3:
        text += f" {rng.choice('+-')} {_expression(rng, letters).lstrip('-')}"
    return text


def _letters(rng: random.Random) -> str:
    first = rng.choice(_LETTERS)
    if rng.random() < 0.7:
        return first
    return first + rng.choice([letter for letter in _LETTERS if letter != first])


def _side(rng: random.Random, letters: str) -> str:
    kind = rng.random()
    if kind < 0.4:
        return ("-" if rng.random() < 0.2 else "") + _whole(rng)
    if kind < 0.5:
        return _fraction(rng)
    return _joined(rng, letters) if kind < 0.75 else _sum(rng, letters, rng.randint(1, 3))


def _algebra(rng: random.Random) -> str:
    return _joined(rng, _letters(rng))


def _equation(rng: random.Random) -> str:
    letters = _letters(rng)
    return f"{_joined(rng, letters)} = {_side(rng, letters)}"


def _inequality(rng: random.Random) -> str:
    letter = rng.choice(_LETTERS)
    middle, sign = _joined(rng, letter), rng.choice(_RELATIONS)
    if rng.random() < 0.2:
        return f"{_whole(rng)} {sign} {middle} {sign} {_whole(rng)}"
    return f"{middle} {sign} {_side(rng, letter)}"


def _system(rng: random.Random) -> str:
    letters = rng.choice(("xy", "xy", "xy", "ab", "mn", "pq", "st", "uv"))

    def line() -> str:
        left = _sum(rng, letters, rng.choice((1, 2, 2, 2, 3)))
        return f"{left} = {_side(rng, letters)}"

    return f"{line()}, {line()}"


# ---- calculus -------------------------------------------------------------------------------


def _body(rng: random.Random) -> str:
    def function(rng: random.Random) -> str:
        inside = rng.choice(("x", "x", f"({rng.randint(2, 9)}x)", f"({_sum(rng, 'x', 2)})"))
        name = rng.choice(("sin", "cos", "ln"))
        return f"{rng.choice(('', '', rng.randint(2, 9)))}{name} {inside}"

    def power_of_e(rng: random.Random) -> str:
        return f"e^{rng.choice(('x', f'({rng.randint(2, 9)}x)'))}"

    text = _expression(rng, "x")
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        more = _pick(rng, ((2, function), (1, power_of_e), (2, lambda rng: _sum(rng, "x", 1))))
        text += f" {rng.choice('+-')} {more.lstrip('-')}"
    return text


def _derivative(rng: random.Random) -> str:
    return f"d/dx({_body(rng)})"


def _integral(rng: random.Random) -> str:
    body = _body(rng)
    if rng.random() < 0.4:
        return f"∫ ({body}) dx"
    low, high = rng.randint(-5, 9), rng.randint(1, 30)
    return rf"\int_{{{low}}}^{{{high}}} ({body}) dx"


_FORMS: dict[str, Maker] = {
    "integers": _calculation(_whole, own_share=1.0),
    "decimals": _calculation(_decimal, own_share=0.75),
    "fractions": _calculation(_fraction, own_share=0.75),
    "percent": _calculation(_percent, own_share=0.5),
    "powers and roots": _calculation(
        lambda rng: (_power if rng.random() < 0.6 else _root)(rng), own_share=0.65
    ),
    "linear equations": _equation,
    "quadratic equations": _equation,
    "simplify": _algebra,
    "expand": _algebra,
    "factor": _algebra,
    "systems": _system,
    "inequalities": _inequality,
    "derivatives": _derivative,
    "integrals": _integral,
}


def make_form(topic: str, rng: random.Random) -> str:
    """A formula with the signs of a topic of `problems.TOPICS`, typed; at most a line long.

    Raises:
        KeyError: There is no such topic.
    """
    while len(text := _FORMS[topic](rng)) > _LONGEST:
        pass
    return text


def make_exercise(split: Split, rng: random.Random) -> tuple[str, str, str]:
    """A topic, an exercise as typed and as read: LaTeX.

    Half of what is learnt from are forms that no textbook has; what is tested with is a textbook's.
    """
    while True:
        topic, problem = make_problem(rng)
        if split == "train" and rng.random() < _FORM_SHARE:
            problem = make_form(topic, rng)
        try:
            return topic, problem, reading_of(problem)
        except MathSyntaxError:
            continue
