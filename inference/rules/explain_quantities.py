"""What a teacher says at the rules for quantities that are asked for by name: English, Chinese."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, str]] = {
    # what several calculations are called together
    "work_it_out": ("Work it out.", "计算。"),
    # statistics
    "mean_as_quotient": (
        "Add all numbers and divide by how many there are, {count}.",
        "把所有数相加，再除以个数 {count}。",
    ),
    "mean_of_data": ("First find the mean: it is {mean}.", "先求平均数，是 {mean}。"),
    "put_in_order": ("Put the numbers in order of size.", "把这些数从小到大排列。"),
    "middle_value": (
        "The number in the middle, at place {place}, is {value}.",
        "正中间的数是第 {place} 个，即 {value}。",
    ),
    "middle_two_values": (
        "The two numbers in the middle are {low} and {high}. The median is halfway between them.",
        "中间的两个数是 {low} 和 {high}，中位数是它们的平均数。",
    ),
    "most_frequent_value": (
        "The number that occurs most often is {values}: it is there {times} times.",
        "出现次数最多的数是 {values}，出现了 {times} 次。",
    ),
    "most_frequent_values": (
        "The numbers that occur most often are {values}: each is there {times} times.",
        "出现次数最多的数是 {values}，各出现了 {times} 次。",
    ),
    "all_equally_often": (
        "All numbers occur equally often, so there is no mode.",
        "所有数出现的次数相同，所以没有众数。",
    ),
    "largest_minus_smallest": (
        "The range is the largest number minus the smallest: {high} is the largest, {low} the "
        "smallest.",
        "极差是最大的数减去最小的数：最大的是 {high}，最小的是 {low}。",
    ),
    "squares_by_count": (
        "Square the distance of each number from the mean, add the squares and divide by how many "
        "numbers there are, {divisor}.",
        "求每个数与平均数之差的平方，相加后除以个数 {divisor}。",
    ),
    "squares_by_count_less_one": (
        "Square the distance of each number from the mean, add the squares and divide by one less "
        "than how many numbers there are, {divisor}.",
        "求每个数与平均数之差的平方，相加后除以个数减一，即 {divisor}。",
    ),
    "squares_by_count_under_root": (
        "The standard deviation is the root of the variance. Square the distance of each number "
        "from the mean, add the squares, divide by how many numbers there are, {divisor}, and take "
        "the root.",
        "标准差是方差的算术平方根：求每个数与平均数之差的平方，相加后除以个数 {divisor}，"
        "再开平方。",
    ),
    "squares_by_count_less_one_under_root": (
        "The sample standard deviation is the root of the sample variance. Square the distance of "
        "each number from the mean, add the squares, divide by one less than how many numbers "
        "there are, {divisor}, and take the root.",
        "样本标准差是样本方差的算术平方根：求每个数与平均数之差的平方，相加后除以个数减一，"
        "即 {divisor}，再开平方。",
    ),
    "fraction_as_decimal": ("Write the fraction as a decimal.", "把分数写成小数。"),
    # counting
    "arrange_all": (
        "There are {count} choices for the first place, one less for the next, and so on: multiply "
        "all whole numbers from {count} down to 1.",
        "第一个位置有 {count} 种选法，下一个位置少一种，依此类推：从 {count} 一直乘到 1。",
    ),
    "arrange_some": (
        "The order counts. There are {count} choices for the first place and one less for each "
        "further place, {taken} places in all.",
        "与顺序有关：第一个位置有 {count} 种选法，以后每个位置少一种，共 {taken} 个位置。",
    ),
    "choose_the_rest": (
        "Choosing {taken} out of {count} is the same as choosing the {rest} that are left out.",
        "从 {count} 个中选 {taken} 个，等于选出剩下的 {rest} 个。",
    ),
    "choose_one": (
        "There are {count} ways to choose one out of {count}.",
        "从 {count} 个中选一个，有 {count} 种选法。",
    ),
    "choose_some": (
        "The order does not count. Take {taken} factors from {count} downwards, and divide by the "
        "number of orders of {taken} things.",
        "与顺序无关：从 {count} 起往下乘 {taken} 个数，再除以 {taken} 个元素的排列数。",
    ),
    "only_one_way": ("There is just one way.", "只有一种方法。"),
    # points
    "slope_formula": (
        "The slope is the difference of the $y$-coordinates over the difference of the "
        "$x$-coordinates.",
        "斜率等于纵坐标之差除以横坐标之差。",
    ),
    "distance_formula": (
        "By Pythagoras, the distance is the root of the sum of the squared differences of the "
        "coordinates.",
        "由勾股定理，距离等于坐标之差的平方和的算术平方根。",
    ),
    "midpoint_formula": (
        "Each coordinate of the midpoint is halfway between those of the two points.",
        "中点的每个坐标等于两点对应坐标的平均数。",
    ),
    # matrices
    "determinant_two": (
        "Multiply along the diagonal that falls, and subtract the product along the one that "
        "rises.",
        "主对角线上两数之积，减去副对角线上两数之积。",
    ),
    "determinant_three": (
        "Rule of Sarrus: add the products along the three diagonals that fall, and subtract those "
        "along the three that rise.",
        "对角线法则：三条向下对角线上的积相加，再减去三条向上对角线上的积。",
    ),
    "inverse_two": (
        "Exchange the numbers on the diagonal, change the signs of the others, and divide by the "
        "determinant, {determinant}.",
        "交换主对角线上的两数，副对角线上的两数变号，再除以行列式 {determinant}。",
    ),
    "inverse_three": (
        "Each cell becomes the determinant of what is left without its row and column, with "
        "alternating signs; rows and columns are exchanged. Divide by the determinant, "
        "{determinant}.",
        "每个元素换成它的代数余子式，再把行列互换，除以行列式 {determinant}。",
    ),
    "work_out_cells": ("Work out each cell.", "计算每个元素。"),
    "multiply_cells": ("Multiply each cell by {factor}.", "每个元素乘以 {factor}。"),
}
