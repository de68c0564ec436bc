"""What two readers make of one photo: the model that wrote a question, and the reader of photos.

A proof holds for a question as it was read. Whether that is the question on the paper, two readers
tell who know nothing of each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from inference.confidence import Trace
from inference.errors import InferenceError
from inference.solution_text import ParsedEvent, ProblemParsed, SolutionTextParser
from inference.types import Delta, Reading, Request, UncertainSpan

if TYPE_CHECKING:
    from inference.streams import Stream

AGREED_ABOVE = 0.5
"""How sure one of two readers who find the same question has to be, so that it is certain."""
_NO_LIMITS_ABOVE = 0.6
"""How sure both of them have to be that an integral has no limits."""
_NO_LIMITS = re.compile(r"\\int(?!\s*[_^])")
_SECOND_WEIGHT = 1.5
"""How much more the second reader's confidence counts where the two disagree.

On photos a model that learnt from drawings is surer than it is right, the reader of photos is not;
on drawings 1 and 1.5 do equally well, 0.5 and 2 worse.
"""

_TEXT_COMMAND = re.compile(r"\\text\{([^{}]*)\}")


def model_reading(latex: str, trace: Trace) -> Reading:
    """The reading of a question from the **Problem** line that a model wrote.

    Args:
        latex: The question.
        trace: What the model had written up to then, which tells how sure it was.
    """
    from inference.rules.problem import parse_problem

    text = _TEXT_COMMAND.sub(r"\1", latex)
    confidence = round(min(trace.confidence(latex), 1.0), 4)
    try:
        problem = parse_problem(text)
    except InferenceError as error:
        return Reading(
            text=text,
            latex=latex,
            confidence=confidence,
            uncertain=trace.uncertain(latex, text),
            source="model",
            parse_error=error.message,
        )
    plain = f"{problem.instruction}: {problem.text}" if problem.instruction else problem.text
    return Reading(
        text=plain,
        latex=problem.latex,
        confidence=confidence,
        uncertain=trace.uncertain(latex, plain),
        source="model",
    )


def agreed_question(first: Reading, second: Reading | None) -> str | None:
    """The question that both found, where at least one of them is sure of it, else None.

    A model may leave out what the photo says beside the formula ("Expand"); the question is in the
    second reader's words then. Of an integral without limits both have to be sure: limits are small
    signs, and who overlooks them reads an integral that is whole.
    """
    if second is None:
        return None
    sureness = (first.confidence, second.confidence)
    if max(sureness) < AGREED_ABOVE:
        return None
    if _NO_LIMITS.search(first.latex) and min(sureness) < _NO_LIMITS_ABOVE:
        return None
    return _shared_question(first, second)


def found_the_same(first: Reading, second: Reading | None) -> bool:
    """Whether the second reader found the first one's question, however sure both are."""
    if second is None or second.parse_error is not None:
        return False
    return _shared_question(first, second) is not None


def other_question(first: Reading, second: Reading | None) -> Reading | None:
    """The second reading, where it makes sense and is another question than the first."""
    if second is None or second.parse_error is not None:
        return None
    return second if _shared_question(first, second) is None else None


def _shared_question(first: Reading, second: Reading) -> str | None:
    from inference.rules.problem import is_same_problem, parse_problem

    if is_same_problem(first.text, second.text):
        return first.text
    try:
        one, other = parse_problem(first.text), parse_problem(second.text)
    except InferenceError:
        return None
    return second.text if not one.instruction and one.text == other.text else None


@runtime_checkable
class LooksAgain(Protocol):
    """A model that reads a question at other sizes."""

    def look_again(self, request: Request) -> list[Stream]:
        """See `LocalEngine.look_again`."""


def other_looks(model: LooksAgain, request: Request) -> tuple[Reading, ...]:
    """What a model reads when it looks at a photo again; waits for it.

    Args:
        model: Looks at the photo of the request.
        request: As the one that it answered, with an id of its own.
    """
    readings = []
    with suppress(InferenceError):  # then with what was read so far
        for stream in model.look_again(request):
            trace, parser = Trace(), SolutionTextParser()
            events: list[ParsedEvent] = []
            for event in stream:
                if isinstance(event, Delta):
                    trace.feed(event)
                    events += parser.feed(event.text)
            events += parser.close()
            readings += [
                model_reading(event.latex, trace)
                for event in events
                if isinstance(event, ProblemParsed)
            ]
    return tuple(readings)


def likelier_question(
    first: Reading, second: Reading | None, looks: Sequence[Reading]
) -> Reading | None:
    """The question that has more of all readings' confidence than the model's first one, or None.

    Every reading votes for its question, with its confidence; the second reader's counts more. All
    of it is marked: readers differ, and of 132 drawings on which the second reader and another look
    agreed against the first, 6 showed something else.

    Args:
        first: What the model read and wrote.
        second: The reader of photos'.
        looks: The model's, at other sizes.
    """
    voters = [
        (each, weight)
        for each, weight in ((second, _SECOND_WEIGHT), *((look, 1.0) for look in looks))
        if each is not None and each.parse_error is None
    ]
    votes = 0.0 if first.parse_error is not None else first.confidence
    others: list[tuple[Reading, float]] = []
    for reading, weight in voters:
        if _shared_question(first, reading) is not None:
            votes += weight * reading.confidence
            continue
        for place, (other, sum_of_votes) in enumerate(others):
            if _shared_question(reading, other) is not None:
                others[place] = other, sum_of_votes + weight * reading.confidence
                break
        else:
            others.append((reading, weight * reading.confidence))
    best, most = max(others, key=lambda other: other[1], default=(None, 0.0))
    if best is None or (most <= votes and first.parse_error is None):
        return None
    return questioned(best, best.confidence, first.text)


def questioned(reading: Reading, confidence: float, *alternatives: str) -> Reading:
    """A reading of which all is marked: the person is asked whether that stands on the paper, or
    one of the alternatives."""
    span = UncertainSpan(0, len(reading.text), confidence, alternatives)
    return replace(reading, uncertain=(span,))
