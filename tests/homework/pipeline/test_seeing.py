"""A model that looks at the photo itself: it writes what it reads, and the rules step in when it
cannot answer or its text does not hold. The stages are driven without database and server."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from homework.pipeline.engine import PipelineEngine
from homework.pipeline.events import LiveState
from homework.pipeline.stages import Control, Question, answer_question, finish
from inference import Check, Reading, Request, Verdict
from inference.types import Box, Delta, Done, Event, Failed, PhotoRead, UncertainSpan
from tests.homework.pipeline.scripted import (
    SOLUTION,
    VERIFIED,
    OtherLooks,
    ScriptedChecks,
    ScriptedEngine,
    ScriptedReader,
    make_seeing_engine,
    solved,
)

READING = Reading(text="3x + 5 = 20", latex="3x + 5 = 20", confidence=0.9, source="ocr")
WRONG = SOLUTION.replace("$3x = 15$", "$3x = 25$")
FAILED = Check(Verdict.FAILED, "counterexample", {"x": "5"})


def photo(width: int = 40, height: int = 30) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, "JPEG")
    return out.getvalue()


def rules_events(request: Request) -> Iterator[Event]:
    """As the rule engine: it reads the photo when it is told no problem."""
    if not request.problem:
        yield PhotoRead(READING)
    yield from solved()


def model(*events: Event) -> ScriptedEngine:
    return ScriptedEngine(events, "local")


def rules() -> ScriptedEngine:
    return ScriptedEngine(rules_events)


class FailingStep(ScriptedChecks):
    """Says of one formula that it is wrong."""

    def check_step(self, problem: str, previous: Any, formulas: Any, timeout_s: float) -> Check:
        super().check_step(problem, previous, formulas, timeout_s)
        return FAILED if "3x = 25" in formulas else VERIFIED


Answer = Callable[..., tuple[LiveState, list[dict[str, Any]]]]


@pytest.fixture
def answer() -> Iterator[Answer]:
    """Runs one question through an engine; gives the final state and all events."""
    started: list[PipelineEngine] = []

    def answer(
        engine: PipelineEngine, *, load: bool = True, **fields: Any
    ) -> tuple[LiveState, list[dict[str, Any]]]:
        started.append(engine)
        for part in engine.solver.engines if load else ():  # type: ignore[attr-defined]
            part.start()
        if load:
            engine.solver.start = lambda: None  # type: ignore[method-assign]
        engine.start()
        events: list[dict[str, Any]] = []
        state = LiveState(engine=engine.preferred_name)

        def emit(event: dict[str, Any]) -> None:
            state.apply(event)
            events.append(event)

        fields = {"image": photo()} | fields
        question = Question(request_id="q", **fields)
        ending = answer_question(engine, question, emit=emit, control=Control())
        for event in finish(state, ending).events:
            emit(event)
        return state, events

    yield answer
    for engine in started:
        engine.stop()


def test_the_models_problem_line_is_the_reading_and_no_ocr_stands_before_it(answer: Answer) -> None:
    local = model(*solved())
    engine = make_seeing_engine(local, rules(), reading=READING)
    state, events = answer(engine)
    kinds = [event["type"] for event in events]
    assert kinds[:2] == ["state", "state"]
    assert kinds.index("reading") < kinds.index("step")
    assert state["reading"]["source"] == "model"
    assert state["reading"]["text"] == "3x + 5 = 20"
    assert (state["state"], state["engine"], state["finish_reason"]) == (
        "finished",
        "local",
        "stop",
    )
    assert state.text == SOLUTION
    assert local.requests[0].problem == ""
    assert local.requests[0].max_new_tokens == 100


def test_a_badge_needs_a_second_reader_who_reads_the_same(answer: Answer) -> None:
    for reading, verdict, reason in (
        (READING, "verified", "equal"),
        (
            Reading(text="3x + 6 = 20", latex="", confidence=0.9),
            "not_checkable",
            "uncertain_reading",
        ),
        (None, "not_checkable", "uncertain_reading"),
    ):
        engine = make_seeing_engine(model(*solved()), rules(), reading=reading)
        state, _ = answer(engine)
        assert state["answer"]["check"]["verdict"] == verdict
        assert state["answer"]["check"]["reason"] == reason


def test_where_two_readers_differ_both_readings_are_offered(answer: Answer) -> None:
    other = Reading(text="3x + 6 = 20", latex="3x + 6 = 20", confidence=0.6)
    engine = make_seeing_engine(model(*solved()), rules(), reading=other)
    state, events = answer(engine)
    assert state["reading"]["text"] == "3x + 5 = 20"
    assert state["reading"]["uncertain"] == [
        {"start": 0, "end": 11, "confidence": 0.6, "alternatives": ["3x + 6 = 20"]}
    ]
    kinds = [event["type"] for event in events]
    assert kinds.count("reading") == 2
    assert isinstance(engine.reader, ScriptedReader)
    assert len(engine.reader.calls) == 1


def doubtful() -> list[Event]:
    """The solution, of whose problem line the model is unsure about the `2` of `20`."""
    at = SOLUTION.index("20")
    tokens = ((at, 1.0), (1, 0.6), (1, 0.9), (len(SOLUTION) - at - 2, 1.0))
    return [Delta(SOLUTION, tokens), Done("stop")]


def test_a_person_is_asked_about_what_the_model_is_unsure_of(answer: Answer) -> None:
    engine = make_seeing_engine(model(*doubtful()), rules(), reading=None)
    state, _ = answer(engine)
    assert state["reading"]["text"] == "3x + 5 = 20"
    assert state["reading"]["uncertain"] == [
        {"start": 9, "end": 10, "confidence": 0.6, "alternatives": []}
    ]
    assert 0.5 < state["reading"]["confidence"] < 0.6
    assert state["answer"]["check"]["reason"] == "uncertain_reading"


def test_nobody_is_asked_where_a_second_reader_finds_the_same(answer: Answer) -> None:
    engine = make_seeing_engine(model(*doubtful()), rules(), reading=READING)
    state, events = answer(engine)
    readings = [event for event in events if event["type"] == "reading"]
    assert [len(event["uncertain"]) for event in readings] == [1, 0]
    assert state["answer"]["check"]["verdict"] == "verified"


def test_a_whole_other_reading_stands_in_the_place_of_single_doubts(answer: Answer) -> None:
    other = Reading(text="3x + 5 = 10", latex="3x + 5 = 10", confidence=0.3)
    local = model(*doubtful())
    state, _ = answer(make_seeing_engine(local, rules(), reading=other))
    assert state["reading"]["uncertain"] == [
        {"start": 0, "end": 11, "confidence": 0.3, "alternatives": ["3x + 5 = 10"]}
    ]
    assert state["engine"] == "local"


SURER = Reading(text="3x + 5 = 10", latex="3x + 5 = 10", confidence=0.9)


@pytest.mark.parametrize("has_failed", [False, True])
def test_the_surer_of_two_readings_is_answered_and_the_other_one_offered(
    answer: Answer, has_failed: bool
) -> None:
    answering = rules()
    checks = FailingStep() if has_failed else ScriptedChecks()
    written = doubtful()
    if has_failed:
        first = written[0]
        assert isinstance(first, Delta)
        written[0] = Delta(first.text.replace("$3x = 15$", "$3x = 25$"), first.tokens)
    engine = make_seeing_engine(model(*written), answering, reading=SURER, checks=checks)
    state, _ = answer(engine)
    assert answering.requests[-1].problem == "3x + 5 = 10"
    assert (state["engine"], state["finish_reason"]) == ("rules", "fallback")
    assert [change["reason"] for change in state["engine_changes"]] == ["unsure_reading"]
    assert state["reading"]["text"] == "3x + 5 = 10"
    assert state["reading"]["source"] == "ocr"
    assert state["reading"]["uncertain"] == [
        {"start": 0, "end": 11, "confidence": 0.9, "alternatives": ["3x + 5 = 20"]}
    ]
    # Two readers differ: nothing is proved for what stands on the paper.
    assert state["answer"]["check"]["reason"] == "uncertain_reading"


@pytest.mark.parametrize(
    ("looks", "confidence", "writer"),
    [
        ((), 0.3, "local"),
        ((("3x + 5 = 10", 0.45),), 0.4, "rules"),
        ((("3x + 5 = 10", 0.3), ("3x + 5 = 10", 0.3)), 0.6, "rules"),
        ((("3x + 5 = 20", 0.9), ("3x + 5 = 10", 0.3)), 0.6, "local"),
    ],
)
def test_what_the_model_reads_at_other_sizes_has_its_vote(
    answer: Answer,
    looks: tuple[tuple[str, float], ...],
    confidence: float,
    writer: str,
) -> None:
    other = replace(SURER, confidence=confidence)
    again = OtherLooks(*looks)
    engine = make_seeing_engine(model(*doubtful()), rules(), reading=other, looks=again)
    state, _ = answer(engine)
    assert state["engine"] == writer
    assert state["reading"]["text"] == ("3x + 5 = 10" if writer == "rules" else "3x + 5 = 20")
    assert state["answer"]["check"]["verdict"] == "not_checkable"
    assert state["reading"]["uncertain"]
    assert len(again.requests) == 1


def test_a_question_that_only_the_models_other_looks_find_is_answered_without_a_proof(
    answer: Answer,
) -> None:
    again = OtherLooks(("3x + 5 = 29", 0.9), ("3x + 5 = 29", 0.9))
    answering = rules()
    engine = make_seeing_engine(model(*doubtful()), answering, reading=None, looks=again)
    state, _ = answer(engine)
    assert answering.requests[-1].problem == "3x + 5 = 29"
    assert state["engine_changes"][0]["reason"] == "unsure_reading"
    assert state["answer"]["check"]["verdict"] == "not_checkable"


def test_nobody_looks_again_where_both_readers_agree(answer: Answer) -> None:
    again = OtherLooks(("3x + 5 = 29", 1.0))
    engine = make_seeing_engine(model(*doubtful()), rules(), reading=READING, looks=again)
    state, _ = answer(engine)
    assert (state["engine"], again.requests) == ("local", [])


def test_what_the_model_wrote_stays_with_its_reading_where_the_rules_cannot_answer(
    answer: Answer,
) -> None:
    def fail(_request: Request) -> Iterator[Event]:
        yield Failed("unsupported_problem", "", retryable=False)

    engine = make_seeing_engine(model(*doubtful()), ScriptedEngine(fail), reading=SURER)
    state, _ = answer(engine)
    assert state["engine"] == "local"
    assert state["engine_changes"] == []
    assert state["reading"]["text"] == "3x + 5 = 20"
    assert state.text == SOLUTION


def test_two_readers_who_are_both_unsure_prove_nothing(answer: Answer) -> None:
    text = doubtful()[0]
    assert isinstance(text, Delta)
    unsure = Delta(text.text, tuple((length, min(p, 0.8) * 0.8) for length, p in text.tokens))
    for confidence, verdict in ((0.4, "not_checkable"), (0.6, "verified")):
        same = replace(READING, confidence=confidence)
        engine = make_seeing_engine(model(unsure, Done("stop")), rules(), reading=same)
        state, _ = answer(engine)
        assert state["answer"]["check"]["verdict"] == verdict
        assert all(not span["alternatives"] for span in state["reading"]["uncertain"])


class OnlyAsWorded(ScriptedChecks):
    """Proves an answer for the bare formula and not for the question in the photo's words."""

    def check_answer(self, problem: str, answer: str, timeout_s: float) -> Check:
        if problem.startswith("Expand"):
            return Check(Verdict.FAILED, "unfinished")
        return super().check_answer(problem, answer, timeout_s)


BARE_SOLUTION = "**Problem.** $2(x + 3)$\n\n**Step 1.** Go.\n$2x + 6$\n\n**Answer.** $2x + 6$\n"
WORDED = Reading(text="Expand: 2(x + 3)", latex="2(x + 3)", confidence=0.9)


def test_words_that_only_the_second_reader_found_belong_to_the_question(answer: Answer) -> None:
    local = model(Delta(BARE_SOLUTION), Done("stop"))
    state, _ = answer(make_seeing_engine(local, rules(), reading=WORDED))
    assert state["engine"] == "local"
    assert state["answer"]["check"]["verdict"] == "verified"
    assert state["reading"]["uncertain"] == []


def test_what_answers_only_half_of_the_question_is_answered_by_the_rules(answer: Answer) -> None:
    answering = rules()
    local = model(Delta(BARE_SOLUTION), Done("stop"))
    engine = make_seeing_engine(local, answering, reading=WORDED, checks=OnlyAsWorded())
    state, _ = answer(engine)
    assert answering.requests[-1].problem == "Expand: 2(x + 3)"
    assert [change["reason"] for change in state["engine_changes"]] == ["failed_check"]


def test_a_second_reading_without_sense_is_not_offered(answer: Answer) -> None:
    other = Reading(text="3x + = 20", latex="", confidence=0.4, parse_error="odd")
    engine = make_seeing_engine(model(*solved()), rules(), reading=other)
    state, _ = answer(engine)
    assert state["reading"]["uncertain"] == []
    assert state["answer"]["check"]["reason"] == "uncertain_reading"


def test_the_model_sees_the_framed_part_upright(answer: Answer) -> None:
    local = model(*solved())
    answer(
        make_seeing_engine(local, rules()),
        image=photo(40, 30),
        crop=Box(0.0, 0.0, 0.5, 0.5),
        rotation_deg=90.0,
    )
    image = local.requests[0].image
    assert image is not None
    assert Image.open(io.BytesIO(image)).size == (15, 20)


def test_a_step_that_fails_its_check_brings_in_the_rules(answer: Answer) -> None:
    engine = make_seeing_engine(model(*solved(WRONG)), rules(), checks=FailingStep())
    state, events = answer(engine)
    failed = [e for e in events if e["type"] == "step" and e["check"]]
    assert failed[0]["check"]["verdict"] == "failed"  # the student saw the mark
    assert state["engine"] == "rules"
    assert state["engine_changes"] == [
        {"from": "local", "to": "rules", "reason": "failed_check", "text": WRONG}
    ]
    assert (state.text, state["finish_reason"]) == (SOLUTION, "fallback")
    assert engine.rules.requests[0].problem == "3x + 5 = 20"  # type: ignore[union-attr]


def test_a_model_that_writes_no_solution_is_replaced(answer: Answer) -> None:
    local = model(Delta("The photo shows a cat."), Done("stop"))
    state, _ = answer(make_seeing_engine(local, rules()))
    assert state["engine_changes"][0]["reason"] == "no_solution"
    assert state["reading"]["source"] == "ocr"
    assert state.text == SOLUTION


def test_a_model_that_never_comes_to_an_answer_is_replaced(answer: Answer) -> None:
    endless = model(*(Delta(text) for text in (BARE_SOLUTION[:44], "0" * 500)), Done("length"))
    state, _ = answer(make_seeing_engine(endless, rules()))
    assert [change["reason"] for change in state["engine_changes"]] == ["no_solution"]
    assert state.text == SOLUTION


@pytest.mark.parametrize(
    ("value", "stays"), [("5", True), ("(2, 5]", True), (r"5\right)", False), ("[5", False)]
)
def test_an_answer_of_brackets_that_do_not_close_is_none(
    value: str, stays: bool, answer: Answer
) -> None:
    text = SOLUTION.replace("**Answer.** $x = 5$", f"**Answer.** $x = {value}$")
    state, _ = answer(make_seeing_engine(model(*solved(text)), rules()))
    assert [change["reason"] for change in state["engine_changes"]] == (
        [] if stays else ["no_solution"]
    )


class AnswersNothing(ScriptedChecks):
    """Finds nothing wrong, and that the answer is the question again."""

    def check_answer(self, problem: str, answer: str, timeout_s: float) -> Check:
        return Check(Verdict.NOT_CHECKABLE, "restated")


def test_a_model_that_answers_with_the_question_is_replaced(answer: Answer) -> None:
    answering = rules()
    engine = make_seeing_engine(model(*solved()), answering, checks=AnswersNothing())
    state, _ = answer(engine)
    assert [change["reason"] for change in state["engine_changes"]] == ["no_solution"]
    assert answering.requests[-1].problem == READING.text
    assert state["engine"] == "rules"


class NothingToCheck(ScriptedChecks):
    """Cannot check any answer."""

    def check_answer(self, problem: str, answer: str, timeout_s: float) -> Check:
        return Check(Verdict.NOT_CHECKABLE, "not_understood")


def test_a_question_of_the_model_that_makes_no_sense_gives_way_to_the_reader(
    answer: Answer,
) -> None:
    senseless = model(*solved(SOLUTION.replace("$3x + 5 = 20$", "$3x + ($", 1)))
    answering = rules()
    engine = make_seeing_engine(
        senseless, answering, reading=replace(READING, confidence=0.3), checks=NothingToCheck()
    )
    state, _ = answer(engine)
    assert state["engine_changes"][0]["reason"] == "unsure_reading"
    assert answering.requests[-1].problem == READING.text
    assert (state["engine"], state["reading"]["text"]) == ("rules", READING.text)


@pytest.mark.parametrize("code", ["out_of_range", "engine_error"])
def test_a_model_that_finds_no_question_is_a_reader_who_disagrees(
    answer: Answer, code: str
) -> None:
    local = model(Failed(code, "no", False))
    state, _ = answer(make_seeing_engine(local, rules(), reading=READING))
    assert state["engine"] == "rules"
    spans = state["reading"]["uncertain"]
    verdict = state["answer"]["check"]["verdict"]
    if code == "out_of_range":
        assert [(span["start"], span["end"]) for span in spans] == [(0, len(READING.text))]
        assert verdict == "not_checkable"
    else:  # what broke says nothing of the photo
        assert spans == []
        assert verdict == "verified"


def test_a_text_that_the_rules_cannot_better_stays_with_its_marks(answer: Answer) -> None:
    lost = ScriptedEngine([Failed("unsupported_problem", "no", False)])
    state, events = answer(make_seeing_engine(model(*solved(WRONG)), lost, checks=FailingStep()))
    assert (state.text, state["engine"], state["state"]) == (WRONG, "local", "finished")
    assert not [event for event in events if event["type"] == "engine"]
    steps = state.snapshot()["steps"]
    assert [step["check"]["verdict"] for step in steps] == ["failed", "verified"]


def test_when_the_model_fails_in_the_middle_the_rules_read_and_solve(answer: Answer) -> None:
    local = model(Delta(SOLUTION[:60]), Failed("out_of_memory", "no", True))
    framed = Box(0.5, 0.0, 0.5, 1.0)
    read = Reading(text="3x + 5 = 20", latex="", confidence=0.9, box=Box(0.2, 0.2, 0.4, 0.4))
    reader = ScriptedEngine([PhotoRead(read), *solved()])
    state, _ = answer(make_seeing_engine(local, reader), crop=framed)
    assert state["engine_changes"][0] == {
        "from": "local",
        "to": "rules",
        "reason": "out_of_memory",
        "text": SOLUTION[:60],
    }
    assert (state["state"], state["finish_reason"]) == ("finished", "fallback")
    # Where it stands on the photo that the student took, not on the part that was framed.
    assert state["reading"]["box"] == {"x": 0.6, "y": 0.2, "width": 0.2, "height": 0.4}


def test_before_the_model_is_loaded_the_rules_answer_and_say_why(answer: Answer) -> None:
    local, fallback = model(*solved()), rules()
    engine = make_seeing_engine(local, fallback, reading=READING)
    fallback.start()
    engine.solver.start = lambda: None  # type: ignore[method-assign]
    state, _ = answer(engine, load=False)
    assert state["engine"] == "rules"
    assert state["engine_changes"][0]["reason"] == "engine_not_ready"
    assert state["reading"]["source"] == "ocr"
    assert not local.requests


def test_an_unreadable_photo_ends_with_its_reason_when_only_the_rules_are_there(
    answer: Answer,
) -> None:
    torn = Reading(text="3x + )", latex="", confidence=0.2, parse_error="no")
    fallback = ScriptedEngine([PhotoRead(torn), Failed("math_syntax", "no", False)])
    local = model(Failed("engine_error", "no", True))
    state, _ = answer(make_seeing_engine(local, fallback))
    assert (state["state"], state["error"]["code"]) == ("failed", "not_understood")
    assert state["reading"]["text"] == "3x + )"


def test_a_typed_question_beyond_the_rules_still_goes_to_the_model(answer: Answer) -> None:
    local = model(*solved())
    state, _ = answer(make_seeing_engine(local, rules()), text="Why is the sky blue?", image=None)
    assert local.requests[0].problem == "Why is the sky blue?"
    assert state["state"] == "finished"


def test_an_uncertain_ocr_reading_is_no_second_opinion_of_another_text(answer: Answer) -> None:
    doubtful = Reading(
        text="3x + 5 = 28",
        latex="",
        confidence=0.5,
        uncertain=(UncertainSpan(10, 11, 0.4, ("0",)),),
    )
    engine = make_seeing_engine(model(*solved()), rules(), reading=doubtful)
    state, _ = answer(engine)
    assert isinstance(engine.reader, ScriptedReader)
    assert len(engine.reader.calls) == 1
    assert state["answer"]["check"]["reason"] == "uncertain_reading"
