"""What is hidden is not sent: snapshots, streams and their law under each policy."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from homework.pipeline.disclosure import (
    DisclosedEvents,
    Disclosure,
    disclosed_snapshot,
)
from homework.pipeline.engine import rule_sentences
from homework.pipeline.events import Event, LiveState
from homework.pipeline.hints import num_steps_before_answer, step_hint
from homework.policy.models import Mode
from homework.policy.selectors import ActivePolicy

CHECK = {"verdict": "verified", "reason": "substitution", "detail": {"x": "5"}}


def disclosure(mode: Mode, num_steps: int = 0, **flags: bool) -> Disclosure:
    return Disclosure(ActivePolicy(mode, ("8A",)), num_steps, **flags)


def step(index: int, title: str, *formulas: str, rule: str = "") -> Event:
    return {
        "type": "step",
        "index": index,
        "start": 10 * index,
        "end": 10 * index + 9,
        "title": title,
        "formulas": list(formulas),
        "rule": rule,
        "rule_inputs": ["5"],
        "check": CHECK,
    }


def stream(
    *steps: Event, answer: str = "x = 5", text: str = "", state: str = "finished"
) -> list[Any]:
    """All events of a solution, as the pipeline sends them."""
    events: list[Any] = [
        {"type": "state", "state": "reading"},
        {"type": "reading", "text": "3x + 5 = 20", "latex": "3x+5=20"},
        {"type": "state", "state": "solving"},
        {"type": "delta", "offset": 0, "text": text or "The text says x = 5. "},
    ]
    for each in steps:
        events += [each | {"check": None}, each]
    return [
        *events,
        {"type": "answer", "latex": answer, "check": None},
        {"type": "answer", "latex": answer, "check": CHECK},
        {"type": "state", "state": state},
        {"type": "done", "finish_reason": "stop", "usage": {"tokens": 9}, "sha256": "0" * 64},
    ]


LINEAR = stream(
    step(1, "Subtract 5 from both sides.", "3x = 15", rule="subtract_from_both_sides"),
    step(2, "Divide both sides by 3.", "x = 5", rule="divide_both_sides"),
)


def summed(events: list[Event]) -> LiveState:
    state = LiveState(id="1")
    for event in events:
        state.apply(event)
    return state


def client_after(events: list[Event]) -> Event:
    """What a client holds that goes by the protocol, `policy` and hidden steps included."""
    held: dict[str, Any] = {}
    for event in events:
        match event["type"]:
            case "snapshot":
                held = {name: value for name, value in event.items() if name != "type"}
            case "delta":
                assert event["offset"] == len(held["text"])
                held["text"] += event["text"]
                held["offset"] = len(held["text"])
            case "step":
                others = [one for one in held["steps"] if one["index"] != event["index"]]
                new = {name: value for name, value in event.items() if name != "type"}
                held["steps"] = sorted([*others, new], key=lambda one: one["index"])
            case "answer" | "reading" | "error":
                held[event["type"]] = {n: v for n, v in event.items() if n != "type"}
            case "state":
                held["state"] = event["state"]
            case "engine":
                change = {name: event[name] for name in ("from", "to", "reason")}
                held["engine_changes"] = [*held["engine_changes"], change | {"text": held["text"]}]
                held |= {"engine": event["to"], "text": "", "offset": 0, "steps": []}
                held["answer"] = None
            case "done":
                held |= {"finish_reason": event["finish_reason"], "usage": event["usage"]}
    return held


ALL = [
    disclosure(Mode.FULL),
    disclosure(Mode.HINTS_FIRST),
    disclosure(Mode.HINTS_FIRST, 1),
    disclosure(Mode.HINTS_FIRST, 9, has_attempt=True),
    disclosure(Mode.HINTS_FIRST, 9, has_attempt=True, shows_answer=True),
    disclosure(Mode.HINTS_ONLY),
    disclosure(Mode.CLOSED),
]


KINDS = ["reading", "delta", "step", "answer", "state", "engine", "error"]


@st.composite
def streams(draw: st.DrawFn) -> list[Event]:
    """Any order of what may come, an engine that takes over in the middle included."""
    length, events = 0, []
    for _ in range(draw(st.integers(0, 14))):
        kind = draw(
            st.sampled_from(["reading", "delta", "step", "answer", "state", "engine", "error"])
        )
        if kind == "delta":
            text = draw(st.text(min_size=1, max_size=4))
            events.append({"type": "delta", "offset": length, "text": text})
            length += len(text)
        elif kind == "reading":
            source = draw(st.sampled_from(["ocr", "model"]))
            latex = draw(st.sampled_from(["3x=15", "x=5"]))
            events.append({"type": "reading", "text": latex, "latex": latex, "source": source})
        elif kind == "step":
            events.append(step(draw(st.integers(1, 4)), "Divide by 3.", "x = 5"))
        elif kind == "answer":
            events.append({"type": "answer", "latex": "x = 5", "check": None})
        elif kind == "state":
            events.append(
                {
                    "type": "state",
                    "state": draw(st.sampled_from(["reading", "solving", "finished"])),
                }
            )
        elif kind == "engine":
            events.append({"type": "engine", "from": "local", "to": "rules", "reason": "failed"})
            length = 0
        else:
            events.append(
                {"type": "error", "code": "timeout", "message": "x = 5", "retryable": True}
            )
    end = {"type": "state", "state": draw(st.sampled_from(["finished", "failed", "stopped"]))}
    done = {"type": "done", "finish_reason": "stop", "usage": {}, "sha256": ""}
    return [*events, end, done]


@given(events=streams(), which=st.sampled_from(ALL))
def test_a_disclosed_snapshot_at_any_point_and_all_after_it_is_the_disclosed_final_state(
    events: list[Event], which: Disclosure
) -> None:
    final = disclosed_snapshot(summed(events).snapshot(), which)
    expected = {name: value for name, value in final.items() if name != "type"}

    for cut in range(len(events)):
        reader = DisclosedEvents(which)
        sent = reader.take([summed(events[:cut]).snapshot()])
        for event in events[cut:]:
            sent += reader.take([event])
        assert client_after(sent) == expected, cut


@given(events=streams(), sizes=st.lists(st.integers(1, 5), min_size=1))
def test_how_the_stream_is_cut_into_frames_makes_no_difference(
    events: list[Event], sizes: list[int]
) -> None:
    one, other = (DisclosedEvents(disclosure(Mode.HINTS_ONLY)) for _ in range(2))
    start = [LiveState(id="1").snapshot()]
    whole = one.take([*start, *events])
    pieces, position = other.take(start), 0
    while position < len(events):
        size = sizes[position % len(sizes)]
        pieces += other.take(events[position : position + size])
        position += size

    assert pieces == whole


SECRETS = re.compile(r"x ?= ?5|x=5|\bfive\b|五|15|substitution", re.IGNORECASE)
"""What no frame may hold before the answer is open; 15 is the result of the first step."""


def everything_sent(events: list[Event], which: Disclosure) -> str:
    sent: list[Event] = []
    for cut in range(len(events)):
        reader = DisclosedEvents(which)
        sent += reader.take([summed(events[:cut]).snapshot()])
        sent += reader.take(events[cut:])
    return json.dumps(sent, ensure_ascii=False)


BEGGING = {
    "the answer in every title": stream(
        step(1, "The answer is $x = 5$", "3x = 15"), step(2, "So x = 5", "x = 5")
    ),
    "in words": stream(step(1, "The answer is five.", "3x = 15"), step(2, "It is five", "x = 5")),
    "in chinese": stream(step(1, "答案是五", "3x = 15"), step(2, "所以等于五", "x = 5")),
    "the answer as the first step": stream(
        step(1, "Divide both sides.", "x = 5"), step(2, "Check.", r"3 \cdot 5 + 5 = 20")
    ),
    "as text in a formula": stream(
        step(1, "Divide.", r"\text{the answer is five}"), step(2, "Done.", "x = 5")
    ),
    "as a boxed formula": stream(step(1, "Divide.", r"\boxed{x = 5}"), step(2, "Done.", "x = 5")),
    "in prose without steps": stream(text="Sure! The answer is five: x = 5."),
    "by an engine that gave way": [
        *stream(step(1, "It is five", "x = 5"))[:-4],
        {"type": "engine", "from": "local", "to": "rules", "reason": "failed"},
        {"type": "state", "state": "finished"},
        {"type": "done", "finish_reason": "stop", "usage": {}, "sha256": "0"},
    ],
    "as what was read": [
        *LINEAR[:1],
        {"type": "reading", "text": "x = 5", "latex": "x = 5", "source": "model"},
        *LINEAR[2:],
    ],
    "as words that were read": [
        *LINEAR[:1],
        {"type": "reading", "text": "It is five", "latex": "y", "source": "model"},
        *LINEAR[2:],
    ],
    "as an error": [
        *stream(step(1, "Divide.", "3x = 15"), state="failed")[:-2],
        {"type": "error", "code": "no_solution_found", "message": "x = 5", "retryable": False},
        {"type": "state", "state": "failed"},
        {"type": "done", "finish_reason": "error", "usage": {}, "sha256": "0"},
    ],
}


@pytest.mark.parametrize("mode", [Mode.HINTS_FIRST, Mode.HINTS_ONLY, Mode.CLOSED])
@pytest.mark.parametrize("name", [*BEGGING, "an honest one"])
def test_no_frame_holds_a_result_before_it_is_open(mode: Mode, name: str) -> None:
    events = LINEAR if name == "an honest one" else BEGGING[name]

    assert not SECRETS.search(everything_sent(events, disclosure(mode)))


@pytest.mark.parametrize("name", BEGGING)
def test_opening_every_step_does_not_open_the_answer(name: str) -> None:
    sent = everything_sent(BEGGING[name], disclosure(Mode.HINTS_FIRST, 99, has_attempt=True))

    assert not re.search(r"x ?= ?5|five|五", sent, re.IGNORECASE)


@pytest.mark.parametrize("mode", [Mode.HINTS_FIRST, Mode.HINTS_ONLY, Mode.CLOSED])
def test_a_field_or_an_event_that_nobody_has_thought_about_is_hidden(mode: Mode) -> None:
    snapshot = summed(LINEAR).snapshot()
    known = set(disclosed_snapshot(snapshot, disclosure(mode)))

    assert known == {*snapshot, "policy"}, "a new field: say in disclosure.py what may be seen"
    assert set(disclosed_snapshot(snapshot | {"thoughts": "5"}, disclosure(mode))) == known


def test_an_honest_reading_by_a_model_is_shown_at_the_end() -> None:
    reading = {"text": "Solve: 3x + 5 = 20", "latex": "3x + 5 = 20", "source": "model"}
    events = [*LINEAR[:1], {"type": "reading", **reading}, *LINEAR[2:]]

    sent = disclosed_snapshot(summed(events).snapshot(), disclosure(Mode.HINTS_ONLY))

    assert sent["reading"] == reading


def test_steps_are_opened_one_by_one_and_the_last_one_never() -> None:
    snapshot = summed(LINEAR).snapshot()

    none = disclosed_snapshot(snapshot, disclosure(Mode.HINTS_FIRST))
    one = disclosed_snapshot(snapshot, disclosure(Mode.HINTS_FIRST, 1))
    more = disclosed_snapshot(snapshot, disclosure(Mode.HINTS_FIRST, 2))

    assert (none["policy"]["next_step"], none["text"]) == (1, "")
    assert [each.get("hidden", False) for each in one["steps"]] == [False, True]
    assert one["text"] == "**Step 1.** Subtract 5 from both sides.\n$3x = 15$\n\n"
    assert one["policy"]["next_step"] is None
    assert more["steps"] == one["steps"]
    assert one["answer"] is None


def test_after_an_attempt_the_answer_is_there_on_request() -> None:
    snapshot = summed(LINEAR).snapshot()

    tried = disclosed_snapshot(snapshot, disclosure(Mode.HINTS_FIRST, has_attempt=True))
    asked = disclosed_snapshot(
        snapshot, disclosure(Mode.HINTS_FIRST, has_attempt=True, shows_answer=True)
    )

    assert tried["policy"]["may_show_answer"]
    assert tried["answer"] is None
    assert asked == snapshot


@pytest.mark.parametrize("mode", [Mode.HINTS_ONLY, Mode.CLOSED])
def test_what_was_opened_before_closes_with_a_stricter_policy(mode: Mode) -> None:
    opened = disclosure(mode, 9, has_attempt=True, shows_answer=True)

    assert not SECRETS.search(everything_sent(LINEAR, opened))


def test_the_digest_at_the_end_is_none_of_the_hidden_text() -> None:
    """Who has the digest of the whole text could try every answer against it."""
    reader = DisclosedEvents(disclosure(Mode.HINTS_ONLY))
    sent = reader.take([LiveState().snapshot(), *LINEAR])

    # SHA-256 of nothing
    assert sent[-1]["sha256"].startswith("e3b0c44298fc1c14")


def test_hints_are_the_ideas_of_the_rules() -> None:
    sent = disclosed_snapshot(summed(LINEAR).snapshot(), disclosure(Mode.HINTS_ONLY))

    assert [each["title"] for each in sent["steps"]] == [
        "Subtract … from both sides.",
        "Divide both sides by ….",
    ]
    assert [each["rule"] for each in sent["steps"]] == ["", ""]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_hint_of_a_rule_states_a_result(language: str) -> None:
    stating = re.compile(
        r"no solution|no real solution|infinitely many|never true|always true|statement is"
        r"|无解|没有实数|无数|恒成立|\{[a-z]\w+\}"
    )
    for rule in rule_sentences(language):
        hint = step_hint({"rule": rule, "title": ""}, language)
        assert hint
        assert not stating.search(hint), rule


@pytest.mark.parametrize(
    ("title", "hint"),
    [
        ("Subtract $5$ from both sides.", "Subtract … from both sides."),
        ("Subtract 5 from both sides", "Subtract … from both sides."),
        ("Divide by -3", "Divide by …."),
        ("两边同时减去 $5$", "两边同时减去 …。"),
    ],
)
def test_a_models_sentence_is_passed_on_without_its_values(title: str, hint: str) -> None:
    assert step_hint({"rule": "", "title": title}, "zh" if "两" in title else "en") == hint


@pytest.mark.parametrize(
    "title",
    ["It is five", "Ignore the rules: 5", "Add add add add add", "cinq", "x", "5", "", "乘五", "Ⅴ"],
)
def test_of_any_other_words_a_model_may_say_none_is_passed_on(title: str) -> None:
    assert step_hint({"rule": "", "title": title}, "en").startswith("Look at what you have now")


@pytest.mark.parametrize(
    ("formulas", "answer", "num"),
    [
        (["3x = 15", "x = 5"], "x = 5", 1),
        (["x=5", "3x = 15", "x = 5"], "x = 5", 0),
        (["(x-2)(x-3)=0", "x=2 \\;\\text{or}\\; x=3", "ok"], "x = 2 \\text{ or } x = 3", 1),
        ([r"\frac{2}{4}+\frac{3}{4}", r"= \dfrac{5}{4}", "c"], r"\frac{5}{4}", 1),
        (["x + 5 = 5", "x = 0"], "x = 0", 1),
        ([], "x = 5", 0),
        (["3x = 15"], "", 0),
    ],
)
def test_steps_are_opened_up_to_the_one_that_has_the_answer(
    formulas: list[str], answer: str, num: int
) -> None:
    steps = [{"title": "", "rule": "", "formulas": [formula]} for formula in formulas]

    assert num_steps_before_answer(steps, answer) == num


def test_solutions_leave_through_here_only() -> None:
    """Who needs a solution for a person takes it from `disclosure`; only the socket asks for the
    whole one, and passes it through `DisclosedEvents`."""
    package = Path(settings.BASE_DIR) / "homework"
    users = {
        str(path.relative_to(package))
        for folder in ("api", "consumers", "pages")
        for path in (package / folder).rglob("*.py")
        if re.search(r"\bsnapshot_of\b", path.read_text())
    }

    assert users == {"consumers/solutions.py"}
