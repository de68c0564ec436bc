"""How long the maths engine takes for a question, topic by topic, in a warm sandbox.

    python -m benchmarks.topics

Every problem is solved `--rounds` times, each time with other numbers, so that nothing is answered
from a cache; a step and the answer are checked as well. The goal is a median below 50 ms and a 99th
percentile below 500 ms for solving, and nothing near the limit of 3 s.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

from inference.errors import InferenceError
from inference.rules.classify import topic_of
from inference.verify.sandbox import SandboxPool

TIMEOUT_S = 3.0
MEDIAN_GOAL_MS, P99_GOAL_MS = 50.0, 500.0

# `#` stands for a number from 2 to 9, another one each time.
TEMPLATES = (
    *("#+ # × #", "## ÷ # + #", "(# - #) × #^2", "-# × (# - ##)", "{[(#+#)×#]-#}÷#"),
    *("#/7 + #/5", "#/3 - #/8", "1 #/11 × 2 #/13", "#/7 ÷ #/9", "#/6 + 0.5"),
    *("### × ## in columns", "long division ### ÷ #", "列竖式计算 ###+###"),
    *("Write ###000 in scientific notation", "(#×10^4)(#×10^#) in scientific notation"),
    *("## : #4", "#/3 : #/7", "x : # = #2 : #", "divide ##0 in the ratio # : #"),
    *("#5% as a fraction", "#/8 as a percent", "#.#5 as a fraction", "#.# × 10^# as a decimal"),
    *("Solve for R: I = U/(#R)", r"Solve for h: A = \frac{1}{#}(a + b)h"),
    *(
        "Solve for x: #x^2 + ax = b",
        "Solve for x: kx^2 - #x + # = 0",
        "Solve for x: x^2 - #ax = b^2",
    ),
    *("Solve for x: #/x + a = b", "Solve for z: (z + a)/b = #"),
    *("Solve for x: x/(x - a) = #b", "Solve for r: V = #/3 π r^3", "Solve for t: v = u - #a t"),
    *("Solve for c: E = m c^2", "Solve for x: (x + a)/(x - b) = #", "Solve for y: #x + #y = c"),
    *("#5% of ##0", "##% of 80", "2#.5% × ##"),
    *("√(#8)", "#^3 + √(#2)", "√12 + √#7", "#^{-2}", "|# - ##|"),
    *(
        "#x + # = ##",
        "#(x + #) = #(x - ##)",
        r"\frac{x-#}{2} + \frac{x+#}{3} = 4",
        "0.#x + 1.# = 3",
    ),
    *("x^2 - #x - # = 0", "#x^2 + 1#x - 3 = 0", "x^2 = #2", "(#x - 1)^2 = 9"),
    *("2^{#x-1} = #", "9^x - #*3^x - 10 = 0", "2^x = 3^{x-#}"),
    *("# sin x = 1", "cos(#x) = 1/2", "2cos^2 x - cos x - 1 = 0, 0 <= x <= #π", "tan x = #"),
    *("log_2(x+#) = #", "log_2(x) + log_2(x-#) = #", "ln x = ln # + ln #"),
    *(r"\frac{#}{x-1} = \frac{#}{x+1}", "#/x = 3", r"x + \frac{#}{x} = 1#"),
    *("x + #y = ##, #x - y = 1", "y = #x + 1, x + #y = 4", "x/# + y/3 = 4, x - y = #"),
    *("#x - # < ##", "-#x <= 9", "1 < # - x <= 1#", "x^2 - #x - # > 0"),
    *("#a - 2b + #a + b", "#(2x - 1) - #(x + 2)", "(#x + 3)^2", "(x + #)(x - #)(x + 1)"),
    *("x^# · x^#", "(#x^2y)^#", "(x^2y^{-1})^{-#}", "√(#8x^3)", "√(#a) + √(4#a)"),
    *("Factor #x + #0", "Factor x^2 - #6", "Factor x^3 - #7x", "Factor 6x^2 - #x - 1"),
    *("d/dx(#x^3 + 5x - #)", "Differentiate x^# sin(#x)", r"Differentiate \frac{x^#}{x+#}"),
    *("Differentiate e^{#x^2}", "tangent to y = #x^2 - x at x = #", "extrema of f(x) = #x^2 - 1#x"),
    *("∫ (#x^2 + #x) dx", "∫ x e^{#x} dx", "∫ #x(x^2+#)^4 dx", r"\int_0^# (x^2+#) dx"),
    *("# + # = 1#", "#/7 < #/8", "#^2 = 1#"),
    *(
        "mean of #, #, ##, 1#",
        "median of #, ##, 1#, #",
        "variance of #, #, #, 1#",
        "mode of #, #, #, #",
    ),
    *("C(1#, #)", "P(1#, 3)", "In how many ways can # people be arranged in a row?"),
    *("distance between (#, #) and (1#, -#)", "line through (#, #) and (-#, 1#)"),
    *("midpoint of (#, #) and (-#, ##)", "slope of the line through (#, #) and (1#, -#)"),
    *("f(x) = #x^2 - #, find f(#)", "inverse of f(x) = #x + #", r"domain of \sqrt{#x-#}"),
    *(
        "vertex of y = #x^2 - #x + #",
        "intercepts of y = x^2 - #x",
        "f(x)=#x+1, g(x)=x^2, find f(g(x))",
    ),
    *(r"\lim_{x \to #} (x^2 - #x)", r"\lim_{x \to 0} \frac{\sin(#x)}{#x}"),
    *(r"\lim_{x \to \infty} \frac{#x+1}{x-#}", r"\lim_{x \to 0} \frac{\sqrt{x+1}-1}{#x}"),
    *(
        "det [[#, #], [#, ##]]",
        "det [[#, #, 1], [#, 0, #], [2, #, #]]",
        "inverse of [[#, 1#], [1, -#]]",
    ),
    *("percent change from #0 to ##", "convert #.5 km to m", "Increase #0 by 1#%"),
    "simple interest on #000 at #% for # years",
)


@dataclass(slots=True)
class Times:
    """Milliseconds of one topic."""

    solve_ms: list[float] = field(default_factory=list)
    check_ms: list[float] = field(default_factory=list)
    num_steps: list[int] = field(default_factory=list)
    num_refused: int = 0


def main(argv: list[str] | None = None) -> int:
    """Measure, print the table, and return 1 when a goal is missed."""
    description, _, _ = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rounds", type=int, default=12)
    args = parser.parse_args(argv)
    pool = SandboxPool(1, 512 * 1024 * 1024, 500)
    started = time.perf_counter()
    pool.start()
    start_s = time.perf_counter() - started
    draw = random.Random(11)
    topics: dict[str, Times] = {}
    try:
        for _ in range(args.rounds):
            for template in TEMPLATES:
                text = re.sub("#", lambda _: str(draw.randint(2, 9)), template)
                topic = topic_of(text)
                _measure(pool, text, topics.setdefault(str(topic), Times()))
    finally:
        pool.stop()
    return _report(topics, start_s)


def _measure(pool: SandboxPool, text: str, times: Times) -> None:
    started = time.perf_counter()
    try:
        solution: Any = pool.run(
            "inference.rules.tasks:solve", text, "en", timeout_s=TIMEOUT_S, wait_s=TIMEOUT_S
        )
    except InferenceError:
        times.num_refused += 1
        return
    times.solve_ms.append((time.perf_counter() - started) * 1000)
    times.num_steps.append(len(solution["steps"]))
    answer = re.findall(r"\$(.*)\$", solution["closing"])[-1]
    started = time.perf_counter()
    pool.run("inference.verify.tasks:check_answer", text, answer, timeout_s=TIMEOUT_S)
    times.check_ms.append((time.perf_counter() - started) * 1000)


def _report(topics: dict[str, Times], start_s: float) -> int:
    print(f"Start of the sandbox, off the way of questions: {start_s:.1f} s\n")
    print("| topic | problems | refused | steps | solve p50 ms | p99 ms | max ms | check p50 ms |")
    print("|---|---|---|---|---|---|---|---|")
    everything = Times()
    for name, times in sorted(topics.items()):
        everything.solve_ms += times.solve_ms
        everything.check_ms += times.check_ms
        everything.num_steps += times.num_steps
        everything.num_refused += times.num_refused
        print(_row(name, times))
    print(_row("**all**", everything))
    is_missed = (
        median(everything.solve_ms) > MEDIAN_GOAL_MS or _p99(everything.solve_ms) > P99_GOAL_MS
    )
    return int(is_missed)


def _row(name: str, times: Times) -> str:
    if not times.solve_ms:
        return f"| {name} | 0 | {times.num_refused} |  |  |  |  |  |"
    return (
        f"| {name} | {len(times.solve_ms)} | {times.num_refused} | {median(times.num_steps):.0f} "
        f"| {median(times.solve_ms):.1f} | {_p99(times.solve_ms):.1f} "
        f"| {max(times.solve_ms):.1f} | {median(times.check_ms):.1f} |"
    )


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[98] if len(values) > 1 else values[0]


if __name__ == "__main__":
    sys.exit(main())
