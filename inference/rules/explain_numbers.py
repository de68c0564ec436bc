"""What a teacher says of whole numbers, their primes and their divisors: English, then Chinese."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "logarithm": (
        "The logarithm is the exponent to which the base has to be raised.",
        "对数就是底数的幂指数：底数的几次方等于真数。",
    ),
    "logarithm_first": (
        "Work out the logarithms first: {work}.",
        "先算对数：{work}。",
    ),
    "divide_by_two": (
        "{value} is even, so divide it by 2.",
        "{value} 是偶数，除以 2。",
    ),
    "divide_by_two_often": (
        "{value} is even, so divide by 2 as long as the result is even: {count} times.",
        "{value} 是偶数，只要得数还是偶数就继续除以 2，共除 {count} 次。",
    ),
    "divide_by_three": (
        "The digits of {value} add up to {sum}, which 3 divides, so divide by 3.",
        "{value} 的各位数字之和是 {sum}，能被 3 整除，所以除以 3。",
    ),
    "divide_by_three_often": (
        "The digits of {value} add up to {sum}, which 3 divides, so divide by 3 as long as that "
        "works: {count} times.",
        "{value} 的各位数字之和是 {sum}，能被 3 整除，所以连续除以 3，共除 {count} 次。",
    ),
    "divide_by_five": (
        "{value} ends in 0 or 5, so divide it by 5.",
        "{value} 的末位是 0 或 5，除以 5。",
    ),
    "divide_by_five_often": (
        "{value} ends in 0 or 5, so divide by 5 as long as the result does, too: {count} times.",
        "{value} 的末位是 0 或 5，连续除以 5，共除 {count} 次。",
    ),
    "divide_by_prime": (
        "No smaller prime divides {value}, but {prime} does.",
        "更小的质数都不能整除 {value}，而 {prime} 可以。",
    ),
    "divide_by_prime_often": (
        "No smaller prime divides {value}, but {prime} does: {count} times.",
        "更小的质数都不能整除 {value}，而 {prime} 可以，共除 {count} 次。",
    ),
    "is_prime_itself": (
        "No prime up to {limit} divides {value}, so it is a prime itself.",
        "不超过 {limit} 的质数都不能整除 {value}，所以它本身就是质数。",
    ),
    "one_has_no_primes": (
        "1 is not divisible by any prime.",
        "1 不能被任何质数整除。",
    ),
    "factor_into_primes": (
        "Write the numbers as products of primes.",
        "把各数分解质因数。",
    ),
    "common_primes_lowest": (
        "Take the primes that all numbers have, each as often as in the number that has it least.",
        "取各数公有的质因数，每个取次数最少的。",
    ),
    "no_common_prime": (
        "There is no prime that all numbers have, so only 1 divides them all.",
        "各数没有公有的质因数，所以只有 1 能同时整除它们。",
    ),
    "all_primes_highest": (
        "Take every prime that occurs, each as often as in the number that has it most.",
        "取出现过的所有质因数，每个取次数最多的。",
    ),
    "smallest_divides_all": (
        "{value} divides all the numbers, and no larger number divides {value}.",
        "{value} 能整除每一个数，而且没有更大的数能整除 {value}。",
    ),
    "largest_is_multiple": (
        "{value} is a multiple of all the numbers, and no smaller number is a multiple of {value}.",
        "{value} 是每一个数的倍数，而且 {value} 没有更小的倍数。",
    ),
    "euclid": (
        "Divide {larger} by {smaller}: the quotient is {quotient}, the remainder {remainder}. What "
        "divides both numbers divides the remainder, too.",
        "用 {larger} 除以 {smaller}，商 {quotient} 余 {remainder}。两数的公因数也能整除余数。",
    ),
    "euclid_one_down": (
        "Nothing remains when {larger} is divided by {smaller}, so go on with {smaller} and the "
        "other numbers.",
        "{larger} 除以 {smaller} 没有余数，所以接着算 {smaller} 与其余的数。",
    ),
    "euclid_ends": (
        "Nothing remains when {larger} is divided by {smaller}, so {smaller} is the greatest "
        "common divisor.",
        "{larger} 除以 {smaller} 没有余数，所以最大公因数是 {smaller}。",
    ),
    "lcm_by_gcd": (
        "The greatest common divisor is {value}. Divide one number by it and multiply by the "
        "other.",
        "最大公因数是 {value}。用它去除其中一个数，再乘另一个数。",
    ),
    "products_that_give": (
        "Write {value} as a product of two numbers in every way.",
        "把 {value} 写成两个数相乘的所有形式。",
    ),
    "list_divisors": (
        "List the factors in order.",
        "按从小到大写出所有因数。",
    ),
    "common_divisors_divide_gcd": (
        "The common factors are the factors of the greatest common divisor, {value}.",
        "公因数就是最大公因数 {value} 的因数。",
    ),
    # ratios
    "multiply_ratio": (
        "Multiply every part by {factor}, so that all are whole numbers.",
        "各项同时乘以 {factor}，化成整数比。",
    ),
    "divide_ratio": (
        "Divide every part by {divisor}, their greatest common divisor.",
        "各项同时除以它们的最大公因数 {divisor}。",
    ),
    "ratio_is_simplest": (
        "The parts have no common divisor: this is in lowest terms already.",
        "各项没有公因数，已经是最简整数比。",
    ),
    "means_and_extremes": (
        "In a proportion the product of the inner numbers equals the product of the outer ones.",
        "比例的基本性质：两个内项的积等于两个外项的积。",
    ),
    # in columns
    "partial_product": (
        "Multiply by {factor}.",
        "先乘以 {factor}。",
    ),
    "add_partial_products": (
        "Write the products below one another, each in the column of its digit, and add them.",
        "把各次乘得的积对齐数位写好，再相加。",
    ),
    "multiply_digit_by_digit": (
        "Multiply digit by digit from the right, carrying what is more than 9.",
        "从个位起，用一位数依次去乘每一位，满几十就进几。",
    ),
    "add_in_columns": (
        "Write the digits below one another and add column by column from the right, carrying "
        "what is more than 9.",
        "相同数位对齐，从个位加起，哪一位满十就向前一位进一。",
    ),
    "subtract_in_columns": (
        "Write the digits below one another and subtract column by column from the right, "
        "borrowing where a digit is too small.",
        "相同数位对齐，从个位减起，哪一位不够减就从前一位退一。",
    ),
    "division_turn": (
        "Divide {part}: the digit of the quotient is {digit}, and {rest} is left. Bring the next "
        "digit down.",
        "{part} 除以除数，商 {digit}，余 {rest}；把下一位落下来。",
    ),
    "last_division_turn": (
        "Divide {part}: the last digit of the quotient is {digit}, and {rest} is left.",
        "{part} 除以除数，商的最后一位是 {digit}，余 {rest}。",
    ),
    "division_in_columns": (
        "Written below one another, the division looks like this.",
        "写成竖式就是这样。",
    ),
    "rest_as_fraction": (
        "What is left, {rest}, becomes the numerator of a fraction over the divisor.",
        "余数是 {rest}，写成以除数为分母的分数。",
    ),
    "read_off_columns": (
        "Read off the result.",
        "得出结果。",
    ),
    # scientific notation
    "powers_of_ten_apart": (
        "Take the numbers and the powers of 10 apart.",
        "把数和 10 的幂分开。",
    ),
    "work_out_each": (
        "Work out both parts: the exponents of 10 are added.",
        "分别计算，10 的指数相加。",
    ),
    "point_to_the_left": (
        "Move the point to the left by {places}, so that one digit stands before it: each place "
        "is a factor 10.",
        "小数点向左移 {places} 位，使整数部分只有一位，每移一位就多一个因数 10。",
    ),
    "point_to_the_right": (
        "Move the point to the right by {places}, so that one digit stands before it: each place "
        "is a division by 10.",
        "小数点向右移 {places} 位，使整数部分只有一位，每移一位就除以一次 10。",
    ),
    "power_of_ten_zero": (
        "One digit stands before the point already, and 10 to the power 0 is 1.",
        "整数部分已经只有一位，10 的零次幂是 1。",
    ),
}
