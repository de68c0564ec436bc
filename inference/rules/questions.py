"""Questions that ask for something by its name: the mean of numbers, the vertex of a parabola.

The wording is fixed, in English and Chinese; what it names is parsed as any other formula. Whatever
else the words say makes it another question, which is not this module's.
"""

from __future__ import annotations

import re

from inference.rules.form_questions import FORM_FORMS
from inference.rules.function_questions import FUNCTION_FORMS, find_extrema
from inference.rules.limit_questions import LIMIT_FORMS, find_infinity_or_limit
from inference.rules.matrix_questions import MATRIX_FORMS, find_matrix
from inference.rules.nodes import Node, Quantity
from inference.rules.number_questions import NOTATIONS, NUMBER_FORMS
from inference.rules.question_forms import first_of
from inference.rules.units import UNIT_PATTERN
from inference.rules.word_questions import WORD_FORMS

# At least one of these stands in every question of this module.
_FORMS = (*MATRIX_FORMS, *LIMIT_FORMS, *NUMBER_FORMS, *FUNCTION_FORMS, *WORD_FORMS, *FORM_FORMS)
_KEY_WORD = re.compile(
    r"mean|average|median|mode|range|variance|deviation|平均|中位数|众数|极差|方差|标准差"
    r"|distance|mid-?point|slope|gradient|距离|中点|斜率|binom|combination|arrange|permutation"
    r"|\barea\b|面积|inverse|domain|vertex|turning|intercept|extrem|maxim|stationary|tangent|\bline\b"
    r"|反函数|定义域|顶点|交点|极值|切线|直线|[a-zA-Z]\s?(?:\(|∘|\\circ)"
    r"|matrix|determinant|\bdet\b|行列式|逆|\[\s?\[|lim|极限|minim|\^ ?\{? ?[-−] ?1"
    r"|percent|increase|decrease|reduce|discount|sale|interest|amount|convert|change|express"
    r"|fraction|decimal|ordinary|ratio|分数|小数|原数|按"
    r"|probability|百分|增|减|降|硬币|骰子"
    rf"|利|概率|换算|化成|化为|多少|\d\s?(?:{UNIT_PATTERN})\s?(?:=|是|等于)"
    r"|how\s+many|种|组合数|排列数|\d\s*[CP]\s*\d|[CP]\s*[(（]\s*\d|[CA]_",
    re.IGNORECASE,
)


def find_question(text: str) -> Quantity | None:
    """What a text asks for by name; None when it is no such question.

    Raises:
        MathSyntaxError: It is one, but what it names is not understood.
    """
    return first_of(_FORMS, text) if _KEY_WORD.search(text) else None


def find_notation(text: str) -> Node | None:
    """What a sign of its own stands for, such as `\\binom{5}{2}` or `\\infty`; None when it is none
    of those."""
    finders = (find_infinity_or_limit, find_extrema, find_matrix)
    found = next((node for find in finders if (node := find(text)) is not None), None)
    return found or first_of(NOTATIONS, text)
