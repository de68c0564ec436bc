"""Pictures of the corpus through the real reader, solver and checker, as the site runs them.

A sample of fixed choice, so that the suite stays quick; `benchmarks/photos.py` measures them all.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from homework.pipeline.engine import PipelineEngine, build_engine
from homework.pipeline.stages import Control, Question, answer_question
from homework.uploads.services import photo_decoder
from tests.photos.judge import Expected, load_truth
from tests.photos.outcome import Outcome, Result, judge

CORPUS = Path(__file__).parents[1] / "photos"

pytestmark = pytest.mark.slow


def sample() -> list[Expected]:
    """Ten prints, two in handwriting, a screenshot and one without a question."""
    truth = load_truth(CORPUS)
    chance = random.Random(2026)
    chosen: list[Expected] = []
    for kind, count in (("print", 10), ("handwriting", 2), ("screenshot", 1), ("none", 1)):
        chosen += chance.sample([each for each in truth if each.kind == kind], count)
    return chosen


@pytest.fixture(scope="module")
def engine() -> Iterator[PipelineEngine]:
    engine = build_engine()
    engine.start()
    yield engine
    engine.stop()


def solve(engine: PipelineEngine, expected: Expected) -> Outcome:
    events: list[dict[str, Any]] = []
    started = time.perf_counter()
    ending = answer_question(
        engine,
        Question(
            request_id=expected.file.name,
            language="zh" if expected.language == "zh" else "en",
            image=photo_decoder().sanitise(expected.file.read_bytes()).image,
        ),
        emit=lambda event: events.append(dict(event)),
        control=Control(),
    )
    if ending.error is not None:
        events.append(dict(ending.error))
    return judge(expected, events, time.perf_counter() - started)


def test_printed_questions_are_answered_and_no_wrong_answer_has_a_badge(
    engine: PipelineEngine,
) -> None:
    outcomes = [solve(engine, expected) for expected in sample()]
    lies = [o for o in outcomes if o.is_wrong_with_badge]
    assert lies == []
    assert [o for o in outcomes if o.num_failed_steps] == []
    prints = [o for o in outcomes if o.expected.kind == "print"]
    not_right = [o for o in prints if o.result is not Result.RIGHT]
    assert len(not_right) <= 0.1 * len(prints), not_right
    assert [o for o in outcomes if o.result is Result.UNMARKED] == []
