"""What a teacher says at the rules for word problems of fixed wording: English, Chinese."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, str]] = {
    "change_over_old": (
        "The change is {new} minus {old}. Divide it by the old value, {old}.",
        "变化量是 {new} 减 {old}，再除以原来的值 {old}。",
    ),
    "decrease_over_old": (
        "The decrease is {old} minus {new}. Divide it by the old value, {old}.",
        "减少量是 {old} 减 {new}，再除以原来的值 {old}。",
    ),
    "part_over_whole": (
        "Divide the part, {part}, by the whole, {whole}.",
        "用部分 {part} 除以整体 {whole}。",
    ),
    "write_as_percent": (
        "Write it as a percentage: multiply by 100.",
        "写成百分数：乘以 100。",
    ),
    "divide_to_decimal": (
        "Divide the number above by the number below.",
        "用分子除以分母。",
    ),
    "percent_over_hundred": (
        "Percent means out of a hundred: write it over 100.",
        "百分数表示一百份中的几份：写成分母是 100 的分数。",
    ),
    "whole_numbers_by_tens": (
        "Multiply above and below by the same power of 10, until both are whole numbers.",
        "分子、分母同乘 10 的幂，化为整数。",
    ),
    "decimal_over_power_of_ten": (
        "Write the digits over 1 with as many zeros as there are decimal places, {places}.",
        "小数部分有 {places} 位，就写成分母是 1 后面添 {places} 个 0 的分数。",
    ),
    "reduce_by": (
        "Reduce the fraction: divide above and below by {divisor}.",
        "约分：分子、分母同除以 {divisor}。",
    ),
    "percent_moves_point": (
        "Divide by 100: move the point two places to the left.",
        "除以 100：小数点向左移动两位。",
    ),
    "point_right_for_power": (
        "Multiplying by this power of 10 moves the point {places} places to the right.",
        "乘以这个 10 的幂，小数点向右移动 {places} 位。",
    ),
    "point_left_for_power": (
        "Multiplying by this power of 10 moves the point {places} places to the left.",
        "乘以这个 10 的幂，小数点向左移动 {places} 位。",
    ),
    "count_parts": (
        "Count how many equal parts there are together.",
        "先求总份数。",
    ),
    "one_part": (
        "Divide {total} by the number of parts, {count}: this is one part.",
        "用 {total} 除以总份数 {count}，得到每份是多少。",
    ),
    "parts_times_one": (
        "Each share has as many parts as the ratio says: multiply by one part, {one}.",
        "每一份额占比中相应的份数：乘以每份的 {one}。",
    ),
    "work_out_each_share": ("Work out each share.", "算出各份额。"),
    "more_by_percent": (
        "The new value is all of {old} and {rate} more: multiply by 1 plus {rate}.",
        "新的值是 {old} 再加上它的 {rate}：乘以 1 加 {rate}。",
    ),
    "less_by_percent": (
        "The new value is all of {old} without {rate}: multiply by 1 minus {rate}.",
        "新的值是 {old} 减去它的 {rate}：乘以 1 减 {rate}。",
    ),
    "simple_interest": (
        "Simple interest is the principal {money} times the yearly rate {rate} times the number of "
        "years, {years}.",
        "单利利息等于本金 {money} 乘以年利率 {rate} 再乘以年数 {years}。",
    ),
    "compound_amount": (
        "Each year the amount is multiplied by 1 plus the rate {rate}: from {money} on, {years} "
        "times.",
        "每年的本利和都乘以 1 加利率 {rate}：从 {money} 开始乘 {years} 次。",
    ),
    "compound_interest": (
        "Each year the amount is multiplied by 1 plus the rate {rate}: {years} times. The interest "
        "is what this amount is more than the principal {money}.",
        "每年的本利和都乘以 1 加利率 {rate}，共 {years} 次；利息等于本利和减去本金 {money}。",
    ),
    "times_units": (
        "{large} is {small}, so multiply.",
        "{large} 等于 {small}，所以用乘法。",
    ),
    "by_units": (
        "{large} is {small}, so divide.",
        "{large} 等于 {small}，所以用除法。",
    ),
    "favourable_over_all": (
        "All cases are equally likely: divide the number of favourable cases, {favourable}, by the "
        "number of all cases, {total}.",
        "所有情况等可能：用符合条件的情况数 {favourable} 除以情况总数 {total}。",
    ),
}
