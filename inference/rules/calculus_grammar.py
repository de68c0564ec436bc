"""How derivatives and integrals are written."""

from __future__ import annotations

from abc import ABC, abstractmethod

from inference.rules.cursor import CLOSERS, Cursor
from inference.rules.lexer import Token
from inference.rules.nodes import (
    Derivative,
    FunctionValue,
    Integral,
    Neg,
    Node,
    Number,
    Symbol,
    symbols,
    ungrouped,
)


class CalculusGrammar(Cursor, ABC):
    """`d/dx(...)`, `\\frac{dy}{dx}`, `\\int_a^b ... dx`, `integrate(f, x)`."""

    @abstractmethod
    def _expression(self) -> Node: ...

    @abstractmethod
    def _side_by_side(self) -> Node: ...

    @abstractmethod
    def _group(self) -> Node: ...

    @abstractmethod
    def _primary(self) -> Node: ...

    def _at_derivative_operator(self) -> bool:
        """`d/dx` in plain text, or `d^2/dx^2`, or `dy/dx`."""
        if self._now.text != "d" or self._is_integrand:
            return False
        after = 1
        if self._ahead(after).text == "^":
            after += 4 if self._ahead(2).text == "{" else 2
        elif self._ahead(after).kind == "letter":
            after += 1
        return (
            self._ahead(after).text == "/"
            and self._ahead(after + 1).text == "d"
            and self._ahead(after + 2).kind == "letter"
        )

    def _at_fraction_derivative(self) -> bool:
        """`\\frac{d}{dx}`, its higher orders and `\\frac{dy}{dx}`, seen from the first brace."""
        if self._now.text != "{" or self._ahead(1).text != "d" or self._is_integrand:
            return False
        after = 2
        if self._ahead(after).text == "^":
            after += 4 if self._ahead(3).text == "{" else 2
        elif self._ahead(after).kind == "letter":
            after += 1
        return (
            self._ahead(after).text == "}"
            and self._ahead(after + 1).text == "{"
            and self._ahead(after + 2).text == "d"
            and self._ahead(after + 3).kind == "letter"
        )

    def _derivative_operator(self) -> Node:
        is_fraction = self._take_sign("{")
        token = self._now
        self._at += 1
        order = self._derivative_order()
        function = self._now.text if self._now.kind == "letter" else None
        self._at += function is not None
        if is_fraction:
            self._expect("}")
            self._expect("{")
        else:
            self._expect("/")
        self._at += 1
        variable = Symbol(self._now.text)
        self._at += 1
        if self._derivative_order() != order:
            self._fail("The orders of this derivative differ.", token, "unexpected")
        if is_fraction:
            self._expect("}")
        if function is not None:
            return FunctionValue(function, variable, order)
        self._enter()
        is_bracketed = self._now.text in CLOSERS and self._now.kind == "operator"
        operand = self._group() if is_bracketed else self._side_by_side()
        self._depth -= 1
        if is_bracketed and self._now.text in {"^", "!", "'"} and self._now.kind == "operator":
            self._fail_ambiguous(self._now, "what is differentiated; use brackets")
        if self._starts_operand() or (
            not is_bracketed and self._now.text in {"+", "-", "/", "×", "÷"}
        ):
            self._fail_ambiguous(self._now, "what is differentiated; use brackets")
        return Derivative(ungrouped(operand), variable, order)

    def _derivative_order(self) -> int:
        if self._now.text != "^":
            return 1
        self._at += 1
        is_braced = self._take_sign("{")
        token = self._now
        if token.kind != "number" or token.text not in {"1", "2", "3"}:
            self._fail_here()
        self._at += 1
        if is_braced:
            self._expect("}")
        return int(token.text)

    def _integral(self) -> Node:
        token = self._now
        self._at += 1
        self._enter()
        lower, upper = self._limits()
        outer, self._is_integrand = self._is_integrand, True
        outer_differential, self._differential = self._differential, None
        integrand: Node = Number("1") if self._at_differential() else self._expression()
        if self._at_differential():
            variable = self._take_differential()
        elif self._differential is not None:
            variable = self._differential
        else:
            self._fail("An integral ends in dx.", token, "unexpected")
        self._is_integrand, self._differential = outer, outer_differential
        self._depth -= 1
        return Integral(ungrouped(integrand), variable, lower, upper)

    def _limits(self) -> tuple[Node | None, Node | None]:
        lower: Node | None = None
        upper: Node | None = None
        while self._now.text in {"_", "^"} and self._now.kind == "operator":
            sign = self._now
            self._at += 1
            if self._now.text == "-":
                self._at += 1
                bound: Node = Neg(self._primary())
            else:
                bound = ungrouped(self._primary())
            if sign.text == "_" and lower is None:
                lower = bound
            elif sign.text == "^" and upper is None:
                upper = bound
            else:
                self._fail("A bound is given twice.", sign, "unexpected")
        if (lower is None) != (upper is None):
            self._fail("One of the two bounds is missing.", self._now, "unexpected")
        return lower, upper

    def _take_differential(self) -> Symbol:
        self._at += 1
        if self._now.kind != "letter":
            self._fail_here()
        self._at += 1
        return Symbol(self._tokens[self._at - 1].text)

    def _function_notation(self, token: Token) -> Node:
        """`integrate(f, x)`, `integrate(f, x, a, b)` and `diff(f, x)`."""
        self._at += 1
        self._need("(")
        self._at += 1
        self._enter()
        arguments = [ungrouped(self._expression())]
        while self._now.text == ",":
            self._at += 1
            arguments.append(ungrouped(self._expression()))
        self._depth -= 1
        self._expect(")")
        variable = arguments[1] if len(arguments) > 1 else None
        if variable is None and len(symbols(arguments[0])) == 1:
            variable = Symbol(symbols(arguments[0])[0])
        if not isinstance(variable, Symbol):
            self._fail("It is not clear which letter is the variable.", token, "ambiguous")
        if token.text == "diff" and len(arguments) <= 2:
            return Derivative(arguments[0], variable)
        if token.text == "integrate" and len(arguments) <= 2:
            return Integral(arguments[0], variable)
        if token.text == "integrate" and len(arguments) == 4:
            return Integral(arguments[0], variable, arguments[2], arguments[3])
        self._fail("The number of arguments does not fit.", token, "unexpected")

    def _two_arguments(self) -> tuple[Node, Node]:
        self._need("(")
        self._at += 1
        first = self._expression()
        if self._now.text != ",":
            self._fail_here()
        self._at += 1
        second = self._expression()
        self._expect(")")
        return first, second
