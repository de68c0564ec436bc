"""What a teacher says at equations between sines, cosines and tangents: English, then Chinese."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "beyond_one": (
        "Sine and cosine never go beyond -1 and 1, so there is no solution.",
        "正弦和余弦的值不会小于 -1，也不会大于 1，所以无解。",
    ),
    "drop_beyond_one": (
        "Sine and cosine never go beyond -1 and 1, so values beyond that fall away.",
        "正弦和余弦的值在 -1 与 1 之间，舍去不在其中的值。",
    ),
    "angles_of_sine": (
        "Find all angles with this sine: one and its supplement, each plus any number of full "
        "turns.",
        "求出正弦等于这个值的所有角：一个角和它的补角，再加上任意整数圈。",
    ),
    "angles_of_cosine": (
        "Find all angles with this cosine: one and its opposite, each plus any number of full "
        "turns.",
        "求出余弦等于这个值的所有角：一个角和它的相反角，再加上任意整数圈。",
    ),
    "angles_of_tangent": (
        "Find all angles with this tangent: one, plus any number of half turns.",
        "求出正切等于这个值的所有角：一个角，再加上任意个半圈。",
    ),
    "angles_of_each": (
        "Find all angles for each of these values.",
        "分别求出每个值对应的所有角。",
    ),
    "solve_for_angle": (
        "Solve for {letter}; the turns are divided, too.",
        "解出 {letter}，周期也要相应地除。",
    ),
    "angles_in_range": (
        "Put in whole numbers and keep the angles in the range asked for.",
        "代入整数，留下在所求范围内的角。",
    ),
    "no_angle_in_range": (
        "None of these angles lies in the range asked for.",
        "这些角都不在所求的范围内。",
    ),
    "pythagorean_identity": (
        "Sine squared and cosine squared together are 1: write everything by one of them.",
        "正弦的平方与余弦的平方之和为 1，都化成同一个函数。",
    ),
    "divide_by_cosine": (
        "Divide by {cosine}. It is not 0: then the sine would have to be 0, too, and both never "
        "are.",
        "两边同除以 {cosine}。它不为 0，否则正弦也为 0，而两者不会同时为 0。",
    ),
    "double_angle": (
        "Write the functions of the double angle by those of the single one.",
        "用二倍角公式，把二倍角化成单角。",
    ),
}
