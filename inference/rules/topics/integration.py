"""Integrals that need a method: substitution, and integration by parts.

A function is taken apart into a number and powers of factors; a substitution is found where, but
for a number, the other factors are the derivative of what stands inside one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from inference.errors import UnsupportedProblemError
from inference.rules.bounds import exact_value
from inference.rules.build import grouped, negative, number, power, product, symbol, total
from inference.rules.calculus_terms import FunctionTerm, sum_of_terms, term_node
from inference.rules.nodes import (
    Call,
    Constant,
    Div,
    Integral,
    Mul,
    Neg,
    Node,
    Number,
    Pow,
    Root,
    is_numeric,
)
from inference.rules.polynomial import Polynomial, polynomial_node, to_polynomial
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.topics.algebraic_fractions import factors_of
from inference.rules.topics.derivative_rules import (
    MAX_EXPANDED_EXPONENT,
    differentiate_by_rules,
    needs_rules,
)

_ONE = Fraction(1)
_MAX_DEGREE = 3
# What a factor is: a polynomial that does not factor, or a function.
_Key = Polynomial | Node


@dataclass(frozen=True, slots=True)
class Factored:
    """`number` times the powers of the factors."""

    number: Fraction
    powers: Mapping[_Key, Fraction]

    def times(self, other: Factored, exponent: Fraction = _ONE) -> Factored:
        """The product with a power of another one; only whole powers of its number."""
        powers = dict(self.powers)
        for key, each in other.powers.items():
            powers[key] = powers.get(key, Fraction(0)) + each * exponent
        scale = other.number ** int(exponent)
        return Factored(self.number * scale, {k: e for k, e in powers.items() if e})


def factored(node: Node, letter: str) -> Factored | None:
    """A function as a product; None when it is none of what is known here."""
    if is_numeric(node):
        value = exact_value(node)
        return None if value is None else Factored(value, {})
    match node:
        case Neg():
            inner = factored(node.operand, letter)
            return None if inner is None else Factored(-inner.number, inner.powers)
        case Mul():
            result: Factored | None = Factored(_ONE, {})
            for each in node.factors:
                inner = factored(each, letter)
                result = None if inner is None or result is None else result.times(inner)
            return result
        case Div():
            above, below = factored(node.numerator, letter), factored(node.denominator, letter)
            if above is None or below is None or not below.number:
                return None
            return above.times(below, Fraction(-1))
        case Pow(base=Constant("e")) | Call(args=(_,)):
            return Factored(_ONE, {node: _ONE})
        case Pow() | Root():
            return _power_of(node, letter)
    polynomial = to_polynomial(node)
    if polynomial is None or not polynomial or set(polynomial.letters) - {letter}:
        return None
    found = factors_of(polynomial)
    result = Factored(found.number, {})
    for factor in found.factors:
        result = result.times(Factored(_ONE, {factor: _ONE}))
    return result


def _power_of(node: Pow | Root, letter: str) -> Factored | None:
    if isinstance(node, Root):
        inner, exponent = factored(node.radicand, letter), Fraction(1, node.index)
    else:
        inner = factored(node.base, letter)
        written = exact_value(node.exponent) if is_numeric(node.exponent) else None
        if written is None:
            return None
        exponent = written
    if inner is None or not inner.number:
        return None
    if exponent.denominator != 1 and inner.number != 1:
        return None
    return Factored(_ONE, {}).times(inner, exponent)


def integrate_by_method(
    expression: Node, letter: str, trace: Trace, *, is_definite: bool = False
) -> Node:
    """An antiderivative, without its constant; the lines go to `trace`. Of a definite integral no
    sentence speaks of the constant.

    Raises:
        UnsupportedProblemError: No method that is known here leads to one.
    """
    found = _substitution(expression, letter)
    if found is not None:
        return _substitute(found, letter, trace, is_definite=is_definite)
    function = factored(expression, letter)
    if function is None:
        raise RefusedError("integral")
    return _by_parts(function, letter, trace, is_definite=is_definite)


def has_power_to_substitute(expression: Node, letter: str) -> bool:
    """Whether a high power of a sum stands beside its own derivative, so that nobody would
    expand it."""
    found = _substitution(expression, letter)
    return found is not None and found.exponent > MAX_EXPANDED_EXPONENT


def _substitution(expression: Node, letter: str) -> _Substitution | None:
    if isinstance(expression, Div):
        quotient = _derivative_over_function(expression, letter)
        if quotient is not None:
            return quotient
    function = factored(expression, letter)
    return None if function is None else next(_candidates(function, letter), None)


def _derivative_over_function(node: Div, letter: str) -> _Substitution | None:
    above, below = to_polynomial(node.numerator), to_polynomial(node.denominator)
    if above is None or below is None or not above or below.letters != (letter,):
        return None
    if len(below.terms) == 1:
        return None
    derivative = _slope(below, letter)
    slope = to_polynomial(derivative)
    assert slope is not None
    factor = next(iter(above))[1] / next(iter(slope))[1]
    if slope.scaled(factor) != above:
        return None
    return _Substitution(polynomial_node(below), derivative, factor, Fraction(-1))


# -- substitution ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Substitution:
    """The integrand is `factor * outer * derivative`, where `outer` is a function of `inner`: its
    power, or the function `name` of it."""

    inner: Node
    derivative: Node
    factor: Fraction
    exponent: Fraction = _ONE
    name: str = ""


def _candidates(function: Factored, letter: str) -> Iterator[_Substitution]:
    for key, exponent in function.powers.items():
        rest = function.times(Factored(_ONE, {key: _ONE}), -exponent)
        for inner, name in _inners(key, exponent, letter):
            derivative = _derivative(inner, letter)
            slope = None if derivative is None else factored(derivative, letter)
            if derivative is None or slope is None or dict(slope.powers) != dict(rest.powers):
                continue
            kept = exponent if not name else _ONE
            yield _Substitution(inner, derivative, rest.number / slope.number, kept, name)


def _inners(key: _Key, exponent: Fraction, letter: str) -> Iterator[tuple[Node, str]]:
    """What may be called u, and the function around it."""
    if isinstance(key, Polynomial):
        if polynomial_node(key) != symbol(letter):
            yield polynomial_node(key), ""
        return
    yield key, ""
    if exponent == 1:
        if isinstance(key, Pow):
            yield key.exponent, "exp"
        elif isinstance(key, Call) and key.name in {"sin", "cos", "exp"}:
            yield key.args[0], key.name


def _derivative(node: Node, letter: str) -> Node | None:
    scratch = Trace(Number("0"), "en")
    try:
        if not needs_rules(node, letter):
            terms = sum_of_terms(node, letter)
            if terms is None:
                polynomial = to_polynomial(node)
                return None if polynomial is None else _slope(polynomial, letter)
        return differentiate_by_rules(node, letter, scratch, lambda inner: inner)
    except UnsupportedProblemError:
        return None


def _slope(polynomial: Polynomial, letter: str) -> Node:
    coefficients: dict[int, Fraction | int] = {
        exponent - 1: polynomial.numeric_coefficient(letter, exponent) * exponent
        for exponent in range(1, polynomial.degree(letter) + 1)
    }
    return polynomial_node(Polynomial.of(coefficients, letter))


def _substitute(found: _Substitution, letter: str, trace: Trace, *, is_definite: bool) -> Node:
    outer = _outer(found)
    pieces = [grouped(outer), grouped(found.derivative)]
    if found.factor != 1:
        pieces.insert(0, grouped(number(found.factor)))
    line = Mul(tuple(pieces), "×") if len(pieces) > 1 else pieces[0]
    trace.add(
        "substitute_inner",
        Integral(line, symbol(letter)),
        inner=found.inner,
        derivative=found.derivative,
        letter=symbol(letter),
    )
    primitive = _primitive(found)
    raw = primitive
    if found.factor != 1:
        raw = Mul((grouped(number(found.factor)), grouped(primitive)), "×")
    constant = symbol("C")
    rule = "integrate_outer_between" if is_definite else "integrate_outer"
    trace.add(rule, total((raw, constant)))
    result = _scaled(found.factor, primitive)
    trace.add("simplify_terms", total((result, constant)))
    return result


def _outer(found: _Substitution) -> Node:
    if found.name:
        return _function(found.name, found.inner)
    return _to_power(found.inner, found.exponent)


def _function(name: str, inner: Node) -> Node:
    return Pow(Constant("e"), inner) if name == "exp" else Call(name, (inner,))


def _to_power(base: Node, exponent: Fraction) -> Node:
    if exponent.denominator == 1:
        return (
            power(base, int(exponent))
            if exponent > 0
            else Div(Number("1"), power(base, int(-exponent)))
        )
    if abs(exponent) == Fraction(1, 2):
        root = Root(base)
        return root if exponent > 0 else Div(Number("1"), root)
    return Pow(base, number(exponent))


def _primitive(found: _Substitution) -> Node:
    """An antiderivative of the outer function, at the inner one."""
    inner = found.inner
    match found.name:
        case "exp":
            return _function("exp", inner)
        case "sin":
            return Neg(_function("cos", inner))
        case "cos":
            return _function("sin", inner)
    if found.exponent == -1:
        return Call("ln", (Call("abs", (inner,)),))
    higher = found.exponent + 1
    return _scaled(1 / higher, _to_power(inner, higher))


def _scaled(factor: Fraction, node: Node) -> Node:
    """A number times a result, as one fraction."""
    if isinstance(node, Neg):
        return negative(_scaled(factor, node.operand))
    if factor < 0:
        return negative(_scaled(-factor, node))
    above, below = (
        (node.numerator, node.denominator) if isinstance(node, Div) else (node, Number("1"))
    )
    front, rest = _number_in_front(above)
    under, bottom = _number_in_front(below)
    value = factor * front / under
    top = product((number(value.numerator), rest))
    base = product((number(value.denominator), bottom))
    return top if base == Number("1") else Div(top, base)


def _number_in_front(node: Node) -> tuple[Fraction, Node]:
    value = exact_value(node) if is_numeric(node) else None
    if value is not None:
        return value, Number("1")
    if isinstance(node, Mul):
        front = exact_value(node.factors[0]) if is_numeric(node.factors[0]) else None
        if front is not None:
            return front, product(node.factors[1:])
    return _ONE, node


# -- by parts ----------------------------------------------------------------------------------


def _by_parts(function: Factored, letter: str, trace: Trace, *, is_definite: bool) -> Node:
    """A polynomial times a sine, cosine, exponential or logarithm."""
    functions = [key for key in function.powers if not isinstance(key, Polynomial)]
    if len(functions) != 1 or function.powers[functions[0]] != 1:
        raise RefusedError("integral")
    terms = sum_of_terms(functions[0], letter)
    polynomial = Polynomial.constant(function.number)
    for key, exponent in function.powers.items():
        if isinstance(key, Polynomial):
            if exponent.denominator != 1 or exponent < 0:
                raise RefusedError("integral")
            for _ in range(int(exponent)):
                polynomial *= key
    if terms is None or len(terms) != 1:
        raise RefusedError("integral")
    (only,) = terms
    if not isinstance(only, FunctionTerm):
        raise RefusedError("integral")
    if only.name == "ln":
        answer = _logarithm_by_parts(polynomial, only, letter, trace)
    else:
        answer = _function_by_parts(polynomial, only, letter, trace)
    rule = "integrate_what_is_left_between" if is_definite else "integrate_what_is_left"
    trace.add(rule, total((answer, symbol("C"))))
    return answer


def _logarithm_by_parts(
    polynomial: Polynomial, logarithm: FunctionTerm, letter: str, trace: Trace
) -> Node:
    if logarithm.shift or logarithm.slope != 1:
        raise RefusedError("integral")
    primitive = Polynomial.of(
        {
            exponent + 1: polynomial.numeric_coefficient(letter, exponent) / (exponent + 1)
            for exponent in range(polynomial.degree() + 1)
        },
        letter,
    )
    log = term_node(logarithm, letter)
    front = product((polynomial_node(primitive), log))
    rest = primitive.divided_by_monomial(((letter, 1),))
    trace.add(
        "by_parts",
        total((front, Neg(Integral(polynomial_node(rest), symbol(letter))))),
        u=log,
        v=polynomial_node(primitive),
        du=Div(Number("1"), symbol(letter)),
        dv=polynomial_node(polynomial),
    )
    last = Polynomial.of(
        {
            exponent + 1: rest.numeric_coefficient(letter, exponent) / (exponent + 1)
            for exponent in range(rest.degree() + 1)
        },
        letter,
    )
    return total((front, polynomial_node(-last)))


def _function_by_parts(
    polynomial: Polynomial, function: FunctionTerm, letter: str, trace: Trace
) -> Node:
    if polynomial.degree() > _MAX_DEGREE:
        raise RefusedError("integral")
    done: list[Node] = []
    sign = 1
    while polynomial.degree() > 0:
        higher = _antiderivative(function)
        slope = to_polynomial(_slope(polynomial, letter))
        assert slope is not None
        done.append(_signed(sign, _times(polynomial, higher, letter)))
        left = Integral(_times(slope, higher, letter), symbol(letter))
        trace.add(
            "by_parts",
            total((*done, _signed(-sign, left))),
            u=polynomial_node(polynomial),
            v=term_node(higher, letter),
            du=polynomial_node(slope),
            dv=term_node(function, letter),
        )
        polynomial, function, sign = slope, higher, -sign
    last = _times(polynomial, _antiderivative(function), letter)
    return total((*done, _signed(sign, last)))


def _antiderivative(function: FunctionTerm) -> FunctionTerm:
    factor = function.factor / function.slope
    if function.name == "sin":
        return FunctionTerm(-factor, "cos", function.slope, function.shift)
    name = "sin" if function.name == "cos" else function.name
    return FunctionTerm(factor, name, function.slope, function.shift)


def _times(polynomial: Polynomial, function: FunctionTerm, letter: str) -> Node:
    """A polynomial times a function with its factor, the number in front."""
    scaled = polynomial.scaled(function.factor)
    bare = term_node(FunctionTerm(_ONE, function.name, function.slope, function.shift), letter)
    if scaled.is_constant or len(scaled.terms) == 1:
        content = next(iter(scaled.terms.values()))
        monomial = polynomial_node(scaled.scaled(1 / content))
        return _scaled(content, product((monomial, bare)))
    content = scaled.content
    lead = next(iter(scaled))[1]
    content = -content if lead < 0 else content
    inner = polynomial_node(scaled.scaled(1 / content))
    return _scaled(content, Mul((inner, bare)))


def _signed(sign: int, node: Node) -> Node:
    return node if sign > 0 else negative(node)
