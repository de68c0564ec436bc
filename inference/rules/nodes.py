"""The tree that the parser builds: plain frozen values, no SymPy, so that it may travel anywhere.

A node keeps the written form as far as a teacher would: `3 \\div 4` and `\\frac{3}{4}` differ,
`2(x + 1)` and `2 \\times (x + 1)` differ, `1.50` is not `1.5`. Subtraction is an `Add` with a `Neg`
term; numbers are never negative, a sign is always a `Neg`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Literal

FUNCTION_NAMES = (
    "sin",
    "cos",
    "tan",
    "cot",
    "sec",
    "csc",
    "arcsin",
    "arccos",
    "arctan",
    "ln",
    "log",
    "exp",
    "abs",
    "gcd",
    "lcm",
)
RelationOperator = Literal["=", "<", ">", "<=", ">=", "!=", "≈"]
PhraseKind = Literal[
    "no_solution",
    "no_real_solution",
    "all_reals",
    "infinitely_many",
    "true",
    "false",
    "no_mode",
    "no_limit",
    "no_extrema",
]
QuantityKind = Literal[
    "mean",
    "median",
    "mode",
    "range",
    "variance",
    "sample_variance",
    "deviation",
    "sample_deviation",
    "combinations",
    "permutations",
    "slope",
    "distance",
    "midpoint",
    "function_value",
    "inverse",
    "domain",
    "vertex",
    "intercepts",
    "x_intercepts",
    "y_intercept",
    "line",
    "line_with_slope",
    "tangent",
    "extrema",
    "area",
    "slope_at",
    "limit",
    "limit_right",
    "limit_left",
    "maximum",
    "minimum",
    "percent_change",
    "percent_decrease",
    "percent_share",
    "increased",
    "decreased",
    "simple_interest",
    "compound_interest",
    "compound_amount",
    "conversion",
    "as_percent",
    "as_fraction",
    "as_decimal",
    "shares",
    "probability",
    "determinant",
    "inverse_matrix",
    "scaled_matrix",
]


@dataclass(frozen=True, slots=True)
class Number:
    """A non-negative number as written: digits with at most one point."""

    text: str

    @property
    def value(self) -> Fraction:
        """The exact value."""
        return Fraction(self.text)

    @property
    def is_decimal(self) -> bool:
        """Whether it was written with a decimal point."""
        return "." in self.text


@dataclass(frozen=True, slots=True)
class Symbol:
    """A letter, a Greek letter by its English name (`alpha`), or one with an index (`x_1`)."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A number that has a name."""

    name: Literal["pi", "e", "infinity"]


@dataclass(frozen=True, slots=True)
class Neg:
    """Minus `operand`. As a term of an `Add` it is a subtraction, unless `is_grouped`: then it
    was written in brackets of its own, as in `5 + (-3)`."""

    operand: Node
    is_grouped: bool = False


@dataclass(frozen=True, slots=True)
class Add:
    """A sum of two or more terms, in the order written."""

    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class PlusMinus:
    """`left \\pm right`; `left` is None for a leading sign."""

    left: Node | None
    right: Node


@dataclass(frozen=True, slots=True)
class Mul:
    """A product of two or more factors. `sign` is empty for factors that merely stand side by
    side, which binds tighter than a written sign."""

    factors: tuple[Node, ...]
    sign: Literal["", "×"] = ""


@dataclass(frozen=True, slots=True)
class Div:
    """A fraction (`/`) or a division (`÷`)."""

    numerator: Node
    denominator: Node
    sign: Literal["/", "÷"] = "/"


@dataclass(frozen=True, slots=True)
class Pow:
    """`base` to the power of `exponent`."""

    base: Node
    exponent: Node


@dataclass(frozen=True, slots=True)
class Root:
    """The real root of degree `index` (2 for the square root)."""

    radicand: Node
    index: int = 2


@dataclass(frozen=True, slots=True)
class Call:
    """A function of `FUNCTION_NAMES` applied to its argument. `log` has its base as a second
    argument when one was written; without, the base is 10. `gcd` and `lcm` have two or more."""

    name: str
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Factorial:
    """`operand!`"""

    operand: Node


@dataclass(frozen=True, slots=True)
class Percent:
    """`operand` hundredths."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Degree:
    """An angle of `operand` degrees."""

    operand: Node


@dataclass(frozen=True, slots=True)
class MixedNumber:
    """A whole number and a proper fraction written side by side."""

    whole: Number
    numerator: Number
    denominator: Number


@dataclass(frozen=True, slots=True)
class Derivative:
    """The derivative of `expression` with respect to `variable`."""

    expression: Node
    variable: Symbol
    order: int = 1


@dataclass(frozen=True, slots=True)
class Integral:
    """An integral over `variable`; definite when both bounds are given."""

    expression: Node
    variable: Symbol
    lower: Node | None = None
    upper: Node | None = None


@dataclass(frozen=True, slots=True)
class Evaluated:
    """`[expression]` between two bounds: its value at `upper` minus its value at `lower`."""

    expression: Node
    lower: Node
    upper: Node


@dataclass(frozen=True, slots=True)
class FunctionValue:
    """An unknown function at a point: `f(x)`, with `order` primes; `y'` and `dy/dx` are
    `FunctionValue("y", x, 1)`."""

    name: str
    argument: Node
    order: int = 0


@dataclass(frozen=True, slots=True)
class Relation:
    """An equation or inequality."""

    operator: RelationOperator
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Chain:
    """Relations written in one line with shared sides: `1 < x < 3`, `2 + 2 = 2 \\cdot 2 = 4`."""

    operands: tuple[Node, ...]
    operators: tuple[RelationOperator, ...]

    @property
    def relations(self) -> tuple[Relation, ...]:
        """The same, as relations between neighbours."""
        return tuple(
            Relation(operator, self.operands[i], self.operands[i + 1])
            for i, operator in enumerate(self.operators)
        )


@dataclass(frozen=True, slots=True)
class System:
    """Statements that hold together: a system of equations, or an answer `x = 1, y = 2`."""

    relations: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Statements of which one holds: `x = 2 or x = 3`."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ForIntegers:
    """What `statement` says for all whole numbers in place of `letter`, one of which has to do:
    `x = \\frac{\\pi}{6} + 2k\\pi, k \\in \\mathbb{Z}`."""

    statement: Node
    letter: Symbol


@dataclass(frozen=True, slots=True)
class Listing:
    """Expressions in a row, parted by commas: the factors of a number, say."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Two or more numbers compared by division: `12 : 18`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """A calculation written out in columns: its rows as LaTeX, and what it claims."""

    rows: tuple[str, ...]
    claim: Node


@dataclass(frozen=True, slots=True)
class Phrase:
    """An answer in words: no solution, no real solution, all real numbers, infinitely many; of a
    statement that it is true or false."""

    kind: PhraseKind


@dataclass(frozen=True, slots=True)
class Point:
    """A point by its coordinates: `(3, 4)`."""

    coordinates: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Cells row by row, `width` in each row."""

    cells: tuple[Node, ...]
    width: int

    @property
    def rows(self) -> tuple[tuple[Node, ...], ...]:
        """The same, a tuple for each row."""
        starts = range(0, len(self.cells), self.width)
        return tuple(self.cells[start : start + self.width] for start in starts)


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of units: `3.5 km`. `rules.units` knows the units by these names."""

    value: Node
    unit: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that a question names and a definition gives, such as the mean of numbers or the
    distance of two points. `rules.quantities` knows what each kind is made of."""

    kind: QuantityKind
    operands: tuple[Node, ...]


Node = (
    Number
    | Symbol
    | Constant
    | Neg
    | Add
    | PlusMinus
    | Mul
    | Div
    | Pow
    | Root
    | Call
    | Factorial
    | Percent
    | Degree
    | MixedNumber
    | Derivative
    | Integral
    | Evaluated
    | FunctionValue
    | Relation
    | Chain
    | System
    | Alternatives
    | ForIntegers
    | Listing
    | Ratio
    | Columns
    | Phrase
    | Point
    | Measure
    | Matrix
    | Quantity
)


_WITHOUT_VALUE = (
    Symbol,
    FunctionValue,
    Relation,
    Chain,
    System,
    Alternatives,
    ForIntegers,
    Listing,
    Phrase,
)


PI_LETTER = "0pi"
"""Where formulas are solved for a letter, π is a letter like the others, written before them."""


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below `node`, in the order written."""
    found: list[Node] = []
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            found.extend(item for item in value if isinstance(item, Node))
    return tuple(found)


def replaced(node: Node, old: Node, new: Node) -> Node:
    """`node` with `new` wherever `old` stands."""
    if node == old:
        return new
    changes: dict[str, object] = {}
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            changes[field.name] = replaced(value, old, new)
        elif isinstance(value, tuple):
            changes[field.name] = tuple(
                replaced(item, old, new) if isinstance(item, Node) else item for item in value
            )
    return replace(node, **changes) if changes else node  # type: ignore[arg-type]


def walk(node: Node) -> Iterator[Node]:
    """Yield `node` and everything below it."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(children(current)))


def symbols(node: Node) -> tuple[str, ...]:
    """The names of the letters in `node`, in the order of their first appearance."""
    return tuple(dict.fromkeys(each.name for each in walk(node) if isinstance(each, Symbol)))


def is_numeric(node: Node) -> bool:
    """Whether `node` has a value without any letter: no symbols, relations, lists or phrases."""
    return not any(isinstance(each, _WITHOUT_VALUE) for each in walk(node))


def is_monomial_product(product: Mul) -> bool:
    """Whether a product is a number, then letters and their powers: one thing to the eye."""
    first, *others = product.factors
    letters = others if isinstance(first, Number) else product.factors
    return all(
        isinstance(factor, Symbol | Constant)
        or (isinstance(factor, Pow) and isinstance(factor.base, Symbol))
        for factor in letters
    )


def ungrouped(node: Node) -> Node:
    """`node` without the brackets of a negative: braces, roots and bars hold a sign already."""
    return Neg(node.operand) if isinstance(node, Neg) else node


def depth(node: Node) -> int:
    """Levels of the tree, counted without recursion because it guards recursion elsewhere."""
    deepest = 0
    pending = [(node, 1)]
    while pending:
        current, level = pending.pop()
        deepest = max(deepest, level)
        pending.extend((child, level + 1) for child in children(current))
    return deepest
