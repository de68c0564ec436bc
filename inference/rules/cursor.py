"""Where the parser stands in its tokens: looking ahead, taking, and failing with a position."""

from __future__ import annotations

from typing import Literal, NoReturn

from inference.errors import MathSyntaxError
from inference.rules.lexer import Token
from inference.rules.nodes import (
    Symbol,
)
from inference.rules.vocabulary import LEFT_BAR

MAX_DEPTH = 40

CLOSERS = {"(": ")", "[": "]", "{": "}"}
_OPERAND_KINDS = frozenset({"number", "fraction", "letter", "constant", "function"})
OPERAND_KEYWORDS = frozenset({"√", "cbrt", "root4", "root", "frac", "int", "integrate", "diff"})


class Cursor:
    """One pass over the tokens; `_at` only ever moves forward."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        # Bars open at the present bracket level; a bar after an operand closes the last of them.
        self._open_bars = 0
        # Inside an integral a letter d before a letter ends the integrand.
        self._is_integrand = False
        self._differential: Symbol | None = None
        # Whether the last product read was written without signs and without brackets around it.
        self._is_juxtaposed = False
        # Whether a slash was met that need not be a fraction of two plain numbers.
        self._has_loose_slash = False

    @property
    def _now(self) -> Token:
        return self._tokens[self._at]

    def _ahead(self, count: int) -> Token:
        return self._tokens[min(self._at + count, len(self._tokens) - 1)]

    def _starts_operand(self) -> bool:
        token = self._now
        if token.kind in _OPERAND_KINDS:
            return not self._at_differential()
        if token.kind == "keyword":
            return token.text in OPERAND_KEYWORDS
        if token.kind == "operator":
            is_bar = token.text == LEFT_BAR or (token.text == "|" and self._open_bars == 0)
            return token.text in CLOSERS or is_bar
        return False

    def _take_sign(self, sign: str) -> bool:
        if self._now.kind == "operator" and self._now.text == sign:
            self._at += 1
            return True
        return False

    def _take_keyword(self, word: str) -> bool:
        if self._now.kind == "keyword" and self._now.text == word:
            self._at += 1
            return True
        return False

    def _need(self, sign: str) -> None:
        if self._now.kind != "operator" or self._now.text != sign:
            self._fail_here()

    def _expect(self, sign: str) -> None:
        self._need(sign)
        self._at += 1

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._fail("The expression is nested too deeply.", self._now, "too_deep")

    def _fail_here(self) -> NoReturn:
        token = self._now
        if token.kind == "end":
            self._fail("The expression ends too early.", token, "unexpected")
        if token.text in {")", "]", "}"}:
            self._fail("A closing bracket has no opening one.", token, "unbalanced")
        shown = "the end of the line" if token.text == "\n" else f"“{token.text}”"
        self._fail(f"Did not expect {shown} here.", token, "unexpected")

    def _fail_ambiguous(self, token: Token, what: str) -> NoReturn:
        self._fail(f"This can be read in two ways: {what}.", token, "ambiguous")

    def _fail(
        self,
        message: str,
        token: Token,
        reason: Literal["unexpected", "unbalanced", "ambiguous", "too_deep"],
    ) -> NoReturn:
        raise MathSyntaxError(message, position=token.position, reason=reason)

    def _at_differential(self) -> bool:
        return (
            self._is_integrand
            and self._now.text == "d"
            and self._now.kind == "letter"
            and self._ahead(1).kind == "letter"
        )
