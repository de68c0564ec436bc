"""What a teacher says at the rules for limits, extrema and further integrals: English, Chinese."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, str]] = {
    # extrema
    "differentiate_for_extrema": (
        "A function has its maxima and minima where the derivative is 0 and changes its sign. "
        "Find the derivative.",
        "函数在导数为 0 且变号处取得极值。先求导数。",
    ),
    "derivative_is_zero": ("Find where the derivative is 0.", "求导数为 0 的点。"),
    "derivative_never_zero": (
        "The derivative is never 0, so there are no extrema.",
        "导数恒不为 0，所以没有极值。",
    ),
    "second_derivative": ("Find the second derivative.", "求二阶导数。"),
    "second_derivative_at": (
        "Look at the sign of the second derivative at {value}.",
        "看二阶导数在 {value} 处的符号。",
    ),
    "value_of_maximum": (
        "It is negative, so there is a maximum at {value}. Find the value of the function there.",
        "小于零，所以在 {value} 处取极大值。求函数值。",
    ),
    "value_of_minimum": (
        "It is positive, so there is a minimum at {value}. Find the value of the function there.",
        "大于零，所以在 {value} 处取极小值。求函数值。",
    ),
    "state_extrema": ("Write down what was found.", "写出结果。"),
    # integrals by a method
    "substitute_inner": (
        "Substitute $u$ for {inner}: its derivative, {derivative}, stands beside it.",
        "换元：用 $u$ 代替 {inner}，它的导数 {derivative} 就在旁边。",
    ),
    "integrate_outer": (
        "Integrate with respect to $u$, and put back what $u$ stands for. Add the constant $C$.",
        "对 $u$ 积分，再把 $u$ 换回原来的式子，加上常数 $C$。",
    ),
    "by_parts": (
        "Integrate by parts: the integral of $u v'$ is $u v$ minus the integral of $u' v$. Take "
        "{u} for $u$ and {dv} for $v'$; then $u'$ is {du} and $v$ is {v}.",
        "分部积分：$u v'$ 的积分等于 $u v$ 减去 $u' v$ 的积分。取 $u$ 为 {u}，$v'$ 为 {dv}，"
        "则 $u'$ 为 {du}，$v$ 为 {v}。",
    ),
    "integrate_what_is_left": (
        "Integrate what is left, and add the constant $C$.",
        "求出剩下的积分，加上常数 $C$。",
    ),
    "integrate_outer_between": (
        "Integrate with respect to $u$, and put back what $u$ stands for.",
        "对 $u$ 积分，再把 $u$ 换回原来的式子。",
    ),
    "integrate_what_is_left_between": ("Integrate what is left.", "求出剩下的积分。"),
    "known_values_at_bounds": (
        "Put in the values that are known, such as 0 for $\\sin \\pi$, 1 for $e^0$ and 0 for "
        "$\\ln 1$.",
        "代入已知的值，例如 $\\sin \\pi$ 是 0，$e^0$ 是 1，$\\ln 1$ 是 0。",
    ),
    "difference_of_logarithms": (
        "The difference of two logarithms is the logarithm of the quotient.",
        "两个对数之差等于商的对数。",
    ),
    # areas
    "curves_meet": (
        "The curves meet where they have the same height.",
        "两曲线在函数值相等处相交。",
    ),
    "upper_minus_lower": (
        "The area is the integral of the upper curve minus the lower one, from {low} to {high}.",
        "面积等于上方曲线减去下方曲线从 {low} 到 {high} 的积分。",
    ),
    "upper_minus_lower_in_pieces": (
        "The curves cross between {low} and {high}, so the area is the sum of several integrals, "
        "each of the upper curve minus the lower one.",
        "两曲线在 {low} 与 {high} 之间相交，面积是几个积分之和，每个都是上方曲线减去下方曲线。",
    ),
    # limits
    "known_values": (
        "Put in the values that are known, such as 0 for $\\sin 0$ and 1 for $\\cos 0$.",
        "代入已知的值，例如 $\\sin 0$ 是 0，$\\cos 0$ 是 1。",
    ),
    "zero_over_zero_factor": (
        "Putting in gives 0 over 0, which says nothing yet. Factor above and below.",
        "直接代入得到零比零，还不能确定。把分子和分母分解因式。",
    ),
    "cancel_near_place": (
        "Cancel the common factor {factor}. Near the place it is not 0, and only there the limit "
        "looks.",
        "约去公因式 {factor}。在这一点附近（不含这一点）它不为 0，而极限只看附近。",
    ),
    "multiply_by_conjugate": (
        "Putting in gives 0 over 0. Multiply above and below by {conjugate}.",
        "直接代入得到零比零。分子分母同乘以 {conjugate}。",
    ),
    "difference_of_squares_under_limit": (
        "Sum times difference is the difference of the squares.",
        "两数和乘两数差等于平方差。",
    ),
    "hospital": (
        "Putting in gives 0 over 0. By l'Hospital's rule the derivatives have the same limit.",
        "直接代入得到零比零。由洛必达法则，分子分母求导后极限不变。",
    ),
    "sides_disagree": (
        "Above stands {value}, below comes close to 0: positive on one side, negative on the "
        "other. The two sides go to different infinities.",
        "分子趋于 {value}，分母趋于 0，一侧为正，一侧为负，两侧趋于不同的无穷。",
    ),
    "grows_beyond_bounds": (
        "Above stands {value}, below comes as close to 0 as you like: the fraction grows beyond "
        "all bounds.",
        "分子趋于 {value}，分母无限接近 0，分式的绝对值无限增大。",
    ),
    "divide_by_highest_power": (
        "Divide each term above and below by {power}, the highest power below.",
        "分子分母的每一项都除以分母的最高次幂 {power}。",
    ),
    "small_terms_vanish": (
        "What has the letter below goes to 0.",
        "分母中含有该字母的项趋于 0。",
    ),
    "numerator_grows_faster": (
        "Above, a power of the letter is left; below, only a number. The fraction grows beyond all "
        "bounds.",
        "分子还剩该字母的幂，分母只剩一个数，分式的绝对值无限增大。",
    ),
    "highest_power_decides": (
        "Far out, the term with the highest power, {term}, outgrows all others.",
        "当自变量的绝对值很大时，最高次项 {term} 起决定作用。",
    ),
}
