"""A recursive-descent parser for school mathematics: bounded, linear, and strict.

It evaluates nothing and guesses nothing. Where two readings are common (`1/2x`, `√2x`) it refuses
with reason `ambiguous` instead of picking one, because whatever it returns will be called checked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from inference.errors import MathSyntaxError
from inference.rules.bounds import check_bounds
from inference.rules.columns import find_columns
from inference.rules.cursor import MAX_DEPTH
from inference.rules.lexer import Token, tokenize
from inference.rules.nodes import (
    Add,
    Alternatives,
    Chain,
    Div,
    ForIntegers,
    Listing,
    Mul,
    Neg,
    Node,
    Number,
    Phrase,
    PhraseKind,
    PlusMinus,
    Point,
    Ratio,
    Relation,
    RelationOperator,
    Symbol,
    System,
    is_monomial_product,
    symbols,
    ungrouped,
    walk,
)
from inference.rules.operand_grammar import OperandGrammar, make_fraction
from inference.rules.vocabulary import IN_INTEGERS

_RELATIONS: dict[str, RelationOperator] = {
    "=": "=",
    "<": "<",
    ">": ">",
    "<=": "<=",
    ">=": ">=",
    "!=": "!=",
    "≈": "≈",
}
_PHRASES: dict[str, PhraseKind] = {
    "no solution": "no_solution",
    "no solutions": "no_solution",
    "there is no solution": "no_solution",
    "无解": "no_solution",
    "方程无解": "no_solution",
    "方程组无解": "no_solution",
    "\\varnothing": "no_solution",
    "\\emptyset": "no_solution",
    "∅": "no_solution",
    "no real solution": "no_real_solution",
    "no real solutions": "no_real_solution",
    "no real roots": "no_real_solution",
    "there is no real solution": "no_real_solution",
    "there are no real solutions": "no_real_solution",
    "无实数解": "no_real_solution",
    "无实数根": "no_real_solution",
    "没有实数根": "no_real_solution",
    "没有实数解": "no_real_solution",
    "方程无实数根": "no_real_solution",
    "方程无实数解": "no_real_solution",
    "all real numbers": "all_reals",
    "any real number": "all_reals",
    "全体实数": "all_reals",
    "任意实数": "all_reals",
    "一切实数": "all_reals",
    "\\mathbb{r}": "all_reals",
    "x \\in \\mathbb{r}": "all_reals",
    "x\\in\\mathbb{r}": "all_reals",
    "infinitely many solutions": "infinitely_many",
    "infinitely many": "infinitely_many",
    "无数解": "infinitely_many",
    "有无数解": "infinitely_many",
    "无数组解": "infinitely_many",
    "有无数组解": "infinitely_many",
    "无穷多解": "infinitely_many",
    "有无穷多解": "infinitely_many",
    "true": "true",
    "correct": "true",
    "the statement is true": "true",
    "the statement is correct": "true",
    "正确": "true",
    "成立": "true",
    "false": "false",
    "wrong": "false",
    "incorrect": "false",
    "the statement is false": "false",
    "the statement is wrong": "false",
    "the statement is incorrect": "false",
    "错误": "false",
    "不正确": "false",
    "不成立": "false",
    "no mode": "no_mode",
    "there is no mode": "no_mode",
    "没有众数": "no_mode",
    "the limit does not exist": "no_limit",
    "does not exist": "no_limit",
    "limit does not exist": "no_limit",
    "极限不存在": "no_limit",
    "不存在": "no_limit",
    "no extrema": "no_extrema",
    "no extreme values": "no_extrema",
    "没有极值": "no_extrema",
    "无极值": "no_extrema",
}


def parse_math(text: str) -> Node:
    """Parse one expression, statement or answer in LaTeX, plain notation or a mix of both.

    Several relations parted by commas, semicolons, lines or "and" become a `System`; by "or",
    `Alternatives`. A list such as `x = 2, x = 3` or `x_1 = 2, x_2 = 3` can only mean "or" and is
    returned so, over the letter without its index.

    Raises:
        MathSyntaxError: The text is no mathematics known here, is ambiguous, or exceeds a bound.
    """
    node = parse_line(text)
    if any(isinstance(each, Point) for each in walk(node)):
        raise MathSyntaxError("A point asks nothing.", position=0, reason="unexpected")
    return node


def parse_line(text: str) -> Node:
    """As `parse_math`, of lines that may also give points: `(3, 4)`.

    Raises:
        MathSyntaxError: As `parse_math`.
    """
    phrase = _as_phrase(text)
    if phrase is not None:
        return phrase
    columns = find_columns(text)
    if columns is not None:
        return columns.claim
    tokens = tokenize(text)
    _strip_final_separators(tokens)
    letter = _take_membership(tokens)
    node = _Parser(tokens).parse()
    if letter is not None:
        node = ForIntegers(node, letter)
    check_bounds(node, max_depth=MAX_DEPTH)
    _demand_points_apart(node)
    return node


def _demand_points_apart(node: Node) -> None:
    """Points are not calculated with: they stand alone, in a list, or beside an equals sign."""
    items = node.items if isinstance(node, Listing) else (node,)
    for item in items:
        sides = (item.left, item.right) if isinstance(item, Relation) else (item,)
        for side in sides:
            within = side.coordinates if isinstance(side, Point) else (side,)
            if any(isinstance(each, Point | Listing) for part in within for each in walk(part)):
                raise MathSyntaxError("A point cannot stand here.", position=0, reason="unexpected")


def _as_phrase(text: str) -> Phrase | None:
    if len(text) > 80:
        return None
    plain = text.strip().strip("$").strip()
    for wrapper in ("\\text{", "\\mathrm{"):
        if plain.startswith(wrapper) and plain.endswith("}") and plain.count("{") == 1:
            plain = plain[len(wrapper) : -1]
    kind = _PHRASES.get(" ".join(plain.strip(" .。!").lower().split()))
    return None if kind is None else Phrase(kind)


def _strip_final_separators(tokens: list[Token]) -> None:
    while len(tokens) > 1 and tokens[-2].kind == "separator":
        del tokens[-2]


def _take_membership(tokens: list[Token]) -> Symbol | None:
    """Take `, k \\in \\mathbb{Z}` off the end, brackets around it too. Returns the letter."""
    end = len(tokens) - 1
    is_bracketed = end > 1 and tokens[end - 1].text == ")"
    at = end - 2 if is_bracketed else end - 1
    if at < 2 or tokens[at].text != IN_INTEGERS or tokens[at - 1].kind != "letter":
        return None
    start = at - 1
    if is_bracketed:
        if tokens[start - 1].text != "(":
            return None
        start -= 1
    letter = Symbol(tokens[at - 1].text)
    while start > 1 and tokens[start - 1].kind == "separator":
        start -= 1
    del tokens[start:end]
    return letter


class _Parser(OperandGrammar):
    """Sums, products and statements, on top of the operands."""

    def parse(self) -> Node:
        if self._tokens[0].kind == "end":
            raise MathSyntaxError("There is nothing to read.", position=0, reason="empty")
        node = self._alternatives()
        if self._now.kind != "end":
            self._fail_here()
        return node

    # -- statements ------------------------------------------------------------------------

    def _alternatives(self) -> Node:
        options = [self._conjunction()]
        while self._take_keyword("or"):
            options.append(self._conjunction())
        if len(options) == 1:
            return options[0]
        self._demand_relations(options)
        return Alternatives(tuple(options))

    def _conjunction(self) -> Node:
        statements = [self._statement()]
        while self._now.kind == "separator" or self._now.text == "and":
            while self._now.kind == "separator" or self._now.text == "and":
                self._at += 1
            if self._now.kind == "end":
                break
            statements.append(self._statement())
        if len(statements) == 1:
            return statements[0]
        if not any(isinstance(each, Relation | Chain | System) for each in statements):
            return Listing(tuple(ungrouped(each) for each in statements))
        self._demand_relations(statements)
        return _merge_list(statements)

    def _demand_relations(self, nodes: list[Node]) -> None:
        for node in nodes:
            if not isinstance(node, Relation | Chain | System):
                self._fail(
                    "A list may hold equations and inequalities only.",
                    self._tokens[0],
                    "unexpected",
                )

    def _statement(self) -> Node:
        operands = [self._ratio()]
        operators: list[RelationOperator] = []
        while self._now.kind == "operator" and self._now.text in _RELATIONS:
            operators.append(_RELATIONS[self._now.text])
            self._at += 1
            operands.append(self._ratio())
        if not operators:
            return operands[0]
        if len(operators) == 1:
            return Relation(operators[0], operands[0], operands[1])
        return Chain(tuple(operands), tuple(operators))

    def _ratio(self) -> Node:
        """One expression, or several with colons between them."""
        items = [self._expression()]
        while self._take_sign(":"):
            items.append(self._expression())
        return items[0] if len(items) == 1 else Ratio(tuple(map(ungrouped, items)))

    # -- sums ------------------------------------------------------------------------------

    def _expression(self) -> Node:
        self._enter()
        # What stands in brackets is clear, whatever slashes it holds.
        has_loose_slash = self._has_loose_slash
        terms: list[Node] = []
        left: Node | None = None
        if self._take_sign("±"):
            left = PlusMinus(None, self._term())
        else:
            terms.append(self._signed_term())
        while self._now.kind == "operator" and self._now.text in {"+", "-", "±"}:
            sign = self._now.text
            self._at += 1
            if sign == "±":
                before = _sum(terms) if left is None else left
                left, terms = PlusMinus(before, self._term()), []
                continue
            if left is not None:
                terms, left = [left], None
            term = self._operand_with_sign(self._term)
            terms.append(Neg(term) if sign == "-" else term)
        self._depth -= 1
        self._has_loose_slash = has_loose_slash
        return left if left is not None else _sum(terms)

    def _signed_term(self) -> Node:
        if self._take_sign("-"):
            self._enter()
            operand = self._signed_term()
            self._depth -= 1
            return Neg(
                Neg(operand.operand, is_grouped=True) if isinstance(operand, Neg) else operand
            )
        if self._take_sign("+"):
            return self._term()
        return self._term()

    def _operand_with_sign(self, read: Callable[[], Node]) -> Node:
        """After a sign or × a second sign is taken as if it stood in brackets: `3 × -2`."""
        if self._take_sign("-"):
            return Neg(read(), is_grouped=True)
        return read()

    # -- products --------------------------------------------------------------------------

    def _term(self) -> Node:
        node = self._quotient()
        while True:
            if self._take_sign("×") or self._take_keyword("of"):
                right = self._operand_with_sign(self._quotient)
                node = _product(node, right, "×")
            elif self._now.text == "÷" and self._now.kind == "operator":
                node = self._division(node)
            else:
                return node

    def _division(self, dividend: Node) -> Node:
        sign_token = self._now
        self._at += 1
        self._has_loose_slash = False
        divisor = self._operand_with_sign(self._quotient)
        # `6a ÷ 2a` divides by the monomial for everyone; `6 ÷ 2(1 + 2)` does not.
        if isinstance(divisor, Mul) and self._is_juxtaposed and not is_monomial_product(divisor):
            self._fail_ambiguous(sign_token, "÷ before a product without a sign")
        if self._has_loose_slash:
            self._fail_ambiguous(sign_token, "÷ before a fraction; use brackets")
        return Div(dividend, divisor, "÷")

    def _quotient(self) -> Node:
        """A slash holds tighter than × and ÷: `3/4 ÷ 1/2` divides two fractions."""
        node = self._side_by_side()
        while self._now.text == "/" and self._now.kind == "operator":
            node = self._slash(node)
        return node

    def _slash(self, numerator: Node) -> Node:
        slash = self._now
        self._at += 1
        is_tight = not self._now.is_spaced and not slash.is_spaced
        divisor = self._operand_with_sign(self._power)
        node = make_fraction(numerator, divisor)
        are_plain = isinstance(numerator, Number) and isinstance(divisor, Number)
        self._has_loose_slash |= not (is_tight and are_plain)
        if not self._starts_operand():
            return node
        # `1/2 x` is a half of x; in `1/2x` and `x/2y` the eye cannot tell where the fraction ends.
        if is_tight and self._now.is_spaced and isinstance(divisor, Number):
            right = self._side_by_side()
            return Mul((node, *(right.factors if isinstance(right, Mul) else (right,))))
        self._fail_ambiguous(self._now, "what the fraction includes")

    def _side_by_side(self) -> Node:
        """Factors without a sign between them: `2x(x + 1)`."""
        factors = [self._first_factor()]
        while self._starts_operand():
            if self._now.kind in {"number", "fraction"}:
                self._fail("A number stands right after another factor.", self._now, "unexpected")
            factors.append(self._power())
        self._is_juxtaposed = len(factors) > 1
        return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def _sum(terms: list[Node]) -> Node:
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def _product(left: Node, right: Node, sign: Literal["×"]) -> Mul:
    if isinstance(left, Mul) and left.sign == sign:
        return Mul((*left.factors, right), sign)
    return Mul((left, right), sign)


def _merge_list(statements: list[Node]) -> Node:
    """A list is a system, save where one letter is given several values: then it is a choice."""
    flat: list[Node] = []
    for statement in statements:
        flat.extend(statement.relations if isinstance(statement, System) else (statement,))
    names: list[str] = []
    for statement in flat:
        if (
            not isinstance(statement, Relation)
            or statement.operator != "="
            or not isinstance(statement.left, Symbol)
            or symbols(statement.right)
        ):
            return System(tuple(flat))
        names.append(statement.left.name)
    bases = {name.partition("_")[0] for name in names}
    indices = [name.partition("_")[2] for name in names]
    is_choice = len(set(names)) == 1 or (
        len(bases) == 1 and indices == [str(i + 1) for i in range(len(names))]
    )
    if not is_choice:
        return System(tuple(flat))
    base = Symbol(bases.pop() if len(set(names)) > 1 else names[0])
    return Alternatives(
        tuple(Relation("=", base, each.right) for each in flat if isinstance(each, Relation))
    )
