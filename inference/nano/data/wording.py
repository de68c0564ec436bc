"""What stands around an exercise: its number, what to do, the `=` that asks for a value."""

from __future__ import annotations

import random

from inference.types import Language

_WORDS: dict[str, tuple[str, str]] = {
    "calculate": (
        "Calculate|Calculate:|Work out|Work out:|Evaluate|Evaluate:|Find the value of|Compute",
        "计算：|计算|求值：|算一算：",
    ),
    "solve": (
        "Solve|Solve:|Solve the equation|Solve the equation:|Solve for x:|Find x:|Solve for x",
        "解方程：|解方程|求x：|解下列方程：",
    ),
    "simplify": ("Simplify|Simplify:|Collect like terms:", "化简：|化简|合并同类项："),
    "expand": ("Expand|Expand:|Multiply out:|Expand and simplify", "展开：|计算：|化简："),
    "factor": (
        "Factor|Factor:|Factorise|Factorise:|Factor completely:",
        "因式分解：|分解因式：|因式分解",
    ),
    "system": (
        "Solve|Solve:|Solve the system:|Solve the simultaneous equations:",
        "解方程组：|解方程组",
    ),
    "inequality": ("Solve|Solve:|Solve the inequality:", "解不等式：|解不等式"),
    "derivative": ("Find|Calculate:|Work out", "求：|计算："),
    "integral": ("Find|Evaluate|Evaluate:|Calculate:", "求：|计算：|求积分："),
}
_TASK_OF = {
    "integers": "calculate", "decimals": "calculate", "fractions": "calculate",
    "percent": "calculate", "powers and roots": "calculate", "linear equations": "solve",
    "quadratic equations": "solve", "simplify": "simplify", "expand": "expand",
    "factor": "factor", "systems": "system", "inequalities": "inequality",
    "derivatives": "derivative", "integrals": "integral",
}  # fmt: skip
_BARE_SHARE = 0.45


def words_before(topic: str, language: Language, rng: random.Random) -> str:
    """The number of an exercise and what to do with it; often empty."""
    if rng.random() < _BARE_SHARE:
        return ""
    number = ""
    if rng.random() < 0.6:
        value = rng.choice((str(rng.randint(1, 12)), rng.choice("abcdef")))
        forms = ("{})", "{}.", "({})") if language == "en" else ("{}.", "({})", "{})")
        number = rng.choice(forms).format(value)
    words = ""
    if rng.random() < 0.7:
        pair = _WORDS[_TASK_OF[topic]]
        words = rng.choice(pair[0 if language == "en" else 1].split("|"))
    return f"{number} {words}".strip()


def words_after(topic: str, rng: random.Random) -> str:
    """The `=` behind a calculation, or nothing."""
    if _TASK_OF[topic] == "calculate" and rng.random() < 0.3:
        return "="
    return ""
