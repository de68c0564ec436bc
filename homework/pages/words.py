"""The words that scripts put on the pages. Scripts hold no language of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def request_words() -> dict[str, str]:
    """For every request that a script makes."""
    return {
        "failed": _("Something went wrong. Please try again."),
        "offline": _("There is no connection. Please try again when you are online."),
        "stale": _("This page was open for too long. Please reload it."),
        "tooLarge": _("This file is too large. Please choose a smaller photo."),
    }


def home_words() -> dict[str, str]:
    """For the page on which a question is handed in."""
    return request_words() | {
        "sending": _("Sending your photo"),
        "looking": _("Looking at your photo"),
        "locating": _("Looking for the question…"),
        "located": _("I found this. Drag the frame if it is not your question."),
        "notLocated": _("Drag the frame around one question."),
        "framePosition": _(
            "Frame: %(left)s percent from the left, %(top)s percent from the top, "
            "%(width)s percent wide, %(height)s percent high."
        ),
    }


def state_words() -> dict[str, str]:
    """The states of a solution."""
    return {
        "queued": _("Waiting"),
        "reading": _("Reading the question"),
        "solving": _("Solving"),
        "finished": _("Solved"),
        "stopped": _("Stopped"),
        "failed": _("Not solved"),
    }


def verdict_words() -> dict[str, str]:
    """A verdict in words; `pending` while there is none."""
    return {
        "verified": _("Checked"),
        "failed": _("This is wrong"),
        "not_checkable": _("Could not be checked"),
        "pending": _("Checking…"),
    }


def reason_words() -> dict[str, str]:
    """The grounds of verdicts, by their stable codes."""
    return {
        "equal": _("equal to the question"),
        "identity": _("the calculation is right"),
        "same_solutions": _("the solutions stay the same"),
        "implied": _("it follows from the equations"),
        "definition": _("the values are right"),
        "domain": _("this is where the question has a meaning"),
        "rounded": _("rounded correctly"),
        "substitution": _("put into the question, it fits"),
        "counterexample": _("it is not true"),
        "lost_solution": _("a solution is missing"),
        "extraneous_solution": _("it does not solve the question"),
        "missing_constant": _("the constant of integration is missing"),
        "unparsable": _("I cannot read this line as mathematics"),
        "unsupported": _("my checker does not cover this"),
        "timeout": _("checking took too long"),
        "no_claim": _("there is nothing in it to check"),
        "trivial": _("it is true, but says nothing"),
        "partial_solution": _("this is one case of several"),
        "condition_missing": _("for some values of the other letters this is no solution"),
        "extraneous_possible": _("this step may add solutions"),
        "restated": _("this only repeats the question"),
        "unfinished": _("right so far, but not finished"),
        "approximate": _("nearly right, but not exact"),
        "narrower": _("some numbers are left out"),
        "uncertain_reading": _("it fits what I read, but I am not sure that I read it right"),
        "not_checked": _("it ended before it was checked"),
        "math_syntax": _("I cannot read this line as mathematics"),
        "sandbox_crashed": _("my checker failed"),
        "internal_error": _("my checker failed"),
    }


def verdict_word(check: Mapping[str, Any] | None) -> str:
    """The word for a check of the stream protocol."""
    words = verdict_words()
    return words["pending"] if check is None else words[check["verdict"]]


def verdict_reason(check: Mapping[str, Any] | None) -> str:
    """The ground of a check, with the numbers that show it, or nothing if it has no words."""
    if check is None or check["reason"] not in (words := reason_words()):
        return ""
    values = ", ".join(
        f"{name} = {value}" for name, value in check["detail"].items() if len(name) == 1
    )
    return f"{words[check['reason']]} ({values})" if values else words[check["reason"]]


def engine_change_words() -> dict[str, str]:
    """Why another engine wrote the answer, by the reason; `other` for all that have no word."""
    loading = _("The AI model is not available right now, so the rule engine answers.")
    busy = _("The AI model is very busy, so the rule engine answers.")
    return {
        "failed_check": _(
            "A step of the AI model turned out to be wrong, so the rule engine solved it anew."
        ),
        "no_solution": _("The AI model found no solution, so the rule engine answers."),
        "unsure_reading": _(
            "The AI model was not sure what your photo says, so the rule engine answers."
        ),
        "out_of_range": _(
            "The AI model has not learnt such questions, so the rule engine answers."
        ),
        "photos_only": _("The AI model answers photos only, so the rule engine answers."),
        "engine_not_ready": loading,
        "engine_failing": loading,
        "queue_full": busy,
        "overloaded": busy,
        "stalled": _("The AI model stopped in the middle, so the rule engine answers."),
        "timeout": _("The AI model took too long, so the rule engine answers."),
        "other": _("The AI model failed, so the rule engine answers."),
    }


def engine_change_word(change: Mapping[str, Any] | None) -> str:
    """The sentence for the last change of engines, or nothing."""
    if not change:
        return ""
    words = engine_change_words()
    return words.get(change["reason"], words["other"])


def panel_words() -> dict[str, object]:
    """For the live panel of the engine."""
    return request_words() | {
        "live": _("Live"),
        "lost": _("No connection. Trying again…"),
        "within": _("%(seconds)s s"),
        "longer": _("longer"),
        "engines": {
            "local": _("AI model here"),
            "remote": _("Model servers"),
            "rules": _("Rule engine"),
        },
        "states": {
            "ready": _("ready"),
            "loading": _("is being loaded"),
            "away": _("cannot be reached"),
            "failed": _("has failed, is tried again"),
        },
        "reasons": {
            "failed_check": _("A step was wrong"),
            "no_solution": _("It found no solution"),
            "unsure_reading": _("It was not sure what the photo says"),
            "out_of_range": _("It has not learnt such questions"),
            "photos_only": _("It answers photos only"),
            "engine_not_ready": _("It was not there"),
            "engine_failing": _("It failed again and again"),
            "engine_error": _("It failed"),
            "engine_died": _("It died"),
            "out_of_memory": _("It had no memory left"),
            "remote_error": _("A model server failed"),
            "queue_full": _("Its queue was full"),
            "overloaded": _("The wait was too long"),
            "stalled": _("It fell silent"),
            "timeout": _("It took too long"),
            "request_too_long": _("The question was too long"),
            "bad_image": _("The photo did not suit it"),
        },
    }


def follow_up_engines() -> dict[str, str]:
    """Who answered a question about a solution, and that nobody has checked a model's words."""
    return {
        "rules": _("By the rule engine."),
        "local": _("By the AI model on this server. Not checked."),
        "remote": _("By an AI model on another server. Not checked."),
    }


def follow_up_note(snapshot: Mapping[str, Any]) -> str:
    """What stands below the answer to a question about a solution; its script says the same."""
    if snapshot["error"] or snapshot["state"] not in ("finished", "stopped"):
        return ""
    if snapshot.get("hidden"):
        return _("Your teacher has closed this answer for now.")
    if snapshot["state"] == "stopped":
        return _("You stopped this answer.")
    changes = snapshot["engine_changes"]
    said = [
        engine_change_word(changes[-1] if changes else None),
        follow_up_engines().get(snapshot["engine"], "") if snapshot["text"] else "",
        _("It was too long and ends here.") if snapshot["finish_reason"] == "length" else "",
    ]
    return " ".join(filter(None, said))


def solution_words() -> dict[str, object]:
    """For the page on which a solution appears."""
    return request_words() | {
        "states": state_words(),
        "next": _("You are next."),
        "queue": _("Questions before yours: %(position)s. About %(seconds)s seconds."),
        "step": _("Step %(number)s"),
        "steps": _("Steps %(first)s to %(last)s"),
        "showSteps": _("Show these %(number)s steps"),
        "hideSteps": _("Hide these steps"),
        "answer": _("Answer"),
        "question": _("Question"),
        "verdicts": verdict_words(),
        "reasons": reason_words(),
        "engines": {
            "rules": _("Written by the rule engine: fixed rules of algebra, no AI."),
            "local": _("Written by the AI model on this server."),
            "remote": _("Written by an AI model on another server."),
        },
        "engineChanges": engine_change_words(),
        "announceReading": _("The question has been read."),
        "announceStep": _("Step %(number)s: %(title)s %(verdict)s."),
        "announceAnswer": _("The answer is ready. %(verdict)s."),
        "alternative": _("Change %(old)s to %(new)s"),
        "failedRead": _("Check what I read, or take a sharper photo with only one question on it."),
        "failedPhoto": _(
            "Take a sharper photo with only one question on it, or type the question."
        ),
        "failedTyped": _("Check how the question is written."),
        "editRead": _("Correct what I read"),
        "editPhoto": _("Type the question"),
        "editTyped": _("Change the question"),
        "connectionLost": _("Connecting again…"),
        "connectionRefused": _("This page is no longer up to date. Please reload it."),
        "showStep": _("Show step %(number)s"),
        "attempts": {
            "right": _("Right!"),
            "wrong": _("Not right yet."),
            "unchecked": _("I cannot check this one."),
            "noAnswer": _("That is no answer yet."),
        },
        "talk": {
            "explain": _("Explain step %(number)s more simply"),
            "answered": _("The answer is there."),
            "hidden": _("Your teacher has closed this answer for now."),
            "stopped": _("You stopped this answer."),
            "cut": _("It was too long and ends here."),
            "by": follow_up_engines(),
        },
        "copied": _("Copied"),
        "copyFailed": _("Copying is not allowed here."),
    }
