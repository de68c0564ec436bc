"""What may be said of a step without giving the answer away: its idea, and whether it is the end.

A step of the rule engine carries its rule, so its idea is the rule's own sentence with every value
left out. What a model wrote is not to be trusted: a question may have begged it to say the answer
in every sentence ("ignore the rules"). Of its words only those of a short list of a mathematics
lesson are passed on, and numbers, letters and formulas never.
"""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Iterable
from typing import Any

from homework.pipeline.engine import rule_sentences

GAP = "…"

_FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$]*\$|\\\(.+?\\\)|\\\[.+?\\\]", re.DOTALL)
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")

# What a rule's English sentence says when the step is the result itself.
_RESULT = re.compile(
    r"no (?:real )?solution|infinitely many|(?:is|are) (?:never|always)|statement is|already"
    r"|cannot|no like terms|numerator is 0|the solution|the same value|gives 0|for every value"
    r"|no factor can|are not equal|is zero at|of a constant is 0"
)
_GENERIC = {
    "en": "Look at what you have now. What would you do next?",
    "zh": "看看现在得到的式子，下一步你会怎么做？",
}

_WORDS_OF_A_LESSON = """
    a add above all an and apart apply arrange as at below between bottom both bracket brackets by
    cancel carry change clear coefficient coefficients collect combine common complete compute
    constant cross cube cubes denominator denominators derivative difference differentiate
    distribute divide each equation equations evaluate every expand exponent exponents expression
    extract factor factored factorise factorize factors first follow formula fraction fractions
    from group half hand identify in inequality inside integral integrate into inverse invert
    isolate law laws left like letter linear lowest middle minus move multiply next now number
    numbers numerator numerators obtain of on operation opposite order other out outer over
    parentheses plus power powers product property quadratic quotient rearrange reciprocal reduce
    remaining remove replace rewrite right root roots rule separate set sides side sign simplify
    solve split square squares start step substitute subtract subtracting sum system take term
    terms the then to together top transpose unknown up use using value values variable variables
    we with work write
"""
_VOCABULARY = frozenset(_WORDS_OF_A_LESSON.split())
_CHINESE_VOCABULARY = frozenset(
    "两边同时加减乘除以移项合并同类的系数化为去括号分母通约分子式展开因式解提取公平方完全差配开根"
    "号方程组代入消元求导积分法则先再把将用和与在左右到得并整理简计算常数未知变形写成相指幂次"
    "负正符号倒数每项中各边里面外部个这利使公式定律进行化"
)
_WORDS_OF_INSTRUCTIONS = """
    solve simplify factor factorise factorize expand evaluate calculate compute differentiate
    integrate find work
"""
_INSTRUCTIONS = frozenset(_WORDS_OF_INSTRUCTIONS.split())
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
# Words by which a model announces a result, numbers in words included.
_TELLING = re.compile(
    r"\b(?:answers?|solutions?|results?|therefore|thus|hence|final(?:ly)?|equals?|is|are|so"
    r"|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty"
    r"|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|half|third|quarter"
    r"|true|false|undefined|infinity|infinite|none|nothing)\b"
    r"|答案|结果|所以|因此|因而|等于|就是|得出|最终|零|一|二|三|四|五|六|七|八|九|十|百|千|万|无|真|假",
    re.IGNORECASE,
)

_SEPARATOR = re.compile(
    r"\\(?:quad|qquad|text\s*\{[^{}]*\}|lor|land|vee|wedge|implies|Rightarrow|Leftrightarrow|iff"
    r"|to|rightarrow|begin\{[a-z*]+\}|end\{[a-z*]+\})|\\\\|[,;&，；、]"
)
_RELATION = re.compile(
    r"\\(?:neq?|leq?|geq?|leqslant|geqslant|approx|equiv|in)(?![a-zA-Z])|[=<>≤≥≠≈≡∈]"
)
_SPACE = re.compile(
    r"\\(?:left|right|[bB]ig+[lr]?|displaystyle|textstyle|boxed)(?![a-zA-Z])|\\[,;:! ]|~"
)
_LAYOUT = re.compile(r"[\s{}]")
_ANY_TEXT = re.compile(r"\\(?:text|mathrm|mbox|textbf|textit|operatorname|hbox)\s*\{([^{}]*)\}")
_HARMLESS_TEXT = frozenset({"", "or", "and", "if", "where", "或", "且", "和", "当", "其中"})


def step_hint(step: dict[str, Any], language: str) -> str:
    """The idea of a step, without any number, letter or result in it."""
    if step["rule"]:
        return _rule_hints(language).get(step["rule"], _GENERIC[language])
    return _written_hint(step["title"], language)


def step_title(step: dict[str, Any], answer_latex: str, language: str) -> str:
    """The title of a step that the student has opened, unless it tells the answer."""
    title: str = step["title"]
    if step["rule"]:
        return step_hint(step, language) if step["rule"] in _result_rules() else title
    if _TELLING.search(title) or any(_tells(title, value) for value in _values(answer_latex)):
        return step_hint(step, language)
    return title


def step_formulas(step: dict[str, Any]) -> list[str]:
    """The formulas of a step, without those that say something in words."""
    return [formula for formula in step["formulas"] if _is_plain(formula)]


def num_steps_before_answer(steps: Iterable[dict[str, Any]], answer_latex: str) -> int:
    """How many steps may be opened one by one before the answer would be among them.

    Never the last one, which is the answer in most solutions, and none from the first on whose
    formulas have every value of the answer as a side of their own (`x = 5`, `... = 5/4`).
    """
    ordered = list(steps)
    values = _values(answer_latex)
    for number, step in enumerate(ordered[:-1]):
        # A number alone in a title ("subtract $5$") is masked there, and is no result.
        claims = [found for found in _formulas_in(step["title"]) if _RELATION.search(found)]
        written = [*step["formulas"], *claims]
        if values and values <= {side for formula in written for side in _sides(formula)}:
            return number
    return max(0, len(ordered) - 1)


def is_result(rule: str) -> bool:
    """Whether a step by this rule is the answer itself."""
    return rule in _result_rules()


def is_only_question(reading: dict[str, Any], answer_latex: str) -> bool:
    """Whether a model's reading is a formula with no more words than an instruction has, and does
    not have the answer in it."""
    latex = str(reading["latex"])
    words = [word.lower() for word in _WORD.findall(str(reading["text"])) if len(word) > 3]
    values = _values(answer_latex)
    return (
        _is_plain(latex)
        and _INSTRUCTIONS.issuperset(words)
        and not _CHINESE.search(str(reading["text"]))
        and bool(values)
        and not values <= _sides(latex) | _sides(str(reading["text"]))
    )


@functools.cache
def _rule_hints(language: str) -> dict[str, str]:
    return {
        rule: _GENERIC[language] if rule in _result_rules() else _blanked(sentence)
        for rule, sentence in rule_sentences(language).items()
    }


@functools.cache
def _result_rules() -> frozenset[str]:
    """Also the entries of the tables of calculus: for a question like "differentiate sin x" the
    law is the answer."""
    return frozenset(
        rule
        for rule, sentence in rule_sentences("en").items()
        if _RESULT.search(sentence) or rule.startswith(("derivative_of_", "integral_of_"))
    )


def _blanked(sentence: str) -> str:
    """A rule's sentence with its values left out: formulas in it are laws, and stay."""
    names = {name for _text, name, _spec, _conv in string.Formatter().parse(sentence) if name}
    return sentence.format(**dict.fromkeys(names, _Gap(GAP)))


class _Gap(str):
    """What stands for a value, however the sentence would have that written."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return str(self)


def _written_hint(title: str, language: str) -> str:
    blanked = _FORMULA.sub(f" {GAP} ", title)
    if _TELLING.search(blanked):
        return _GENERIC[language]
    words = _WORD.findall(blanked)
    characters = "".join(_CHINESE.findall(blanked))
    # A single letter is a name of the question's, and blanked like a number.
    unknown = [word for word in words if len(word) > 1 and word.lower() not in _VOCABULARY]
    if (
        unknown
        or not set(characters) <= _CHINESE_VOCABULARY
        or not (any(len(word) > 1 for word in words) or characters)
    ):
        return _GENERIC[language]
    if len(words) > 16 or len(characters) > 30 or len(set(map(str.lower, words))) < len(words) / 2:
        return _GENERIC[language]  # no sentence, but a code
    kept = re.sub(rf"[^A-Za-z\u4e00-\u9fff{GAP}'’ ]+", f" {GAP} ", blanked.rstrip(" .。:："))
    kept = re.sub(r"(?<![A-Za-z'’-])[B-Zb-z](?![A-Za-z'’-])", GAP, kept)
    kept = re.sub(rf"(?:{GAP}\s*)+", f"{GAP} ", kept)
    return re.sub(r"\s+", " ", kept).strip() + ("。" if characters else ".")


def _normal(latex: str) -> str:
    plain = re.sub(r"\\[dt]frac", r"\\frac", _SPACE.sub(" ", latex))
    plain = re.sub(r"\\(?:cdot|times)(?![a-zA-Z])", "*", plain)
    return _LAYOUT.sub("", plain).strip(".。$")


def _parts(formula: str) -> list[list[str]]:
    """Its claims, each as what stands between the relation signs, in a form to compare."""
    return [
        [side for side in map(_normal, _RELATION.split(part)) if side]
        for part in _SEPARATOR.split(_SPACE.sub(" ", formula))
    ]


def _sides(formula: str) -> set[str]:
    """What stands alone between relation signs and separators."""
    return {side for sides in _parts(formula) for side in sides}


def _values(answer_latex: str) -> set[str]:
    """The sides of an answer that say something: in `x = 5` not the `x`."""
    found: set[str] = set()
    for sides in _parts(answer_latex):
        found |= set(sides[1:] or sides)
    return found


def _formulas_in(text: str) -> list[str]:
    return [found.strip("$\\()[] ") for found in _FORMULA.findall(text)]


def _tells(text: str, value: str) -> bool:
    """Whether a value stands in a text by itself."""
    if len(value) == 1 and value.isalpha():
        return False  # the unknown
    return bool(re.search(rf"(?<![\w.]){re.escape(value)}(?![\w])", _SPACE.sub(" ", text))) or (
        value in _normal(text) and not value.isalnum()
    )


def _is_plain(formula: str) -> bool:
    said = [text.strip().lower() for text in _ANY_TEXT.findall(formula)]
    rest = re.sub(r"\\[A-Za-z]+", " ", _ANY_TEXT.sub(" ", formula))
    return _HARMLESS_TEXT.issuperset(said) and not re.search(r"[\u4e00-\u9fff]|[A-Za-z]{4,}", rest)
