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
