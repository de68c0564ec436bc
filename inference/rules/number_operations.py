"""Which operation on numbers comes next, and its result: one line of a calculation.

All operations of the same kind and depth that are ready are done in one pass, as on paper.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import IntEnum
from fractions import Fraction

from inference.rules.bounds import MAX_FACTORIAL
from inference.rules.build import decimal_text, grouped, negative, number, total
from inference.rules.nodes import (
    Add,
    Call,
    Constant,
    Div,
    Factorial,
    Mul,
    Neg,
    Node,
    Number,
    Pow,
    Root,
    children,
    ungrouped,
    walk,
)
from inference.rules.number_values import (
    exact_root,
    fraction_node,
    is_whole_fraction,
    settled_rational,
    settled_value,
    term_without_brackets,
    written_fraction,
)
from inference.rules.refusals import RefusedError
from inference.rules.surd import RootSum, square_part

MAX_LOGARITHM, MAX_ROOT_IN_LOGARITHM = 40, 4

# Products and quotients of whole numbers and decimals are done in one go, from left to right.
TIMES = "multiply_and_divide"


class Kind(IntEnum):
    """In the order in which a person does them, within brackets of the same depth."""

    POWER = 0
    SIGN = 1
    PRODUCT = 2
    SUM = 3


@dataclass(slots=True)
class Operation:
    """What can be done with a part of a calculation: the rule and what comes out."""

    kind: Kind
    rule: str
    result: Node


@dataclass(slots=True)
class Pass:
    """Finds the operations to do next (`look`), then does them (`apply`)."""

    is_decimal: bool
    key: tuple[int, Kind, str] | None = None
    work: list[tuple[Node, Node]] = field(default_factory=list)

    def look(self, node: Node, level: int, *, is_subtracted: bool = False) -> None:
        """Find the operations that come next below `node`, which stands in `level` brackets. They
        are remembered in `key`: None when nothing is to be done.

        Raises:
            UnsupportedProblemError: A part has no value, or none that is covered.
        """
        operation = None if is_subtracted else self._operation(node)
        if operation is not None:
            key = (-level, operation.kind, operation.rule)
            if self.key is None or key < self.key:
                self.key = key
            return
        for i, child in enumerate(children(node)):
            self.look(
                child, level + _opens_level(node, child), is_subtracted=_is_subtracted(node, i)
            )

    def apply(self, node: Node, level: int, *, is_subtracted: bool = False) -> Node:
        """Do what `look` found. Returns the new line; `work` then lists the parts and results."""
        operation = None if is_subtracted else self._operation(node)
        if operation is not None:
            if (-level, operation.kind, operation.rule) != self.key:
                return node
            self.work.append((node, operation.result))
            return operation.result
        parts = [
            self.apply(
                child, level + _opens_level(node, child), is_subtracted=_is_subtracted(node, i)
            )
            for i, child in enumerate(children(node))
        ]
        return with_children(node, parts)

    def _operation(self, node: Node) -> Operation | None:
        """What can be done with `node` itself, its parts being numbers."""
        match node:
            case Number():
                return None
            case Neg():
                return self._sign(node)
            case Add():
                return self._sum(node)
            case Mul():
                return self._product(node)
            case Div():
                return self._quotient(node)
            case Pow():
                return self._power(node)
            case Root():
                return self._root(node)
            case Factorial():
                return self._factorial(node)
            case Call(name="abs"):
                inner = settled_rational(node.args[0])
                return (
                    self._done(Kind.POWER, "absolute_value", abs(inner))
                    if inner is not None
                    else None
                )
            case Call(name="log"):
                return self._logarithm(node)
            case _:
                raise RefusedError("calculation")

    def _logarithm(self, node: Call) -> Operation | None:
        """Where the exponent is a fraction of small numbers."""
        values = [settled_rational(each) for each in node.args]
        power, base = (values[0], values[1]) if len(values) == 2 else (values[0], Fraction(10))
        if power is None or base is None:
            return None
        if power <= 0 or base <= 0 or base == 1:
            raise RefusedError("logarithm_undefined")
        for below in range(1, MAX_ROOT_IN_LOGARITHM + 1):
            for above in range(-MAX_LOGARITHM, MAX_LOGARITHM + 1):
                if base**above == power**below:
                    return self._done(Kind.POWER, "logarithm", Fraction(above, below))
        raise RefusedError("functions")

    def _done(self, kind: Kind, rule: str, value: RootSum | Fraction) -> Operation:
        value = RootSum.of(value) if isinstance(value, Fraction) else value
        return Operation(kind, rule, value.to_node(is_decimal=self.is_decimal))

    def _sign(self, node: Neg) -> Operation | None:
        if settled_value(node) is not None:
            return None
        operand = node.operand
        if isinstance(operand, Neg) and settled_value(operand) is not None:
            return Operation(Kind.SIGN, "double_negative", operand.operand)
        if isinstance(operand, Mul | Div):
            inner = self._operation(operand)
            if inner is not None and inner.rule == TIMES:
                return Operation(inner.kind, inner.rule, negative(inner.result))
        if isinstance(operand, Add) and settled_value(operand) is not None:
            value = settled_value(operand)
            assert value is not None
            return self._done(Kind.SIGN, "remove_brackets", -value)
        return None

    # -- sums --------------------------------------------------------------------------------

    def _sum(self, node: Add) -> Operation | None:
        if settled_value(node) is not None:
            return None
        values = [settled_value(term_without_brackets(term)) for term in node.terms]
        if any(value is None for value in values):
            return self._sum_of_unlike_fractions(node)
        cleaned = tuple(term_without_brackets(term) for term in node.terms)
        if cleaned != node.terms:
            return Operation(Kind.SIGN, "drop_sign_brackets", Add(cleaned))
        known = [value for value in values if value is not None]
        without_zeros = tuple(
            term for term, value in zip(node.terms, known, strict=True) if value.parts
        )
        if without_zeros != node.terms and any(
            value.rational is None or value.rational.denominator > 1 for value in known
        ):
            return Operation(Kind.SIGN, "drop_zero", total(without_zeros))
        fractions = [value.rational for value in known]
        if all(value is not None for value in fractions):
            return self._sum_of_numbers(node, [value for value in fractions if value is not None])
        total_value = RootSum()
        for value in known:
            total_value += value
        return self._done(Kind.SUM, "collect_like_roots", total_value)

    def _sum_of_numbers(self, node: Add, values: list[Fraction]) -> Operation:
        if self.is_decimal or all(value.denominator == 1 for value in values) or _all_decimal(node):
            return self._done(Kind.SUM, "add_and_subtract", sum(values, Fraction(0)))
        return self._sum_of_fractions(values)

    def _sum_of_unlike_fractions(self, node: Add) -> Operation | None:
        """Fractions in a sum need not be reduced to be added."""
        values: list[Fraction] = []
        bottoms: set[int] = set()
        for term in node.terms:
            fraction = written_fraction(term)
            if fraction is None:
                return None
            values.append(fraction[0] / fraction[1])
            bottoms.add(fraction[1])
        has_whole = any(is_whole_fraction(term) for term in node.terms)
        if has_whole and len(bottoms) > 1:
            return None
        if len(bottoms) == 1:
            bottom = bottoms.pop()
            top = sum(int(value * bottom) for value in values)
            return Operation(Kind.SUM, "add_fractions", fraction_node(top, bottom))
        return self._sum_of_fractions(values)

    def _sum_of_fractions(self, values: list[Fraction]) -> Operation:
        bottom = math.lcm(*(value.denominator for value in values))
        if all(value.denominator == bottom for value in values):
            top = int(sum(values, Fraction(0)) * bottom)
            return Operation(Kind.SUM, "add_fractions", fraction_node(top, bottom))
        terms = [fraction_node(int(value * bottom), bottom) for value in values]
        return Operation(Kind.SUM, "common_denominator", Add(tuple(terms)))

    # -- products ------------------------------------------------------------------------------

    def _product(self, node: Mul) -> Operation | None:
        if settled_value(node) is not None:
            return None
        values = [settled_value(factor) for factor in node.factors]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            return None
        result = RootSum.of(1)
        for value in known:
            result *= value
        rationals = [value.rational for value in known]
        if any(value is None for value in rationals):
            if not result.parts:
                return self._done(Kind.PRODUCT, TIMES, result)
            if any(len(value.parts) > 1 for value in known):
                return Operation(Kind.PRODUCT, "multiply_sums", _multiplied_out(known))
            return self._done(Kind.PRODUCT, "multiply_roots", result)
        numbers = [value for value in rationals if value is not None]
        if self.is_decimal or all(n.denominator == 1 for n in numbers) or _all_decimal(node):
            return self._done(Kind.PRODUCT, TIMES, result)
        top = math.prod(n.numerator for n in numbers)
        bottom = math.prod(n.denominator for n in numbers)
        return Operation(Kind.PRODUCT, "multiply_fractions", fraction_node(top, bottom))

    def _quotient(self, node: Div) -> Operation | None:
        if settled_value(node) is not None:
            return None
        top, bottom = settled_value(node.numerator), settled_value(node.denominator)
        if bottom is not None and bottom.rational == 0:
            raise RefusedError("divides_by_zero")
        if top is None or bottom is None:
            return None
        if top.rational is None or bottom.rational is None:
            if bottom.rational is not None:
                return self._done(
                    Kind.PRODUCT, "reduce_fraction", top * RootSum.of(1 / bottom.rational)
                )
            return self._rationalise(node, bottom)
        return self._rational_quotient(node, top.rational, bottom.rational)

    def _rationalise(self, node: Div, bottom: RootSum) -> Operation | None:
        """Multiply above and below by the root, or by the sum with the other sign."""
        if len(bottom.parts) == 1:
            factor = RootSum.of(1, bottom.parts[0][0]).to_node()
            rule = "rationalise"
        elif len(bottom.parts) == 2:
            small, large = sorted(bottom.parts, key=lambda part: part[1] ** 2 * part[0])
            factor = RootSum(tuple(sorted((large, (small[0], -small[1]))))).to_node()
            rule = "rationalise_sum"
        else:
            return None
        top = factor if node.numerator == Number("1") else _side_by_side(node.numerator, factor)
        below = Mul((grouped(node.denominator), factor), "" if rule == "rationalise_sum" else "×")
        return Operation(Kind.PRODUCT, rule, Div(top, below))

    def _rational_quotient(self, node: Div, top: Fraction, bottom: Fraction) -> Operation:
        quotient = top / bottom
        are_whole = top.denominator == bottom.denominator == 1
        if are_whole and not self.is_decimal:
            if node.sign == "/":
                rule = "reduce_fraction" if math.gcd(int(top), int(bottom)) > 1 else "sign_in_front"
                rule = TIMES if quotient.denominator == 1 else rule
                return self._done(Kind.PRODUCT, rule, quotient)
            if quotient.denominator == 1:
                return self._done(Kind.PRODUCT, TIMES, quotient)
            return self._done(Kind.PRODUCT, "divide_as_fraction", quotient)
        if self.is_decimal or _all_decimal(node):
            is_finite = decimal_text(abs(quotient)) is not None
            rule = TIMES if is_finite else "divide_as_fraction"
            return Operation(Kind.PRODUCT, rule, number(quotient, is_decimal=is_finite))
        if node.sign == "/":
            written = Div(grouped(node.numerator), grouped(node.denominator), "÷")
            return Operation(Kind.PRODUCT, "bar_as_division", written)
        inverted = Mul((node.numerator, grouped(number(1 / bottom))), "×")
        return Operation(Kind.PRODUCT, "multiply_by_reciprocal", inverted)

    # -- powers and roots ----------------------------------------------------------------------

    def _power(self, node: Pow) -> Operation | None:
        base, exponent = settled_value(node.base), settled_rational(node.exponent)
        if base is None or exponent is None:
            return None
        if exponent.denominator != 1:
            return self._fractional_power(node, exponent)
        if exponent < 0:
            if not base.parts:
                raise RefusedError("divides_by_zero")
            return self._negative_power(node, base.rational, -int(exponent))
        if exponent == 0 and not base.parts:
            raise RefusedError("zero_to_the_zero")
        if len(base.parts) > 1 and exponent > 1:
            factors = (node.base,) * int(exponent)
            return Operation(Kind.POWER, "write_as_product", Mul(factors))
        result = RootSum.of(1)
        for _ in range(int(exponent)):
            result *= base
        return self._done(Kind.POWER, "evaluate_powers", result)

    def _negative_power(self, node: Pow, base: Fraction | None, exponent: int) -> Operation:
        size = number(exponent)
        if base is not None and base.denominator != 1 and not self.is_decimal:
            flipped = grouped(number(1 / base))
            positive = flipped if exponent == 1 else Pow(flipped, size)
            return Operation(Kind.POWER, "negative_exponent", positive)
        bottom = node.base if exponent == 1 else Pow(node.base, size)
        bottom = Neg(bottom.operand) if isinstance(bottom, Neg) else bottom
        return Operation(Kind.POWER, "negative_exponent", Div(Number("1"), bottom))

    def _fractional_power(self, node: Pow, exponent: Fraction) -> Operation:
        if exponent.denominator > 100:
            raise RefusedError("high_root")
        base = Neg(node.base.operand) if isinstance(node.base, Neg) else node.base
        root: Node = Root(base, exponent.denominator)
        if exponent.numerator != 1:
            root = Pow(root, number(exponent.numerator))
        return Operation(Kind.POWER, "fractional_exponent", root)

    def _root(self, node: Root) -> Operation | None:
        if settled_value(node) is not None:
            return None
        inner = settled_rational(node.radicand)
        if inner is None:
            return None
        if inner < 0 and node.index % 2 == 0:
            raise RefusedError("even_root_of_negative")
        exact = exact_root(inner, node.index)
        if exact is not None:
            return self._done(Kind.POWER, "evaluate_roots", exact)
        if node.index != 2:
            raise RefusedError("cube_roots")
        outside, inside = square_part(inner.numerator * inner.denominator)
        value = RootSum.of(Fraction(outside, inner.denominator), inside)
        return Operation(Kind.POWER, "simplify_roots", value.to_node())

    def _factorial(self, node: Factorial) -> Operation | None:
        value = settled_rational(node.operand)
        if value is None:
            return None
        if value.denominator != 1 or not 0 <= value <= MAX_FACTORIAL:
            raise RefusedError("factorial")
        return self._done(Kind.POWER, "evaluate_factorial", Fraction(math.factorial(int(value))))


def _is_subtracted(parent: Node, i: int) -> bool:
    """In `4 - 2 \\times 3` the product is 2 times 3; the minus belongs to the sum."""
    if not isinstance(parent, Add) or i == 0:
        return False
    term = parent.terms[i]
    return isinstance(term, Neg) and not term.is_grouped and not isinstance(term.operand, Neg)


def _multiplied_out(values: list[RootSum]) -> Node:
    """The product of the first two sums term by term, uncollected, and the other factors."""
    sums = [value for value in values if len(value.parts) > 1]
    others = [value for value in values if len(value.parts) == 1]
    left = sums[0]
    right = sums[1] if len(sums) > 1 else math.prod(others, start=RootSum.of(1))
    terms = [(RootSum((a,)) * RootSum((b,))).to_node() for a in left.parts for b in right.parts]
    expanded: Node = Add(tuple(terms))
    rest = [value.to_node() for value in (*sums[2:], *(others if len(sums) > 1 else ()))]
    return Mul((*map(grouped, rest), expanded)) if rest else expanded


def _side_by_side(left: Node, right: Node) -> Node:
    if isinstance(left, Number):
        return Mul((left, right))
    return Mul((grouped(left), grouped(right)), "" if isinstance(left, Add) else "×")


def _all_decimal(node: Node) -> bool:
    """Decimals and whole numbers only: they are worked with as they are."""
    parts = [each for each in walk(node) if isinstance(each, Number)]
    return any(n.is_decimal for n in parts) and not any(
        isinstance(each, Div) and each.sign == "/" and each is not node for each in walk(node)
    )


def _opens_level(parent: Node, child: Node) -> int:
    """Whether `child` stands in brackets, below a root or on either side of a bar."""
    if isinstance(parent, Add | Neg):
        return int(isinstance(child, Add))
    if isinstance(parent, Mul) or (isinstance(parent, Div) and parent.sign == "÷"):
        return int(isinstance(child, Add | Neg))
    return int(not isinstance(child, Number))


def with_children(node: Node, parts: list[Node]) -> Node:
    """`node` with new parts, a negative one in brackets where a sign stands before it."""
    match node:
        case Number() | Constant():
            return node
        case Neg():
            inner = parts[0]
            if isinstance(inner, Neg):
                inner = grouped(inner)
            return Neg(inner, node.is_grouped)
        case Add():
            return Add(
                tuple(_as_term(old, new) for old, new in zip(node.terms, parts, strict=True))
            )
        case Mul():
            return Mul(tuple(map(grouped, parts)), "×" if _needs_sign(parts) else node.sign)
        case Div(sign="÷"):
            return Div(grouped(parts[0]), grouped(parts[1]), "÷")
        case Div():
            return Div(ungrouped(parts[0]), ungrouped(parts[1]))
        case Pow():
            return Pow(grouped(parts[0]), ungrouped(parts[1]))
        case Root():
            return Root(ungrouped(parts[0]), node.index)
        case Factorial():
            return Factorial(grouped(parts[0]))
        case Call():
            return Call(node.name, tuple(map(ungrouped, parts)))
        case _:
            raise RefusedError("calculation")


def _as_term(old: Node, new: Node) -> Node:
    """A term that became negative is a subtraction; one that was so already keeps its brackets."""
    return new if old == new else ungrouped(new)


def _needs_sign(factors: list[Node]) -> bool:
    """`2(3 + 4)` becomes `2 \\times 7`."""
    return not any(isinstance(factor, Add | Root) for factor in factors)
