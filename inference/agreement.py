"""What two readers make of one photo: the model that wrote a question, and the reader of photos.

A proof holds for a question as it was read. Whether that is the question on the paper, two readers
tell who know nothing of each other.
"""

from __future__ import annotations

import math
import re

from inference.confidence import Trace
from inference.errors import InferenceError
from inference.types import Reading

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

_LEAST_ODDS = math.exp(-5)
"""How much likelier than the other's the model's own question may be, odds being even.

Small, as a model is sure of a sign that it mistakes, and finds hardly possible what makes no sense.
"""
_SUREST = 0.999

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


def surer_question(
    first: Reading, second: Reading | None, likelihood: float | None = None
) -> Reading | None:
    """`other_question`, where the first one's makes no sense or the second one's is likelier.

    Where the model told how probable it finds the other question, the two readers' evidence is put
    together: the odds that the second reader gives to it, and how much less the model does.
    Otherwise the second reader's confidence, times its weight, is held against the first's.

    Args:
        first: A model's.
        second: The reader of photos'.
        likelihood: What `confidence.likelihood` says of the second one's question.
    """
    other = other_question(first, second)
    if other is None or first.parse_error is not None:
        return other
    if likelihood is None:
        is_likelier = _SECOND_WEIGHT * other.confidence > first.confidence
    else:
        odds = other.confidence / (1 - min(other.confidence, _SUREST))
        is_likelier = likelihood * odds > _LEAST_ODDS * first.confidence
    return other if is_likelier else None
