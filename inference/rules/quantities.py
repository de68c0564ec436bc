"""How the quantities that exercises ask for by name are written, in every language.

The English words are also what the parser of questions reads back (`rules.questions`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from inference.rules.nodes import Add, Matrix, Neg, Node, Quantity, QuantityKind, Relation
from inference.types import Language

# `{all}` stands for all operands in a row, `{last}` for the last and `{given}` for those before it,
# `{0}` and `{1}` for single ones.
_WORDS: Mapping[QuantityKind, tuple[str, str]] = {
    "mean": ("mean of {all}", "{all}的平均数"),
    "median": ("median of {all}", "{all}的中位数"),
    "mode": ("mode of {all}", "{all}的众数"),
    "range": ("range of {all}", "{all}的极差"),
    "variance": ("variance of {all}", "{all}的方差"),
    "sample_variance": ("sample variance of {all}", "{all}的样本方差"),
    "deviation": ("standard deviation of {all}", "{all}的标准差"),
    "sample_deviation": ("sample standard deviation of {all}", "{all}的样本标准差"),
    "combinations": ("combinations of {1} out of {0}", "从{0}个中选{1}个的组合数"),
    "permutations": ("arrangements of {1} out of {0}", "从{0}个中选{1}个的排列数"),
    "slope": ("slope of the line through {0} and {1}", "过{0}和{1}的直线的斜率"),
    "distance": ("distance between {0} and {1}", "{0}和{1}之间的距离"),
    "midpoint": ("midpoint of {0} and {1}", "{0}和{1}的中点"),
    "function_value": ("{given}, find {last}", "已知{given}，求{last}"),
    "inverse": ("inverse of {0}", "{0}的反函数"),
    "domain": ("domain of {0}", "{0}的定义域"),
    "vertex": ("vertex of {0}", "{0}的顶点"),
    "intercepts": ("intercepts of {0}", "{0}与坐标轴的交点"),
    "x_intercepts": ("x-intercepts of {0}", "{0}与x轴的交点"),
    "y_intercept": ("y-intercept of {0}", "{0}与y轴的交点"),
    "line": ("equation of the line through {0} and {1}", "过{0}和{1}的直线方程"),
    "line_with_slope": (
        "equation of the line through {0} with slope {1}",
        "过{0}且斜率为{1}的直线方程",
    ),
    "tangent": ("tangent line to {0} at {1}", "{0}在{1}处的切线方程"),
    "extrema": ("extrema of {0}", "{0}的极值"),
    "percent_change": ("percentage change from {0} to {1}", "从{0}到{1}的变化百分比"),
    "percent_decrease": (
        "percentage decrease from {0} to {1}",
        "从{0}减少到{1}，减少的百分比",
    ),
    "percent_share": ("{0} is what percent of {1}", "{0}是{1}的百分之几"),
    "increased": ("{0} increased by {1}", "{0}增加{1}"),
    "decreased": ("{0} decreased by {1}", "{0}减少{1}"),
    "simple_interest": (
        "simple interest on {0} at {1} per year for {2} years",
        "本金{0}，年利率{1}，{2}年的单利利息",
    ),
    "compound_interest": (
        "compound interest on {0} at {1} per year for {2} years",
        "本金{0}，年利率{1}，{2}年的复利利息",
    ),
    "compound_amount": (
        "amount after {2} years of {0} at {1} compound interest per year",
        "本金{0}，年利率{1}，按复利{2}年后的本利和",
    ),
    "conversion": ("convert {0} to {1}", "把{0}换算成{1}"),
    "as_percent": ("{0} as a percentage", "把{0}化成百分数"),
    "as_fraction": ("{0} as a fraction", "把{0}化成分数"),
    "as_decimal": ("{0} as a decimal", "把{0}化成小数"),
    "shares": ("divide {0} in the ratio {1}", "把{0}按{1}分配"),
    "probability": (
        "probability of {0} out of {1} equally likely cases",
        "{1}种等可能情况中{0}种的概率",
    ),
    "limit": ("limit of {0} as {to}", "当{to}时{0}的极限"),
    "limit_right": ("limit of {0} as {to} from the right", "当{to}^+时{0}的极限"),
    "limit_left": ("limit of {0} as {to} from the left", "当{to}^-时{0}的极限"),
    "maximum": ("maximum at {0}", "极大值点{0}"),
    "minimum": ("minimum at {0}", "极小值点{0}"),
    "determinant": ("determinant of {0}", "{0}的行列式"),
    "inverse_matrix": ("inverse of {0}", "{0}的逆矩阵"),
    "scaled_matrix": ("{0} {1}", "{0} {1}"),
    "area": ("area between {0} and {1}{from}", "{0}和{1}{from}围成的面积"),
    "slope_at": ("slope of {0} at {1}", "{0}在{1}处的斜率"),
}

_NOTATION: Mapping[QuantityKind, tuple[str, str]] = {
    "combinations": ("\\binom{{{0}}}{{{1}}}", "C_{{{0}}}^{{{1}}}"),
    "permutations": ("P({0},\\; {1})", "A_{{{0}}}^{{{1}}}"),
}

_SIDES: Mapping[QuantityKind, str] = {"limit": "", "limit_right": "^{+}", "limit_left": "^{-}"}


def quantity_text(node: Quantity, language: Language, write: Callable[[Node], str]) -> str:
    """The quantity in plain words and numbers."""
    return _filled(node, language, write, "{}", ", ")


def quantity_latex(node: Quantity, language: Language, write: Callable[[Node], str]) -> str:
    """The same as LaTeX, words in `\\text{...}`; of numbers of ways, the sign that school uses."""
    if node.kind in _SIDES:
        function, place = node.operands
        assert isinstance(place, Relation)
        to = f"{write(place.left)} \\to {write(place.right)}{_SIDES[node.kind]}"
        inner = write(function)
        body = f"\\left({inner}\\right)" if isinstance(function, Add | Neg) else inner
        return f"\\lim_{{{to}}} {body}"
    if node.kind == "determinant":
        return write(node.operands[0]).replace("pmatrix", "vmatrix")
    if node.kind == "inverse_matrix":
        return f"{write(node.operands[0])}^{{-1}}"
    if node.kind == "scaled_matrix":
        return " ".join(map(write, node.operands))
    notation = _NOTATION.get(node.kind)
    if notation is not None:
        return notation[language == "zh"].format(*map(write, node.operands))
    return _filled(node, language, write, "\\text{{{}}}", ",\\; ")


def _filled(
    node: Quantity, language: Language, write: Callable[[Node], str], words: str, comma: str
) -> str:
    written = [write(each) for each in node.operands]
    values = {"all": comma.join(written), "last": written[-1], "given": comma.join(written[:-1])}
    values |= {str(i): each for i, each in enumerate(written)}
    pieces: list[str] = []
    place = node.operands[-1]
    values["from"] = ""
    if node.kind == "area" and len(written) == 4:
        low, high = written[2:]
        values["from"] = f" from {low} to {high}" if language == "en" else f"从{low}到{high}"
    if node.kind in _SIDES and isinstance(place, Relation):
        values["to"] = f"{write(place.left)} approaches {write(place.right)}"
        if language == "zh":
            values["to"] = f"{write(place.left)}→{write(place.right)}"
    for i, piece in enumerate(_WORDS[node.kind][language == "zh"].replace("}", "{").split("{")):
        if i % 2:
            pieces.append(values[piece])
        elif piece:
            pieces.append(words.format(piece))
    return "".join(pieces)


def matrix_latex(node: Matrix, write: Callable[[Node], str]) -> str:
    """A matrix in round brackets."""
    rows = " \\\\ ".join(" & ".join(map(write, row)) for row in node.rows)
    return f"\\begin{{pmatrix}} {rows} \\end{{pmatrix}}"


def matrix_text(node: Matrix, write: Callable[[Node], str]) -> str:
    """A matrix as it can be typed: `[[1, 2], [3, 4]]`."""
    rows = ("[" + ", ".join(map(write, row)) + "]" for row in node.rows)
    return "[" + ", ".join(rows) + "]"
