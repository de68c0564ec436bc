"""What the quantities that exercises ask for by name are, by their definitions, in SymPy.

The topics come to the same values in steps and by other ways; the self check and the checker rely
on these. Only sandbox workers import this module.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import sympy

from inference.errors import UnsupportedProblemError
from inference.rules.nodes import QuantityKind


def value_of_quantity(kind: QuantityKind, operands: Sequence[Any]) -> Any:
    """The value of a quantity: an expression, a `Tuple` for a point, a `FiniteSet` for several
    values, or the equation of a line with everything on its left side.

    Raises:
        UnsupportedProblemError: It has none.
    """
    if kind not in _DEFINITIONS:
        raise UnsupportedProblemError("This is no value.")
    return _DEFINITIONS[kind](operands)


def _mean(values: Sequence[Any]) -> Any:
    return sympy.Add(*values) / len(values)


def _variance(values: Sequence[Any], *, divisor: int) -> Any:
    if divisor < 1:
        raise UnsupportedProblemError("One value has no variance.")
    mean = _mean(values)
    return sympy.Add(*((value - mean) ** 2 for value in values)) / divisor


def _ordered(values: Sequence[Any]) -> list[Any]:
    if not all(value.is_Rational for value in values):
        raise UnsupportedProblemError("Only rational numbers are put in order.")
    return sorted(values)


def _median(values: Sequence[Any]) -> Any:
    ordered = _ordered(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def _modes(values: Sequence[Any]) -> Any:
    """The most frequent values; none when all are equally frequent and there are several."""
    counts = Counter(_ordered(values))
    most = max(counts.values())
    modes = [value for value, count in counts.items() if count == most]
    return sympy.FiniteSet(*([] if len(modes) == len(counts) > 1 else modes))


def _range(values: Sequence[Any]) -> Any:
    ordered = _ordered(values)
    return ordered[-1] - ordered[0]


def _demand_selection(operands: Sequence[Any]) -> tuple[Any, Any]:
    n, k = operands
    if not (n.is_Integer and k.is_Integer and 0 <= k <= n):
        raise UnsupportedProblemError("Only so many can be chosen as there are.")
    return n, k


def _combinations(operands: Sequence[Any]) -> Any:
    n, k = _demand_selection(operands)
    return sympy.factorial(n) / (sympy.factorial(k) * sympy.factorial(n - k))


def _permutations(operands: Sequence[Any]) -> Any:
    n, k = _demand_selection(operands)
    return sympy.factorial(n) / sympy.factorial(n - k)


def _slope(operands: Sequence[Any]) -> Any:
    (x1, y1), (x2, y2) = operands
    if sympy.simplify(x1 - x2) == 0:
        raise UnsupportedProblemError("A vertical line has no slope.")
    return (y2 - y1) / (x2 - x1)


def _distance(operands: Sequence[Any]) -> Any:
    first, second = operands
    return sympy.sqrt(sympy.Add(*((b - a) ** 2 for a, b in zip(first, second, strict=True))))


def _midpoint(operands: Sequence[Any]) -> Any:
    first, second = operands
    return sympy.Tuple(*((a + b) / 2 for a, b in zip(first, second, strict=True)))


def _inverse(operands: Sequence[Any]) -> Any:
    """Of `(a x + b) / (c x + d)`, which takes every value once."""
    (function,) = operands
    letter, formula = function.variables[0], function.expr
    above, below = sympy.fraction(sympy.cancel(sympy.together(formula)))
    if not (above.is_polynomial(letter) and below.is_polynomial(letter)):
        raise UnsupportedProblemError("Only the inverse of a fraction of linear terms is known.")
    tops, bottoms = sympy.Poly(above, letter), sympy.Poly(below, letter)
    if tops.degree() > 1 or bottoms.degree() > 1:
        raise UnsupportedProblemError("Only the inverse of a fraction of linear terms is known.")
    a, b, c, d = tops.nth(1), tops.nth(0), bottoms.nth(1), bottoms.nth(0)
    if sympy.simplify(a * d - b * c) == 0:
        raise UnsupportedProblemError("A constant function has no inverse.")
    return (d * letter - b) / (a - c * letter)


def _polynomial_of(function: Any) -> Any:
    letter, formula = function.variables[0], function.expr
    if not formula.is_polynomial(letter):
        raise UnsupportedProblemError("Only polynomials are covered.")
    polynomial = sympy.Poly(formula, letter)
    if not (polynomial.domain.is_ZZ or polynomial.domain.is_QQ):
        raise UnsupportedProblemError("Only rational coefficients are covered.")
    return polynomial


def _vertex(operands: Sequence[Any]) -> Any:
    polynomial = _polynomial_of(operands[0])
    if polynomial.degree() != 2:
        raise UnsupportedProblemError("Only a parabola has a vertex.")
    a, b, _ = polynomial.all_coeffs()
    place = -b / (2 * a)
    return sympy.Tuple(place, polynomial.eval(place))


def _intercepts(operands: Sequence[Any]) -> Any:
    polynomial = _polynomial_of(operands[0])
    if polynomial.degree() < 1:
        raise UnsupportedProblemError("A constant function is no curve to speak of.")
    zero = sympy.Integer(0)
    crossings = [sympy.Tuple(root, zero) for root in sympy.real_roots(polynomial)]
    return sympy.FiniteSet(*crossings, sympy.Tuple(zero, polynomial.eval(0)))


def _line(operands: Sequence[Any]) -> Any:
    (x1, y1), (x2, y2) = operands
    x, y = sympy.symbols("x y", real=True)
    difference = sympy.expand((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1))
    if difference == 0:
        raise UnsupportedProblemError("One point is not enough for a line.")
    return sympy.Eq(difference, 0, evaluate=False)


def _line_with_slope(operands: Sequence[Any]) -> Any:
    (x1, y1), slope = operands
    x, y = sympy.symbols("x y", real=True)
    return sympy.Eq(sympy.expand(y - y1 - slope * (x - x1)), 0, evaluate=False)


def _tangent(operands: Sequence[Any]) -> Any:
    function, place, *heights = operands
    letter, at = function.variables[0], place.expr
    slope, height = sympy.diff(function.expr, letter).subs(letter, at), function(at)
    if not (slope.is_finite and height.is_finite):
        raise UnsupportedProblemError("There is no tangent here.")
    if any(sympy.simplify(height - each) != 0 for each in heights):
        raise UnsupportedProblemError("This point is not on the curve.")
    y = sympy.Symbol("y", real=True)
    return sympy.Eq(sympy.expand(y - height - slope * (letter - at)), 0, evaluate=False)


def _extrema(operands: Sequence[Any]) -> Any:
    """Maxima as `(1, x, y)`, minima as `(-1, x, y)`: where the derivative changes its sign."""
    polynomial = _polynomial_of(operands[0])
    if polynomial.degree() < 1:
        raise UnsupportedProblemError("A constant function is no curve to speak of.")
    slope = polynomial.diff()
    found = []
    # `sympy.roots` would pass over those that it cannot write with radicals.
    for root, times in Counter(sympy.real_roots(slope)).items():
        if times % 2 == 0:
            continue
        rest = slope.as_expr()
        for _ in range(times):
            rest = sympy.diff(rest, polynomial.gen)
        is_minimum = rest.subs(polynomial.gen, root) > 0
        found.append(sympy.Tuple(-1 if is_minimum else 1, root, polynomial.eval(root)))
    return sympy.FiniteSet(*found)


def _inverse_matrix(operands: Sequence[Any]) -> Any:
    (matrix,) = operands
    if sympy.simplify(matrix.det()) == 0:
        raise UnsupportedProblemError("This matrix has no inverse.")
    return matrix.inv()


def _area(operands: Sequence[Any]) -> Any:
    """Between two polynomials, from crossing to crossing."""
    first, second, *bounds = operands
    letter = sympy.Symbol("x", real=True)
    difference = _polynomial_of(sympy.Lambda(letter, first(letter) - second(letter)))
    _demand(not difference.is_zero)
    crossings = sorted(set(sympy.real_roots(difference)))
    low, high = bounds or (crossings[:1] + crossings[-1:] if len(crossings) > 1 else (None, None))
    _demand(low is not None and low < high)
    ends = [low, *(each for each in crossings if low < each < high), high]
    primitive = difference.integrate()
    pieces = [primitive.eval(end) - primitive.eval(start) for start, end in pairwise(ends)]
    return sympy.Add(*map(sympy.Abs, pieces))


def _demand(is_possible: Any) -> None:
    if not is_possible:
        raise UnsupportedProblemError("There is no such number.")


def _percent_change(operands: Sequence[Any]) -> Any:
    old, new = operands
    _demand(old != 0)
    return new / old - 1


def _percent_decrease(operands: Sequence[Any]) -> Any:
    old, new = operands
    _demand(old > new and old > 0)
    return 1 - new / old


def _percent_share(operands: Sequence[Any]) -> Any:
    part, whole = operands
    _demand(whole != 0)
    return part / whole


def _simple_interest(operands: Sequence[Any]) -> Any:
    money, rate, years = operands
    return money * rate * years


def _compound_amount(operands: Sequence[Any]) -> Any:
    money, rate, years = operands
    _demand(years.is_Integer)
    for _ in range(int(years)):
        money += money * rate
    return money


def _shares(operands: Sequence[Any]) -> Any:
    total, *parts = operands
    return sympy.Tuple(*(total * part / sum(parts) for part in parts))


def _probability(operands: Sequence[Any]) -> Any:
    favourable, total = operands
    _demand(total > 0 and 0 <= favourable <= total)
    return favourable / total


_DEFINITIONS: Mapping[QuantityKind, Callable[[Sequence[Any]], Any]] = {
    "mean": _mean,
    "median": _median,
    "mode": _modes,
    "range": _range,
    "variance": lambda values: _variance(values, divisor=len(values)),
    "sample_variance": lambda values: _variance(values, divisor=len(values) - 1),
    "deviation": lambda values: sympy.sqrt(_variance(values, divisor=len(values))),
    "sample_deviation": lambda values: sympy.sqrt(_variance(values, divisor=len(values) - 1)),
    "combinations": _combinations,
    "permutations": _permutations,
    "slope": _slope,
    "distance": _distance,
    "midpoint": _midpoint,
    "inverse": _inverse,
    "vertex": _vertex,
    "intercepts": _intercepts,
    "x_intercepts": lambda operands: sympy.FiniteSet(
        *(point for point in _intercepts(operands) if point[1] == 0)
    ),
    "y_intercept": lambda operands: sympy.FiniteSet(
        *(point for point in _intercepts(operands) if point[0] == 0)
    ),
    "line": _line,
    "percent_change": _percent_change,
    "percent_decrease": _percent_decrease,
    "percent_share": _percent_share,
    "increased": lambda operands: operands[0] + operands[0] * operands[1],
    "decreased": lambda operands: operands[0] - operands[0] * operands[1],
    "simple_interest": _simple_interest,
    "compound_amount": _compound_amount,
    "compound_interest": lambda operands: _compound_amount(operands) - operands[0],
    "conversion": lambda operands: operands[0],
    "as_percent": lambda operands: operands[0],
    "as_fraction": lambda operands: operands[0],
    "as_decimal": lambda operands: operands[0],
    "shares": _shares,
    "probability": _probability,
    "determinant": lambda operands: operands[0].det(),
    "inverse_matrix": _inverse_matrix,
    "scaled_matrix": lambda operands: operands[0] * operands[1],
    "line_with_slope": _line_with_slope,
    "tangent": _tangent,
    "extrema": _extrema,
    "area": _area,
    "maximum": lambda operands: sympy.Tuple(1, *operands[0]),
    "minimum": lambda operands: sympy.Tuple(-1, *operands[0]),
}
