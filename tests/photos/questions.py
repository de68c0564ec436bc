"""What stands on every picture of the corpus: the question, its true reading and answer, its look.

The answers were worked out by hand; `answers.py` checks them against SymPy whenever the corpus is
made and whenever the tests run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["print", "handwriting", "screenshot", "none"]
Topic = Literal[
    "arithmetic", "fractions", "decimals", "percent", "simplify", "expand", "factor",
    "linear", "quadratic", "system", "derivative", "integral", "none",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One picture to make.

    Attributes:
        name: File name without `.jpg`; it also seeds every random choice about the picture.
        kind: How the question got onto the picture.
        topic: What it is about; `none` when the picture holds no question.
        latex: The formula as it is laid out. Handwriting knows a small part of LaTeX only.
        text: The true reading in plain notation, instruction left out.
        answer: The true answer in plain notation; solutions are parted by ` or `, unknowns by `; `.
        language: Language of the instruction, or of the pupil who wrote the formula down.
        instruction: Words before the formula, empty when there are none.
        number: A question number such as `3)`, which is no part of the reading.
        face: A key of `pages.PRINT_FACES` or `pages.HAND_FACES`, or a screenshot's layout.
        conditions: What happened to the picture; see `camera.CONDITIONS`, `pages` and `make`.
    """

    name: str
    kind: Kind
    topic: Topic
    latex: str = ""
    text: str = ""
    answer: str = ""
    language: Literal["en", "zh"] = "en"
    instruction: str = ""
    number: str = ""
    face: str = "latex"
    conditions: tuple[str, ...] = ()

    @property
    def reading(self) -> str:
        """The true reading, instruction included."""
        return f"{self.instruction} {self.text}".strip()


def _print(
    name: str, topic: Topic, latex: str, text: str, answer: str, *, ask: str = "", no: str = "",
    face: str = "latex", on: str = "", zh: bool = False,
) -> Shot:  # fmt: skip
    return Shot(
        name=f"print-{name}", kind="print", topic=topic, latex=latex, text=text, answer=answer,
        language="zh" if zh else "en", instruction=ask, number=no, face=face,
        conditions=tuple(on.split()),
    )  # fmt: skip


def _hand(
    name: str, topic: Topic, latex: str, text: str, answer: str, *, ask: str = "", no: str = "",
    face: str = "kalam", on: str = "", zh: bool = False,
) -> Shot:  # fmt: skip
    return Shot(
        name=f"hand-{name}", kind="handwriting", topic=topic, latex=latex, text=text,
        answer=answer, language="zh" if zh else "en", instruction=ask, number=no, face=face,
        conditions=tuple(on.split()),
    )  # fmt: skip


def _screen(
    name: str, topic: Topic, latex: str, text: str, answer: str, *, ask: str = "", no: str = "",
    face: str = "book", zh: bool = False,
) -> Shot:  # fmt: skip
    return Shot(
        name=f"screen-{name}", kind="screenshot", topic=topic, latex=latex, text=text,
        answer=answer, language="zh" if zh else "en", instruction=ask, number=no, face=face,
        conditions=("straight",),
    )  # fmt: skip


_PRINTS = (
    # Arithmetic with the order of operations
    _print("brackets", "arithmetic", r"12 + 3 \times (8 - 5)", "12 + 3 × (8 - 5)", "21",
           ask="Calculate:", no="1)", on="shadow tilt"),
    _print("division-first", "arithmetic", r"48 \div 6 - 2 \times 3", "48 ÷ 6 - 2 × 3", "2",
           ask="计算：", no="2.", face="song", zh=True, on="perspective"),
    _print("power", "arithmetic", r"(7 - 3)^2 + 18 \div 3", "(7 - 3)^2 + 18 ÷ 3", "22",
           ask="Evaluate", no="3)", face="serif", on="perspective vignette"),
    _print("nested", "arithmetic", r"5 \times [14 - (3 + 4)]", "5 × [14 - (3 + 4)]", "35",
           no="b)", face="sans", on="curl noise"),
    _print("equals-sign", "arithmetic", r"25 - 36 \div 4 \times 2 =", "25 - 36 ÷ 4 × 2 =", "7",
           no="（1）", face="hei", zh=True, on="shadow neighbours"),
    _print("root", "arithmetic", r"\sqrt{49} + 3^2", "sqrt(49) + 3^2", "16",
           ask="Work out:", no="5.", on="exif90"),
    _print("negative", "arithmetic", r"-8 + 5 \times (-3)", "-8 + 5 × (-3)", "-23",
           ask="Calculate", face="times", on="shadow vignette"),
    # Fractions and mixed numbers
    _print("fraction-sum", "fractions", r"\frac{2}{3} + \frac{1}{4}", "(2)/(3) + (1)/(4)", "11/12",
           ask="Work out", no="4)", on="perspective shadow"),
    _print("fraction-difference", "fractions", r"\frac{5}{6} - \frac{3}{8}", "(5)/(6) - (3)/(8)",
           "11/24", ask="计算：", no="3.", face="song", zh=True, on="vignette tilt"),
    _print("mixed-sum", "fractions", r"2\frac{1}{3} + 1\frac{1}{2}", "2 1/3 + 1 1/2", "23/6",
           ask="Calculate:", face="serif", on="perspective"),
    _print("fraction-product", "fractions", r"\frac{3}{4} \times \frac{8}{9}",
           "((3)/(4)) × ((8)/(9))", "2/3", no="6)", face="times", on="shadow noise"),
    _print("fraction-quotient", "fractions", r"\frac{5}{8} \div \frac{15}{16}",
           "((5)/(8)) ÷ ((15)/(16))", "2/3", ask="Work out:", on="rot90"),
    _print("mixed-difference", "fractions", r"3\frac{1}{2} - 1\frac{3}{4}", "3 1/2 - 1 3/4", "7/4",
           ask="计算：", face="hei", zh=True, on="curl"),
    # Decimals and percent
    _print("decimal-product", "decimals", r"3.6 \times 0.25", "3.6 × 0.25", "0.9",
           ask="Calculate:", no="7)", face="sans", on="tilt"),
    _print("decimal-chain", "decimals", r"7.2 \div 0.9 + 1.5", "7.2 ÷ 0.9 + 1.5", "9.5",
           ask="计算：", no="（2）", face="song", zh=True, on="perspective neighbours"),
    _print("percent-of", "percent", r"15\% \text{ of } 240", "15% of 240", "36",
           ask="Calculate", no="2)", face="serif", on="vignette"),
    _print("percent-product", "percent", r"240 \times 35\%", "240 × 35%", "84",
           ask="计算：", face="hei", zh=True, on="shadow tilt"),
    _print("percent-find", "percent", r"12.5\% \text{ of } 64", "12.5% of 64", "8",
           ask="Find", no="9.", face="times", on="perspective desk"),
    # Simplify, expand, factor
    _print("like-terms", "simplify", r"4a + 3b - 2a + 5b", "4a + 3b - 2a + 5b", "2a + 8b",
           ask="Simplify:", no="1.", on="tilt shadow"),
    _print("two-brackets", "simplify", r"3(2x - 1) - 2(x - 4)", "3(2x - 1) - 2(x - 4)", "4x + 5",
           ask="化简：", no="4.", face="song", zh=True, on="perspective"),
    _print("cancel", "simplify", r"\frac{x^2 - 9}{x - 3}", "(x^2 - 9)/(x - 3)", "x + 3",
           ask="Simplify", no="8)", on="curl shadow"),
    _print("powers", "simplify", r"2x^3 \cdot 5x^2", "2x^3 × 5x^2", "10x^5",
           ask="Simplify:", face="serif", on="perspective"),
    _print("expand-product", "expand", r"(x + 3)(x - 5)", "(x + 3)(x - 5)", "x^2 - 2x - 15",
           ask="Expand:", no="2)", on="perspective vignette"),
    _print("expand-square", "expand", r"(2x - 1)^2", "(2x - 1)^2", "4x^2 - 4x + 1",
           ask="Expand and simplify", no="5)", face="serif", on="rot180"),
    _print("expand-monomial", "expand", r"3x(x^2 - 4)", "3x(x^2 - 4)", "3x^3 - 12x",
           ask="展开：", face="hei", zh=True, on="tilt"),
    _print("factor-trinomial", "factor", r"x^2 - 5x + 6", "x^2 - 5x + 6", "(x - 2)(x - 3)",
           ask="Factor", no="3)", on="shadow perspective"),
    _print("factor-squares", "factor", r"x^2 - 49", "x^2 - 49", "(x - 7)(x + 7)",
           ask="Factorise:", no="7.", face="times", on="noise tilt"),
    _print("factor-leading", "factor", r"2x^2 + 7x + 3", "2x^2 + 7x + 3", "(2x + 1)(x + 3)",
           ask="因式分解：", no="5.", face="song", zh=True, on="vignette"),
    # Linear equations
    _print("linear-plain", "linear", r"3x + 5 = 20", "3x + 5 = 20", "x = 5",
           ask="Solve:", no="3)", on="tilt shadow"),
    _print("linear-brackets", "linear", r"2(x - 3) + 4 = 10", "2(x - 3) + 4 = 10", "x = 6",
           ask="Solve", no="4)", face="serif", on="perspective"),
    _print("linear-fraction", "linear", r"\frac{x + 1}{2} = 5", "(x + 1)/(2) = 5", "x = 9",
           ask="Solve:", no="6)", on="perspective shadow neighbours"),
    _print("linear-two-fractions", "linear", r"\frac{2x - 1}{3} = \frac{x + 4}{2}",
           "(2x - 1)/(3) = (x + 4)/(2)", "x = 14",
           ask="解方程：", no="2.", face="song", zh=True, on="curl vignette"),
    _print("linear-both-sides", "linear", r"5x - 7 = 2x + 11", "5x - 7 = 2x + 11", "x = 6",
           ask="Solve for x:", face="sans", on="exif180"),
    _print("linear-chinese", "linear", r"4(x - 1) = 2x + 10", "4(x - 1) = 2x + 10", "x = 7",
           ask="解方程：", no="（3）", face="hei", zh=True, on="shadow tilt"),
    _print("linear-fraction-sum", "linear", r"\frac{x}{3} + \frac{x}{2} = 10",
           "(x)/(3) + (x)/(2) = 10", "x = 12", ask="Solve the equation", no="9)", face="times",
           on="perspective"),
    _print("linear-soft", "linear", r"7 - 2y = 15", "7 - 2y = 15", "y = -4",
           ask="Solve:", no="c)", on="blur vignette"),
    # Quadratics
    _print("quadratic-factors", "quadratic", r"x^2 - 5x + 6 = 0", "x^2 - 5x + 6 = 0",
           "x = 2 or x = 3", ask="Solve:", no="1)", on="perspective shadow"),
    _print("quadratic-chinese", "quadratic", r"x^2 + 2x - 15 = 0", "x^2 + 2x - 15 = 0",
           "x = 3 or x = -5", ask="解方程：", no="6.", face="song", zh=True, on="tilt"),
    _print("quadratic-leading", "quadratic", r"2x^2 - 3x - 2 = 0", "2x^2 - 3x - 2 = 0",
           "x = 2 or x = -1/2", ask="Solve", face="serif", on="exif270"),
    _print("quadratic-surds", "quadratic", r"x^2 - 4x + 1 = 0", "x^2 - 4x + 1 = 0",
           "x = 2 + sqrt(3) or x = 2 - sqrt(3)", ask="Solve:", no="10)", on="vignette noise"),
    _print("quadratic-square", "quadratic", r"(x - 2)^2 = 9", "(x - 2)^2 = 9",
           "x = 5 or x = -1", ask="Solve:", no="d)", face="times", on="curl"),
    # Systems
    _print("system-cases", "system", r"\begin{cases} x + y = 5 \\ x - y = 1 \end{cases}",
           "x + y = 5; x - y = 1", "x = 3; y = 2", ask="Solve:", no="3)", on="perspective"),
    _print("system-chinese", "system", r"\begin{cases} 2x + y = 7 \\ x - y = 2 \end{cases}",
           "2x + y = 7; x - y = 2", "x = 3; y = 1", ask="解方程组：", face="song", zh=True,
           on="shadow"),
    _print("system-lines", "system", r"\begin{aligned} 3x + 2y &= 12 \\ x &= 2y \end{aligned}",
           "3x + 2y = 12; x = 2y", "x = 3; y = 3/2", ask="Solve the system:", no="8.",
           face="serif", on="tilt vignette"),
    # Derivatives and integrals
    _print("derivative-words", "derivative", r"x^3 - 4x^2 + 7", "x^3 - 4x^2 + 7", "3x^2 - 8x",
           ask="Differentiate:", no="2)", on="perspective"),
    _print("derivative-sign", "derivative", r"\frac{d}{dx}(3x^4 - 2x)", "d/dx (3x^4 - 2x)",
           "12x^3 - 2", ask="Find", no="4)", on="shadow"),
    _print("derivative-chinese", "derivative", r"y = x^3 + 2x^2 - 5", "y = x^3 + 2x^2 - 5",
           "3x^2 + 4x", ask="求导：", face="song", zh=True, on="tilt"),
    _print("integral-plain", "integral", r"\int (3x^2 + 2x) \, dx", "int (3x^2 + 2x) dx",
           "x^3 + x^2 + C", ask="Find", no="5)", on="perspective vignette"),
    _print("integral-definite", "integral", r"\int_0^2 x^2 \, dx", "int_0^2 x^2 dx", "8/3",
           ask="Evaluate:", no="6)", on="shadow tilt"),
    _print("integral-chinese", "integral", r"\int (4x^3 - 6x + 1) \, dx",
           "int (4x^3 - 6x + 1) dx", "x^4 - 3x^2 + x + C", ask="计算：", face="song", zh=True,
           on="perspective"),
)  # fmt: skip

_HANDS = (
    _hand("linear-ruled", "linear", r"3x + 5 = 20", "3x + 5 = 20", "x = 5",
          face="kalam", on="ruled blue-pen perspective"),
    _hand("arithmetic-squared", "arithmetic", r"12 \times 4 - 18", "12 × 4 - 18", "30",
          face="patrick", on="squared pencil shadow"),
    _hand("linear-brackets", "linear", r"2(x + 3) = 14", "2(x + 3) = 14", "x = 4",
          face="indie", on="plain black-pen tilt"),
    _hand("quadratic-ruled", "quadratic", r"x^2 - 7x + 12 = 0", "x^2 - 7x + 12 = 0",
          "x = 3 or x = 4", face="kalam", on="ruled black-pen shadow"),
    _hand("fraction-sum", "fractions", r"\frac{1}{2} + \frac{1}{3}", "(1)/(2) + (1)/(3)", "5/6",
          face="patrick", on="squared blue-pen tilt"),
    _hand("division", "arithmetic", r"45 \div 9 + 6", "45 ÷ 9 + 6", "11",
          face="coming", on="plain pencil vignette"),
    _hand("both-sides", "linear", r"7x - 2 = 3x + 10", "7x - 2 = 3x + 10", "x = 3",
          face="architects", on="squared blue-pen perspective"),
    _hand("squares", "quadratic", r"x^2 - 9 = 0", "x^2 - 9 = 0", "x = 3 or x = -3",
          face="caveat", on="plain blue-pen tilt"),
    _hand("linear-fraction", "linear", r"\frac{x}{4} = 3", "(x)/(4) = 3", "x = 12",
          face="kalam", on="plain black-pen perspective"),
    _hand("expand", "expand", r"(x + 2)(x - 4)", "(x + 2)(x - 4)", "x^2 - 2x - 8",
          ask="Expand", face="patrick", on="ruled blue-pen shadow desk"),
    _hand("chinese-linear", "linear", r"2x - 7 = 9", "2x - 7 = 9", "x = 8",
          ask="解方程：", face="longcang", zh=True, on="ruled black-pen"),
    _hand("chinese-arithmetic", "arithmetic", r"36 \div 4 \times 5", "36 ÷ 4 × 5", "45",
          ask="计算：", face="mashan", zh=True, on="plain black-pen tilt"),
    _hand("system", "system", r"\begin{cases} x + y = 7 \\ x - y = 3 \end{cases}",
          "x + y = 7; x - y = 3", "x = 5; y = 2", face="kalam", on="ruled blue-pen"),
    _hand("decimal", "decimals", r"0.5 \times 8.4", "0.5 × 8.4", "4.2",
          face="gochi", on="squared black-pen shadow"),
    _hand("percent", "percent", r"20\% \text{ of } 150", "20% of 150", "30",
          face="schoolbell", on="plain blue-pen perspective"),
    _hand("factor", "factor", r"x^2 + 6x + 8", "x^2 + 6x + 8", "(x + 2)(x + 4)",
          ask="Factor:", face="kalam", on="squared pencil"),
    _hand("mixed-number", "fractions", r"2\frac{1}{4} + \frac{3}{4}", "2 1/4 + (3)/(4)", "3",
          face="coming", on="plain black-pen shadow"),
    _hand("integral", "integral", r"\int 2x \, dx", "int 2x dx", "x^2 + C",
          face="patrick", on="plain blue-pen exif90"),
    _hand("like-terms", "simplify", r"5a - 2b + 3a", "5a - 2b + 3a", "8a - 2b",
          ask="Simplify", no="2)", face="handlee", on="ruled pencil tilt"),
    _hand("order", "arithmetic", r"20 - 2(3 + 4)", "20 - 2(3 + 4)", "6",
          face="neucha", on="squared blue-pen rot90"),
)  # fmt: skip

_SCREENS = (
    _screen("book-linear", "linear", r"6x - 5 = 2x + 15", "6x - 5 = 2x + 15", "x = 5",
            ask="Solve for x:", no="7.", face="book"),
    _screen("book-chinese", "quadratic", r"x^2 - 6x + 8 = 0", "x^2 - 6x + 8 = 0",
            "x = 2 or x = 4", ask="解方程：", no="2.", face="book-zh", zh=True),
    _screen("quiz-expand", "expand", r"(x + 4)(x - 4) + 16", "(x + 4)(x - 4) + 16", "x^2",
            ask="Expand and simplify:", face="quiz"),
    _screen("dark-linear", "linear", r"5x + 3 = 38", "5x + 3 = 38", "x = 7",
            ask="Solve:", face="dark"),
    _screen("quiz-fractions", "fractions", r"\frac{7}{10} - \frac{2}{5}", "(7)/(10) - (2)/(5)",
            "3/10", ask="Work out:", face="quiz"),
    _screen("book-integral", "integral", r"\int (6x^2 - 4) \, dx", "int (6x^2 - 4) dx",
            "2x^3 - 4x + C", ask="Find", no="3.", face="book"),
)  # fmt: skip

_NONES = (
    Shot(name="none-blank-squared", kind="none", topic="none", face="blank",
         conditions=("squared", "shadow", "perspective")),
    Shot(name="none-blank-plain", kind="none", topic="none", face="blank",
         conditions=("plain", "vignette", "desk")),
    Shot(name="none-drawing", kind="none", topic="none", face="drawing",
         conditions=("plain", "pencil", "tilt")),
    Shot(name="none-landscape", kind="none", topic="none", face="landscape", conditions=("noise",)),
    Shot(name="none-prose", kind="none", topic="none", face="prose",
         conditions=("perspective", "shadow")),
    Shot(name="none-prose-chinese", kind="none", topic="none", language="zh", face="prose-zh",
         conditions=("tilt", "vignette")),
)  # fmt: skip

SHOTS: tuple[Shot, ...] = (*_PRINTS, *_HANDS, *_SCREENS, *_NONES)
