"""Derivatives of products, quotients and functions of functions, each by its rule.

A line of its own applies the rules and leaves the inner derivatives open; the next works those out;
the last tidies up.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from inference.rules.bounds import exact_value
from inference.rules.build import grouped, negative, number, power, product, symbol, total
from inference.rules.calculus_terms import (
    FunctionTerm,
    PowerTerm,
    Term,
    power_term,
    sum_of_terms,
    with_plain_powers,
)
from inference.rules.nodes import (
    Add,
    Call,
    Constant,
    Derivative,
    Div,
    Mul,
    Neg,
    Node,
    Number,
    Pow,
    Root,
    is_numeric,
    symbols,
)
from inference.rules.polynomial import Polynomial, polynomial_node, to_polynomial
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace

_ZERO, _ONE, _TWO = Number("0"), Number("1"), Number("2")
# Up to here a power of a sum is rather expanded.
MAX_EXPANDED_EXPONENT = 2


def needs_rules(node: Node, variable: str) -> bool:
    """Whether a function is more than a sum of terms that can be differentiated one by one."""
    if sum_of_terms(node, variable) is not None:
        return False
    return to_polynomial(node) is None or _is_high_power(node)


def _is_high_power(node: Node) -> bool:
    """`(2x + 1)^5`, perhaps with a number before it."""
    if isinstance(node, Neg):
        return _is_high_power(node.operand)
    if isinstance(node, Mul):
        others = [each for each in node.factors if not is_numeric(each)]
        return len(others) == 1 and _is_high_power(others[0])
    exponent = exact_value(node.exponent) if isinstance(node, Pow) else None
    return exponent is not None and exponent > MAX_EXPANDED_EXPONENT


def differentiate_by_rules(
    node: Node, variable: str, trace: Trace, around: Callable[[Node], Node]
) -> Node:
    """Differentiate, writing the lines to `trace`; `around` puts what is still to be done
    around each.

    Raises:
        UnsupportedProblemError: A part has no rule.
    """
    if any(letter != variable for letter in symbols(node)):
        raise RefusedError("calculus_letters")
    pen = _Pen(variable)
    terms = node.terms if isinstance(node, Add) else (node,)
    if len(terms) > 1:
        trace.add("sum_rule_derivative", around(total(map(pen.pending, terms))))
    opened = total(map(pen.open, terms))
    rule = pen.rules.pop() if len(pen.rules) == 1 else "derivative_rules"
    trace.add(rule, around(opened))
    closed = pen.close(opened)
    trace.add("inner_derivatives", around(closed))
    result = pen.tidy(closed)
    trace.add("tidy_up", around(result))
    return result


def derived_terms(each: Term) -> list[Term]:
    """The derivative of one term of a sum."""
    if isinstance(each, PowerTerm):
        return [PowerTerm(each.factor * each.exponent, each.exponent - 1)] if each.exponent else []
    factor, slope, shift = each.factor * each.slope, each.slope, each.shift
    if each.name == "sin":
        return [FunctionTerm(factor, "cos", slope, shift)]
    if each.name == "cos":
        return [FunctionTerm(-factor, "sin", slope, shift)]
    if each.name == "exp":
        return [FunctionTerm(factor, "exp", slope, shift)]
    if shift:
        raise RefusedError("derivative")
    return [PowerTerm(each.factor, Fraction(-1))]


class _Pen:
    """Differentiates by the outermost rule. `rules` are those that were used."""

    def __init__(self, variable: str) -> None:
        self._variable = variable
        self.rules: set[str] = set()

    def pending(self, node: Node) -> Node:
        """`(u)'`, its sign in front."""
        if isinstance(node, Neg):
            return negative(self.pending(node.operand))
        return Derivative(node, symbol(self._variable))

    def open(self, node: Node) -> Node:
        """The outermost rule applied, the derivatives of the parts still to be done."""
        if self._is_simple(node):
            return self._simple(node)
        match node:
            case Neg():
                return negative(self.open(node.operand))
            case Add():
                return total(map(self.open, node.terms))
            case Mul():
                return self._product(node)
            case Div():
                return self._quotient(node)
            case Pow(base=Constant("e")):
                self.rules.add("chain_rule_exp")
                return self._times(node, node.exponent)
            case Pow():
                return self._power(node)
            case Root(index=2):
                self.rules.add("chain_rule_root")
                return Div(self.pending(node.radicand), product((_TWO, node)))
            case Call(args=(inner,)):
                return self._function(node, inner)
        raise RefusedError("derivative")

    def close(self, node: Node) -> Node:
        """Work out the derivatives that are left."""
        match node:
            case Derivative():
                return self._derive(node.expression)
            case Neg():
                return Neg(grouped(self.close(node.operand)))
            case Add():
                return Add(tuple(map(self.close, node.terms)))
            case Mul():
                return Mul(tuple(grouped(self.close(each)) for each in node.factors), node.sign)
            case Div():
                return Div(self.close(node.numerator), self.close(node.denominator))
            case _:
                return node

    def _derive(self, node: Node) -> Node:
        if self._is_simple(node):
            return self._simple(node)
        return self.tidy(self.close(self.open(node)))

    # -- rules -----------------------------------------------------------------------------

    def _is_simple(self, node: Node) -> bool:
        return not needs_rules(node, self._variable)

    def _simple(self, node: Node) -> Node:
        terms = sum_of_terms(node, self._variable)
        if terms is not None:
            derived = [piece for each in terms for piece in derived_terms(each)]
            return with_plain_powers(derived, self._variable)
        polynomial = to_polynomial(node)
        assert polynomial is not None
        coefficients: dict[int, Fraction | int] = {
            exponent - 1: polynomial.numeric_coefficient(self._variable, exponent) * exponent
            for exponent in range(1, polynomial.degree(self._variable) + 1)
        }
        return polynomial_node(Polynomial.of(coefficients, self._variable))

    def _times(self, outer: Node, inner: Node) -> Node:
        return Mul((grouped(outer), self.pending(inner)), "×")

    def _product(self, node: Mul) -> Node:
        numbers = [each for each in node.factors if is_numeric(each)]
        others = [each for each in node.factors if not is_numeric(each)]
        if len(others) == 1:
            return Mul((*numbers, grouped(self.open(others[0]))), "×")
        self.rules.add("product_rule")
        first, second = product((*numbers, others[0])), product(others[1:])
        return Add(
            (
                Mul((grouped(self.pending(first)), grouped(second)), "×"),
                Mul((grouped(first), grouped(self.pending(second))), "×"),
            )
        )

    def _quotient(self, node: Div) -> Node:
        above, below = node.numerator, node.denominator
        if is_numeric(below):
            return Div(self.open(above), below)
        if isinstance(below, Pow) and below.base == Constant("e") and not is_numeric(above):
            return self._product(Mul((above, Pow(below.base, negative(below.exponent)))))
        exponent = exact_value(below.exponent) if isinstance(below, Pow) else None
        base = below.base if isinstance(below, Pow) and exponent is not None else below
        exponent = exponent or Fraction(1)
        if is_numeric(above) and exponent != 1:
            self.rules.add("chain_rule_power")
            top = Mul((number(exponent), above, self.pending(base)), "×")
            return Neg(Div(top, Pow(base, number(exponent + 1))))
        self.rules.add("quotient_rule")
        square: Node = Pow(base, number(2 * exponent))
        if isinstance(base, Root) and base.index == 2 and exponent == 1:
            square = base.radicand
        return Div(
            Add(
                (
                    Mul((grouped(self.pending(above)), grouped(below)), "×"),
                    Neg(Mul((grouped(above), grouped(self.pending(below))), "×")),
                )
            ),
            square,
        )

    def _power(self, node: Pow) -> Node:
        exponent = exact_value(node.exponent) if is_numeric(node.exponent) else None
        if exponent is None:
            raise RefusedError("derivative")
        self.rules.add("chain_rule_power")
        lower = exponent - 1
        outer = node.base if lower == 1 else Pow(node.base, number(lower))
        return Mul((grouped(number(exponent)), outer, self.pending(node.base)), "×")

    def _function(self, node: Call, inner: Node) -> Node:
        self.rules.add(f"chain_rule_{node.name}")
        match node.name:
            case "sin":
                return self._times(Call("cos", (inner,)), inner)
            case "cos":
                return Neg(self._times(Call("sin", (inner,)), inner))
            case "exp":
                return self._times(node, inner)
            case "ln":
                return Div(self.pending(inner), inner)
            case "tan":
                return Div(self.pending(inner), Pow(Call("cos", (inner,)), _TWO))
        raise RefusedError("derivative")

    # -- the last line ---------------------------------------------------------------------

    def tidy(self, node: Node) -> Node:
        """Numbers multiplied, zeros and ones left out, numerators collected."""
        match node:
            case Neg():
                return _without_brackets(self.tidy(node.operand))
            case Add():
                return total(map(self.tidy, node.terms))
            case Mul():
                return self._tidy_product(node)
            case Div():
                return self._tidy_quotient(node)
            case _:
                return node

    def _tidy_product(self, node: Mul) -> Node:
        monomial = PowerTerm(Fraction(1), Fraction(0))
        others: list[Node] = []
        fractions: list[Div] = []
        for factor in self._flat(node):
            known = power_term(factor, self._variable)
            if known is not None:
                monomial = PowerTerm(
                    monomial.factor * known.factor, monomial.exponent + known.exponent
                )
            elif isinstance(factor, Div):
                fractions.append(factor)
            else:
                others.append(factor)
        if not monomial.factor:
            return _ZERO
        if fractions:
            above = (*others, *(each.numerator for each in fractions))
            below = product(each.denominator for each in fractions)
            front = with_plain_powers([monomial], self._variable)
            return self._tidy_quotient(Div(product((front, *above)), below))
        if not others:
            return with_plain_powers([monomial], self._variable)
        size = PowerTerm(abs(monomial.factor), monomial.exponent)
        front = with_plain_powers([size], self._variable)
        counts = {each: others.count(each) for each in others}
        powers = tuple(power(each, times) for each, times in counts.items())
        if isinstance(front, Div):
            written: Node = Div(product((front.numerator, *powers)), front.denominator)
        else:
            written = product((front, *powers))
        return written if monomial.factor > 0 else negative(written)

    def _flat(self, node: Node) -> list[Node]:
        """The factors of a product, tidied; a sign is a factor of its own."""
        if isinstance(node, Neg):
            return [Neg(_ONE), *self._flat(node.operand)]
        if isinstance(node, Mul):
            return [part for factor in node.factors for part in self._flat(factor)]
        tidied = self.tidy(node)
        return [tidied] if not isinstance(tidied, Neg | Mul) else self._flat(tidied)

    def _tidy_quotient(self, node: Div) -> Node:
        above, below = self.tidy(node.numerator), self.tidy(node.denominator)
        polynomial = to_polynomial(above)
        if polynomial is not None:
            above = polynomial_node(polynomial)
        if above == _ZERO:
            return _ZERO
        if isinstance(above, Neg):
            return negative(self._tidy_quotient(Div(above.operand, below)))
        if isinstance(above, Div):
            return self._tidy_quotient(Div(above.numerator, Mul((above.denominator, below), "×")))
        factor_below, rest_below = _number_before(below)
        if isinstance(above, Add) and polynomial is not None and polynomial.denominator == 1:
            shared = math.gcd(int(polynomial.content), factor_below)
            above = polynomial_node(polynomial.scaled(Fraction(1, shared)))
        else:
            factor_above, rest_above = _number_before(above)
            shared = math.gcd(factor_above, factor_below)
            above = product((number(factor_above // shared), *rest_above))
        below = product((number(factor_below // shared), *rest_below))
        return above if below == _ONE else Div(above, below)


def _without_brackets(node: Node) -> Node:
    """Minus `node`; of a sum, minus each of its terms."""
    return total(map(negative, node.terms)) if isinstance(node, Add) else negative(node)


def _number_before(node: Node) -> tuple[int, tuple[Node, ...]]:
    """A whole number and the factors that it stands before."""
    if isinstance(node, Number) and not node.is_decimal:
        return int(node.value), ()
    first = node.factors[0] if isinstance(node, Mul) else None
    if isinstance(node, Mul) and isinstance(first, Number) and not first.is_decimal:
        return int(first.value), node.factors[1:]
    return 1, (node,)
