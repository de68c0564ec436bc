"""The words of the review pages and of the teacher's part on the student's page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from homework.pages.words import reason_words, request_words, verdict_words
from homework.review.models import Correction, Review


def engine_words() -> dict[str, str]:
    """Who wrote it, briefly."""
    return {
        "rules": _("Rule engine"),
        "local": _("AI model on this server"),
        "remote": _("AI model on another server"),
    }


def verdict_choices() -> dict[str, str]:
    """What the checker says of a whole solution, for the filter."""
    return {
        "verified": _("Checked"),
        "failed": _("Something is wrong"),
        "not_checkable": _("Could not be checked"),
        "unsolved": _("Not solved"),
    }


def review_choices() -> dict[str, str]:
    """What of the queue is shown."""
    return {
        "open": _("Waiting for a look"),
        "reviewed": _("Reviewed"),
        "approved": _("Approved"),
        "corrected": _("Corrected"),
        "rejected": _("Rejected"),
    }


def stage_words() -> dict[str, str]:
    """The stages of a question, for its timings."""
    return {
        "read": _("Reading"),
        "solve": _("Solving"),
        "verify": _("Checking"),
        "total": _("In all"),
    }


def queue_script_words() -> dict[str, str]:
    """For the script of the queue."""
    return request_words() | {
        "approved": _("Approved"),
        "rejected": _("Rejected"),
        "approvedMany": _("Approved: %(number)s"),
        "skippedMany": _("Somebody else was faster with: %(number)s"),
        "selected": _("Approve selected (%(number)s)"),
        "fresh": _("There is something new. Show it"),
    }


def review_script_words() -> dict[str, object]:
    """For the script of the review page."""
    return request_words() | {
        "verdicts": verdict_words(),
        "reasons": reason_words(),
        "checking": _("Checking…"),
        "saved": _("Draft saved"),
        "unsaved": _("Not saved yet"),
        "overrule": _("Save all the same"),
        "save": _("Save corrections"),
        "partRemoved": _("Removed. It is still there until you save."),
        "partKept": _("Kept"),
        "fresh": _("Somebody else has reviewed this meanwhile."),
    }


def part_name(index: int) -> str:
    """`step 2` or `the answer`, within a sentence."""
    if index == Correction.ANSWER:
        return _("the answer")
    if index >= Correction.FIRST_ADDED:
        return _("an added step")
    return _("step %(number)s") % {"number": index}


def parts_named(indexes: Iterable[int]) -> str:
    """`step 2`, `step 2 and the answer`, `step 1, step 2 and the answer`."""
    # The answer has index 0 and stands last all the same.
    return _listed(
        [part_name(index) for index in sorted(indexes, key=lambda index: (index == 0, index))]
    )


def correction_headline(correction: Correction) -> str:
    """What a correction is of, above the difference: `Step 2`, `New step after step 2`."""
    name = part_name(correction.index)
    match correction.kind:
        case Correction.Kind.ADDED if not correction.follows:
            return _("New step at the beginning")
        case Correction.Kind.ADDED:
            return _("New step after %(part)s") % {"part": part_name(correction.follows or 0)}
        case Correction.Kind.REMOVED:
            return capfirst(_("%(part)s, removed") % {"part": name})
        case Correction.Kind.RESTORED:
            return capfirst(_("%(part)s, put back") % {"part": name})
    return capfirst(name)


def review_headline(review: Review) -> str:
    """What a review says to the student, as a headline."""
    if review.reading_after:
        return _("Your teacher corrected what was read")
    if review.verdict == Review.Verdict.CORRECTED:
        return _("Your teacher %(deeds)s") % {"deeds": _listed(_deeds(review))}
    if review.verdict == Review.Verdict.REJECTED:
        return _("Your teacher says: do not use this solution")
    if not review.solution.answer_latex:
        return _("Your teacher answers you")
    return _("Your teacher approved this solution")


def _deeds(review: Review) -> list[str]:
    """`corrected step 2`, `added 2 steps`: what was done, a phrase for each kind."""
    indexes: dict[Correction.Kind, list[int]] = {kind: [] for kind in Correction.Kind}
    for correction in review.corrections.all():
        indexes[correction.kind].append(correction.index)
    num_added = len(indexes[Correction.Kind.ADDED])
    phrases = {
        Correction.Kind.CHANGED: _("corrected %(parts)s"),
        Correction.Kind.ADDED: ngettext("added a step", "added %(number)s steps", num_added),
        Correction.Kind.RESTORED: _("put %(parts)s back"),
        Correction.Kind.REMOVED: _("removed %(parts)s"),
    }
    return [
        phrase % {"parts": parts_named(indexes[kind]), "number": num_added}
        for kind, phrase in phrases.items()
        if indexes[kind]
    ]


def _listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": _(", ").join(names[:-1]), "last": names[-1]}


def student_script_words() -> dict[str, object]:
    """For the script that shows a teacher's words on the student's page."""
    return request_words() | {
        "verdicts": verdict_words(),
        "changed": _("Corrected by your teacher"),
        "added": _("Added by your teacher"),
        "removed": _("Removed by your teacher"),
        "reported": _("Thank you. Your teacher will look at it."),
    }
