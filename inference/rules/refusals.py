"""Why the rules refuse a problem, in every language: what is wrong with this one, then, where that
helps, what is covered instead. Short enough for a phone."""

from __future__ import annotations

from collections.abc import Mapping

from inference.errors import UnsupportedProblemError
from inference.types import Language

COVERED: Mapping[Language, str] = {
    "en": "Covered: arithmetic, algebra, functions, calculus, matrices, statistics.",
    "zh": "目前能做：计算、代数、方程、函数、微积分、矩阵、统计。",
}

# Here nothing else would be covered: the problem itself has to change.
PLAIN_REASONS: Mapping[str, tuple[str, str]] = {
    "divides_by_zero": ("This divides by zero, so it has no value.", "除数为零，没有意义。"),
    "zero_to_the_zero": ("Zero to the power zero has no value.", "零的零次幂没有意义。"),
    "even_root_of_negative": (
        "An even root of a negative number is not real.",
        "负数没有偶次方根。",
    ),
    "just_a_number": (
        "There is nothing to work out: this is just a number.",
        "这里只有一个数，没有要算的。",
    ),
    "just_a_letter": (
        "There is nothing to work out: this is just a letter.",
        "这里只有一个字母，没有要算的。",
    ),
    "single_term": ("There is nothing to factor in a single term.", "单项式不需要因式分解。"),
    "which_letter": (
        "There are several letters. Say which one is asked for, such as “for x”.",
        "有多个字母，请说明求哪一个，例如“求x”。",
    ),
    "solved_already": ("This is solved already.", "这已经是解了。"),
    "no_unknown": ("There is no unknown to solve for.", "没有要求的未知数。"),
    "logarithm_undefined": (
        "A logarithm needs a positive number and a positive base other than 1.",
        "对数的真数必须为正，底数必须为正且不等于1。",
    ),
    "positive_whole_numbers": ("This is asked of positive whole numbers.", "这里只能用正整数。"),
    "lines_too_long": ("The lines become too long to write down.", "算式太长，写不下。"),
    "numbers_too_long": ("The numbers become too long to write down.", "数太大，写不下。"),
    "not_confirmed": (
        "The check did not confirm the result, so it is not shown.",
        "结果没有通过检验，所以不显示。",
    ),
    "method_fails": (
        "This equation cannot be solved by the method asked for.",
        "这个方程不能用要求的方法解。",
    ),
    "defined_nowhere": ("This function is defined nowhere.", "这个函数处处没有定义。"),
    "has_this_form": ("The number is written so already.", "这个数已经是这种形式了。"),
    "decimal_without_end": (
        "The decimal of this number does not end, so it cannot be written exactly like this.",
        "这个数化成小数除不尽，不能准确地写成这种形式。",
    ),
    "ratio_of_nothing": ("Nothing can be divided in a ratio with 0.", "比中有0，不能分配。"),
    "percent_of_nothing": ("There is no percentage of 0.", "不能求0的百分之几。"),
    "no_decrease": ("The value does not decrease.", "数值没有减少。"),
    "unit_not_exact": (
        "This conversion does not come out as a short number.",
        "这个换算的结果不是简单的数。",
    ),
    "same_unit": ("The units are the same.", "两个单位相同。"),
    "no_chances": (
        "There cannot be more favourable cases than cases.",
        "符合条件的情况不能比情况总数还多。",
    ),
    "singular_matrix": (
        "The determinant is 0, so this matrix has no inverse.",
        "行列式为零，这个矩阵没有逆矩阵。",
    ),
    "no_intercepts": ("The graph does not meet this axis.", "图象与这条坐标轴没有交点。"),
    "too_few_data": ("There must be at least two numbers.", "至少要有两个数。"),
    "too_many_taken": ("More are taken than there are.", "取的个数比总数还多。"),
    "vertical_line": (
        "The line through these points is vertical: it has no slope.",
        "过这两点的直线垂直于x轴，没有斜率。",
    ),
    "same_point": ("The two points are the same.", "两个点是同一个点。"),
    "constant_letter": ("C is kept for the constant of integration.", "字母C要留作积分常数。"),
    "undefined_between": (
        "The function is not defined everywhere between the bounds.",
        "函数在积分区间内并非处处有定义。",
    ),
    "holds_where_defined": (
        "This equation holds wherever it is defined.",
        "只要有意义，这个等式总成立。",
    ),
    "depends_on_letters": (
        "Whether it has solutions depends on the other letters.",
        "是否有解取决于其他字母。",
    ),
}

OPEN_REASONS: Mapping[str, tuple[str, str]] = {
    "kind": ("This kind of problem is not covered.", "还不会做这类题目。"),
    "calculation": ("This calculation is not covered.", "还不会做这种计算。"),
    "functions": (
        "Functions and the numbers π and e are not covered here.",
        "还不会计算函数以及π和e。",
    ),
    "approximation": ("Approximations are not covered.", "还不会处理近似值。"),
    "comparing_roots": ("Comparing roots is not covered.", "还不会比较根式的大小。"),
    "brackets_in_functions": (
        "Brackets inside roots and functions are not covered.",
        "还不会处理根号和函数里的括号。",
    ),
    "product_of_brackets": (
        "This product of brackets is not covered.",
        "还不会做这种括号的乘积。",
    ),
    "letters_below": ("Letters in a denominator are not covered here.", "这里分母中不能有字母。"),
    "power_of_sum": ("Such a power of a sum is not covered.", "还不会展开这样的幂。"),
    "one_root_or_bar": (
        "So many roots or absolute values around the unknown are not covered.",
        "未知数外面的根号或绝对值太多，还不会解。",
    ),
    "inside_and_outside": (
        "Equations that hold on a whole interval are not covered.",
        "还不会解在数轴的一段上都成立的方程。",
    ),
    "powers_of_roots": (
        "Powers of roots and absolute values are not covered.",
        "还不会处理根式和绝对值的幂。",
    ),
    "bars_around_linear": (
        "Only absolute values of linear terms are covered.",
        "绝对值里只能是一次式。",
    ),
    "one_letter_below": (
        "With the unknown in a denominator, only one letter is covered.",
        "分母含未知数时只能有一个字母。",
    ),
    "fraction_in_equation": (
        "This kind of fraction in an equation is not covered.",
        "还不会解含这种分式的方程。",
    ),
    "derivative": ("Derivatives of such functions are not covered.", "还不会求这种函数的导数。"),
    "integral": ("Integrals of such functions are not covered.", "还不会求这种函数的积分。"),
    "calculus_letters": (
        "Calculus with several letters is not covered.",
        "还不会做多个字母的微积分。",
    ),
    "rational_bounds": (
        "Definite integrals need rational bounds here.",
        "定积分的上下限必须是有理数。",
    ),
    "two_inequalities": (
        "Only two inequalities of one direction are covered.",
        "只能是两个方向相同的不等号。",
    ),
    "linear_middle": ("The middle of the inequality must be linear.", "不等式中间必须是一次式。"),
    "number_ends": ("Both ends of the inequality must be numbers.", "不等式两端必须是数。"),
    "whole_powers": (
        "Only sums, products and whole powers are covered here.",
        "这里只能有和、积与整数次幂。",
    ),
    "only_polynomials": ("Only polynomials can be factored here.", "只会对多项式因式分解。"),
    "two_by_two": (
        "Only systems of two equations with two unknowns are covered.",
        "只会解两个方程、两个未知数的方程组。",
    ),
    "linear_systems": ("Only systems of linear equations are covered.", "只会解一次方程组。"),
    "unknown_drops_out": (
        "One of the unknowns drops out of this system.",
        "方程组中有一个未知数消失了。",
    ),
    "kind_of_system": ("This kind of system is not covered.", "还不会解这种方程组。"),
    "fraction_in_fraction": ("Fractions inside fractions are not covered.", "还不会化简繁分式。"),
    "columns_whole": (
        "In columns, there must be two whole numbers of up to six digits.",
        "竖式只能用两个不超过六位的整数。",
    ),
    "range_of_angles": (
        "The range of the angle has to be bounded, by multiples of π or degrees.",
        "角的范围必须有界，并用π的倍数或度数表示。",
    ),
    "unlike_functions": (
        "Functions of angles that do not come down to one of them are not covered.",
        "不能化成同一个三角函数的方程，还不会解。",
    ),
    "angle_not_linear": (
        "Inside sine, cosine and tangent, only the first power of the unknown is covered.",
        "三角函数里只能是未知数的一次式。",
    ),
    "one_letter_in_exponent": (
        "With the unknown in an exponent or a logarithm, only one letter is covered.",
        "指数或对数中含未知数时只能有一个字母。",
    ),
    "powers_of_unlike_bases": (
        "Sums of powers that are not powers of one number are not covered.",
        "不能化成同一个底数的幂的和，还不会解。",
    ),
    "power_of_unknown_in_exponent": (
        "With logarithms, only the first power of the unknown may stand in the exponent.",
        "要取对数的方程，指数只能是未知数的一次式。",
    ),
    "logarithms_of_unlike_bases": (
        "Logarithms that do not go together are not covered.",
        "底数或形式不同的对数，还不会解。",
    ),
    "inequality": ("This kind of inequality is not covered.", "还不会解这种不等式。"),
    "first_power": (
        "With several letters, the unknown must be to the first power.",
        "有多个字母时，未知数只能是一次的。",
    ),
    "high_degree": (
        "This equation of higher degree does not factor simply.",
        "这个高次方程不能简单地分解。",
    ),
    "sides": (
        "Both sides must be sums of powers of numbers and letters.",
        "两边必须是数和字母的整式。",
    ),
    "letter_times_unknown": (
        "The unknown multiplied by another letter is not covered.",
        "未知数不能与其他字母相乘。",
    ),
    "cube_roots": ("Only square roots may stay in an answer here.", "结果中只能保留平方根。"),
    "factorial": ("Factorials are covered for whole numbers only.", "只会计算整数的阶乘。"),
    "too_many_numbers": ("So many numbers at once are not covered.", "还不会同时算这么多个数。"),
    "too_large_to_factor": (
        "A number here is too large to be taken apart by hand.",
        "数太大，不宜手工分解。",
    ),
    "area_kind": (
        "These curves do not enclose an area that can be worked out here.",
        "这里还求不出这两条曲线围成的面积。",
    ),
    "extrema_kind": (
        "The zeros of this derivative do not settle the extrema here.",
        "仅凭这个导数的零点还不能确定极值。",
    ),
    "limit_kind": ("This kind of limit is not covered.", "还不会求这种极限。"),
    "inverse_kind": (
        "Only inverses of linear functions and their fractions are covered.",
        "只会求一次函数和一次分式函数的反函数。",
    ),
    "domain_kind": (
        "The domain of this kind of function is not covered.",
        "还不会求这种函数的定义域。",
    ),
    "graph_kind": ("This is covered for polynomials only.", "这里只能是多项式函数。"),
    "vertex_kind": ("Only a quadratic function has a vertex.", "只有二次函数才有顶点。"),
    "rational_data": (
        "Only whole numbers, decimals and fractions are covered here.",
        "这里的数只能是整数、小数和分数。",
    ),
    "high_root": ("Roots of such a high degree are not covered.", "还不会开这么高次的方。"),
}


class RefusedError(UnsupportedProblemError):
    """No rule covers the problem, for a reason that has words in every language."""

    def __init__(self, reason: str) -> None:
        """Args:
        reason: A key of `PLAIN_REASONS` or `OPEN_REASONS`.
        """
        super().__init__(_words(reason, "en"))
        self.reason = reason


def refusal(error: UnsupportedProblemError, language: Language) -> UnsupportedProblemError:
    """The error that a person is told of, in their language."""
    reason = error.reason if isinstance(error, RefusedError) else "kind"
    words = _words(reason, language)
    if reason in PLAIN_REASONS:
        return UnsupportedProblemError(words)
    separator = " " if language == "en" else ""
    return UnsupportedProblemError(f"{words}{separator}{COVERED[language]}")


def _words(reason: str, language: Language) -> str:
    pair = PLAIN_REASONS.get(reason) or OPEN_REASONS[reason]
    return pair[0] if language == "en" else pair[1]
