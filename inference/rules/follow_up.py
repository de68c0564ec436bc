"""Answers a student's question about a step of a solution, by the rule that made the step.

    question -> which steps? -> what was done, why that is right, the lines in between

The rules cannot converse. They know which rule made each step, so "explain step 2" and "why did
you subtract 5?" have an answer; whatever else is asked is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from inference.errors import CannotConverseError
from inference.rules.why import reason_of
from inference.solution_text import ProblemParsed, SolutionTextParser, StepParsed
from inference.types import Language, Request, StepRule

_MAX_EXPLAINED = 12

_NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    "tenth",
)
_CHINESE_DIGITS = "一二三四五六七八九十"
_STEP = re.compile(
    r"\bsteps?\s*(?:no\.?|number|#)?\s*(?P<after>\d{1,2}|" + "|".join(_NUMBER_WORDS) + r")\b"
    r"|\b(?P<before>\d{1,2}(?=st|nd|rd|th)|" + "|".join(_ORDINALS) + r")(?:st|nd|rd|th)?\s+step\b"
    r"|第\s*(?P<chinese>\d{1,2}|[一二三四五六七八九十]{1,2})\s*步"
    r"|步骤\s*(?P<chinese_after>\d{1,2}|[一二三四五六七八九十]{1,2})"
    r"|(?P<last>\b(?:last|final)\s+step\b|最后一步)",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\b(?:why|how|explain|what|where|when|meaning|means?|simpl\w+|understand|again|reason"
    r"|unclear|clearer|confus\w+|slow\w*|detail\w*|show|lost|stuck)\b"
    r"|为什么|为何|怎么|怎样|如何|解释|讲|什么|不懂|不明白|没明白|不理解|不会|说明|简单|详细|原因|哪里|哪来",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z]+|\d+(?:\.\d+)?")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_COMMANDS = re.compile(r"\\[A-Za-z]+")
_WORDS_OF_ASKING = """
    a about again all am an and are as at be been but by can clear clearer come comes could
    confused confusing confuses detail details did didn do does doesn doing don done explain for
    from get gets go got had has have he help here how i if in into is isn it its just know last
    like lost make me mean meaning means more my need not of on once one ones or out part please
    quite reason say she show simple simpler simply slow slower slowly so step steps stuck t than
    that the their them then there these they thing this those though to too u unclear understand
    up us use used want was wasn we well were what when where which who why will with word words
    would you your
"""
_EMPTY_WORDS = frozenset(_WORDS_OF_ASKING.split())
_EMPTY_CHINESE = re.compile(
    r"为什么|为何|怎么|怎样|如何|解释|讲解|再讲|讲|什么|不太|不懂|不明白|没明白|没懂|没有|不理解|不会|说明"
    r"|简单|详细|原因|哪里|哪来|意思|一下|一遍|这样|这里|这个|这一|那个|那里|请问|可以|得到|得出|来的|出来"
    r"|步骤|[请再你您我他它们的了么吗呢啊吧呀地得就都也是会能要用做到步点些更还那这给把被来去出里上下个为]"
)
_RELATION = re.compile(r"\\(?:leq?|geq?|leqslant|geqslant)(?![a-zA-Z])|[=<>]")
_REVERSED = {
    "<": ">",
    ">": "<",
    "\\le": "\\ge",
    "\\ge": "\\le",
    "\\leq": "\\geq",
    "\\geq": "\\leq",
    "\\leqslant": "\\geqslant",
    "\\geqslant": "\\leqslant",
}
_BALANCED: Mapping[str, str] = {
    "subtract_from_both_sides": "{side} - {term}",
    "add_to_both_sides": "{side} + {term}",
    "divide_both_sides": "\\frac{{{bare}}}{{{value}}}",
    "divide_both_sides_and_reverse": "\\frac{{{bare}}}{{{value}}}",
    "multiply_both_sides": "{term} \\cdot {factor}",
    "multiply_both_sides_and_reverse": "{term} \\cdot {factor}",
    "multiply_both_sides_by_denominator": "{term} \\cdot {factor}",
}
"""What a side becomes before it is simplified: `bare` is the side, `side` the same as a term of a
sum, `factor` as a factor; `value` and `term` likewise the number by which it is done."""
_HEADINGS: Mapping[Language, str] = {
    "en": "Step {number}: {title}.",
    "zh": "第{number}步：{title}。",
}


@dataclass(frozen=True, slots=True)
class _Step:
    """A step with the line before it."""

    number: int
    title: str
    before: str
    formulas: tuple[str, ...]
    rule: StepRule | None


def answer_follow_up(request: Request) -> str:
    """What the rules say to the last message of the conversation.

    Args:
        request: Its `history` is the solution, earlier questions with their answers, and the
            question; its `rules` say how the steps were made.

    Raises:
        CannotConverseError: The question is not about a step, or nothing is known of that step.
    """
    history = request.history
    if len(history) < 2 or history[-1].role != "user":
        raise CannotConverseError("There is no question about a solution here.")
    steps = _steps_of(history[0].text, request.rules)
    asked = [turn.text for turn in history if turn.role == "user"]
    chosen = _asked_about(asked[-1], steps)
    if chosen is None:
        raise CannotConverseError("The rule engine explains steps and speaks of nothing else.")
    if not chosen:
        # "Why?" alone goes on with what was spoken of before, or means all of it.
        earlier = (_asked_about(question, steps) for question in reversed(asked[:-1]))
        chosen = next((found for found in earlier if found), list(steps))
    explained = [
        text
        for step in chosen[:_MAX_EXPLAINED]
        if (text := _explanation(step, request.language)) is not None
    ]
    if not explained:
        raise CannotConverseError("The rule engine does not know why this step was made.")
    return "\n\n".join(explained) + "\n"


def has_steps(text: str) -> bool:
    """Whether a solution, or what is shown of it, has steps with lines."""
    return any(step.formulas for step in _steps_of(text, ()))


def rules_as_solved(
    text: str, own_text: str, own_rules: Sequence[StepRule]
) -> tuple[StepRule, ...]:
    """Which rules would have made the steps of a text that somebody else wrote.

    Args:
        text: The solution that is asked about.
        own_text: The rules' solution of the same question.
        own_rules: Which rules made its steps.

    Returns:
        The rules of those steps that arrive where a step of the rules does, numbered as in `text`.
    """
    known = {step.formulas: step.rule for step in _steps_of(own_text, own_rules) if step.formulas}
    return tuple(
        replace(rule, index=step.number)
        for step in _steps_of(text, ())
        if (rule := known.get(step.formulas)) is not None
    )


def _steps_of(text: str, rules: Iterable[StepRule]) -> list[_Step]:
    by_index = {rule.index: rule for rule in rules}
    parser = SolutionTextParser()
    steps: list[_Step] = []
    line = ""
    for event in [*parser.feed(text), *parser.close()]:
        match event:
            case ProblemParsed(latex=latex):
                line = latex
            case StepParsed(index=index, title=title, formulas=formulas):
                steps.append(_Step(index, title, line, formulas, by_index.get(index)))
                line = formulas[-1] if formulas else ""
    return steps


def _asked_about(question: str, steps: Sequence[_Step]) -> list[_Step] | None:
    """The steps that a question names or quotes; none at all for "why?", None for another topic."""
    named = _named_steps(question, len(steps))
    if named is not None:
        found = [step for step in steps if step.number in named]
        return found or None
    if not _ASKING.search(question):
        return None
    words = _content(question)
    if not words:
        return []
    scores = [(len(words & _content_of_step(step)), step) for step in steps]
    best = max((score for score, _step in scores), default=0)
    # A question that has more in it than the step is about something else.
    if best * 2 < len(words):
        return None
    return [next(step for score, step in scores if score == best)]


def _named_steps(question: str, num_steps: int) -> set[int] | None:
    numbers = {_number(match, num_steps) for match in _STEP.finditer(question)}
    return numbers or None


def _number(match: re.Match[str], num_steps: int) -> int:
    if match["last"]:
        return num_steps
    text = next(filter(None, (match[name] for name in _NUMBER_GROUPS))).lower()
    if text.isdecimal():
        return int(text)
    for words in (_NUMBER_WORDS, _ORDINALS):
        if text in words:
            return words.index(text) + 1
    # 十 is ten, 十二 twelve, 二十 twenty.
    tens, ten, ones = text.partition("十")
    value = _CHINESE_DIGITS.find(ones) + 1 if ones else 0
    if ten:
        return value + 10 * (_CHINESE_DIGITS.find(tens) + 1 if tens else 1)
    return _CHINESE_DIGITS.find(text[0]) + 1


_NUMBER_GROUPS = ("after", "before", "chinese", "chinese_after")


def _content(text: str) -> set[str]:
    """The words that say something, by their stems, numbers, and pairs of Chinese characters."""
    plain = _COMMANDS.sub(" ", text)
    words = {word.lower() for word in _WORD.findall(plain)}
    found = {_stem(word) for word in words if word not in _EMPTY_WORDS}
    for run in _CHINESE.findall(_EMPTY_CHINESE.sub(" ", plain)):
        found |= {run[start : start + 2] for start in range(max(1, len(run) - 1))}
    return found


def _content_of_step(step: _Step) -> set[str]:
    found = _content(step.title)
    for run in _CHINESE.findall(step.title):
        found |= {run[start : start + size] for size in (1, 2) for start in range(len(run))}
    for formula in step.formulas:
        found |= _content(formula)
    return found


def _stem(word: str) -> str:
    """`subtracted`, `subtracting`, `subtracts` and `subtract` are one word here."""
    for ending in ("ing", "ied", "ies", "ion", "ed", "es", "s", "e"):
        if len(word) - len(ending) >= 3 and word.endswith(ending):
            return word[: -len(ending)]
    return word


def _explanation(step: _Step, language: Language) -> str | None:
    """None for a step of which no rule is known."""
    if step.rule is None:
        return None
    heading = _HEADINGS[language].format(number=step.number, title=step.title)
    lines = [heading, *filter(None, [reason_of(step.rule.rule, language)])]
    if step.formulas:
        shown = [step.before, _between(step), *step.formulas]
        lines += [f"${line}$" for line in shown if line and _fits_line(line)]
    return "\n".join(lines)


def _fits_line(latex: str) -> bool:
    return "$" not in latex and "\n" not in latex


def _between(step: _Step) -> str:
    """The line in which the rule is applied and nothing worked out yet; empty where the rule has
    none, or the line before is no plain equation."""
    rule = step.rule
    form = _BALANCED.get(rule.rule) if rule is not None else None
    if rule is None or form is None or len(rule.inputs) != 1:
        return ""
    relations = _RELATION.findall(step.before)
    if len(relations) != 1 or re.search(r"\\(?:text|begin|lor|land|quad)|,", step.before):
        return ""
    [relation] = relations
    if rule.rule.endswith("_and_reverse"):
        relation = _REVERSED.get(relation, relation)
    left, right = (
        _applied(form, side.strip(), rule.inputs[0]) for side in _RELATION.split(step.before)
    )
    return f"{left} {relation} {right}"


def _applied(form: str, side: str, value: str) -> str:
    return form.format(
        bare=side,
        side=side,
        factor=_in_brackets(side) if _is_sum(side) or side.startswith("-") else side,
        value=value,
        term=_in_brackets(value) if _is_sum(value) or value.startswith("-") else value,
    )


def _in_brackets(latex: str) -> str:
    return f"\\left({latex}\\right)"


def _is_sum(latex: str) -> bool:
    """Whether a plus or minus stands outside of all brackets, but for a sign in front."""
    depth = 0
    for position, sign in enumerate(latex):
        if sign in "({[":
            depth += 1
        elif sign in ")}]":
            depth -= 1
        elif sign in "+-" and depth == 0 and position > 0:
            return True
    return "\\pm" in latex
