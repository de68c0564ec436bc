"""What of a solution leaves the server towards one person. There is no other way out.

Pages, sockets and programs ask here: `disclosure_for` says how much somebody may see by the answer
policy of the classes, `disclosed_snapshot` makes of the whole state the state that they see, and
`DisclosedEvents` of the whole stream the stream that they see. What is hidden is not sent and then
covered up; it is not sent.

The stream's law holds for what is disclosed as well: the disclosed snapshot at any position and
the disclosed events after it make the disclosed final state.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from homework.accounts.models import User
from homework.common.errors import AnswersClosedError
from homework.pipeline.engine import StepRule
from homework.pipeline.events import Event, LiveState, snapshot_of
from homework.pipeline.hints import (
    is_only_question,
    is_result,
    num_steps_before_answer,
    step_formulas,
    step_hint,
    step_title,
)
from homework.pipeline.hub import hub
from homework.pipeline.messages import error_message
from homework.policy.models import Mode, Progress
from homework.policy.selectors import ActivePolicy, policy_of_student
from homework.policy.services import progress_of
from homework.solutions.models import Solution

_UNBOUND = ActivePolicy()


@dataclass(frozen=True, slots=True)
class Disclosure:
    """How much of one solution one person may see.

    Attributes:
        policy: What binds them.
        num_steps: Steps that they have asked for.
        has_attempt: They have entered an answer of their own.
        shows_answer: They have asked for ours after that.
    """

    policy: ActivePolicy = _UNBOUND
    num_steps: int = 0
    has_attempt: bool = False
    shows_answer: bool = False

    @property
    def is_full(self) -> bool:
        """Whether nothing is hidden."""
        mode = self.policy.mode
        return mode is Mode.FULL or (
            mode is Mode.HINTS_FIRST and self.has_attempt and self.shows_answer
        )

    def is_stale(self, now: datetime) -> bool:
        """Whether a window has begun or ended since."""
        return self.policy.changes_at is not None and now >= self.policy.changes_at


FULL = Disclosure()

_OPEN_FIELDS = (
    "type",
    "id",
    "state",
    "attempt",
    "language",
    "engine",
    "is_cached",
    "usage",
    "finish_reason",
)
_OPEN_EVENTS = frozenset({"state", "reading", "queued"})


@dataclass(frozen=True, slots=True)
class Material:
    """What an answer to a follow-up may be made of.

    Attributes:
        mode: The policy by which it was chosen.
        problem: The question in plain text, or nothing.
        text: The solution, or what is open of it.
        rules: Which rules made the steps of `text`.
        is_whole: Nothing is hidden, so a model may be asked. What one writes could be the answer,
            whatever it was given.
    """

    mode: str
    problem: str = ""
    text: str = ""
    rules: tuple[StepRule, ...] = ()
    is_whole: bool = False


def disclosure_for(*, viewer: User | AnonymousUser, solution: Solution) -> Disclosure:
    """What `viewer`, who may see that the solution exists, may see of it.

    Teachers see everything of their students; students see their own by the policy of their
    classes.
    """
    if solution.student_id != viewer.pk or not isinstance(viewer, User):
        return FULL
    policy = policy_of_student(student=viewer)
    return _disclosure(policy, solution)


def _disclosure(policy: ActivePolicy, solution: Solution) -> Disclosure:
    if policy.mode is not Mode.HINTS_FIRST:
        return Disclosure(policy)
    progress = progress_of(solution=solution)
    return Disclosure(policy, progress.num_steps, progress.has_attempt, progress.shows_answer)


def solution_snapshot(
    *, viewer: User | AnonymousUser, solution: Solution, disclosure: Disclosure | None = None
) -> Event:
    """The snapshot of a stored solution, as `viewer` may see it."""
    return disclosed_snapshot(
        snapshot_of(solution), disclosure or disclosure_for(viewer=viewer, solution=solution)
    )


def answers_disclosed(*, viewer: User, solutions: Iterable[Solution]) -> dict[Any, str]:
    """The answers that a list may show, by the solution's key: one policy, three queries.

    Readings that a model wrote and that may give an answer away are taken off the solutions, which
    must therefore be the very ones that are shown.
    """
    listed = list(solutions)
    own = [solution for solution in listed if solution.student_id == viewer.pk]
    policy = policy_of_student(student=viewer) if own else ActivePolicy()
    if policy.mode is Mode.FULL:
        return {solution.pk: solution.answer_latex for solution in listed}
    shown: set[Any] = set()
    if policy.mode is Mode.HINTS_FIRST:
        shown = set(
            Progress.objects.filter(
                solution__in=own, has_attempt=True, shows_answer=True
            ).values_list("pk", flat=True)
        )
    for solution in own:
        if solution.pk not in shown:
            # For showing only; nobody saves a solution of a list.
            solution.reading = _reading(
                solution.reading,
                solution.answer_latex,
                is_over=solution.state in Solution.TERMINAL and policy.mode is not Mode.CLOSED,
            )
    return {
        solution.pk: solution.answer_latex
        for solution in listed
        if solution.student_id != viewer.pk or solution.pk in shown
    }


def may_search_answers(*, viewer: User) -> bool:
    """Whether a search may look into answers: what is hidden must not be guessed by searching."""
    return policy_of_student(student=viewer).mode is Mode.FULL


def require_open(*, student: User) -> None:
    """Refuse a new question while a class is closed.

    Raises:
        AnswersClosedError: It is.
    """
    if policy_of_student(student=student).mode is Mode.CLOSED:
        raise AnswersClosedError


def disclosed_snapshot(snapshot: Event, disclosure: Disclosure) -> Event:
    """The part of a snapshot that may be seen. The given one is not changed.

    One that is not whole has a field `policy`: `{"mode", "classes", "until", "num_steps",
    "next_step", "has_attempt", "may_attempt", "may_show_answer"}`, and its hidden steps are
    marked `"hidden": true`; so is a follow-up of which the answer is.
    """
    if disclosure.is_full:
        return snapshot
    if "follow_up" in snapshot:
        return _disclosed_follow_up(snapshot, disclosure)
    mode = disclosure.policy.mode
    is_over = snapshot["state"] in Solution.TERMINAL
    steps: list[Event] = snapshot["steps"]
    answer_latex = snapshot["answer"]["latex"] if snapshot["answer"] else ""
    num_allowed = num_open = 0
    if mode is Mode.HINTS_FIRST and is_over:
        num_allowed = num_steps_before_answer(steps, answer_latex)
        num_open = min(disclosure.num_steps, num_allowed)
    text, shown = _opened_steps(steps[:num_open], answer_latex, snapshot["language"])
    if mode is not Mode.CLOSED:
        shown += [
            _hidden_step(step, disclosure, snapshot["language"], len(text))
            for step in steps[num_open:]
        ]
    has_answer = is_over and snapshot["state"] == "finished"
    # What may go is named here, so that a field that is new is hidden until it stands here, too.
    return {name: snapshot[name] for name in _OPEN_FIELDS} | {
        # With the text that another engine had written, and nobody has seen.
        "engine_changes": [_engine_change(change) for change in snapshot["engine_changes"]],
        "reading": _reading(snapshot["reading"], answer_latex, is_over=is_over),
        "text": text,
        "offset": len(text),
        "steps": shown,
        "answer": None,
        "error": _plain_error(snapshot["error"], snapshot["language"]),
        "policy": {
            "mode": str(mode),
            "classes": list(disclosure.policy.classes),
            "until": disclosure.policy.until.isoformat() if disclosure.policy.until else None,
            "num_steps": num_open,
            "next_step": num_open + 1 if num_open < num_allowed else None,
            "has_attempt": disclosure.has_attempt,
            "may_attempt": mode is Mode.HINTS_FIRST and has_answer,
            "may_show_answer": mode is Mode.HINTS_FIRST and has_answer and disclosure.has_attempt,
        },
    }


def _opened_steps(
    steps: Sequence[Event], answer_latex: str, language: str
) -> tuple[str, list[Event]]:
    """The steps that were opened, written anew: between the lines of a model's own text
    anything might stand."""
    text, shown = "", []
    for step in steps:
        heading = _heading(step, language)
        title = step_title(step, answer_latex, language)
        formulas = step_formulas(step)
        body = f"{heading} {title}\n" + "".join(f"${formula}$\n" for formula in formulas)
        shown.append(
            step
            | {
                "start": len(text),
                "end": len(text) + len(body),
                "title": title,
                "formulas": formulas,
                "rule_inputs": [],
                "check": _verdict_only(step["check"]),
            }
        )
        text += f"{body}\n"
    return text, shown


def _heading(step: Event, language: str) -> str:
    return f"**第{step['index']}步。**" if language == "zh" else f"**Step {step['index']}.**"


def _hidden_step(step: Event, disclosure: Disclosure, language: str, position: int) -> Event:
    is_hint = disclosure.policy.mode is Mode.HINTS_ONLY
    return {
        "index": step["index"],
        "start": position,
        "end": position,
        "title": step_hint(step, language) if is_hint else "",
        "formulas": [],
        "rule": "",
        "rule_inputs": [],
        "check": _verdict_only(step["check"]),
        "hidden": True,
    }


def _verdict_only(check: Event | None) -> Event | None:
    """Grounds and numbers of a check can hold the answer: "put into the question, x = 5 fits"."""
    return None if check is None else {"verdict": check["verdict"], "reason": "", "detail": {}}


def _reading(reading: Event | None, answer_latex: str, *, is_over: bool) -> Event | None:
    """What was read. Where a model wrote it, it can be what a photo begged it to write: it is
    shown when the answer is known and not in it."""
    if reading is None or reading.get("source") != "model":
        return reading
    is_shown = is_over and bool(answer_latex) and is_only_question(reading, answer_latex)
    return reading if is_shown else None


def _engine_change(change: Event) -> Event:
    return {name: change[name] for name in ("from", "to", "reason")} | {"text": ""}


def _plain_error(error: Event | None, language: str) -> Event | None:
    return error and error | {"message": error_message(error["code"], language)}


def follow_up_material(snapshot: Event, disclosure: Disclosure) -> Material:
    """What is taken into account when a student asks about a solution: what they may see of it,
    and nothing else. Where only hints are shown, also the rule that made a step, which is its hint.

    Args:
        snapshot: The whole one of the solution.
        disclosure: What its student may see.
    """
    seen = disclosed_snapshot(snapshot, disclosure)
    problem = str((seen["reading"] or {}).get("text", ""))
    if disclosure.is_full:
        rules = tuple(_rule_of(step) for step in snapshot["steps"] if step["rule"])
        return Material(str(Mode.FULL), problem, snapshot["text"], rules, is_whole=True)
    mode = disclosure.policy.mode
    latex = (seen["reading"] or {}).get("latex")
    opening = f"**Problem.** ${latex}$\n\n" if latex else ""
    if mode is Mode.HINTS_FIRST:
        num_open = seen["policy"]["num_steps"]
        rules = tuple(map(_rule_of, _not_results(snapshot["steps"][:num_open])))
        return Material(str(mode), problem, opening + seen["text"], rules)
    # The hints, each as the title of a step without a line.
    titles = "".join(
        f"{_heading(step, snapshot['language'])} {step['title']}\n\n" for step in seen["steps"]
    )
    rules = tuple(StepRule(step["index"], step["rule"]) for step in _not_results(snapshot["steps"]))
    return Material(str(mode), problem, opening + titles, rules if titles else ())


def _not_results(steps: Iterable[Event]) -> Iterable[Event]:
    return (step for step in steps if step["rule"] and not is_result(step["rule"]))


def _rule_of(step: Event) -> StepRule:
    return StepRule(step["index"], step["rule"], tuple(step["rule_inputs"]))


def shows_follow_up(written_under: str, disclosure: Disclosure) -> bool:
    """Whether an answer that was written under a policy holds nothing that is hidden now."""
    mode = disclosure.policy.mode
    if disclosure.is_full:
        return True
    if mode is Mode.CLOSED or not written_under:
        return False
    return Mode(written_under).strictness >= mode.strictness


def _disclosed_follow_up(snapshot: Event, disclosure: Disclosure) -> Event:
    if shows_follow_up(snapshot["follow_up"]["written_under"], disclosure):
        return snapshot
    return {name: snapshot[name] for name in _OPEN_FIELDS} | {
        "follow_up": snapshot["follow_up"],
        "engine_changes": [_engine_change(change) for change in snapshot["engine_changes"]],
        "reading": None,
        "text": "",
        "offset": 0,
        "steps": [],
        "answer": None,
        "error": _plain_error(snapshot["error"], snapshot["language"]),
        "hidden": True,
    }


class DisclosedEvents:
    """The stream of one solution or follow-up as one person may see it. Belongs to one reader."""

    def __init__(self, disclosure: Disclosure) -> None:
        self._disclosure = disclosure
        self._state = LiveState()
        self._is_follow_up = False
        self._is_shown = False

    @property
    def disclosure(self) -> Disclosure:
        """What it goes by."""
        return self._disclosure

    def take(self, events: list[Event]) -> list[Event]:
        """What the reader is sent of these events, which follow the ones before."""
        if self._disclosure.is_full:
            return events
        sent: list[Event] = []
        for event in events:
            sent += self._take(event)
        return sent

    def _take(self, event: Event) -> list[Event]:
        match event["type"]:
            case "snapshot":
                fields = {name: value for name, value in event.items() if name != "type"}
                self._state = LiveState(**fields)
                seen = disclosed_snapshot(event, self._disclosure)
                self._is_follow_up = "follow_up" in event
                self._is_shown = self._is_follow_up and "hidden" not in seen
                return [seen]
            case _ if self._is_shown:
                return [event]
            case "done":
                self._state.apply(event)
                text = disclosed_snapshot(self._state.snapshot(), self._disclosure)["text"]
                # A digest of what is hidden could be tried against guesses.
                return [event | {"sha256": hashlib.sha256(text.encode()).hexdigest()}]
            case "queued":
                return [event]
        was_over = self._state["state"] in Solution.TERMINAL
        self._state.apply(event)
        if was_over and not self._is_follow_up:
            return [disclosed_snapshot(self._state.snapshot(), self._disclosure)]
        match event["type"]:
            case "engine":
                return [{name: event[name] for name in ("type", "from", "to", "reason")}]
            case "cached":
                changes = [_engine_change(change) for change in event["engine_changes"]]
                return [event | {"engine_changes": changes}]
            case "reading" if event.get("source") == "model":
                return []
            case "step":
                if self._disclosure.policy.mode is Mode.CLOSED:
                    return []
                language = self._state["language"]
                return [{"type": "step", **_hidden_step(event, self._disclosure, language, 0)}]
            case "error":
                plain = _plain_error(event, self._state["language"])
                assert plain is not None
                return [plain]
            case "state" if event["state"] in Solution.TERMINAL and not self._is_follow_up:
                return [disclosed_snapshot(self._state.snapshot(), self._disclosure)]
        return [event] if event["type"] in _OPEN_EVENTS else []


class Revision:
    """Counts the changes of policies in this process, so that open sockets ask anew at once.

    Another process's changes are found when a socket is authorised again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number = 0

    @property
    def number(self) -> int:
        """Any other number than before means: ask again."""
        return self._number

    def increase(self) -> None:
        """Something about the policies has changed."""
        with self._lock:
            self._number += 1


revision = Revision()
"""The revision of this process."""


def policies_changed() -> None:
    """Have every open socket ask anew what it may send. Call it when the change is stored."""
    revision.increase()
    hub.wake_all()


def is_current(disclosure: Disclosure, revision_number: int) -> bool:
    """Whether what was found at that revision still holds."""
    return revision_number == revision.number and not disclosure.is_stale(timezone.now())
