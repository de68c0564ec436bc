"""What stands between the signs of an expression: numbers, letters, groups, roots, functions, and
what is attached to them: powers, factorials, percent signs, primes.
"""

from __future__ import annotations

from inference.rules.calculus_grammar import CalculusGrammar
from inference.rules.cursor import CLOSERS, OPERAND_KEYWORDS
from inference.rules.lexer import Token
from inference.rules.nodes import (
    Call,
    Constant,
    Degree,
    Derivative,
    Div,
    Evaluated,
    Factorial,
    FunctionValue,
    MixedNumber,
    Mul,
    Neg,
    Node,
    Number,
    Percent,
    Point,
    Pow,
    Root,
    Symbol,
    symbols,
    ungrouped,
)
from inference.rules.vocabulary import LEFT_BAR, RIGHT_BAR

_FUNCTION_LETTERS = frozenset("fgh")


class OperandGrammar(CalculusGrammar):
    """Operands and their postfix signs; sums and products are a matter for the subclass."""

    # -- mixed numbers ----------------------------------------------------------------------

    def _first_factor(self) -> Node:
        """The first of the factors that stand side by side, which may be a mixed number."""
        first_token = self._now
        first = self._power()
        if first_token.kind != "number" or not isinstance(first, Number):
            return first
        return self._mixed_after(first) or first

    def _mixed_after(self, whole: Number) -> Node | None:
        """After a whole number: ` 1/2`, `½` or `\\frac{1}{2}` make a mixed number."""
        if whole.is_decimal:
            return None
        token = self._now
        if token.kind == "fraction":
            self._at += 1
            top, bottom = map(Number, token.text.split("/"))
            return self._make_mixed(whole, top, bottom)
        if token.kind == "number" and token.is_spaced and self._ahead(1).text == "/":
            slash, denominator = self._ahead(1), self._ahead(2)
            is_tight = not slash.is_spaced and not denominator.is_spaced
            if not is_tight or denominator.kind != "number":
                self._fail("Two numbers stand side by side.", token, "unexpected")
            if "." in token.text or "." in denominator.text:
                self._fail("A mixed number holds whole numbers.", token, "unexpected")
            mixed = self._make_mixed(whole, Number(token.text), Number(denominator.text))
            self._at += 3
            if self._starts_operand() and not self._now.is_spaced:
                self._fail_ambiguous(self._now, "what the fraction includes")
            return mixed
        if token.text == "frac" and token.kind == "keyword":
            values = [self._ahead(i) for i in range(1, 7)]
            shape = [each.text if each.kind == "operator" else each.kind for each in values]
            if shape == ["{", "number", "}", "{", "number", "}"]:
                top, bottom = Number(values[1].text), Number(values[4].text)
                if is_whole(top) and is_whole(bottom):
                    mixed = self._make_mixed(whole, top, bottom)
                    self._at += 7
                    return mixed
        return None

    def _make_mixed(self, whole: Number, numerator: Number, denominator: Number) -> MixedNumber:
        if not numerator.value < denominator.value:
            self._fail_ambiguous(self._now, "a mixed number needs a proper fraction")
        return MixedNumber(whole, numerator, denominator)

    # -- powers and postfix signs ----------------------------------------------------------

    def _power(self) -> Node:
        node = self._primary()
        has_power = has_factorial = False
        while True:
            token = self._now
            if token.kind != "operator":
                return node
            if self._take_degree_sign():
                node = Degree(node)
            elif token.text == "^":
                if has_power:
                    self._fail_ambiguous(token, "a power of a power needs brackets")
                self._at += 1
                has_power = True
                node = self._prime_or_power(node)
            elif token.text == "!":
                self._at += 1
                if has_factorial:
                    self._fail_ambiguous(token, "two factorial signs")
                has_factorial = True
                node = Factorial(node)
            elif token.text == "%":
                self._at += 1
                node = Percent(node)
            elif token.text == "'":
                node = self._primes(node)
            else:
                return node

    def _take_degree_sign(self) -> bool:
        """`30°`, `30^\\circ` and `30^{\\circ}`"""
        shape = [self._now.text, self._ahead(1).text, self._ahead(2).text, self._ahead(3).text]
        for width, signs in ((1, ["°"]), (2, ["^", "°"]), (4, ["^", "{", "°", "}"])):
            if shape[:width] == signs:
                self._at += width
                return True
        return False

    def _prime_or_power(self, base: Node) -> Node:
        if self._now.text == "'":
            return self._primes(base)
        if self._now.text == "{" and self._ahead(1).text == "'":
            self._at += 1
            node = self._primes(base)
            self._expect("}")
            return node
        return Pow(base, self._exponent())

    def _exponent(self) -> Node:
        """What stands after ^: a group, or one signed number, letter or function."""
        if self._take_sign("-"):
            return Neg(self._exponent())
        node = ungrouped(self._primary())
        if self._now.text == "^" and self._now.kind == "operator":
            self._fail_ambiguous(self._now, "a power of a power needs brackets")
        return node

    def _primes(self, node: Node) -> Node:
        token = self._now
        order = 0
        while self._take_sign("'"):
            order += 1
        if isinstance(node, Symbol):
            if self._now.text == "(" and not self._now.is_spaced:
                argument = ungrouped(self._group())
                return FunctionValue(node.name, argument, order)
            if node.name == "y":
                return FunctionValue("y", Symbol("x"), order)
        names = symbols(node)
        if isinstance(node, Symbol) or len(names) != 1 or order > 3:
            self._fail("It is not clear what the prime means here.", token, "ambiguous")
        return Derivative(ungrouped(node), Symbol(names[0]), order)

    # -- primaries -------------------------------------------------------------------------

    def _primary(self) -> Node:
        token = self._now
        if token.kind == "number":
            self._at += 1
            return Number(token.text)
        if token.kind == "fraction":
            self._at += 1
            numerator, denominator = token.text.split("/")
            return Div(Number(numerator), Number(denominator))
        if token.kind == "constant":
            self._at += 1
            return Constant("pi" if token.text == "pi" else "e")
        if token.kind == "letter":
            return self._letter()
        if token.kind == "function":
            return self._call()
        if token.kind == "operator" and token.text in CLOSERS:
            return self._bracketed()
        if token.kind == "operator" and token.text in {"|", LEFT_BAR}:
            return self._bars()
        if token.kind == "keyword" and token.text in OPERAND_KEYWORDS:
            return self._keyword(token)
        self._fail_here()

    def _letter(self) -> Node:
        if self._at_derivative_operator():
            return self._derivative_operator()
        token = self._now
        self._at += 1
        name = token.text
        if self._now.text == "_":
            self._at += 1
            name = f"{name}_{self._index()}"
            return Symbol(name)
        if (
            name in _FUNCTION_LETTERS
            and self._now.text == "("
            and self._ahead(1).kind in {"letter", "number"}
            and self._ahead(2).text == ")"
            and not self._now.is_spaced
        ):
            return FunctionValue(name, ungrouped(self._group()))
        return Symbol(name)

    def _index(self) -> str:
        is_braced = self._take_sign("{")
        token = self._now
        if token.kind not in {"number", "letter"} or "." in token.text or len(token.text) > 6:
            self._fail_here()
        self._at += 1
        if is_braced:
            self._expect("}")
        return token.text

    def _bracketed(self) -> Node:
        """A group; `[...]_a^b` is the value between two bounds."""
        is_square = self._now.text == "["
        node = self._group()
        if is_square and self._now.text == "_":
            lower, upper = self._limits()
            assert lower is not None and upper is not None
            return Evaluated(ungrouped(node), lower, upper)
        return node

    def _group(self) -> Node:
        opener = self._now
        self._at += 1
        bars, self._open_bars = self._open_bars, 0
        integrand, self._is_integrand = self._is_integrand, False
        node = self._expression()
        if opener.text == "(" and self._now.text == ",":
            node = self._coordinates(node)
        self._open_bars, self._is_integrand = bars, integrand
        if self._now.text != CLOSERS[opener.text] or self._now.kind != "operator":
            if self._now.kind == "end":
                self._fail("A bracket is not closed.", opener, "unbalanced")
            self._fail_here()
        self._at += 1
        if isinstance(node, Neg):
            return Neg(node.operand, is_grouped=True)
        return node

    def _coordinates(self, first: Node) -> Point:
        coordinates = [ungrouped(first)]
        while self._now.text == ",":
            self._at += 1
            coordinates.append(ungrouped(self._expression()))
        return Point(tuple(coordinates))

    def _bars(self) -> Node:
        opener = self._now
        self._at += 1
        is_sided = opener.text == LEFT_BAR
        bars = self._open_bars
        self._open_bars = 0 if is_sided else bars + 1
        node = self._expression()
        self._open_bars = bars
        if self._now.text != (RIGHT_BAR if is_sided else "|"):
            self._fail("A bar of an absolute value is not closed.", opener, "unbalanced")
        self._at += 1
        return Call("abs", (ungrouped(node),))

    def _keyword(self, token: Token) -> Node:
        if token.text == "frac":
            return self._fraction()
        if token.text in {"√", "cbrt", "root4"}:
            return self._root()
        if token.text == "root":
            self._at += 1
            first, second = self._two_arguments()
            return Root(ungrouped(second), self._root_index(first, token))
        if token.text == "int":
            return self._integral()
        return self._function_notation(token)

    def _fraction(self) -> Node:
        self._at += 1
        if self._at_fraction_derivative():
            return self._derivative_operator()
        self._need("{")
        if self._is_integrand and self._ahead(1).text == "d" and self._ahead(3).text == "}":
            self._at += 1
            self._differential = self._take_differential()
            self._expect("}")
            numerator: Node = Number("1")
        else:
            numerator = self._group()
        self._need("{")
        return make_fraction(numerator, self._group())

    def _root(self) -> Node:
        token = self._now
        self._at += 1
        index = {"√": 2, "cbrt": 3, "root4": 4}[token.text]
        if self._now.text == "[" and index == 2:
            index_node = self._group()
            index = self._root_index(index_node, token)
        self._enter()
        if self._now.text in CLOSERS and self._now.kind == "operator":
            radicand = ungrouped(self._group())
        else:
            radicand = self._short_radicand()
        self._depth -= 1
        return Root(radicand, index)

    def _short_radicand(self) -> Node:
        """After a bare √: one number or letter. More than that, and the bar is missing."""
        token = self._now
        if token.kind not in {"number", "letter", "constant", "fraction"}:
            self._fail_here()
        node = self._primary()
        is_clear = not self._starts_operand() or (
            self._now.text in {"√", "cbrt", "root4"} or self._now.kind == "function"
        )
        if not is_clear or self._now.text in {"^", "!", "%"}:
            self._fail_ambiguous(self._now, "what the root includes; use brackets")
        return node

    def _root_index(self, node: Node, token: Token) -> int:
        if not isinstance(node, Number) or not is_whole(node) or not 2 <= node.value <= 100:
            self._fail("A root has a whole index from 2 to 100.", token, "unexpected")
        return int(node.value)

    def _call(self) -> Node:
        token = self._now
        name = token.text
        self._at += 1
        if name in {"gcd", "lcm"}:
            return Call(name, self._arguments())
        self._enter()
        base: Node | None = None
        exponent: Node | None = None
        if name == "log" and self._take_sign("_"):
            base = ungrouped(self._primary())
        if self._now.text == "^" and self._now.kind == "operator":
            self._at += 1
            exponent = self._exponent()
            if isinstance(exponent, Neg):
                self._fail_ambiguous(token, "a negative power of a function name")
        argument = self._argument(token)
        self._depth -= 1
        node: Node = Call(name, (argument,) if base is None else (argument, base))
        return node if exponent is None else Pow(node, exponent)

    def _arguments(self) -> tuple[Node, ...]:
        """Two or more in round brackets, as `gcd(12, 18)` has them."""
        self._need("(")
        opener = self._now
        self._at += 1
        self._enter()
        found = [ungrouped(self._expression())]
        while self._now.kind == "separator":
            self._at += 1
            found.append(ungrouped(self._expression()))
        self._depth -= 1
        if self._now.kind == "end":
            self._fail("A bracket is not closed.", opener, "unbalanced")
        self._expect(")")
        if len(found) < 2:
            self._fail("Two or more numbers are needed here.", opener, "unexpected")
        return tuple(found)

    def _argument(self, function: Token) -> Node:
        if self._now.text in CLOSERS and self._now.kind == "operator":
            return ungrouped(self._group())
        if self._now.text in {"|", LEFT_BAR}:
            return self._bars()
        factors: list[Node] = []
        while self._starts_operand() and self._now.kind != "function":
            if factors and self._now.text in CLOSERS and self._now.kind == "operator":
                self._fail_ambiguous(self._now, f"what {function.text} applies to")
            if factors and self._now.kind in {"number", "fraction"}:
                self._fail_here()
            factors.append(self._power() if factors else self._first_factor())
        if not factors:
            self._fail_here()
        if self._now.text in {"/", "÷"} and self._now.kind == "operator":
            self._fail_ambiguous(self._now, f"what {function.text} applies to")
        return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def make_fraction(numerator: Node, denominator: Node) -> Div:
    """A fraction, whose bar holds signs without brackets."""
    return Div(ungrouped(numerator), ungrouped(denominator))


def is_whole(number: Node) -> bool:
    """Whether `number` is written without a decimal point."""
    return isinstance(number, Number) and not number.is_decimal
