"""Determinants and inverses of matrices of two or three rows."""

from __future__ import annotations

from inference.rules.bounds import exact_value
from inference.rules.build import grouped, number, total
from inference.rules.nodes import (
    Add,
    Div,
    Matrix,
    Mul,
    Neg,
    Node,
    Number,
    Quantity,
    Relation,
    ungrouped,
)
from inference.rules.problem import Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.topics.arithmetic import evaluate

_KINDS = frozenset({"determinant", "inverse_matrix"})
_Rows = tuple[tuple[Node, ...], ...]


def covers(problem: Problem) -> bool:
    """Whether it asks for a determinant or an inverse."""
    node = problem.node
    return isinstance(node, Quantity) and node.kind in _KINDS


def solve(problem: Problem, trace: Trace) -> Node:
    """Work it out.

    Raises:
        UnsupportedProblemError: The cells are not rational, or there is no inverse.
    """
    quantity = problem.node
    assert isinstance(quantity, Quantity)
    (matrix,) = quantity.operands
    assert isinstance(matrix, Matrix)
    if any(exact_value(cell) is None for cell in matrix.cells):
        raise RefusedError("rational_data")
    rule = "determinant_two" if matrix.width == 2 else "determinant_three"
    line = _determinant(matrix.rows)
    if quantity.kind == "determinant":
        trace.add(rule, line)
        return evaluate(line, trace, is_decimal=False)
    return _inverse(matrix, line, rule, trace)


def _determinant(rows: _Rows) -> Node:
    """As a sum of products."""
    if len(rows) == 2:
        (a, b), (c, d) = rows
        return Add((_product(a, d), Neg(_product(b, c))))
    (a, b, c), (d, e, f), (g, h, i) = rows
    down = [_product(a, e, i), _product(b, f, g), _product(c, d, h)]
    up = [_product(c, e, g), _product(a, f, h), _product(b, d, i)]
    return Add((*down, *map(Neg, up)))


def _product(first: Node, *others: Node) -> Node:
    return Mul((grouped(first), *map(grouped, others)), "×")


def _inverse(matrix: Matrix, line: Node, rule: str, trace: Trace) -> Node:
    with trace.within(lambda part: Relation("=", _sign(matrix), part)):
        trace.note(rule, line)
        size = evaluate(line, trace, is_decimal=False)
    value = exact_value(size)
    if not value:
        raise RefusedError("singular_matrix")
    adjugate = Matrix(tuple(_adjugate(matrix.rows)), matrix.width)
    factor = Div(Number("1"), ungrouped(size))

    def scaled(inner: Node) -> Node:
        if value == 1:
            return inner
        return Quantity("scaled_matrix", (factor, inner))

    swap = "inverse_two" if matrix.width == 2 else "inverse_three"
    trace.add(swap, scaled(adjugate), determinant=size)
    scratch = Trace(number(0), "en")
    cells = [_worked_out(cell, scratch) for cell in adjugate.cells]
    trace.add("work_out_cells", scaled(Matrix(tuple(cells), matrix.width)))
    values = [exact_value(cell) for cell in cells]
    answer = Matrix(tuple(number((each or 0) / value) for each in values), matrix.width)
    if value != 1:
        trace.add("multiply_cells", answer, factor=factor)
    return answer


def _worked_out(cell: Node, scratch: Trace) -> Node:
    value = exact_value(cell)
    return evaluate(cell, scratch, is_decimal=False) if value is None else number(value)


def _sign(matrix: Matrix) -> Node:
    return Quantity("determinant", (matrix,))


def _adjugate(rows: _Rows) -> list[Node]:
    """The cofactors, rows and columns exchanged."""
    if len(rows) == 2:
        (a, b), (c, d) = rows
        return [ungrouped(d), _opposite(b), _opposite(c), ungrouped(a)]
    cells: list[Node] = []
    for column in range(3):
        for row in range(3):
            up, down = [i for i in range(3) if i != row]
            left, right = [j for j in range(3) if j != column]
            pairs = [
                _product(rows[up][left], rows[down][right]),
                _product(rows[up][right], rows[down][left]),
            ]
            if (row + column) % 2:
                pairs.reverse()
            cells.append(total((pairs[0], Neg(pairs[1]))))
    return cells


def _opposite(node: Node) -> Node:
    bare = ungrouped(node)
    if isinstance(bare, Neg):
        return bare.operand
    return bare if exact_value(bare) == 0 else Neg(bare)
