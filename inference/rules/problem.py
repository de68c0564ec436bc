"""From the words of an exercise to what is asked: the instruction, the formulas and the unknown.

English and Chinese. Where no instruction stands, the task is the one a teacher would assume, and
`Problem.is_intent_written` says that it was inferred. Text that is no exercise is refused by the
parser; nothing is ever read into prose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from inference.errors import InferenceError, MathSyntaxError
from inference.rules.instructions import (
    OF_NUMBERS,
    Intent,
    Method,
    Words,
    strip_words,
    without_method,
)
from inference.rules.lexer import MAX_CHARACTERS
from inference.rules.nodes import (
    Add,
    Alternatives,
    Call,
    Chain,
    Constant,
    Derivative,
    Div,
    FunctionValue,
    Integral,
    Listing,
    Mul,
    Neg,
    Node,
    Number,
    Phrase,
    Pow,
    Ratio,
    Relation,
    Symbol,
    System,
    is_numeric,
    symbols,
)
from inference.rules.parser import parse_math
from inference.rules.printer import to_latex, to_text
from inference.rules.questions import find_question
from inference.rules.ranges import spell_out_range


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An exercise, understood.

    Attributes:
        intent: What is asked for.
        expressions: The formulas without instruction: the relations of a system one by one, else
            one node. For `DIFFERENTIATE` and `INTEGRATE` it is a `Derivative` or `Integral`.
        variable: The unknown, or the letter of the derivative or integral; None for numbers.
        variables: Every letter, the unknowns of a system first.
        text: The formulas in plain notation, without instruction.
        latex: The same for display, without delimiters.
        instruction: The words that were taken as the instruction; empty when there were none.
        is_intent_written: False when the intent was inferred from the formula.
        is_variable_written: Whether the exercise names the letter to solve for.
        method: The way in which it is to be solved, where the exercise prescribes one.
        function_name: `f` or `y` when the exercise defines a function by that name.
    """

    intent: Intent
    expressions: tuple[Node, ...]
    variable: str | None
    variables: tuple[str, ...]
    text: str
    latex: str
    instruction: str = ""
    is_intent_written: bool = False
    is_variable_written: bool = False
    method: Method | None = None
    function_name: str | None = None

    @property
    def node(self) -> Node:
        """All formulas as one node."""
        return self.expressions[0] if len(self.expressions) == 1 else System(self.expressions)

    @property
    def is_variable_settled(self) -> bool:
        """Whether it is clear which of several letters is the unknown: it is named, or the
        equation is one between y and another letter, which school writes as `y = ...`."""
        return self.is_variable_written or _is_line(self.node, self.variables)


__all__ = ["Intent", "Method", "Problem", "parse_problem"]

_STORY = (
    "This is told in words that are not among the few wordings known here. The calculation or the "
    "equation itself can be solved."
)
_WORD = re.compile(r"(?<!\\)\b[A-Za-z]{3,}\b")
_HAN = re.compile(r"[\u4e00-\u9fff]")
# From here on it is more than an instruction with a slip in it.
_STORY_WORDS, _STORY_SIGNS = 6, 10

_PREFERRED_LETTERS = "xyztnabk"


def parse_problem(text: str) -> Problem:
    """Understand an exercise as it stands in a book, on a photo or in an input field.

    Raises:
        MathSyntaxError: No exercise that the parser knows.
    """
    if len(text) > MAX_CHARACTERS:
        raise MathSyntaxError(
            f"The text is longer than {MAX_CHARACTERS} characters.",
            position=MAX_CHARACTERS,
            reason="too_long",
        )
    method, plain = without_method(text)
    question = find_question(plain)
    if question is not None:
        return _named_problem(question, method)
    words = strip_words(text)
    if not words.formula.strip():
        raise MathSyntaxError("There is no formula here.", position=0, reason="empty")
    # Where numbers stand in a row, 12,180 are two of them. Positions stay what they are.
    formula = words.formula
    formula = spell_out_range(formula)
    if words.intent in OF_NUMBERS:
        formula = formula.replace(",", ";").replace("，", ";")
    try:
        node = parse_math(formula)
    except MathSyntaxError as error:
        place = min(words.offset + error.position, len(text))
        if error.reason == "unknown_symbol" and _is_story(text):
            raise MathSyntaxError(_STORY, position=place, reason="story") from None
        raise MathSyntaxError(error.message, position=place, reason=error.reason) from None
    return _make_problem(node, words)


def _is_story(text: str) -> bool:
    """Whether it is told in words rather than written as a formula."""
    return len(_WORD.findall(text)) >= _STORY_WORDS or len(_HAN.findall(text)) >= _STORY_SIGNS


def _named_problem(node: Node, method: Method | None) -> Problem:
    """A question for something by its name. Its text holds that name and needs no instruction."""
    return Problem(
        intent=Intent.FIND,
        expressions=(node,),
        variable=None,
        variables=symbols(node),
        text=to_text(node),
        latex=to_latex(node),
        is_intent_written=True,
        method=method,
    )


def _make_problem(node: Node, words: Words) -> Problem:
    function_name: str | None = None
    intent = words.intent
    if isinstance(node, Phrase) or (isinstance(node, Alternatives) and not _is_open(node)):
        raise MathSyntaxError(
            "This is an answer, not a question.", position=words.offset, reason="unexpected"
        )
    if intent in OF_NUMBERS:
        node, intent = _of_numbers(node, intent, words)
    elif isinstance(node, Listing):
        raise MathSyntaxError(
            "A list may hold equations and inequalities only.",
            position=words.offset,
            reason="unexpected",
        )
    if isinstance(node, Ratio) and intent is Intent.EVALUATE and len(node.items) == 2:
        node = Div(node.items[0], node.items[1], "÷")
    if isinstance(node, Relation) and node.operator == "=":
        node, function_name = _definition(node, intent)
    intent, is_written = _settle_intent(node, intent)
    names = symbols(node)
    if words.letter is not None and words.letter not in names:
        raise MathSyntaxError(
            f"The letter {words.letter} is asked for, but does not occur.",
            position=words.offset,
            reason="unexpected",
        )
    variable = words.letter or _variable(node, names)
    if intent is Intent.DIFFERENTIATE and not isinstance(node, Derivative):
        node = Derivative(node, Symbol(variable or "x"))
    if intent is Intent.INTEGRATE and not isinstance(node, Integral):
        node = Integral(node, Symbol(variable or "x"))
    if isinstance(node, Derivative | Integral):
        variable = node.variable.name
    if isinstance(node, System) and len(names) == 1 and _are_equations(node):
        raise MathSyntaxError(
            "There is more than one equation in the same letter. Ask one question at a time.",
            position=words.offset,
            reason="ambiguous",
        )
    ordered = (
        tuple(sorted(names, key=_preference))
        if variable is None
        else (variable, *sorted((n for n in names if n != variable), key=_preference))
    )
    return Problem(
        intent=intent,
        expressions=node.relations if isinstance(node, System) else (node,),
        variable=variable,
        variables=ordered,
        text=to_text(node),
        latex=to_latex(node),
        instruction=words.instruction,
        is_intent_written=is_written,
        is_variable_written=words.letter is not None,
        method=words.method,
        function_name=function_name,
    )


def _is_open(node: Alternatives) -> bool:
    """Whether these are inequalities to be solved rather than an answer."""
    relations = [
        each
        for option in node.options
        for each in (option.relations if isinstance(option, Chain) else (option,))
    ]
    are_inequalities = all(isinstance(e, Relation) and e.operator != "=" for e in relations)
    return are_inequalities and any(
        isinstance(e, Relation) and not isinstance(e.left, Symbol) and not is_numeric(e.left)
        for e in relations
    )


def _of_numbers(node: Node, intent: Intent | None, words: Words) -> tuple[Node, Intent | None]:
    """What is asked of whole numbers: their greatest common divisor and the like."""
    items = node.items if isinstance(node, Listing) else (node,)
    are_numbers = all(isinstance(each, Number) and not each.is_decimal for each in items)
    if not are_numbers or (intent is Intent.PRIME_FACTORS and len(items) > 1):
        message = "Whole numbers are needed here."
    elif intent in {Intent.GCD, Intent.LCM} and len(items) < 2:
        message = "Two or more numbers are needed here."
    elif intent in {Intent.GCD, Intent.LCM}:
        return Call(str(intent), items), Intent.EVALUATE
    else:
        return node, intent
    raise MathSyntaxError(message, position=words.offset, reason="unexpected")


def _definition(node: Relation, intent: Intent | None) -> tuple[Node, str | None]:
    """`f(x) = ...` and `y = ...`, when the function is to be differentiated or integrated; and
    `y' = (x^2)'`, `f'(x) = ...` never, since they state a result."""
    is_calculus = intent in {Intent.DIFFERENTIATE, Intent.INTEGRATE}
    if isinstance(node.left, FunctionValue) and node.left.order == 0 and is_calculus:
        return node.right, node.left.name
    if isinstance(node.left, Symbol) and is_calculus and node.left.name not in symbols(node.right):
        return node.right, node.left.name
    return node, None


def _settle_intent(node: Node, written: Intent | None) -> tuple[Intent, bool]:
    """The written intent where it fits the formula, else the one that does."""
    inferred = _infer_intent(node)
    if written in OF_NUMBERS:
        return written, True
    if written is Intent.FACTOR and isinstance(node, Number) and not node.is_decimal:
        return Intent.PRIME_FACTORS, True
    if written is None:
        return inferred, False
    if inferred in {Intent.SOLVE, Intent.SOLVE_SYSTEM}:
        return inferred, written is Intent.SOLVE
    if inferred is Intent.CHECK or written is Intent.CHECK:
        return inferred, written is inferred
    if inferred in {Intent.DIFFERENTIATE, Intent.INTEGRATE}:
        return inferred, written in {inferred, Intent.EVALUATE}
    if written is Intent.SOLVE:
        return inferred, False
    if written is Intent.EVALUATE and inferred is not Intent.EVALUATE:
        return Intent.SIMPLIFY, True
    if written in {Intent.SIMPLIFY, Intent.EXPAND} and inferred is Intent.EVALUATE:
        return Intent.EVALUATE, True
    return written, True


def _infer_intent(node: Node) -> Intent:
    if isinstance(node, System):
        return Intent.SOLVE_SYSTEM
    if isinstance(node, Relation | Chain | Alternatives):
        return Intent.SOLVE if symbols(node) else Intent.CHECK
    if isinstance(node, Derivative):
        return Intent.DIFFERENTIATE
    if isinstance(node, Integral):
        return Intent.INTEGRATE
    if isinstance(node, Ratio):
        return Intent.SIMPLIFY
    if is_numeric(node):
        return Intent.EVALUATE
    return Intent.FACTOR if _is_collected_sum(node) else Intent.SIMPLIFY


def _are_equations(node: System) -> bool:
    return all(isinstance(each, Relation) and each.operator == "=" for each in node.relations)


def _variable(node: Node, names: tuple[str, ...]) -> str | None:
    if isinstance(node, Derivative | Integral):
        return node.variable.name
    if _is_line(node, names):
        return "y"
    return min(names, key=_preference, default=None)


def _is_line(node: Node, names: tuple[str, ...]) -> bool:
    return isinstance(node, Relation) and node.operator == "=" and len(names) == 2 and "y" in names


def _preference(name: str) -> tuple[int, str]:
    place = _PREFERRED_LETTERS.find(name) if len(name) == 1 else -1
    return (place if place >= 0 else len(_PREFERRED_LETTERS), name)


def _is_collected_sum(node: Node) -> bool:
    """A sum of terms of different kinds: nothing to simplify, so the task can only be to factor."""
    if not isinstance(node, Add):
        return False
    kinds = [_kind_of_term(term) for term in node.terms]
    return None not in kinds and len(set(kinds)) == len(kinds)


def _kind_of_term(term: Node) -> tuple[tuple[str, int], ...] | None:
    """The letters of a monomial with their exponents; None when it is no monomial."""
    if isinstance(term, Neg):
        return None if term.is_grouped else _kind_of_term(term.operand)
    factors = term.factors if isinstance(term, Mul) and term.sign == "" else (term,)
    powers: dict[str, int] = {}
    for i, factor in enumerate(factors):
        if isinstance(factor, Number) and i == 0:
            continue
        base, exponent = (
            (factor.base, factor.exponent) if isinstance(factor, Pow) else (factor, Number("1"))
        )
        if not isinstance(base, Symbol) or not isinstance(exponent, Number):
            return None
        if isinstance(base, Constant) or base.name in powers:
            return None
        powers[base.name] = int(exponent.value)
    return tuple(sorted(powers.items()))


def is_same_problem(one: str, other: str) -> bool:
    """Whether two texts pose the same problem, however they are written."""
    try:
        first, second = parse_problem(one), parse_problem(other)
    except InferenceError:
        return False
    return (first.intent, first.text, first.variable) == (
        second.intent,
        second.text,
        second.variable,
    )
