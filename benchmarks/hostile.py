"""Hostile and broken text against the maths engine: it must neither crash nor hang nor grow.

    python -m benchmarks.hostile --count 20000

Every string goes through the sandbox as a question and, every fourth, as an answer to check, as
it would on the site. The table says what became of each kind. The exit code is 1 when a worker
crashed or memory grew. The strings are the same in every run with the same seed.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from inference.errors import InferenceError, SandboxCrashedError, SandboxTimeoutError
from inference.verify.sandbox import SandboxPool

TIMEOUT_S = 3.0
MEMORY_BYTES = 512 * 1024 * 1024
_MAX_GROWTH_BYTES = 24 * 1024 * 1024
_LONGEST = 1_000_000

_VALID = (
    *("3x + 5 = 20", "x^2 - 5x + 6 = 0", "2/3 - 1/6", "x + y = 5, x - y = 1", "|x - 1| < 3"),
    *(r"\frac{x-1}{2} + \frac{x+1}{3} = 4", "Factor 6x^2 - 7x - 3", "(2x + 3)^2", "15% of 200"),
    *("d/dx(x^2 sin x)", "∫ x e^x dx", r"\int_0^2 (x^2+1) dx", r"\sqrt{50} + \sqrt{18}"),
    *(r"\lim_{x \to 2} \frac{x^2-4}{x-2}", "mean of 3, 5, 7, 9", "C(8, 3)", "5! / 3!"),
    *("f(x) = 2x + 1, find f(3)", "inverse of f(x) = 2x + 3", r"domain of \sqrt{x-2}"),
    *("line through (1, 2) and (3, 8)", "extrema of f(x) = x^3 - 3x", "convert 3.5 km to m"),
    *("simple interest on 1000 at 5% for 3 years", "det [[1, 2], [3, 4]]", "解方程：2x+1=7"),
    *(r"\begin{cases} x+y=1 \\ x-y=2 \end{cases}", "gcd(12, 18)", "percent change from 80 to 100"),
    *("x^4 - 16 = 0", r"\frac{1}{x-1} = \frac{2}{x+1}", "2^{x} = 8", "求数据3,5,7的平均数"),
    *("probability of rolling a 3 with a die", "distance between (1, 2) and (4, 6)"),
)
_CODE = (
    *("().__class__.__bases__[0].__subclasses__()", "__import__('os').system('id')", "x.__class__"),
    *(
        "lambda: 0",
        "exec('1')",
        "[x for x in range(9**9)]",
        "{{7*7}}",
        "${jndi:ldap://x}",
        "%s%n%x",
    ),
    *("import os", "open('/etc/passwd').read()", "'; DROP TABLE users; --", "<script>x</script>"),
    *("\\input{/etc/passwd}", "\\write18{id}", "\\def\\a{\\a\\a}\\a", "\\csname x\\endcsname"),
)
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e\u2066\u0301\u20e3\u0000\u0007\u2028"
_ALIKE = str.maketrans("xyaeocp0123=-+()", "хуаеосрО１２３＝−＋（）")
_PIECES = (
    *("(", ")", "{", "}", "[", "]", "|", "^", "_", "\\", "&", "$", "!", "%", "'", '"', ",", ";"),
    *("\\frac", "\\sqrt", "\\int", "\\lim", "\\left", "\\right", "\\begin{cases}", "\\text{"),
    *("x", "y", "e", "9", "0", ".", "=", "<", "≤", "±", "√", "½", "²", "∫", "∞", "π", "→", "的"),
    *(" ", "\n", "and", "or", "of", "solve", "求", "sin", "log_", "d/dx", "mean of ", "f(x) = "),
)


def hostile_strings(count: int, *, seed: int = 7) -> Iterator[tuple[str, str]]:
    """Kinds and strings, the same for the same seed."""
    draw = random.Random(seed)
    kinds = tuple(_KINDS.items())
    for i in range(count):
        name, make = kinds[i % len(kinds)]
        yield name, make(draw)


def _tower(draw: random.Random) -> str:
    height, base = draw.randint(2, 60), draw.choice(["9", "x", "10", "(2+x)", "e", "-2", "99999"])
    sign = draw.choice(["^", "**", "^{"])
    return sign.join([base] * height) + ("}" * (height - 1) if sign == "^{" else "")


def _factorial(draw: random.Random) -> str:
    size = draw.choice(
        ["9" * draw.randint(1, 40), "(" + "9!" * draw.randint(1, 9) + ")", "x", "200"]
    )
    return f"{size}{'!' * draw.randint(1, 6)}{draw.choice(['', ' + 1', ' / 0', '^99'])}"


def _brackets(draw: random.Random) -> str:
    depth = draw.choice([3, 39, 41, 200, 5000])
    opening = draw.choice(["(", "[", "{", "|", "\\left(", "√(", "sin(", "\\frac{1}{", "-(", "f("])
    closing = draw.choice([")", "", "]", "}"])
    return opening * depth + draw.choice(["x", "1", ""]) + closing * depth


def _endless(draw: random.Random) -> str:
    piece = draw.choice([*_VALID, *_PIECES, "mean of 1, ", "x+", "(1,2) and "])
    length = draw.choice([501, 2000, 20_000, _LONGEST]) if draw.random() < 0.2 else 499
    return (piece * (length // len(piece) + 1))[:length]


def _invisible(draw: random.Random) -> str:
    text = list(draw.choice(_VALID))
    for _ in range(draw.randint(1, 12)):
        text.insert(draw.randint(0, len(text)), draw.choice(_INVISIBLE))
    return "".join(text)


def _alike(draw: random.Random) -> str:
    text = draw.choice(_VALID)
    return "".join(c.translate(_ALIKE) if draw.random() < 0.5 else c for c in text)


def _code(draw: random.Random) -> str:
    return draw.choice(["", "Solve: ", "3 + ", "f(x) = "]) + draw.choice(_CODE)


def _nothing(draw: random.Random) -> str:
    return draw.choice(
        [
            *(
                "1/0",
                "0^0",
                "x/0 = 1",
                "0 = 5",
                "0 = 0",
                "x = x",
                "x = x + 1",
                "1/(x-x) = 2",
                "√(-4)",
            ),
            *(
                "ln 0",
                "log_1(5)",
                "0/0",
                "tan(π/2)",
                "5 % 0",
                "(x^2-x^2)/0",
                "x^2 = -1",
                "|x| = -2",
            ),
            *("mean of ", "C(3, 9)", "inverse of [[0, 0], [0, 0]]", "f(x) = 1/x, find f(0)"),
            *(
                "slope of the line through (1, 1) and (1, 1)",
                "percent change from 0 to 0",
                "∫ dx/0",
            ),
        ]
    ) + draw.choice(["", " ", "?", " = ?", "。"])


def _noise(draw: random.Random) -> str:
    if draw.random() < 0.5:
        return "".join(draw.choice(_PIECES) for _ in range(draw.randint(1, 60)))
    return "".join(chr(draw.randint(1, 0x2FFF)) for _ in range(draw.randint(1, 80)))


def _slipped(draw: random.Random) -> str:
    """A question with some slips of the pen."""
    text = draw.choice(_VALID)
    for _ in range(draw.randint(1, 5)):
        i, j = sorted((draw.randint(0, len(text)), draw.randint(0, len(text))))
        text = draw.choice(
            [
                text[:i] + text[j:],
                text[:i] + draw.choice(_PIECES) + text[i:],
                text[:j] + text[i:j] + text[j:],
                text[:i] + text[i:j][::-1] + text[j:],
                text + draw.choice(_VALID),
            ]
        )
    return text[:2000]


def _large(draw: random.Random) -> str:
    n = draw.randint(5, 100)
    return draw.choice(
        [
            f"Expand (x + 1)^{n}",
            f"(a + b + c + d)^{draw.randint(2, 12)}",
            "*".join(f"(x + {i})" for i in range(draw.randint(3, 40))),
            f"x^{n} - 1 = 0",
            f"Factor x^{n} - y^{n}",
            f"{'9' * draw.randint(5, 30)} x = {'7' * draw.randint(5, 30)}",
            f"Differentiate (x^2 + 1)^{n} sin(x^{n})",
            f"∫ x^{n} e^x dx",
            rf"\lim_{{x \to 0}} \frac{{x^{{{n}}}}}{{1 - \cos x}}",
            f"variance of {', '.join(str(draw.randint(0, 99)) for _ in range(n))}",
            f"C({n + 100}, {n})",
            f"det [[{n}^9, 9^{n}], [{n}!, 1/{n}]]",
            f"√({'√(' * draw.randint(1, 30)}x",
            " + ".join(f"1/(x - {i})" for i in range(draw.randint(2, 20))) + " = 0",
            f"f(x) = (x + 1)^{n}, find f(f(x))",
            f"sin(sin(sin({n}x))) = 1/{n}",
        ]
    )


_KINDS: dict[str, Callable[[random.Random], str]] = {
    "towers of powers": _tower,
    "factorials": _factorial,
    "brackets": _brackets,
    "endless text": _endless,
    "invisible characters": _invisible,
    "look-alikes": _alike,
    "code": _code,
    "without a value": _nothing,
    "noise": _noise,
    "slips of the pen": _slipped,
    "large numbers and powers": _large,
}


def outcome(pool: SandboxPool, text: str, *, is_answer: bool, language: str = "en") -> str:
    """What becomes of one string: solved, judged, refused, timeout or crashed."""
    try:
        if is_answer:
            pool.run(
                "inference.verify.tasks:check_answer", "x^2 - 5x + 6 = 0", text, timeout_s=TIMEOUT_S
            )
            return "judged"
        pool.run("inference.rules.tasks:solve", text, language, timeout_s=TIMEOUT_S)
        return "solved"
    except SandboxTimeoutError:
        return "timeout"
    except SandboxCrashedError:
        return "crashed"
    except (InferenceError, ValueError):
        return "refused"


def _resident_bytes() -> int:
    """Of this process; the workers are replaced and have a limit of their own."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def main(argv: list[str] | None = None) -> int:
    """Run, print the table, and return the exit code."""
    description, _, _ = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args(argv)
    pool = SandboxPool(1, MEMORY_BYTES, 500)
    pool.start()
    counts: dict[str, Counter[str]] = {name: Counter() for name in _KINDS}
    slowest: dict[str, float] = dict.fromkeys(_KINDS, 0.0)
    sizes: list[int] = []
    crashed: list[str] = []
    try:
        for i, (name, text) in enumerate(hostile_strings(args.count, seed=args.seed)):
            started = time.perf_counter()
            result = outcome(pool, text, is_answer=i % 4 == 3, language="zh" if i % 2 else "en")
            counts[name][result] += 1
            slowest[name] = max(slowest[name], time.perf_counter() - started)
            if result in ("crashed", "timeout"):
                crashed.append(f"{result}: {text[:120]!r}")
            if i % max(args.count // 10, 1) == 0:
                sizes.append(_resident_bytes())
    finally:
        pool.stop()
    sizes.append(_resident_bytes())
    _print(counts, slowest, sizes)
    for line in crashed:
        print(line)
    has_crashed = any(counter["crashed"] for counter in counts.values())
    has_grown = sizes[-1] - sizes[1] > _MAX_GROWTH_BYTES
    return 1 if has_crashed or has_grown else 0


def _print(counts: dict[str, Counter[str]], slowest: dict[str, float], sizes: list[int]) -> None:
    names = ("solved", "judged", "refused", "timeout", "crashed")
    print(f"| kind | {' | '.join(names)} | slowest ms |")
    print("|---" * (len(names) + 2) + "|")
    for kind, counter in counts.items():
        cells = " | ".join(str(counter[name]) for name in names)
        print(f"| {kind} | {cells} | {slowest[kind] * 1000:.0f} |")
    print("resident MB along the way: " + ", ".join(f"{size / 2**20:.0f}" for size in sizes))


if __name__ == "__main__":
    sys.exit(main())
