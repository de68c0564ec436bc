"""The parts of a solution that a teacher may change, as they stand after all corrections so far.

A solution itself keeps what its engine wrote; corrections lie over it. Part 0 is the answer, the
others are the steps by their index, which never changes: a step that a teacher added has one from
`Correction.FIRST_ADDED` on, and stands where it was put.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from homework.review.models import Correction, Review
from homework.solutions.models import Solution

ANSWER = Correction.ANSWER
FIRST_ADDED = Correction.FIRST_ADDED


@dataclass(frozen=True, slots=True)
class Part:
    """A step or the answer.

    Attributes:
        index: The step's index, or `ANSWER`.
        title: The sentence of a step.
        formulas: LaTeX; of the answer, one.
        check: What the checker says of it.
        original: What the engine wrote in its place, `{"title", "formulas"}`, when it was
            corrected; else None, as for a step that a teacher added.
        corrected_by: The name of who changed, added or removed it last.
        is_removed: A teacher has taken it out. It keeps its place, and can be put back.
    """

    index: int
    title: str
    formulas: list[str]
    check: dict[str, Any] | None
    original: dict[str, Any] | None = None
    corrected_by: str = ""
    is_removed: bool = False

    @property
    def is_answer(self) -> bool:
        """Whether it is the answer."""
        return self.index == ANSWER

    @property
    def is_added(self) -> bool:
        """Whether a teacher wrote it where the engine had no step."""
        return self.index >= FIRST_ADDED

    @property
    def is_corrected(self) -> bool:
        """Whether a teacher has had a hand in it."""
        return bool(self.corrected_by)

    @property
    def differs(self) -> bool:
        """Whether it is not as the engine wrote it. One that came and went is."""
        if self.is_added:
            return not self.is_removed
        return self.is_removed or (self.original is not None and self.original != self.content)

    @property
    def content(self) -> dict[str, Any]:
        """What it says, as corrections store it."""
        return {"title": self.title, "formulas": self.formulas}


def all_parts_of(solution: Solution) -> list[Part]:
    """The steps in their order, then the answer; what was removed stands in its place, marked.

    Prefetch `steps` and `reviews__corrections`.
    """
    return _corrected(_written(solution), solution.reviews.all())


def parts_of(solution: Solution) -> list[Part]:
    """The same without what was removed: the solution that the teachers stand for."""
    return [part for part in all_parts_of(solution) if not part.is_removed]


def place(order: list[int], index: int, follows: int) -> None:
    """Put a new index right behind another one of `order`, or at the head of all behind 0.

    Raises:
        ValueError: There is no such other one.
    """
    order.insert(order.index(follows) + 1 if follows else 0, index)


def _written(solution: Solution) -> list[Part]:
    parts = [
        Part(step.index, step.title, list(step.formulas), step.step_check)
        for step in solution.steps.all()
    ]
    if solution.answer_latex:
        parts.append(Part(ANSWER, "", [solution.answer_latex], solution.answer_check))
    return parts


def _corrected(parts: list[Part], reviews: Iterable[Review]) -> list[Part]:
    engines = {part.index: part.content for part in parts}
    current = {part.index: part for part in parts}
    order = [part.index for part in parts]
    for review in reviews:  # in the order of their versions
        for correction in review.corrections.all():
            index = correction.index
            if correction.follows is not None:
                place(order, index, correction.follows)
            elif index not in current:
                continue
            if correction.after is None:
                current[index] = replace(
                    current[index], corrected_by=review.teacher_name, is_removed=True
                )
                continue
            current[index] = Part(
                index=index,
                title=correction.after["title"],
                formulas=list(correction.after["formulas"]),
                check=correction.check_result,
                original=engines.get(index),
                corrected_by=review.teacher_name,
            )
    return [current[index] for index in order]


def corrections_shown(solution: Solution, reviews: Iterable[Review]) -> list[dict[str, Any]]:
    """What differs from what the engine wrote, in its order, as JSON values for the student's page.

    Each is `{"index", "kind", "follows", "title", "formulas", "is_proved"}`; `follows` is the
    index of the part before it on the page, 0 for none.
    """
    shown, follows = [], 0
    for part in _corrected(_written(solution), reviews):
        if part.is_added and part.is_removed:
            continue
        if part.differs:
            kind = Correction.Kind.CHANGED
            if part.is_removed:
                kind = Correction.Kind.REMOVED
            elif part.is_added:
                kind = Correction.Kind.ADDED
            shown.append(
                {
                    "index": part.index,
                    "kind": str(kind),
                    "follows": follows,
                    "title": part.title,
                    "formulas": part.formulas,
                    "is_proved": (part.check or {}).get("verdict") == "verified",
                }
            )
        follows = part.index
    return shown


def solution_text_of(parts: Iterable[Part], *, problem_latex: str, language: str) -> str:
    """Parts written out in the format that engines write; see docs on the solution format."""
    return "".join(_blocks(parts, problem_latex=problem_latex, language=language))


def part_numbers(parts: Iterable[Part]) -> dict[int, int]:
    """The number under which each part is written out, by its index: steps count from 1 in their
    order, whatever was added or removed, and the answer is 0."""
    numbers: dict[int, int] = {}
    for part in parts:
        numbers[part.index] = ANSWER if part.is_answer else len(numbers) + 1
    return numbers


def answer_content_of(solution: Solution) -> dict[str, Any]:
    """Text, steps and answer with all corrections, as a snapshot has them. Prefetch as for
    `parts_of`."""
    parts = parts_of(solution)
    latex = str((solution.reading or {}).get("latex") or "") or solution.asked_text
    blocks = _blocks(parts, problem_latex=latex, language=solution.language)
    numbers = part_numbers(parts)
    rules = {step.index: step for step in solution.steps.all()}
    steps, position = [], len(blocks[0])
    for part, block in zip(parts, blocks[1:], strict=True):
        end = position + len(block)
        if not part.is_answer:
            engines = None if part.is_corrected else rules[part.index]
            steps.append(
                {
                    "index": numbers[part.index],
                    "start": position,
                    "end": position + len(block.rstrip("\n")),
                    "title": part.title,
                    "formulas": part.formulas,
                    "rule": engines.rule if engines else "",
                    "rule_inputs": engines.rule_inputs if engines else [],
                    "check": part.check,
                }
            )
        position = end
    answer = next((part for part in parts if part.is_answer), None)
    return {
        "text": "".join(blocks),
        "steps": steps,
        "answer": None if answer is None else {"latex": answer.formulas[0], "check": answer.check},
    }


def _blocks(parts: Iterable[Part], *, problem_latex: str, language: str) -> list[str]:
    """The problem and each part as a paragraph with the line that ends it."""
    is_chinese = language == "zh"
    stop = "。" if is_chinese else "."
    blocks = [f"**{'题目' if is_chinese else 'Problem'}{stop}** ${problem_latex}$"]
    for part in parts:
        if part.is_answer:
            name = "答案" if is_chinese else "Answer"
            blocks.append(f"**{name}{stop}** ${part.formulas[0]}$")
            continue
        number = len(blocks)
        name = f"第{number}步" if is_chinese else f"Step {number}"
        lines = "".join(f"\n${formula}$" for formula in part.formulas)
        blocks.append(f"**{name}{stop}** {part.title}{lines}")
    return [f"{block}\n\n" for block in blocks[:-1]] + [f"{blocks[-1]}\n"]
