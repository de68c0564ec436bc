"""What a solution is made of, and the pen that topics write it with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from inference.rules.build import number
from inference.rules.changes import Span, changed_spans
from inference.rules.explain import sentence
from inference.rules.lexer import MAX_CHARACTERS, MAX_DIGITS
from inference.rules.nodes import Node
from inference.rules.printer import to_latex
from inference.rules.refusals import RefusedError
from inference.rules.why import reason_of
from inference.types import Language

_Value = Node | Fraction | int | str
_LONG_NUMBER = re.compile(rf"\d{{{MAX_DIGITS + 1}}}")
_PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class Detail(StrEnum):
    """How much of a solution is told."""

    BRIEF = "brief"
    """The ideas only; what is routine belongs to the step before it."""
    NORMAL = "normal"
    """Calculations that follow one another are one step."""
    FULL = "full"
    """Every line."""


# Steps that only work out numbers.
CALCULATION = frozenset(
    {
        *("add", "subtract", "multiply", "divide", "add_and_subtract", "multiply_and_divide_first"),
        *("work_out_brackets", "work_out_part", "evaluate_powers", "evaluate_powers_first"),
        *("evaluate_roots", "evaluate_roots_first", "simplify_roots", "simplify_roots_first"),
        *("absolute_value", "absolute_value_first", "evaluate_factorial", "double_negative"),
        *("evaluate_factorial_first", "drop_sign_brackets", "common_denominator", "add_fractions"),
        *("multiply_fractions", "multiply_by_reciprocal", "bar_as_division", "sign_in_front"),
        *("divide_as_fraction", "reduce_fraction", "percent_as_decimal", "percent_as_fraction"),
        *("decimals_as_fractions", "mixed_to_improper", "improper_to_mixed", "collect_like_roots"),
        *("multiply_roots", "negative_exponent", "fractional_exponent", "fraction_as_decimal"),
        *("known_values", "work_out_cells", "multiply_cells", "write_as_percent"),
    }
)
# Steps that tidy up; to follow the idea they are not needed.
ROUTINE = CALCULATION | {
    *("simplify_both_sides", "collect_like_terms", "order_terms", "multiply_monomials"),
    *("simplify_terms", "tidy_up", "inner_derivatives", "write_without_powers", "swap_sides"),
    *("simplify_root", "drop_zero", "expand_brackets", "remove_brackets", "distribute"),
    *("state_solution", "state_vertex", "state_intercepts", "state_extrema", "solve_factor"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a solution.

    Attributes:
        index: 1-based.
        rule: Identifier of the rule, a key of the sentence tables.
        inputs: The operands of the rule as LaTeX, in the order of the rule's sentence.
        title: The sentence that a teacher would say, in the language of the solution.
        before: The line that the rule was applied to, LaTeX without delimiters.
        after: The resulting line.
        changed_before: The parts of `before` that the step changes, each as (start, end).
        changed_after: The parts of `after` that are new.
        why: Why the rule is right, for who asks; empty for some.
        substeps: What a step that stands for several was made of; see `Solution.at`.
    """

    index: int
    rule: str
    inputs: tuple[str, ...]
    title: str
    before: str
    after: str
    changed_before: tuple[Span, ...] = ()
    changed_after: tuple[Span, ...] = ()
    why: str = ""
    substeps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """A solved problem: everything that is shown, as LaTeX without delimiters."""

    problem_latex: str
    steps: tuple[Step, ...]
    answer_latex: str
    language: Language

    def at(self, detail: Detail) -> Solution:
        """The same solution, told in more or fewer steps."""
        return replace(self, steps=folded(self.steps, detail, self.language))


class Trace:
    """Collects the steps of one solution, line by line.

    `line` is what stands on the paper now. While a part of a larger line is worked on (one
    equation of a system), `wrap` puts the rest around it. While something is treated as if it were
    a letter, `unmask` puts it back wherever the letter would be seen.
    """

    def __init__(self, start: Node, language: Language) -> None:
        self.start = start
        self.line = start
        self.language: Language = language
        self.steps: list[Step] = []
        self.wrap: Callable[[Node], Node] = lambda node: node
        self.unmask: Callable[[Node], Node] = lambda node: node

    @contextmanager
    def within(self, around: Callable[[Node], Node]) -> Iterator[None]:
        """For a while, lines are parts of a larger one, which `around` makes of them."""
        outer = self.wrap
        self.wrap = lambda node: outer(around(node))
        try:
            yield
        finally:
            self.wrap = outer

    def add(self, rule: str, after: Node, **values: _Value) -> None:
        """As `write`, with the values given by name."""
        self.write(rule, after, values)

    def write(
        self,
        rule: str,
        after: Node,
        values: Mapping[str, _Value],
        *,
        operands: Sequence[Node] = (),
    ) -> None:
        """Write a new line. A step that would leave the line as it is is not written.

        Args:
            rule: Identifier of the rule.
            after: The new line (the part of it that is worked on).
            values: What the rule's sentence mentions. Nodes and numbers are shown as formulas,
                strings are put in as they are.
            operands: The step's inputs, where they are others than `values`.

        Raises:
            UnsupportedProblemError: The line is longer than the parser would read.
        """
        if self._latex(self._whole(after)) == self._latex(self.line):
            self.line = self._whole(after)
            return
        self._write(rule, after, values, operands)

    def note(self, rule: str, line: Node, **values: _Value) -> None:
        """Write a line that says something of what stands there, changed or not.

        Raises:
            UnsupportedProblemError: As `write`.
        """
        self._write(rule, line, values, ())

    def _write(
        self, rule: str, after: Node, values: Mapping[str, _Value], operands: Sequence[Node]
    ) -> None:
        line = self._whole(after)
        old, new = self._latex(self.line), self._latex(line)
        if len(new) > MAX_CHARACTERS or _LONG_NUMBER.search(new):
            raise RefusedError("lines_too_long")
        self.line = line
        changed_before, changed_after = changed_spans(old, new)
        inputs = {name: self._input(value) for name, value in values.items()}
        shown = {
            name: value if isinstance(value, str) else _Formula(inputs[name])
            for name, value in values.items()
        }
        self.steps.append(
            Step(
                index=len(self.steps) + 1,
                rule=rule,
                inputs=tuple(map(self._latex, operands)) or tuple(inputs.values()),
                title=sentence(rule, self.language, shown),
                before=old,
                after=new,
                changed_before=changed_before,
                changed_after=changed_after,
                why=reason_of(rule, self.language),
            )
        )

    def phrase(self, rule: str, **values: Node) -> str:
        """A part of a sentence, for use as a value of another one."""
        shown = {name: _Formula(self._latex(value)) for name, value in values.items()}
        return sentence(rule, self.language, shown)

    def _whole(self, after: Node) -> Node:
        return self.unmask(self.wrap(after))

    def _input(self, value: _Value) -> str:
        if isinstance(value, str):
            return value
        node = number(value) if isinstance(value, Fraction | int) else self.unmask(value)
        return self._latex(node)

    def _latex(self, node: Node) -> str:
        return to_latex(node, language=self.language)


class _Formula(str):
    """LaTeX that knows its place: `{x}` in a sentence puts dollars around it, save around a plain
    number, which is a word like any other; `{x:tex}` stands inside a formula already."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        if spec == "tex" or _PLAIN_NUMBER.fullmatch(self):
            return str(self)
        return f"${self!s}$"


def folded(steps: Sequence[Step], detail: Detail, language: Language) -> tuple[Step, ...]:
    """Steps that follow one another made one, as `detail` says; they stay as its substeps."""
    if detail is Detail.FULL:
        return tuple(steps)
    groups: list[list[Step]] = []
    routine = CALCULATION if detail is Detail.NORMAL else ROUTINE
    for step in steps:
        is_same_kind = bool(groups) and (detail is Detail.BRIEF or groups[-1][0].rule in routine)
        if step.rule in routine and is_same_kind:
            groups[-1].append(step)
        else:
            groups.append([step])
    return tuple(_together(i, group, language) for i, group in enumerate(groups, start=1))


def _together(index: int, group: Sequence[Step], language: Language) -> Step:
    first, last = group[0], group[-1]
    if len(group) == 1:
        return replace(first, index=index)
    is_calculation = all(step.rule in CALCULATION for step in group)
    changed_before, changed_after = changed_spans(first.before, last.after)
    return replace(
        first,
        index=index,
        rule="work_it_out" if is_calculation else first.rule,
        inputs=() if is_calculation else first.inputs,
        title=sentence("work_it_out", language, {}) if is_calculation else first.title,
        after=last.after,
        changed_before=changed_before,
        changed_after=changed_after,
        why=reason_of("work_it_out", language) if is_calculation else first.why,
        substeps=tuple(group),
    )
