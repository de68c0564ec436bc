"""What teachers stand for, as pairs of a question and its solution for training."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from homework.accounts.models import School, User
from homework.review.models import Review
from homework.review.parts import all_parts_of, part_numbers, parts_of, solution_text_of
from homework.review.selectors import with_reviews
from homework.solutions.models import Solution


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedPair:
    """A question and the solution that a teacher stands for, for training.

    Attributes:
        solution: With its photo. The student is for the caller's rules of consent only.
        reviewed_at: When the verdict was given.
        verdict: `approved`, or `corrected` where `text` differs from what the engine wrote.
        language: `en` or `zh`.
        question: The question in plain text; the teacher's words where they mended the reading.
        question_latex: The same as LaTeX, where it is known.
        text: The whole solution in the format of engines, with every correction.
        engine_text: What the engine had written.
        topic: A `solutions.topics.Topic`, or empty.
        corrected_parts: The numbers in `text` of what a teacher changed or added; 0 is the answer.
    """

    solution: Solution
    reviewed_at: datetime
    verdict: str
    language: str
    question: str
    question_latex: str
    text: str
    engine_text: str
    topic: str = ""
    corrected_parts: tuple[int, ...] = field(default_factory=tuple)


def corrections_for_export(
    *,
    school: School,
    students: QuerySet[User] | None = None,
    include_approved: bool = True,
    since: datetime | None = None,
) -> Iterator[ReviewedPair]:
    """Every solution of a school that a teacher stands for, the oldest first.

    What a consent allows is for the caller to say by `students`; without it, all of the school.
    A solution whose reading was mended is left out: its replacement stands for itself. So is one
    that has no answer, or of which a corrected part was disproved.

    Args:
        school: Whose.
        students: Only theirs.
        include_approved: Also those that were right as they stood.
        since: Only those reviewed at or after this moment.
    """
    states = [Solution.ReviewState.CORRECTED]
    if include_approved:
        states.append(Solution.ReviewState.APPROVED)
    found = Solution.objects.filter(student__school=school, review_state__in=states).exclude(
        answer_latex=""
    )
    if students is not None:
        found = found.filter(student__in=students.values("pk"))
    if since is not None:
        found = found.filter(reviewed_at__gte=since)
    ordered = with_reviews(solutions=found.select_related("photo")).order_by("reviewed_at", "pk")
    for solution in ordered.iterator(chunk_size=200):
        pair = _pair_of(solution)
        if pair is not None:
            yield pair


def _pair_of(solution: Solution) -> ReviewedPair | None:
    last = list(solution.reviews.all())[-1:]
    if not last or any(review.reading_after for review in solution.reviews.all()):
        return None
    parts = parts_of(solution)
    is_corrected = any(part.differs for part in all_parts_of(solution))
    numbers = part_numbers(parts)
    changed = tuple(numbers[part.index] for part in parts if part.differs)
    if any(part.differs and (part.check or {}).get("verdict") == "failed" for part in parts):
        return None
    reading = solution.reading or {}
    latex = str(reading.get("latex") or "") or solution.asked_text
    text = solution.text
    if is_corrected:
        text = solution_text_of(parts, problem_latex=latex, language=solution.language)
    return ReviewedPair(
        solution=solution,
        reviewed_at=last[0].created_at,
        verdict=Review.Verdict.CORRECTED if is_corrected else Review.Verdict.APPROVED,
        language=solution.language,
        question=str(reading.get("text") or "") or solution.asked_text,
        question_latex=latex,
        text=text,
        engine_text=solution.text,
        topic=solution.topic,
        corrected_parts=changed,
    )
