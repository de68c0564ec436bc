"""Questions about functions and lines by their fixed wording: values, inverses, domains, vertices,
intercepts, lines through points, tangents, extrema. English and Chinese.
"""

from __future__ import annotations

import re

from inference.errors import MathSyntaxError
from inference.rules.nodes import (
    FunctionValue,
    Listing,
    Node,
    Point,
    Quantity,
    QuantityKind,
    Relation,
    Symbol,
    is_numeric,
    symbols,
    walk,
)
from inference.rules.parser import parse_line, parse_math
from inference.rules.polynomial import to_polynomial
from inference.rules.question_forms import (
    ASK,
    ONE_POINT,
    PAIR_OF_POINTS,
    Form,
    make_form,
    parsed,
    point_in,
    two_points,
)
from inference.rules.substitution import function_of, with_calls

_DEFINITION = r"(?:[a-zA-Z] ?\( ?[a-z] ?\)|y) ?= ?[^。?？]+?"
_GIVEN = r"(?:if|given(?: that)?|for|let|suppose|the functions?|已知(?:函数)?|若|设|函数)?"
_FIND = (
    r"(?:and |then |so |where |the )*(?:find|evaluate|calculate|compute|determine|work out|what is"
    r"|求出?|则|那么|计算|=)"
)
_ASKED = r"(?P<asked>\d{0,3} ?\(? ?[a-zA-Z] ?(?:\(|∘|\\circ)[^=,，;；?？]*?)"
_INVERSE_NAME = r"[a-zA-Z] ?\^ ?\{? ?[-−] ?1 ?\}? ?\( ?[a-z] ?\)"
_FUNCTION = (
    r"(?:the )?(?:function|curve|graph|parabola|line|quadratic)?(?: of)?(?: the)?"
    r"(?: function| line| curve)? ?(?:函数|曲线|抛物线|直线)? ?"
)
_EQUATION = r"(?:equation of (?:the |a )?)?"
_COMPOSED = re.compile(r"\( ?([a-zA-Z]) ?(?:∘|\\circ) ?([a-zA-Z]) ?\) ?\(([^()]*)\)")
_NEXT_DEFINITION = re.compile(r"(?:[,，;；] ?| )(?:and |和|及)?(?=[a-zA-Z] ?\( ?[a-z] ?\) ?=)")


def _definition(text: str, offset: int) -> Relation:
    node = parsed(text.strip(" ,，"), offset, parse_math)
    if function_of(node) is None:
        raise MathSyntaxError(
            "A function of one letter was expected here.", position=offset, reason="unexpected"
        )
    assert isinstance(node, Relation)
    return node


def _function_or_formula(match: re.Match[str]) -> Relation:
    """`f(x) = ...`, or a formula alone, which is called y."""
    text, offset = match["function"], match.start("function")
    node = parsed(text, offset, parse_math)
    if isinstance(node, Relation):
        definition = _definition(text, offset)
        if definition.left == Symbol("x"):
            # Its graph has the coordinates the other way round.
            raise MathSyntaxError(
                "A function of x was expected here.", position=offset, reason="unexpected"
            )
        return definition
    relation = Relation("=", Symbol("y"), node)
    if len(symbols(node)) != 1 or function_of(relation) is None:
        raise MathSyntaxError(
            "A function of one letter was expected here.", position=offset, reason="unexpected"
        )
    return relation


def _value(match: re.Match[str]) -> tuple[Node, ...]:
    text, offset = match["functions"], match.start("functions")
    starts = [0, *(found.end() for found in _NEXT_DEFINITION.finditer(text) if found.start())]
    ends = [found.start() for found in _NEXT_DEFINITION.finditer(text) if found.start()]
    definitions = [
        _definition(text[start:end], offset + start)
        for start, end in zip(starts, [*ends, len(text)], strict=True)
    ]
    names = frozenset(name for each in definitions if (name := _name_of(each)))
    asked_text = _COMPOSED.sub(r"\1(\2(\3))", match["asked"])
    asked = with_calls(parsed(asked_text, match.start("asked"), parse_math), names)
    used = [each for each in walk(asked) if isinstance(each, FunctionValue)]
    is_known = all(each.name in names and each.order == 0 for each in used)
    letters = set(symbols(asked))
    if not used or not is_known or names & letters or not isinstance(asked, Node):
        raise MathSyntaxError(
            "It is not clear which function is meant.",
            position=match.start("asked"),
            reason="unexpected",
        )
    return (*definitions, asked)


def _name_of(definition: Relation) -> str:
    found = function_of(definition)
    assert found is not None
    return found[0]


def _function(match: re.Match[str]) -> tuple[Node, ...]:
    return (_function_or_formula(match),)


def _function_at(match: re.Match[str]) -> tuple[Node, ...]:
    """The function, where on it, and the height of that point if it is said."""
    definition = _function_or_formula(match)
    found = function_of(definition)
    assert found is not None
    offset = match.start("place")
    place = parsed(match["place"].replace("，", ","), offset, parse_line)
    if isinstance(place, Relation) and place.left == Symbol(found[1].variable):
        place = place.right
    heights: list[Node] = []
    if isinstance(place, Point):
        place, *heights = place.coordinates
    if not all(map(is_numeric, (place, *heights))) or len(heights) > 1:
        raise MathSyntaxError("A number was expected.", position=offset, reason="unexpected")
    return definition, Relation("=", Symbol(found[1].variable), place), *heights


def _one_extremum(match: re.Match[str]) -> tuple[Node, ...]:
    """A parabola that has the one that is asked for: of another function, all that there are would
    be no answer."""
    definition = _function_or_formula(match)
    found = function_of(definition)
    assert found is not None
    polynomial = to_polynomial(found[1].formula)
    if polynomial is not None and polynomial.degree() == 2:
        above = polynomial.numeric_coefficient(found[1].variable, 2)
        if (above > 0) is (match["wanted"].lower() == "minim"):
            return (definition,)
    raise MathSyntaxError(
        "A parabola that has it was expected here: ask for the extrema of another function.",
        position=match.start("function"),
        reason="unexpected",
    )


def _asks(kind: QuantityKind, english: str, chinese: str) -> list[Form]:
    """Of a function: `the vertex of ...` and `...的顶点`."""
    return [
        make_form(kind, rf"{ASK}{english} (?:of|for) {_FUNCTION}(?P<function>.+?)", _function),
        make_form(kind, rf"求? ?{_FUNCTION}(?P<function>.+?) ?{chinese}", _function),
    ]


def _two_functions(match: re.Match[str]) -> tuple[Node, ...]:
    """Two curves, and the bounds where they are given."""
    curves: list[Node] = []
    for group in ("function", "other"):
        node = parsed(match[group], match.start(group), parse_math)
        if not isinstance(node, Relation):
            node = Relation("=", Symbol("y"), node)
        if function_of(node) is None:
            raise MathSyntaxError(
                "A function was expected here.", position=match.start(group), reason="unexpected"
            )
        curves.append(node)
    found = match.groupdict()
    if found.get("low") is None:
        return tuple(curves)
    bounds = [parsed(match[name], match.start(name), parse_math) for name in ("low", "high")]
    bounds = [each.right if isinstance(each, Relation) else each for each in bounds]
    if not all(map(is_numeric, bounds)):
        raise MathSyntaxError(
            "Numbers were expected.", position=match.start("low"), reason="unexpected"
        )
    return (*curves, *bounds)


def _point_and_slope(match: re.Match[str]) -> tuple[Node, ...]:
    slope = parsed(match["slope"], match.start("slope"), parse_math)
    if not is_numeric(slope):
        raise MathSyntaxError(
            "A number was expected.", position=match.start("slope"), reason="unexpected"
        )
    return point_in(match, "point"), slope


_SLOPE = r"(?:slope|gradient) (?:of )?(?P<slope>[^ ,]+)"
FUNCTION_FORMS: tuple[Form, ...] = (
    make_form(
        "line_with_slope",
        rf"{ASK}{_EQUATION}(?:straight )?line (?:(?:passing|going|that passes|which passes) )?"
        rf"through (?:the )?{ONE_POINT} (?:with|and has|having) (?:a )?{_SLOPE}",
        _point_and_slope,
    ),
    make_form(
        "line_with_slope",
        rf"{ASK}{_EQUATION}(?:straight )?line with (?:a )?{_SLOPE},? (?:and )?(?:(?:passing|going"
        rf"|that passes|which passes) )?through (?:the )?{ONE_POINT}",
        _point_and_slope,
    ),
    make_form(
        "line_with_slope",
        rf"求? ?(?:经过|过) ?{ONE_POINT} ?[,，、]? ?(?:且)?斜率(?:为|是) ?(?P<slope>[^ ,，的]+)"
        r" ?的? ?直线的?(?:方程|解析式)",
        _point_and_slope,
    ),
    make_form(
        "area",
        rf"{ASK}area (?:of the region )?(?:between|enclosed by|bounded by) (?:the )?"
        r"(?:curves? |graphs? (?:of )?)?(?P<function>.+?) and (?:the )?(?:line |curve )?"
        r"(?P<other>.+?)(?:,? (?:from|between) (?P<low>.+?) (?:to|and) (?P<high>.+?))?",
        _two_functions,
    ),
    make_form(
        "area",
        r"求? ?(?:由)?(?:曲线|抛物线|直线)? ?(?P<function>.+?) ?(?:和|与|、) ?(?:直线|曲线)? ?"
        r"(?P<other>.+?)(?: ?从 ?(?P<low>.+?) ?到 ?(?P<high>.+?))? ?(?:所)?围成的?(?:图形的?)?面积",
        _two_functions,
    ),
    make_form(
        "function_value",
        rf"{_GIVEN} ?(?P<functions>{_DEFINITION})(?: ?[,，;；.。] ?(?:{_FIND})?| {_FIND}) ?{_ASKED}"
        r"(?: ?的值)?(?: ?= ?\??)?",
        _value,
    ),
    make_form(
        "function_value",
        rf"{_FIND} {_ASKED} ?,? (?:if|for|when|where|given(?: that)?) (?P<functions>{_DEFINITION})",
        _value,
    ),
    make_form(
        "inverse",
        rf"{_FIND} {_INVERSE_NAME},? (?:if|for|when|where|given(?: that)?) "
        rf"(?P<function>{_DEFINITION})",
        _function,
    ),
    make_form(
        "inverse",
        rf"{_GIVEN} ?(?P<function>{_DEFINITION})(?: ?[,，;；.。] ?(?:{_FIND})?| {_FIND}) ?"
        rf"(?:{_INVERSE_NAME}|(?:its |the )?(?:inverse(?: function)?|反函数))(?: ?= ?)?",
        _function,
    ),
    *_asks("inverse", r"inverse(?: function)?", "的反函数"),
    *_asks("domain", r"(?:natural )?domain", "的定义域"),
    *_asks("vertex", r"(?:coordinates of the )?(?:vertex|turning point)", "的顶点(?:坐标)?"),
    *_asks("x_intercepts", r"x-?intercepts?", "与 ?x ?轴的交点(?:坐标)?"),
    *_asks("y_intercept", r"y-?intercept", "与 ?y ?轴的交点(?:坐标)?"),
    *_asks("intercepts", r"(?:axis |axes )?intercepts", "与(?:两)?坐标轴的交点(?:坐标)?"),
    *_asks(
        "extrema",
        r"(?:local |relative )?(?:extrema|extreme (?:values|points)|stationary points"
        r"|turning points|maxim(?:a|um) and minim(?:a|um)(?: points?| values?)?)",
        "的极值(?:点)?",
    ),
    make_form(
        "extrema",
        rf"{ASK}(?:local |relative )?(?P<wanted>maxim|minim)(?:a|um)(?: points?| values?)? "
        rf"(?:of|for) {_FUNCTION}(?P<function>.+?)",
        _one_extremum,
    ),
    make_form(
        "line",
        rf"{ASK}{_EQUATION}(?:straight )?line (?:(?:passing|going|that passes|which passes) )?"
        rf"(?:through|joining|between) (?:the )?{PAIR_OF_POINTS}(?: in slope-intercept form)?",
        two_points,
    ),
    make_form(
        "line",
        rf"求? ?(?:经过|过) ?(?:两点)? ?{PAIR_OF_POINTS} ?(?:两点)?的? ?直线的?(?:方程|解析式)",
        two_points,
    ),
    make_form(
        "tangent",
        rf"{ASK}{_EQUATION}tangent(?: line)? (?:to|of) {_FUNCTION}(?P<function>.+?) "
        rf"(?:at|when|where) (?:the point )?(?:where )?(?P<place>.+?)",
        _function_at,
    ),
    make_form(
        "tangent",
        rf"求? ?{_FUNCTION}(?P<function>[^在]+?) ?在 ?(?:点)?(?P<place>.+?) ?处?的 ?切线(?:方程)?",
        _function_at,
    ),
)


_EXTREMUM = re.compile(
    r"(?:\\text ?\{ ?)?(?:local |relative )?(?P<kind>max|min|极大值|极小值)(?:imum)?"
    r"(?: point|点)?(?: at)? ?[:：]? ?\}? ?"
    r"(?P<point>(?:\\left)?\([^()]*(?:\([^()]*\)[^()]*)*?(?:\\right)?\))"
)
_BETWEEN = re.compile(r"(?: |[,，;；、]|\\[,;: ]|and|和|\\text ?\{ ?(?:and|和) ?\})*")


def find_extrema(text: str) -> Node | None:
    """For the lines of a solution: maxima and minima with their points; None when it is no such
    list."""
    if not re.search("max|min|极", text):
        return None
    found: list[Node] = []
    at = 0
    for match in _EXTREMUM.finditer(text):
        if not _BETWEEN.fullmatch(text[at : match.start()]):
            return None
        point = parsed(match["point"], match.start("point"), parse_line)
        if not isinstance(point, Point):
            return None
        is_maximum = match["kind"] in ("max", "极大值")
        found.append(Quantity("maximum" if is_maximum else "minimum", (point,)))
        at = match.end()
    if not found or not _BETWEEN.fullmatch(text[at:]):
        return None
    return found[0] if len(found) == 1 else Listing(tuple(found))
