"""What a teacher says at equations and inequalities of more kinds: English, then Chinese."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "quadratic_formula_unless_zero": (
        "Use the quadratic formula; {a} may not be 0. The coefficients are {a}, {b} and {c}.",
        "用求根公式（{a} 不能为 0），系数是 {a}、{b}、{c}。",
    ),
    "collect_powers": (
        "Collect the terms with the same power of {letter}.",
        "按 {letter} 的次数合并同类项。",
    ),
    "simplify_solutions": (
        "Simplify what stands below the root, and the fraction.",
        "化简根号内的式子和分数。",
    ),
    # roots and absolute values with the unknown on both sides
    "square_both_sides_guarded": (
        "Square both sides. A square root is never negative, so the other side must not be, "
        "either.",
        "两边平方。算术平方根不小于 0，所以另一边也不能是负数。",
    ),
    "raise_both_sides_guarded": (
        "Raise both sides to the power {exponent}. An even root is never negative, so the other "
        "side must not be, either.",
        "两边同时 {exponent} 次方。偶次方根不小于 0，所以另一边也不能是负数。",
    ),
    "square_equal_roots": (
        "Square both sides. What is below a square root is never negative, which is kept as a "
        "condition.",
        "两边平方。被开方数不小于 0，把它作为条件写在旁边。",
    ),
    "squaring_in_vain": (
        "What squaring both sides leads to does not satisfy the equation, so there is no real "
        "solution.",
        "两边平方后求得的值代入原方程不成立，所以没有实数解。",
    ),
    "squaring_gives_nothing": (
        "What squaring both sides leads to has no real solution.",
        "两边平方后得到的方程没有实数解。",
    ),
    "squaring_leads_to_negative_root": (
        "Squaring both sides leads to a square root that would be negative, which none is. So "
        "there is no real solution.",
        "两边平方后会得到一个等于负数的算术平方根，这不可能，所以没有实数解。",
    ),
    "isolate_root": (
        "Bring the root that is left to one side, alone.",
        "把剩下的根式单独移到一边。",
    ),
    "condition_holds": (
        "Check: the condition is satisfied.",
        "检验：满足条件。",
    ),
    "condition_drops": (
        "Check: what does not satisfy the condition is no solution and is left out.",
        "检验：不满足条件的是增根，舍去。",
    ),
    "own_condition_holds": (
        "Check: each value lies where its case holds.",
        "检验：每个值都在相应的范围内。",
    ),
    "own_condition_drops": (
        "Check: what does not lie where its case holds is no solution and is left out.",
        "检验：不在相应范围内的值不是解，舍去。",
    ),
    "drop_impossible_cases": (
        "Leave out what has no solution.",
        "去掉无解的情况。",
    ),
    "cases_of_absolute_value_guarded": (
        "What is inside the bars is the other side or its opposite. An absolute value is never "
        "negative, so the other side must not be, either.",
        "绝对值里的式子等于另一边或它的相反数。绝对值不小于 0，所以另一边也不能是负数。",
    ),
    "equal_absolute_values": (
        "Two numbers with the same absolute value are equal or opposite.",
        "绝对值相等的两个数相等或互为相反数。",
    ),
    "bars_change_nothing": (
        "The absolute value of {inside} is {inside} itself wherever that is not negative.",
        "当 {inside} 不小于 0 时，它的绝对值就是它本身。",
    ),
    "bars_turn_the_sign": (
        "The absolute value of {inside} is its opposite wherever {inside} is not positive.",
        "当 {inside} 不大于 0 时，它的绝对值是它的相反数。",
    ),
    "pieces_of_absolute_values": (
        "What is inside the bars changes its sign where it is zero. On each piece of the number "
        "line between such places the bars fall away, with a minus where the inside is negative.",
        "绝对值里的式子在它的零点处变号。零点把数轴分成几段，在每一段上去掉绝对值，里面为负时加负号。",
    ),
    "cases_in_vain": (
        "Without the bars, what the cases give does not satisfy the equation, so there is no real"
        " solution.",
        "去掉绝对值后，各种情况求得的值代入原方程都不成立，所以没有实数解。",
    ),
    "cases_gives_nothing": (
        "Without the bars, no case has a solution, so there is no real solution.",
        "去掉绝对值后，每种情况都无解，所以没有实数解。",
    ),
    "multiply_by_unknown_denominator_guarded": (
        "Multiply both sides by the common denominator {factor}. No denominator may be zero, "
        "which is kept as a condition.",
        "两边同时乘以公分母 {factor}。分母不能为 0，把它作为条件写在旁边。",
    ),
    # inequalities
    "sign_chart": (
        "The left side is zero at {zeros}, and changes its sign nowhere else. Signs: {chart}.",
        "左边在 {zeros} 处为零，其他地方不变号。各段的符号：{chart}。",
    ),
    "sign_chart_with_poles": (
        "Above or below the bar there is a zero at {zeros}; the sign changes nowhere else. Signs: "
        "{chart}. The denominator is zero at {poles}, which is left out.",
        "分子或分母在 {zeros} 处为零，其他地方不变号。各段的符号：{chart}。"
        "分母在 {poles} 处为零，要去掉。",
    ),
    "positive_on": (
        "positive on {piece}",
        "在 {piece} 上为正",
    ),
    "negative_on": (
        "negative on {piece}",
        "在 {piece} 上为负",
    ),
    "always_positive_factors": (
        "No factor is ever zero, so the left side is positive for every number.",
        "每个因式都不为零，左边恒为正。",
    ),
    "always_negative_factors": (
        "No factor is ever zero, so the left side is negative for every number.",
        "每个因式都不为零，左边恒为负。",
    ),
    "what_satisfies_all": (
        "Keep the numbers that satisfy all of them.",
        "取公共部分。",
    ),
    "what_satisfies_one": (
        "Take the numbers that satisfy at least one of them.",
        "只要满足其中一个即可，取并集。",
    ),
    "distance_below": (
        "The distance of {inside} from 0 is less than {bound}, so it lies between the two numbers "
        "with that distance.",
        "{inside} 到 0 的距离小于 {bound}，所以它在这两个数之间。",
    ),
    "distance_above": (
        "The distance of {inside} from 0 is more than {bound}, so it lies beyond one of the two "
        "numbers with that distance.",
        "{inside} 到 0 的距离大于 {bound}，所以它在这两个数之外。",
    ),
    "distance_at_most": (
        "The distance of {inside} from 0 is at most {bound}, so it lies between the two numbers "
        "with that distance, or is one of them.",
        "{inside} 到 0 的距离不超过 {bound}，所以它在这两个数之间（包括这两个数）。",
    ),
    "distance_at_least": (
        "The distance of {inside} from 0 is at least {bound}, so it lies beyond one of the two "
        "numbers with that distance, or is one of them.",
        "{inside} 到 0 的距离不小于 {bound}，所以它在这两个数之外（包括这两个数）。",
    ),
    "drop_true_parts": (
        "Leave out what is always true.",
        "去掉恒成立的不等式。",
    ),
    "one_is_never_true": (
        "One of them is never true, so there is no solution.",
        "其中一个不可能成立，所以无解。",
    ),
    "one_is_always_true": (
        "One of them is always true, so every number is a solution.",
        "其中一个恒成立，所以任何实数都是解。",
    ),
    "between_opposites": (
        "What is inside the bars lies between the right side and its opposite.",
        "绝对值里的式子在右边的式子与它的相反数之间。",
    ),
    "beyond_opposites": (
        "What is inside the bars lies beyond the right side or its opposite.",
        "绝对值里的式子在右边的式子与它的相反数之外。",
    ),
    "absolute_value_never_negative": (
        "An absolute value is never negative, so there is nothing to work out.",
        "绝对值不可能是负数，结论直接可得。",
    ),
    "absolute_value_zero_at": (
        "An absolute value is never negative, and 0 only where its inside is 0.",
        "绝对值不小于 0，只在里面的式子为 0 时等于 0。",
    ),
    # systems
    "elimination_leads_to": (
        "Multiplying and subtracting the equations so that the unknowns cancel leads to an "
        "equation that is never true. So the system has no solution.",
        "把方程乘适当的数再相减，消去未知数，得到一个不可能成立的等式，所以方程组无解。",
    ),
    "fewer_equations_than_unknowns": (
        "One equation follows from the others, so there are infinitely many solutions.",
        "有一个方程可以由其余方程得到，所以有无数组解。",
    ),
    "swap_equations": (
        "Swap equations {first} and {second}.",
        "交换第 {first} 个方程和第 {second} 个方程。",
    ),
    "subtract_equation_from": (
        "Subtract {factor} times equation {other} from equation {which}. The terms with {letter} "
        "cancel.",
        "第 {which} 个方程减去第 {other} 个方程的 {factor} 倍，消去 {letter}。",
    ),
    "subtract_equation_from_once": (
        "Subtract equation {other} from equation {which}. The terms with {letter} cancel.",
        "第 {which} 个方程减去第 {other} 个方程，消去 {letter}。",
    ),
    "subtract_equation_from_multiplied": (
        "Multiply equation {which} by {times} and subtract {factor} times equation {other}. The "
        "terms with {letter} cancel.",
        "第 {which} 个方程乘以 {times}，再减去第 {other} 个方程的 {factor} 倍，消去 {letter}。",
    ),
    "add_equation_to": (
        "Add {factor} times equation {other} to equation {which}. The terms with {letter} cancel.",
        "第 {which} 个方程加上第 {other} 个方程的 {factor} 倍，消去 {letter}。",
    ),
    "add_equation_to_once": (
        "Add equation {other} to equation {which}. The terms with {letter} cancel.",
        "第 {which} 个方程加上第 {other} 个方程，消去 {letter}。",
    ),
    "add_equation_to_multiplied": (
        "Multiply equation {which} by {times} and add {factor} times equation {other}. The terms "
        "with {letter} cancel.",
        "第 {which} 个方程乘以 {times}，再加上第 {other} 个方程的 {factor} 倍，消去 {letter}。",
    ),
    "divide_equation": (
        "Divide equation {which} by {divisor}.",
        "第 {which} 个方程两边同时除以 {divisor}。",
    ),
    "put_values_into_equation": (
        "Put what is known by now into equation {which}.",
        "把已经求出的值代入第 {which} 个方程。",
    ),
    "value_for_each": (
        "Put each value into {value} to get the {letter} that belongs to it.",
        "把每个值代入 {value}，求出对应的 {letter}。",
    ),
    "substitution_in_vain": (
        "What is left then has no real solution, so neither has the system.",
        "这时剩下的方程没有实数解，所以方程组也没有实数解。",
    ),
    # formulas
    "divide_both_sides_unless_zero": (
        "Divide both sides by {divisor}, which must not be 0.",
        "两边同时除以 {divisor}（它不能为 0）。",
    ),
    "denominators_of_formula": (
        "What stands in a denominator of the question must not be 0. Put the solution in: that is "
        "a condition on the other letters.",
        "题中的分母不能为 0。把解代入分母，就得到对其他字母的要求。",
    ),
    "collect_unknown": (
        "Bring the terms with {letter} to one side and all others to the other side.",
        "把含 {letter} 的项移到一边，其余的项移到另一边。",
    ),
    "factor_out_unknown": (
        "Take {letter} out of these terms.",
        "提取公因式 {letter}。",
    ),
    "square_roots_of_both_sides": (
        "Take the square root of both sides. There are two of them, with opposite signs.",
        "两边开平方，平方根有正负两个。",
    ),
    "cube_root_of_both_sides": (
        "Take the cube root of both sides.",
        "两边开立方。",
    ),
    "roots_of_both_sides": (
        "Take the root of degree {degree} of both sides. There are two, with opposite signs.",
        "两边开 {degree} 次方，有正负两个根。",
    ),
    "root_of_both_sides": (
        "Take the root of degree {degree} of both sides.",
        "两边开 {degree} 次方。",
    ),
}
