"""Measures a checkpoint of the embedded model on pictures in faces that it has never seen.

    python -m inference.nano.evaluate CHECKPOINT --faces FACES [--count 3000]

The model writes through the same engine as on the site, and every step is checked as there. What
fails its check is rescued as there, too: the rules solve the question as the model read it, or as
the reader of photos did where that one is surer of another question or the model gives up. And as
there, a proof is a badge only where both readers find the same question and one of the two is sure
of it. A table says, for print and handwriting and for every topic, of how many pictures

    read        the question was read exactly
    right       the model's own answer is right
    proved      every step and the answer of the model are verified
    with rules  what is shown in the end is right
    badge       what is shown in the end is proved, and both readers agree on the question
    wrong badge the same, and it is not the answer to the question on the picture

Pictures without an exercise count as read and right when the model says that they have none, and
as right with rules when nothing is proved about them.
"""

from __future__ import annotations

import argparse
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image, ImageOps

from inference.agreement import (
    LooksAgain,
    agreed_question,
    found_the_same,
    likelier_question,
    model_reading,
    other_looks,
)
from inference.confidence import Trace, joined
from inference.config import EngineConfig, LocalConfig
from inference.errors import InferenceError
from inference.local import LocalEngine
from inference.nano.canvas import encode_canvas
from inference.nano.data.sample import ELSEWHERE, Maker, Sample
from inference.nano.data.solutions import solution_of
from inference.reader import RapidOcrReader
from inference.solution_text import AnswerParsed, ProblemParsed, SolutionTextParser, StepParsed
from inference.types import Delta, Reading, Request, Verdict
from inference.verify.checker import Checker
from inference.verify.sandbox import SandboxPool

_TOGETHER = 32
_TIMEOUT_S = 3.0
_JUDGES = 2
_MAX_TOKENS = 400
_READER_SCALE = 2
_READER_MARGIN_PX = 48
COLUMNS = ("read", "right", "proved", "with rules", "badge", "wrong badge")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one picture; the attributes are the columns of the table."""

    sample: Sample
    text: str
    problem: str
    answer: str
    is_read: bool
    is_right: bool
    is_proved: bool
    is_right_with_rules: bool
    has_badge: bool

    @property
    def marks(self) -> tuple[bool, ...]:
        """In the order of `COLUMNS`."""
        return (
            self.is_read,
            self.is_right,
            self.is_proved,
            self.is_right_with_rules,
            self.has_badge,
            self.has_badge and not self.is_right_with_rules,
        )


def write_all(
    engine: LocalEngine, samples: Sequence[Sample], *, max_tokens: int = _MAX_TOKENS
) -> list[Delta]:
    """What the model writes about each picture."""
    texts = []
    for start in range(0, len(samples), _TOGETHER):
        group = samples[start : start + _TOGETHER]
        streams = [
            engine.submit(
                Request(
                    request_id=str(start + number),
                    problem="",
                    image=encode_canvas(sample.drawing.canvas),
                    language=sample.language,
                    max_new_tokens=max_tokens,
                    deadline_s=600,
                )
            )
            for number, sample in enumerate(group)
        ]
        texts += [
            joined([event for event in stream if isinstance(event, Delta)]) for stream in streams
        ]
    return texts


def judge(
    sample: Sample,
    written: Delta,
    checker: Checker,
    reader: RapidOcrReader,
    model: LooksAgain | None = None,
) -> Outcome:
    """Hold what the model wrote against the truth."""
    text = written.text
    problem, steps, answer = _parse(text)
    first = model_reading(problem, _trace(written)) if problem else None
    second = _read_again(reader, sample)
    is_elsewhere = sample.topic == ELSEWHERE
    is_read = not text if is_elsewhere else problem == sample.latex
    is_right = not text if is_elsewhere else _is_verified(checker, sample.problem, answer)
    is_proved = bool(problem) and _is_verified(checker, problem, answer)
    earlier: list[str] = []
    for step in steps:
        if not is_proved:
            break
        check = checker.check_step(problem, earlier, step.formulas, _TIMEOUT_S)
        is_proved = check.verdict is Verdict.VERIFIED
        earlier += step.formulas
    certain = agreed_question(first, second) if first else None
    if is_proved and first is not None and certain not in (None, first.text):
        is_proved = _is_verified(checker, certain or "", answer)
    likelier = _find_likelier(first, second, sample, model) if first else _sensible(second)
    shown, is_certain = answer, certain is not None
    has_badge = is_proved and is_certain
    if not is_proved or likelier is not None:
        # As on the site: the rules solve what most of what was read speaks for.
        asked = likelier.text if likelier is not None else certain or problem
        solution = solution_of(asked, sample.language) if asked else None
        _, _, shown = _parse(solution or "")
        has_badge = bool(shown) and is_certain
    if is_elsewhere:
        is_right_shown = not has_badge
    else:
        is_right_shown = (
            is_right if shown == answer else _is_verified(checker, sample.problem, shown)
        )
    return Outcome(
        sample=sample,
        text=text,
        problem=problem,
        answer=answer,
        is_read=is_read,
        is_right=is_right,
        is_proved=is_proved and not is_elsewhere,
        is_right_with_rules=is_right_shown,
        has_badge=has_badge,
    )


def _find_likelier(
    first: Reading, second: Reading | None, sample: Sample, model: LooksAgain | None
) -> Reading | None:
    if found_the_same(first, second):
        return None
    if model is None:
        return likelier_question(first, second, ())
    request = Request(
        request_id=str(uuid.uuid4()),
        problem="",
        image=encode_canvas(sample.drawing.canvas),
        language=sample.language,
    )
    return likelier_question(first, second, other_looks(model, request))


def _sensible(reading: Reading | None) -> Reading | None:
    return reading if reading is not None and reading.parse_error is None else None


def _read_again(reader: RapidOcrReader, sample: Sample) -> Reading | None:
    """What the reader of photos finds on the picture."""
    photo = Image.fromarray(sample.drawing.canvas).convert("RGB")
    photo = photo.resize((_READER_SCALE * photo.width, _READER_SCALE * photo.height))
    photo = ImageOps.expand(photo, _READER_MARGIN_PX, "white")
    try:
        return reader.read(photo, language=sample.language)
    except InferenceError:
        return None


def _is_verified(checker: Checker, problem: str, answer: str) -> bool:
    if not problem or not answer:
        return False
    return checker.check_answer(problem, answer, _TIMEOUT_S).verdict is Verdict.VERIFIED


def confidence_of(written: Delta) -> tuple[str, float]:
    """The question that the model wrote, and how sure it was of it."""
    problem, _, _ = _parse(written.text)
    return problem, _trace(written).confidence(problem) if problem else 0.0


def _trace(written: Delta) -> Trace:
    trace = Trace()
    trace.feed(written)
    return trace


def _parse(text: str) -> tuple[str, list[StepParsed], str]:
    parser = SolutionTextParser()
    events = [*parser.feed(text), *parser.close()] if text else []
    problem = next((each.latex for each in events if isinstance(each, ProblemParsed)), "")
    answer = next((each.latex for each in events if isinstance(each, AnswerParsed)), "")
    return problem, [each for each in events if isinstance(each, StepParsed)], answer


def table(outcomes: Sequence[Outcome]) -> str:
    """Shares by kind of writing and by topic, in percent."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for each in outcomes:
        groups["print" if each.sample.face[1] == "print" else "handwriting"].append(each)
    for each in sorted(outcomes, key=lambda one: one.sample.topic):
        groups[each.sample.topic].append(each)
    lines = [f"| | pictures | {' | '.join(COLUMNS)} |", "|---" * (len(COLUMNS) + 2) + "|"]
    for name, group in [*groups.items(), ("**all**", list(outcomes))]:
        shares = [
            100 * sum(each.marks[column] for each in group) / len(group)
            for column in range(len(COLUMNS))
        ]
        lines.append(f"| {name} | {len(group)} | " + " | ".join(f"{s:.1f}" for s in shares) + " |")
    return "\n".join(lines)


@contextmanager
def running(checkpoint: Path) -> Iterator[LocalEngine]:
    """The engine of the site with a checkpoint, for canvases."""
    engine = LocalEngine(
        EngineConfig(max_queued=64), LocalConfig(model=str(checkpoint), cuts_questions=False)
    )
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


def evaluate(checkpoint: Path, faces: Path, *, count: int, first_seed: int) -> Iterator[Outcome]:
    """Write and judge `count` pictures of the test split."""
    maker = Maker(faces, "test")
    samples = [maker.make(first_seed + number) for number in range(count)]
    pool = SandboxPool(workers=_JUDGES, memory_bytes=512 * 1024 * 1024, max_tasks_per_worker=500)
    pool.start()
    try:
        checker, reader = Checker(pool), RapidOcrReader()
        reader.start()
        with running(checkpoint) as engine, ThreadPoolExecutor(_JUDGES) as judges:
            texts = write_all(engine, samples)
            judged = partial(judge, checker=checker, reader=reader, model=engine)
            yield from judges.map(judged, samples, texts)
    finally:
        pool.stop()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--gallery", type=Path, help="draw the worst mistakes into this PNG")
    parser.add_argument("--show", type=int, default=0, help="so many misreadings in full")
    arguments = parser.parse_args()
    outcomes = list(
        evaluate(
            arguments.checkpoint,
            arguments.faces,
            count=arguments.count,
            first_seed=arguments.first_seed,
        )
    )
    print(table(outcomes))
    if arguments.gallery is not None:
        from inference.nano.gallery import draw_gallery

        draw_gallery(outcomes, arguments.gallery)
    for each in [one for one in outcomes if not one.is_read][: arguments.show]:
        print(f"{each.sample.face[0]}: {each.sample.latex}  read as  {each.problem}")


if __name__ == "__main__":
    main()
