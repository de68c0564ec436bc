"""How matrices are written and asked about: determinants and inverses, in LaTeX or in brackets."""

from __future__ import annotations

import re

from inference.errors import MathSyntaxError
from inference.rules.nodes import Matrix, Node, Quantity, QuantityKind, is_numeric
from inference.rules.parser import parse_math
from inference.rules.question_forms import ASK, Form, first_of, make_form, parsed

_LATEX = (
    r"\\begin ?\{ ?(?P<kind>[pbv]?matrix|array) ?\}(?: ?\{[lcr| ]*\})?(?P<cells>.*?)"
    r"\\end ?\{ ?(?P=kind) ?\}"
)
_BARS = (
    r"(?:\\left ?)?\|? ?\\begin ?\{ ?(?P<kind>vmatrix|matrix|array) ?\}(?: ?\{[lcr| ]*\})?"
    r"(?P<cells>.*?)\\end ?\{ ?(?P=kind) ?\}(?: ?(?:\\right ?)?\|)?"
)
_PLAIN = r"\[ ?(?P<cells>\[[^\[\]]*\](?: ?[,;] ?\[[^\[\]]*\])*) ?\]"
_MATRIX = r"(?:the )?(?:matrix )?(?:[A-Z] ?= ?)?"
_MAX_SIZE = 3


def _cells(match: re.Match[str]) -> Matrix:
    """The cells of either notation."""
    text, offset = match["cells"], match.start("cells")
    is_latex = "[" not in text
    row_end, cell_end = (r"\\\\", "&") if is_latex else (r"\][ ,;]*\[|[\[\]]", ",")
    rows = [row for row in re.split(row_end, text) if row.strip()]
    cells = [[_cell(cell, offset) for cell in re.split(cell_end, row)] for row in rows]
    widths = {len(row) for row in cells}
    if len(widths) != 1 or len(cells) > _MAX_SIZE or max(widths) > _MAX_SIZE:
        raise MathSyntaxError(
            f"A matrix has rows of the same length, at most {_MAX_SIZE} by {_MAX_SIZE}.",
            position=offset,
            reason="unexpected",
        )
    return Matrix(tuple(cell for row in cells for cell in row), widths.pop())


def _cell(text: str, offset: int) -> Node:
    node = parsed(text.strip(), offset, parse_math)
    if not is_numeric(node):
        raise MathSyntaxError("Only numbers may stand here.", position=offset, reason="unexpected")
    return node


def _square(match: re.Match[str]) -> tuple[Node, ...]:
    matrix = _cells(match)
    if len(matrix.rows) != matrix.width or matrix.width < 2:
        raise MathSyntaxError(
            "Only a square matrix has a determinant or an inverse.",
            position=match.start("cells"),
            reason="unexpected",
        )
    return (matrix,)


def _scaled(match: re.Match[str]) -> tuple[Node, ...]:
    """A number before a matrix."""
    scalar = parsed(match["scalar"], match.start("scalar"), parse_math)
    if not is_numeric(scalar):
        raise MathSyntaxError("A number was expected.", position=0, reason="unexpected")
    return scalar, _cells(match)


def _forms(kind: QuantityKind, *patterns: str) -> list[Form]:
    return [make_form(kind, pattern, _square) for pattern in patterns]


_DETERMINANTS = _forms(
    "determinant",
    rf"{ASK}(?:determinant (?:of )?|det ?){_MATRIX}\(? ?(?:{_PLAIN}) ?\)?",
    rf"{ASK}(?:determinant (?:of )?|\\?det ?){_MATRIX}{_LATEX}",
    rf"{ASK}{_BARS} ?=?",
    rf"(?:求|计算)?(?:矩阵)? ?(?:行列式)? ?[:：]? ?{_BARS}(?: ?的值)?",
    rf"(?:求|计算)?(?:矩阵)? ?(?:{_PLAIN}) ?的 ?行列式",
    rf"(?:求|计算)?(?:矩阵)? ?(?:{_LATEX}) ?的 ?行列式",
)
MATRIX_FORMS: tuple[Form, ...] = (
    *_forms(
        "inverse_matrix",
        rf"{ASK}inverse (?:matrix )?of {_MATRIX}{_PLAIN}",
        rf"{ASK}inverse (?:matrix )?of {_MATRIX}{_LATEX}(?: is)?",
        rf"{ASK}{_LATEX} ?\^ ?\{{? ?-1 ?\}}?",
        rf"(?:求|计算)?(?:矩阵)? ?{_PLAIN} ?的 ?逆(?:矩阵)?",
        rf"(?:求|计算)?(?:矩阵)? ?{_LATEX} ?的 ?逆(?:矩阵)?",
    ),
    *_DETERMINANTS,
)
_SCALED = make_form("scaled_matrix", rf"(?P<scalar>[^&]+?) ?(?:\\cdot|\\times)? ?{_LATEX}", _scaled)
_ALONE = re.compile(rf" ?{_LATEX} ?", re.DOTALL)
_NAME = re.compile(r"\s*[A-Z]\s*\^\s*\{?\s*-\s*1\s*\}?\s*=")


def find_matrix(text: str) -> Node | None:
    """For the lines of a solution: a matrix, alone, with a number before it, or as a determinant;
    None when it is none of these."""
    if "matrix" not in text:
        return None
    plain = " ".join(_NAME.sub("", text).split())
    if "vmatrix" in text:
        return first_of(_DETERMINANTS, plain)
    match = _ALONE.fullmatch(plain)
    if match is not None and "\\begin" not in match["cells"]:
        return _cells(match)
    return first_of([_SCALED], plain)


def is_matrix_value(node: Node) -> bool:
    """Whether it is a matrix, with or without a number before it."""
    return isinstance(node, Matrix) or (isinstance(node, Quantity) and node.kind == "scaled_matrix")
