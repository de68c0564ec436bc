"""What a teacher says at equations with powers and logarithms of the unknown: English, Chinese."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    # the unknown in an exponent
    "common_base": (
        "Write both sides as powers of {base}.",
        "把两边都写成以 {base} 为底的幂。",
    ),
    "common_base_left": (
        "Write the left side as a power of {base}.",
        "把左边写成以 {base} 为底的幂。",
    ),
    "equal_exponents": (
        "The bases are the same, so the exponents are equal.",
        "底数相同，所以指数相等。",
    ),
    "power_never_negative": (
        "The power {power} is always positive, so there is no real solution.",
        "幂 {power} 恒为正数，所以没有实数解。",
    ),
    "powers_differ_by_factor": (
        "One side is a fixed multiple of the other, and a power is never 0. So there is no "
        "solution.",
        "一边总是另一边的同一个倍数，而幂不会等于 0，所以无解。",
    ),
    "drop_negative_powers": (
        "The power {power} is always positive, so values that are not positive fall away.",
        "幂 {power} 恒为正数，舍去不是正数的值。",
    ),
    "in_one_power": (
        "Express every power by {power}.",
        "把各个幂都用 {power} 表示。",
    ),
    "multiply_by_power": (
        "Multiply both sides by {factor}, which is never 0.",
        "两边同乘以 {factor}（它不会等于 0）。",
    ),
    "definition_of_logarithm": (
        "By the definition of the logarithm, the exponent is the logarithm of the right side to "
        "the base {base}.",
        "根据对数的定义，化成以 {base} 为底的对数式。",
    ),
    "logarithm_of_power": (
        "The logarithm of a power is the exponent times the logarithm.",
        "幂的对数等于指数乘以对数。",
    ),
    "take_logarithms": (
        "Take the natural logarithm of both sides; exponents come down as factors.",
        "两边取自然对数，指数成为系数。",
    ),
    # the unknown in a logarithm
    "change_base": (
        "Write all logarithms to the base {base}.",
        "用换底公式，把对数都化成以 {base} 为底。",
    ),
    "move_logarithms": (
        "Bring the logarithms into order, so that no minus stands before one.",
        "移项，使各个对数前面没有负号。",
    ),
    "join_logarithms": (
        "Put the logarithms together: a sum is the logarithm of the product, a factor becomes an "
        "exponent.",
        "合并对数：对数的和等于积的对数，系数化为真数的指数。",
    ),
    "join_logarithms_guarded": (
        "Put the logarithms together: a sum is the logarithm of the product, a factor becomes an "
        "exponent. Only positive numbers have a logarithm, which is kept as a condition.",
        "合并对数：对数的和等于积的对数，系数化为真数的指数。真数必须大于 0，把它作为条件写在旁边"
        "。",
    ),
    "number_as_logarithm": (
        "Write the number as a logarithm to the base {base}, too.",
        "把数也写成以 {base} 为底的对数。",
    ),
    "equal_logarithms": (
        "Equal logarithms come from equal numbers.",
        "对数相等，真数就相等。",
    ),
    "equal_logarithms_guarded": (
        "Equal logarithms come from equal numbers. Only positive numbers have a logarithm, which "
        "is kept as a condition.",
        "对数相等，真数就相等。真数必须大于 0，把它作为条件写在旁边。",
    ),
    "power_of_base": (
        "By the definition of the logarithm, write this as a power of {base}.",
        "根据对数的定义，化成以 {base} 为底的指数式。",
    ),
    "value_of_power": (
        "Work out the power.",
        "算出这个幂。",
    ),
    "base_to_the_power": (
        "By the definition of the logarithm, write this as a power. A base is positive and not "
        "1, which is kept as a condition.",
        "根据对数的定义，化成指数式。底数大于 0 且不等于 1，把它作为条件写在旁边。",
    ),
    "logarithms_in_vain": (
        "Without the logarithms the equation leads to values for which one of them would be of a "
        "number that is not positive. So there is no real solution.",
        "去掉对数后求得的值使真数不是正数，所以没有实数解。",
    ),
    "logarithms_gives_nothing": (
        "Without the logarithms the equation has no real solution.",
        "去掉对数后得到的方程没有实数解。",
    ),
    # laws of exponents and roots
    "power_of_power": (
        "A power of a power: multiply the exponents.",
        "幂的乘方：底数不变，指数相乘。",
    ),
    "power_of_product": (
        "A power of a product: raise every factor to the power.",
        "积的乘方：把每个因式分别乘方。",
    ),
    "power_of_quotient": (
        "A power of a fraction: raise numerator and denominator to the power.",
        "分式的乘方：把分子、分母分别乘方。",
    ),
    "add_exponents": (
        "A product of powers of the same letter: add the exponents.",
        "同底数幂相乘：底数不变，指数相加。",
    ),
    "subtract_exponents": (
        "A quotient of powers of the same letter: subtract the exponents. The letter may not be 0.",
        "同底数幂相除：底数不变，指数相减。字母不能为 0。",
    ),
    "collect_exponents": (
        "Powers of the same letter: add the exponents where they are multiplied, subtract where "
        "they are divided.",
        "同底数幂相乘，指数相加；相除，指数相减。",
    ),
    "work_out_exponents": (
        "Work out the exponents.",
        "算出指数。",
    ),
    "zero_exponent": (
        "A power with exponent 0 is 1, unless its base is 0.",
        "底数不为 0 时，零次幂等于 1。",
    ),
    "negative_exponents_below": (
        "A negative exponent means one over the power: write it below a fraction bar.",
        "负指数幂等于正指数幂的倒数，写成分式。",
    ),
    "root_times_itself": (
        "A root times itself is what stands below it. It may not be 0.",
        "根式自乘等于被开方数（不能为 0）。",
    ),
    "join_roots": (
        "A product of roots is the root of the product.",
        "二次根式相乘：被开方数相乘。",
    ),
    "split_off_squares": (
        "Split off below each root what is a full power.",
        "把被开方数中能开得尽方的因式分出来。",
    ),
    "draw_root": (
        "Draw the root of it.",
        "把它开方，移到根号外。",
    ),
    "draw_root_with_bars": (
        "Draw the root of it. The root of a square is the absolute value, as a root is never "
        "negative.",
        "把它开方，移到根号外。平方的算术平方根是绝对值，因为算术平方根不会是负数。",
    ),
}
