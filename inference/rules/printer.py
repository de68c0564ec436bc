"""Writes trees as LaTeX and as the plain notation of `Reading.text`; the parser reads both back."""

from __future__ import annotations

import string
from abc import ABC, abstractmethod

from inference.rules.nodes import (
    PI_LETTER,
    Add,
    Alternatives,
    Call,
    Chain,
    Columns,
    Constant,
    Degree,
    Derivative,
    Div,
    Evaluated,
    Factorial,
    ForIntegers,
    FunctionValue,
    Integral,
    Listing,
    Matrix,
    Measure,
    MixedNumber,
    Mul,
    Neg,
    Node,
    Number,
    Percent,
    Phrase,
    PlusMinus,
    Point,
    Pow,
    Quantity,
    Ratio,
    Relation,
    Root,
    Symbol,
    System,
    is_monomial_product,
    is_numeric,
    walk,
)
from inference.rules.phrases import PHRASES
from inference.rules.quantities import matrix_latex, matrix_text, quantity_latex, quantity_text
from inference.rules.units import unit_latex, unit_text
from inference.rules.vocabulary import GREEK, MAX_LETTERS_IN_A_ROW, WORDS
from inference.types import Language

# How tightly a piece of notation holds together; brackets go where a looser one would tear.
_STATEMENT, _SUM, _TERM, _QUOTIENT, _SIDE_BY_SIDE, _POWER, _ATOM = range(7)

_LETTERS = string.ascii_letters
_GREEK_LETTERS = {name: letter for letter, name in GREEK.items() if len(name) > 1}
_LATEX_OPERATORS = {"<=": "\\le", ">=": "\\ge", "!=": "\\ne", "≈": "\\approx"}
_LATEX_CONSTANTS = {"pi": "\\pi", "e": "e", "infinity": "\\infty"}


def to_latex(node: Node, *, language: Language = "en") -> str:
    """LaTeX without delimiters. `language` matters only for words such as "or"."""
    return _Latex(language).write(node, _STATEMENT)


def to_text(node: Node, *, language: Language = "en") -> str:
    """Plain notation that a person can type and `parse_math` reads back to the same tree."""
    return _Text(language).write(node, _STATEMENT)


class _Writer(ABC):
    """What both notations share: who needs brackets inside whom."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def write(self, node: Node, at_least: int) -> str:
        """Write `node`, in brackets when it is looser than its place demands."""
        written, tightness = self._dispatch(node)
        return written if tightness >= at_least else self._bracket(written)

    def _dispatch(self, node: Node) -> tuple[str, int]:
        match node:
            case Number():
                return node.text, _ATOM
            case Symbol():
                return self._symbol(node.name), _ATOM
            case Neg():
                inner = "-" + self._after_minus(node.operand)
                return (self._bracket(inner), _ATOM) if node.is_grouped else (inner, _SUM)
            case Add():
                return self._sum(node), _SUM
            case PlusMinus():
                left = "" if node.left is None else self.write(node.left, _SUM) + " "
                return f"{left}{self._plus_minus} {self.write(node.right, _TERM)}", _SUM
            case Mul(sign=""):
                return self._side_by_side(node), _SIDE_BY_SIDE
            case Mul():
                return self._with_signs(node), _TERM
            case Factorial():
                return self._postfix_base(node.operand) + "!", _POWER
            case Percent():
                return self._postfix_base(node.operand) + self._percent, _POWER
            case Degree():
                return self._postfix_base(node.operand) + self._degree, _POWER
            case ForIntegers():
                inner = self.write(node.statement, _STATEMENT)
                letter = self._symbol(node.letter.name)
                return f"{inner}{self._membership.format(letter)}", _STATEMENT
            case Ratio():
                return " : ".join(self.write(each, _SUM) for each in node.items), _STATEMENT
            case Relation():
                return self._statement((node.left, node.right), (node.operator,)), _STATEMENT
            case Chain():
                return self._statement(node.operands, node.operators), _STATEMENT
            case _:
                return self._special(node)

    def _sum(self, node: Add) -> str:
        pieces = [self.write(node.terms[0], _TERM if isinstance(node.terms[0], Add) else _SUM)]
        for term in node.terms[1:]:
            if isinstance(term, Neg) and not term.is_grouped:
                pieces.append("- " + self._after_minus(term.operand))
            else:
                pieces.append("+ " + self.write(term, _TERM))
        return " ".join(pieces)

    def _after_minus(self, operand: Node) -> str:
        if isinstance(operand, Neg) and not operand.is_grouped:
            return self._bracket("-" + self._after_minus(operand.operand))
        return self.write(operand, _TERM)

    def _side_by_side(self, node: Mul) -> str:
        written = ""
        for i, factor in enumerate(node.factors):
            piece = self.write(factor, _POWER)
            if i and self._needs_sign(node.factors[i - 1], factor, piece):
                written += f" {self._times(node.factors)} {piece}"
            else:
                written += self._glue(written, piece) + piece
        return written

    def _needs_sign(self, before: Node, factor: Node, piece: str) -> bool:
        """Digits after anything, and a fraction after a number, must not run together."""
        return piece[:1].isdigit() or _begins_with_fraction(factor, is_after=before)

    def _with_signs(self, node: Mul) -> str:
        times = f" {self._times(node.factors)} "
        pieces = [self.write(node.factors[0], _TERM)]
        pieces.extend(self.write(factor, _QUOTIENT) for factor in node.factors[1:])
        return times.join(pieces)

    def _row(self, nodes: tuple[Node, ...], comma: str) -> str:
        return comma.join(map(self._whole, nodes))

    def _whole(self, node: Node) -> str:
        return self.write(node, _STATEMENT)

    def _postfix_base(self, operand: Node) -> str:
        return self.write(operand, _ATOM)

    def _divisor(self, node: Node) -> str:
        """After ÷ only a monomial goes without brackets."""
        is_bare = not isinstance(node, Mul) or is_monomial_product(node)
        return self.write(node, _SIDE_BY_SIDE if is_bare else _POWER)

    def _statement(self, operands: tuple[Node, ...], operators: tuple[str, ...]) -> str:
        pieces = [self._side(operands[0])]
        for operator, operand in zip(operators, operands[1:], strict=True):
            pieces.append(self._operator(operator))
            pieces.append(self._side(operand))
        return " ".join(pieces)

    def _side(self, node: Node) -> str:
        return self.write(node, _STATEMENT if isinstance(node, Ratio) else _SUM)

    # What differs between the two notations.
    _plus_minus = "±"
    _percent = "%"
    _degree = "°"
    _membership = ", {} ∈ ℤ"

    @abstractmethod
    def _symbol(self, name: str) -> str: ...

    @abstractmethod
    def _bracket(self, written: str) -> str: ...

    @abstractmethod
    def _times(self, factors: tuple[Node, ...]) -> str: ...

    @abstractmethod
    def _glue(self, before: str, piece: str) -> str: ...

    @abstractmethod
    def _operator(self, operator: str) -> str: ...

    @abstractmethod
    def _special(self, node: Node) -> tuple[str, int]: ...


class _Latex(_Writer):
    _plus_minus = "\\pm"
    _percent = "\\%"
    _degree = "^{\\circ}"
    _membership = ",\\; {} \\in \\mathbb{{Z}}"

    def _symbol(self, name: str) -> str:
        if name == PI_LETTER:
            return "\\pi"
        base, _, index = name.partition("_")
        letter = "\\" + base if base in _GREEK_LETTERS else base
        return f"{letter}_{{{index}}}" if index else letter

    def _bracket(self, written: str) -> str:
        is_tall = any(part in written for part in ("\\frac", "\\sqrt", "\\int"))
        return f"\\left({written}\\right)" if is_tall else f"({written})"

    def _times(self, factors: tuple[Node, ...]) -> str:
        return "\\times" if all(is_numeric(factor) for factor in factors) else "\\cdot"

    def _needs_sign(self, before: Node, factor: Node, piece: str) -> bool:
        """A function without brackets would take in all but another function."""
        if _is_bare_call(_base_of(before)):
            return not isinstance(_base_of(factor), Call) or piece.startswith("\\left")
        return super()._needs_sign(before, factor, piece)

    def _glue(self, before: str, piece: str) -> str:
        ends_in_command = before.rpartition("\\")[2].isalpha() and "\\" in before
        if ends_in_command and piece[:1].isalpha():
            return " "
        return " " if _would_be_a_word(before, piece) else ""

    def _operator(self, operator: str) -> str:
        return _LATEX_OPERATORS.get(operator, operator)

    def _postfix_base(self, operand: Node) -> str:
        if isinstance(operand, Div | Root | MixedNumber):
            return self._bracket(self.write(operand, _STATEMENT))
        return super()._postfix_base(operand)

    def _special(self, node: Node) -> tuple[str, int]:
        match node:
            case Constant():
                return _LATEX_CONSTANTS[node.name], _ATOM
            case Div(sign="÷"):
                left = self.write(node.numerator, _TERM)
                return f"{left} \\div {self._divisor(node.denominator)}", _TERM
            case Div():
                return self._fraction(node.numerator, node.denominator), _POWER
            case MixedNumber():
                return node.whole.text + self._fraction(node.numerator, node.denominator), _POWER
            case Pow():
                return self._power(node), _POWER
            case Root():
                index = "" if node.index == 2 else f"[{node.index}]"
                return f"\\sqrt{index}{{{self.write(node.radicand, _SUM)}}}", _ATOM
            case Call(name="abs"):
                return f"\\left|{self.write(node.args[0], _SUM)}\\right|", _ATOM
            case Call():
                return self._call(node), _ATOM
            case Derivative():
                power = f"^{{{node.order}}}" if node.order > 1 else ""
                variable = self._symbol(node.variable.name)
                inner = self.write(node.expression, _SUM)
                return (
                    f"\\frac{{d{power}}}{{d{variable}{power}}}\\left({inner}\\right)",
                    _SIDE_BY_SIDE,
                )
            case Integral():
                return self._integral(node), _TERM
            case Evaluated():
                inner = self.write(node.expression, _SUM)
                return f"\\left[{inner}\\right]{self._bounds(node.lower, node.upper)}", _ATOM
            case FunctionValue():
                return _function_value(self, node), _ATOM
            case System():
                return self._system(node), _STATEMENT
            case Alternatives():
                word = "\\text{or}" if self._language == "en" else "\\text{或}"
                parts = [self._option(option) for option in node.options]
                return f" \\;{word}\\; ".join(parts), _STATEMENT
            case Phrase():
                return f"\\text{{{PHRASES[self._language][node.kind]}}}", _STATEMENT
            case Point():
                return self._bracket(self._row(node.coordinates, ",\\; ")), _ATOM
            case Columns():
                rows = " \\\\ ".join(node.rows)
                return f"\\begin{{array}}{{r}} {rows} \\end{{array}}", _STATEMENT
            case Listing():
                return self._row(node.items, ",\\; "), _STATEMENT
            case Matrix():
                return matrix_latex(node, self._whole), _ATOM
            case Quantity():
                is_sign = node.kind == "determinant"
                written = quantity_latex(node, self._language, self._whole)
                return written, _ATOM if is_sign else _STATEMENT
            case Measure():
                unit = unit_latex(node.unit, self._language)
                return f"{self.write(node.value, _TERM)}\\,{unit}", _TERM
            case _:
                raise TypeError(f"no notation for {type(node).__name__}")

    def _fraction(self, numerator: Node, denominator: Node) -> str:
        return f"\\frac{{{self.write(numerator, _SUM)}}}{{{self.write(denominator, _SUM)}}}"

    def _power(self, node: Pow) -> str:
        exponent = self.write(node.exponent, _SUM)
        base = node.base
        if isinstance(base, Call) and base.name != "abs":
            if isinstance(node.exponent, Number):
                return self._call(base, f"^{{{exponent}}}")
            return f"{self._bracket(self.write(base, _STATEMENT))}^{{{exponent}}}"
        return f"{self._postfix_base(base)}^{{{exponent}}}"

    def _call(self, node: Call, power: str = "") -> str:
        if node.name in {"gcd", "lcm"}:
            name = "\\gcd" if node.name == "gcd" else "\\operatorname{lcm}"
            return f"{name}{power}({', '.join(self.write(each, _SUM) for each in node.args)})"
        base = ""
        if len(node.args) == 2:
            base = f"_{{{self.write(node.args[1], _SUM)}}}"
        argument = self.write(node.args[0], _SUM)
        if _is_bare_call(node):
            return f"\\{node.name}{base}{power} {argument}"
        return f"\\{node.name}{base}{power}\\left({argument}\\right)"

    def _integral(self, node: Integral) -> str:
        bounds = ""
        if node.lower is not None and node.upper is not None:
            bounds = self._bounds(node.lower, node.upper)
        inner = self.write(node.expression, _TERM)
        return f"\\int{bounds} {inner} \\, d{self._symbol(node.variable.name)}"

    def _bounds(self, lower: Node, upper: Node) -> str:
        return f"_{{{self.write(lower, _SUM)}}}^{{{self.write(upper, _SUM)}}}"

    def _option(self, node: Node) -> str:
        return self._list(node) if isinstance(node, System) else self.write(node, _STATEMENT)

    def _list(self, node: System) -> str:
        return ",\\; ".join(self.write(each, _STATEMENT) for each in node.relations)

    def _system(self, node: System) -> str:
        kinds = (_is_assignment, _is_about_numbers)
        if any(all(map(kind, node.relations)) for kind in kinds) or _is_guarded(node):
            return self._list(node)
        lines = " \\\\ ".join(self.write(each, _STATEMENT) for each in node.relations)
        return f"\\begin{{cases}} {lines} \\end{{cases}}"


class _Text(_Writer):
    def _symbol(self, name: str) -> str:
        if name == PI_LETTER:
            return "pi"
        base, _, index = name.partition("_")
        letter = _GREEK_LETTERS.get(base, base)
        return f"{letter}_{index}" if index else letter

    def _bracket(self, written: str) -> str:
        return f"({written})"

    def _times(self, factors: tuple[Node, ...]) -> str:
        return "×"

    def _glue(self, before: str, piece: str) -> str:
        """Letters that run together would be read as one word."""
        if not before:
            return ""
        if not piece[:1].isalpha() or not before[-1:].isalnum():
            return ""
        if before[-1:].isdigit():
            return " " if "_" in before else ""
        return " " if _would_be_a_word(before, piece) else ""

    def _operator(self, operator: str) -> str:
        return operator

    def _special(self, node: Node) -> tuple[str, int]:
        match node:
            case Constant():
                return ("∞" if node.name == "infinity" else node.name), _ATOM
            case Div(sign="÷"):
                left = self.write(node.numerator, _TERM)
                return f"{left} ÷ {self._divisor(node.denominator)}", _TERM
            case Div():
                left = self.write(node.numerator, _SIDE_BY_SIDE)
                return f"{left}/{self.write(node.denominator, _POWER)}", _QUOTIENT
            case MixedNumber():
                whole, top, bottom = node.whole.text, node.numerator.text, node.denominator.text
                return f"{whole} {top}/{bottom}", _QUOTIENT
            case Pow():
                return f"{self._postfix_base(node.base)}^{self._exponent(node.exponent)}", _POWER
            case Root():
                inner = self.write(node.radicand, _SUM)
                if node.index == 2:
                    return f"sqrt({inner})", _ATOM
                return f"root({node.index}, {inner})", _ATOM
            case Call(name="gcd" | "lcm"):
                inner = ", ".join(self.write(each, _SUM) for each in node.args)
                return f"{node.name}({inner})", _ATOM
            case Call():
                base = f"_{self.write(node.args[1], _ATOM)}" if len(node.args) == 2 else ""
                return f"{node.name}{base}({self.write(node.args[0], _SUM)})", _ATOM
            case Derivative():
                power = f"^{node.order}" if node.order > 1 else ""
                inner = self.write(node.expression, _SUM)
                return (
                    f"d{power}/d{self._symbol(node.variable.name)}{power}({inner})",
                    _SIDE_BY_SIDE,
                )
            case Integral():
                bounds = ""
                if node.lower is not None and node.upper is not None:
                    bounds = self._bounds(node.lower, node.upper)
                inner = self.write(node.expression, _TERM)
                return f"∫{bounds} {inner} d{self._symbol(node.variable.name)}", _TERM
            case Evaluated():
                inner = self.write(node.expression, _SUM)
                return f"[{inner}]{self._bounds(node.lower, node.upper)}", _ATOM
            case FunctionValue():
                return _function_value(self, node), _ATOM
            case System():
                is_answer = all(_is_assignment(each) for each in node.relations)
                return self._join(node, ", " if is_answer else "; "), _STATEMENT
            case Alternatives():
                word = " or " if self._language == "en" else " 或 "
                return word.join(self.write(each, _STATEMENT) for each in node.options), _STATEMENT
            case Phrase():
                return PHRASES[self._language][node.kind], _STATEMENT
            case Point():
                return self._bracket(self._row(node.coordinates, ", ")), _ATOM
            case Columns():
                return self.write(node.claim, _STATEMENT), _STATEMENT
            case Listing():
                return self._row(node.items, ", "), _STATEMENT
            case Quantity():
                return quantity_text(node, self._language, self._whole), _STATEMENT
            case Matrix():
                return matrix_text(node, self._whole), _ATOM
            case Measure():
                unit = unit_text(node.unit, self._language)
                return f"{self.write(node.value, _TERM)} {unit}", _TERM
            case _:
                raise TypeError(f"no notation for {type(node).__name__}")

    def _join(self, node: System, separator: str) -> str:
        return separator.join(self.write(each, _STATEMENT) for each in node.relations)

    def _exponent(self, node: Node) -> str:
        if isinstance(node, Neg) and isinstance(node.operand, Number | Symbol):
            return self.write(node, _SUM)
        return self.write(node, _ATOM)

    def _bounds(self, lower: Node, upper: Node) -> str:
        return f"_{self._exponent(lower)}^{self._exponent(upper)}"


def _function_value(writer: _Writer, node: FunctionValue) -> str:
    primes = "'" * node.order if node.order >= 0 else "^{-1}"
    if node.name == "y" and node.argument == Symbol("x"):
        return f"y{primes}"
    return f"{node.name}{primes}({writer.write(node.argument, _SUM)})"


def _is_bare_call(node: Node) -> bool:
    """Whether LaTeX has it as `\\sin x`."""
    return (
        isinstance(node, Call)
        and node.name not in {"abs", "gcd", "lcm"}
        and isinstance(node.args[0], Symbol | Constant | Number)
    )


def _begins_with_fraction(node: Node, *, is_after: Node) -> bool:
    """`2\\frac{1}{2}` would be read as a mixed number."""
    return isinstance(node, Div | MixedNumber) and isinstance(is_after, Number)


def _is_inequality(node: Node) -> bool:
    return isinstance(node, Relation) and node.operator != "="


def _base_of(node: Node) -> Node:
    return node.base if isinstance(node, Pow) else node


def _is_guarded(node: System) -> bool:
    """An equation, and the conditions under which it is to hold."""
    first, *others = node.relations
    is_equation = isinstance(first, Relation) and first.operator == "="
    return is_equation and bool(others) and all(map(_is_inequality, others))


def _is_about_numbers(node: Node) -> bool:
    """An equation between numbers: `12 = 2^2 \\times 3`."""
    operands = node.operands if isinstance(node, Chain) else ()
    sides = (node.left, node.right) if isinstance(node, Relation) else operands
    return bool(sides) and all(map(is_numeric, sides))


def _is_assignment(node: Node) -> bool:
    """`x = 1`: a letter and its value."""
    return (
        isinstance(node, Relation)
        and node.operator == "="
        and isinstance(node.left, Symbol)
        and is_numeric(node.right)
        and not any(_is_unfinished(each) for each in walk(node.right))
    )


def _is_unfinished(node: Node) -> bool:
    """A sum of plain numbers or a product with a written sign is still to be worked out."""
    if isinstance(node, Add):
        return not any(isinstance(each, Root | Constant | Call) for each in walk(node))
    return isinstance(node, Mul) and node.sign == "×"


def _would_be_a_word(before: str, piece: str) -> bool:
    """Whether letters that are factors would be read as one word when they touch."""
    left = before[len(before.rstrip(_LETTERS)) :]
    right = piece[: len(piece) - len(piece.lstrip(_LETTERS))]
    if not left or not right:
        return False
    letters = left + right
    return len(letters) > MAX_LETTERS_IN_A_ROW or any(word in letters for word in WORDS)
