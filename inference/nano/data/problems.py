"""Random exercises of school, topic by topic, as a person types them.

First stage of the data maker. Numbers are those of textbooks: small ones mostly, and chosen so that
answers are whole or short where a textbook would see to that.
"""

from __future__ import annotations

import random
from collections.abc import Callable

Maker = Callable[[random.Random], str]

_LETTERS = "xxxxxxxxyyabnmtkz"
_SIGNS = ("+", "-")


def _n(rng: random.Random, low: int = 2, high: int = 12) -> int:
    return rng.randint(low, high)


def _wide(rng: random.Random) -> int:
    """A whole number, small ones more often."""
    return rng.choice((rng.randint(2, 12), rng.randint(2, 12), rng.randint(10, 99), 100))


def _letter(rng: random.Random) -> str:
    return rng.choice(_LETTERS)


def _sum(rng: random.Random, *terms: str) -> str:
    """Terms joined by random signs; the first may be negative."""
    text = ("-" if rng.random() < 0.12 else "") + terms[0]
    for term in terms[1:]:
        text += f" {rng.choice(_SIGNS)} {term}"
    return text


def _coefficient(number: int) -> str:
    return "" if number == 1 else "-" if number == -1 else str(number)


def _signed(number: int, tail: str = "") -> str:
    """` + 3x` or ` - 3x`; nothing for 0."""
    if number == 0:
        return ""
    size = _coefficient(abs(number)) if tail else str(abs(number))
    return f" {'-' if number < 0 else '+'} {size}{tail}"


def _polynomial(letter: str, *coefficients: int) -> str:
    """From the highest power down."""
    text = ""
    degree = len(coefficients) - 1
    for place, value in enumerate(coefficients):
        power = degree - place
        tail = "" if power == 0 else letter if power == 1 else f"{letter}^{power}"
        if not text:
            if value:
                text = f"{_coefficient(value)}{tail}" if tail else str(value)
        else:
            text += _signed(value, tail)
    return text or "0"


def _non_zero(rng: random.Random, size: int) -> int:
    return rng.choice((-1, 1)) * rng.randint(1, size)


# ---- arithmetic -----------------------------------------------------------------------------


def _chain(rng: random.Random) -> str:
    """A long calculation on one line, as students copy them: sums of numbers, products, quotients
    with a slash or a sign."""

    def term() -> str:
        a, b = _n(rng), _n(rng, 2, 9)
        return rng.choice(
            (str(_wide(rng)), str(_wide(rng)), f"{a} × {b}", f"{a * b}/{b}", f"{a * b} ÷ {b}")
        )

    return _sum(rng, *(term() for _ in range(rng.randint(3, 6))))


def _integers(rng: random.Random) -> str:
    a, b, c, d = (_n(rng) for _ in range(4))
    first, second = _wide(rng), _wide(rng)
    return rng.choice(
        (
            lambda: f"{first} + {second}",
            lambda: f"{max(first, second)} - {min(first, second)}",
            lambda: f"{first} - {second}",
            lambda: f"{rng.randint(100, 999)} {rng.choice(_SIGNS)} {rng.randint(10, 999)}",
            lambda: f"{rng.randint(1000, 9999)} {rng.choice(_SIGNS)} {rng.randint(100, 9999)}",
            lambda: f"{first} × {a}",
            lambda: f"{a * b} ÷ {a}",
            lambda: f"{_sum(rng, str(first), str(second), str(c))}",
            lambda: f"{first} {rng.choice(_SIGNS)} {a} × {b}",
            lambda: f"{a} × {b} {rng.choice(_SIGNS)} {second}",
            lambda: f"{a * b} ÷ {a} {rng.choice(_SIGNS)} {c} × {d}",
            lambda: f"{a} × ({first} {rng.choice(_SIGNS)} {b})",
            lambda: f"({first} + {second}) × {a}",
            lambda: f"({a * c} + {b * c}) ÷ {c}",
            lambda: f"-{a} + {b} × (-{c})",
            lambda: f"{a} - (-{b})",
            lambda: f"-{first} {rng.choice(_SIGNS)} {second}",
            lambda: f"(-{a}) × (-{b})",
            lambda: f"{a} × [{first} - ({b} + {c})]",
            lambda: f"{first} - {a * b} ÷ {a} × {c}",
            lambda: _chain(rng),
            lambda: _chain(rng),
            lambda: _chain(rng),
        )
    )()


def _decimals(rng: random.Random) -> str:
    def decimal(places: int, high: int = 20) -> str:
        number = rng.randint(1, high * 10**places)
        return f"{number / 10**places:.{places}f}" if number % 10 else f"{number / 10**places:g}"

    a, b = decimal(1), decimal(rng.choice((1, 1, 2)))
    c = _n(rng)
    return rng.choice(
        (
            lambda: f"{a} + {b}",
            lambda: f"{b} + {a}",
            lambda: f"{a} - {b}",
            lambda: f"{a} × {c}",
            lambda: f"{decimal(1, 5)} × {decimal(1, 5)}",
            lambda: f"{decimal(2, 4)} × {c}",
            lambda: f"{_n(rng) * c / 10:g} ÷ {c}",
            lambda: f"{_n(rng) * c / 10:g} ÷ {c / 10:g}",
            lambda: f"{a} + {b} × {c}",
            lambda: f"{c} - {decimal(2, 2)}",
        )
    )()


def _fraction(rng: random.Random, high: int = 12) -> str:
    bottom = rng.randint(2, high)
    top = rng.randint(1, bottom - 1) if rng.random() < 0.8 else rng.randint(bottom + 1, 2 * bottom)
    return f"{top}/{bottom}"


def _fractions(rng: random.Random) -> str:
    first, second, third = (_fraction(rng) for _ in range(3))
    whole = _n(rng, 1, 5)
    mixed = [f"{_n(rng, 1, 5)} {top}/{top + _n(rng, 1, 4)}" for top in (_n(rng, 1, 4), 1)]
    sign = rng.choice(_SIGNS)
    return rng.choice(
        (
            lambda: f"{first} {sign} {second}",
            lambda: f"{first} {sign} {second}",
            lambda: f"({first}) × ({second})",
            lambda: f"({first}) ÷ ({second})",
            lambda: f"{mixed[0]} {sign} {mixed[1]}",
            lambda: f"{mixed[0]} {sign} {second}",
            lambda: f"{mixed[0]} × {mixed[1]}",
            lambda: f"{whole} - {first}",
            lambda: f"({first}) × {_n(rng)}",
            lambda: f"{_n(rng)} ÷ ({first})",
            lambda: f"{_sum(rng, first, second, third)}",
            lambda: f"({first} {sign} {second}) × ({third})",
        )
    )()


def _percent(rng: random.Random) -> str:
    share = rng.choice((5, 10, 12, 15, 20, 25, 30, 40, 50, 60, 75, 80, 90, rng.randint(1, 99)))
    whole = rng.choice((20, 40, 50, 60, 80, 100, 120, 150, 200, 250, 300, 400, 500))
    return rng.choice(
        (
            lambda: f"{share}% × {whole}",
            lambda: f"{whole} × {share}%",
            lambda: f"{share}% × {whole} {rng.choice(_SIGNS)} {_n(rng)}",
            lambda: f"{whole} × (1 {rng.choice(_SIGNS)} {share}%)",
        )
    )()


def _powers_and_roots(rng: random.Random) -> str:
    a, b, c = _n(rng, 2, 9), _n(rng, 2, 9), _n(rng, 2, 9)
    free = rng.choice((2, 3, 5, 6, 7))
    return rng.choice(
        (
            lambda: f"{_n(rng, 2, 15)}^2",
            lambda: f"{_n(rng, 2, 5)}^{rng.choice((3, 3, 4))}",
            lambda: f"{a}^2 {rng.choice(_SIGNS)} {b}^2",
            lambda: f"{a}^2 {rng.choice(_SIGNS)} {b} × {c}",
            lambda: f"({a} {rng.choice(_SIGNS)} {b})^2 + {c}",
            lambda: f"√{a * a}",
            lambda: f"√{a * a} {rng.choice(_SIGNS)} {b}",
            lambda: f"√{a * a} + √{b * b}",
            lambda: f"√{a * a} × {b}",
            lambda: f"{a} × √{b * b} - {c}",
            lambda: (
                f"√{_n(rng, 2, 6) ** 2 * free} {rng.choice(_SIGNS)} √{_n(rng, 2, 6) ** 2 * free}"
            ),
            lambda: f"√{_n(rng, 2, 7) ** 2 * free}",
            lambda: f"2^{_n(rng, 2, 8)}",
            lambda: f"(-{a})^{rng.choice((2, 3))}",
            lambda: f"10^{_n(rng, 2, 5)} {rng.choice(_SIGNS)} {_wide(rng)}",
            lambda: f"{a}^2 × {b}",
        )
    )()


# ---- equations ------------------------------------------------------------------------------


def _linear(rng: random.Random) -> str:
    x = _letter(rng)
    root = rng.choice((_n(rng, 1, 12), _n(rng, 1, 12), -_n(rng, 1, 9), 0))
    a = rng.choice((_n(rng, 2, 9), _n(rng, 2, 12), -_n(rng, 2, 9)))
    b = _non_zero(rng, 20)
    c = rng.choice([value for value in range(-6, 9) if value not in (0, a)])
    d = _n(rng, 2, 6)
    k = _non_zero(rng, 9)
    return rng.choice(
        (
            lambda: f"{_polynomial(x, a, b)} = {a * root + b}",
            lambda: f"{_polynomial(x, a, b)} = {a * root + b}",
            lambda: f"{_polynomial(x, abs(a), b)} = {abs(a) * root + b}",
            lambda: f"{x}{_signed(b)} = {root + b}",
            lambda: f"{b} - {abs(a)}{x} = {b - abs(a) * root}",
            lambda: f"{a}{x} = {a * root}",
            lambda: f"{x}/{d} = {_n(rng)}",
            lambda: f"{x}/{d}{_signed(k)} = {_n(rng)}",
            lambda: f"{_polynomial(x, a, b)} = {_polynomial(x, c, (a - c) * root + b)}",
            lambda: f"{_polynomial(x, a, b)} = {_polynomial(x, c, (a - c) * root + b)}",
            lambda: f"{d}({x}{_signed(k)}) = {d * (root + k)}",
            lambda: f"{d}({x}{_signed(k)}) = {_polynomial(x, c, d * (root + k) - c * root)}",
            lambda: f"({x}{_signed(k)})/{d} = {_n(rng, 1, 9)}",
            lambda: f"({_polynomial(x, 2, k)})/{d} = {_n(rng, 1, 9)}",
            lambda: f"{x}/{d} + {x}/{d + 1} = {_n(rng)}",
            lambda: f"{abs(a)}{x} + {d}{x} = {(abs(a) + d) * root}",
            lambda: f"{_n(rng, 1, 9) / 10:g}{x} + {_n(rng, 1, 30) / 10:g} = {_n(rng, 2, 6)}",
            lambda: f"{d}({x}{_signed(k)}) - {x} = {(d - 1) * root + d * k}",
        )
    )()


def _quadratic(rng: random.Random) -> str:
    x = rng.choice("xxxxxyat")
    p, q = _non_zero(rng, 9), _non_zero(rng, 9)
    a = rng.choice((2, 2, 3, 5))
    return rng.choice(
        (
            lambda: f"{_polynomial(x, 1, -(p + q), p * q)} = 0",
            lambda: f"{_polynomial(x, 1, -(p + q), p * q)} = 0",
            lambda: f"{_polynomial(x, 1, -(p + q), p * q)} = 0",
            lambda: f"{x}^2 = {rng.choice((p * p, p * p, _n(rng, 2, 30)))}",
            lambda: f"{x}^2 - {p * p} = 0",
            lambda: f"{_polynomial(x, 1, p, 0)} = 0",
            lambda: f"{_polynomial(x, a, a * p, 0)} = 0",
            lambda: f"{_polynomial(x, a, -(a * p + q), p * q)} = 0",
            lambda: (
                f"{_polynomial(x, rng.choice((1, 2, 3)), _non_zero(rng, 7), _non_zero(rng, 6))} = 0"
            ),
            lambda: f"({x}{_signed(p)})^2 = {_n(rng, 1, 9) ** 2}",
            lambda: f"({x}{_signed(p)})({x}{_signed(q)}) = 0",
            lambda: f"{_polynomial(x, 1, -(p + q), 0)} = {-p * q}",
            lambda: f"{x}^2 = {_polynomial(x, p + q, -p * q)}",
            lambda: f"{a}{x}^2 = {a * p * p}",
        )
    )()


def _system(rng: random.Random) -> str:
    x, y = _non_zero(rng, 6), _non_zero(rng, 6)
    a, b, c, d = (_non_zero(rng, 4) for _ in range(4))
    if a * d == b * c:
        d += 5

    def line(first: int, second: int) -> str:
        return f"{_coefficient(first)}x{_signed(second, 'y')} = {first * x + second * y}"

    return rng.choice(
        (
            lambda: f"{line(a, b)}, {line(c, d)}",
            lambda: f"{line(abs(a), b)}, {line(abs(a) + 1, b)}",
            lambda: f"{line(1, 1)}, {line(1, -1)}",
            lambda: f"{line(1, 1)}, {line(_n(rng, 2, 5), _non_zero(rng, 3))}",
            lambda: f"y = {_polynomial('x', a, y - a * x)}, {line(c, 1 if a * 1 != -c else 2)}",
        )
    )()


def _inequality(rng: random.Random) -> str:
    sign = rng.choice(("<", ">", "<=", ">=", "<", ">"))
    x = rng.choice("xxxxxya")
    a, b, k = _n(rng, 2, 9), _non_zero(rng, 15), _non_zero(rng, 9)
    p, q = _non_zero(rng, 6), _non_zero(rng, 6)
    return rng.choice(
        (
            lambda: f"{_polynomial(x, a, b)} {sign} {a * k + b}",
            lambda: f"{_polynomial(x, a, b)} {sign} {a * k + b}",
            lambda: f"{_polynomial(x, -a, b)} {sign} {-a * k + b}",
            lambda: f"{x}{_signed(b)} {sign} {b + k}",
            lambda: f"{a}({x}{_signed(p)}) {sign} {a * k}",
            lambda: f"{_polynomial(x, a, b)} {sign} {_polynomial(x, 1, k)}",
            lambda: f"{x}/{a} {sign} {k}",
            lambda: f"{_polynomial(x, 1, -(p + q), p * q)} {sign} 0",
            lambda: f"{x}^2 {sign} {p * p}",
            lambda: f"{min(p, q) - 1} < {_polynomial(x, rng.choice((1, 2)), k)} < {max(p, q) + 2}",
        )
    )()


# ---- expressions ----------------------------------------------------------------------------


def _simplify(rng: random.Random) -> str:
    x = _letter(rng)
    y = "b" if x == "a" else "y" if x == "x" else "c"
    a, b, c, d = (_n(rng, 2, 9) for _ in range(4))
    p, q = _non_zero(rng, 9), _non_zero(rng, 9)
    return rng.choice(
        (
            lambda: f"{a}{x} {rng.choice(_SIGNS)} {b}{x}",
            lambda: f"{a}{x} + {b} - {c}{x} + {d}",
            lambda: f"{a}{x} - {b}{y} + {c}{x} + {d}{y}",
            lambda: f"{_polynomial(x, a, b)} {rng.choice(_SIGNS)} {c}{x}^2",
            lambda: f"{a}({x}{_signed(p)}) - {b}{x}",
            lambda: f"{a}({x}{_signed(p)}) {rng.choice(_SIGNS)} {b}({x}{_signed(q)})",
            lambda: f"{x} + {x} + {x}{_signed(p)}",
            lambda: f"{a}{x} × {b}{x}",
            lambda: f"{x}^{a} × {x}^{b}",
        )
    )()


def _expand(rng: random.Random) -> str:
    x = _letter(rng)
    a, b = _n(rng, 2, 9), _n(rng, 2, 5)
    p, q = _non_zero(rng, 9), _non_zero(rng, 9)
    return rng.choice(
        (
            lambda: f"{a}({_polynomial(x, rng.choice((1, b)), p)})",
            lambda: f"{x}({_polynomial(x, rng.choice((1, b)), p)})",
            lambda: f"-{a}({x}{_signed(p)})",
            lambda: f"({x}{_signed(p)})({x}{_signed(q)})",
            lambda: f"({x}{_signed(p)})({x}{_signed(q)})",
            lambda: f"({_polynomial(x, b, p)})({x}{_signed(q)})",
            lambda: f"({x}{_signed(p)})^2",
            lambda: f"({_polynomial(x, b, p)})^2",
            lambda: f"({x} + {abs(p)})({x} - {abs(p)})",
            lambda: f"{a}{x}({x}{_signed(p)})",
        )
    )()


def _factor(rng: random.Random) -> str:
    x = rng.choice("xxxxyamn")
    a, b = _n(rng, 2, 9), _n(rng, 2, 5)
    p, q = _non_zero(rng, 9), _non_zero(rng, 9)
    return rng.choice(
        (
            lambda: _polynomial(x, 1, p + q, p * q),
            lambda: _polynomial(x, 1, p + q, p * q),
            lambda: f"{x}^2 - {a * a}",
            lambda: f"{b * b}{x}^2 - {a * a}",
            lambda: _polynomial(x, 1, 2 * p, p * p),
            lambda: _polynomial(x, b, b * p + q, p * q),
            lambda: _polynomial(x, a, a * p, 0),
            lambda: _polynomial(x, a, a * p),
            lambda: f"{x}^3 - {a * a}{x}",
        )
    )()


# ---- calculus -------------------------------------------------------------------------------


def _derivative(rng: random.Random) -> str:
    a, b, c = _n(rng, 2, 9), _non_zero(rng, 9), _non_zero(rng, 9)
    body = rng.choice(
        (
            lambda: f"x^{_n(rng, 2, 8)}",
            lambda: f"{a}x^{_n(rng, 2, 6)}",
            lambda: _polynomial("x", a, b, c),
            lambda: _polynomial("x", 1, b, c),
            lambda: _polynomial("x", rng.choice((1, 2)), b, c, _non_zero(rng, 9)),
            lambda: f"{a} sin x",
            lambda: f"sin x {rng.choice(_SIGNS)} {a}x",
            lambda: f"x^2 {rng.choice(_SIGNS)} cos x",
            lambda: f"e^x {rng.choice(_SIGNS)} x^{_n(rng, 2, 4)}",
            lambda: f"ln x {rng.choice(_SIGNS)} {a}x",
        )
    )()
    return f"d/dx({body})"


def _integral(rng: random.Random) -> str:
    a, b, c = _n(rng, 2, 9), _non_zero(rng, 9), _non_zero(rng, 9)
    low = _n(rng, 0, 2)
    return rng.choice(
        (
            lambda: f"∫ x^{_n(rng, 2, 6)} dx",
            lambda: f"∫ {a}x dx",
            lambda: f"∫ {a}x^{_n(rng, 2, 4)} dx",
            lambda: f"∫ ({_polynomial('x', 2 * _n(rng, 1, 4), b)}) dx",
            lambda: f"∫ ({_polynomial('x', 3 * _n(rng, 1, 3), 2 * b, c)}) dx",
            lambda: rf"\int_{{{low}}}^{{{low + _n(rng, 1, 3)}}} {a}x dx",
            lambda: rf"\int_{{{low}}}^{{{low + _n(rng, 1, 3)}}} ({_polynomial('x', 2, b)}) dx",
            lambda: f"∫ {rng.choice(('sin x', 'cos x', 'e^x'))} dx",
        )
    )()


TOPICS: dict[str, tuple[Maker, float]] = {
    "integers": (_integers, 1.6),
    "decimals": (_decimals, 0.9),
    "fractions": (_fractions, 1.4),
    "percent": (_percent, 0.5),
    "powers and roots": (_powers_and_roots, 0.8),
    "linear equations": (_linear, 2.2),
    "quadratic equations": (_quadratic, 1.5),
    "simplify": (_simplify, 0.7),
    "expand": (_expand, 0.8),
    "factor": (_factor, 0.8),
    "systems": (_system, 0.7),
    "inequalities": (_inequality, 0.9),
    "derivatives": (_derivative, 0.6),
    "integrals": (_integral, 0.5),
}
"""The topics of the model's range: how an exercise is made, and how often among all."""


def make_problem(rng: random.Random) -> tuple[str, str]:
    """A topic of `TOPICS`, by its weight, and an exercise of it."""
    names = list(TOPICS)
    topic = rng.choices(names, [TOPICS[name][1] for name in names])[0]
    return topic, make_problem_of(topic, rng)


def make_problem_of(topic: str, rng: random.Random) -> str:
    """An exercise of a topic of `TOPICS`."""
    return TOPICS[topic][0](rng)
