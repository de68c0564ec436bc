"""The reasons of doubt in words, for pages and mails."""

from __future__ import annotations

from django.utils.translation import gettext as _


def doubt_words() -> dict[str, str]:
    """Why a solution needs a look, by the names of `solutions.doubt`."""
    return {
        "reported_wrong": _("The student says it is wrong"),
        "reported_confused": _("The student does not understand it"),
        "answer_failed": _("The answer is wrong"),
        "model_failed": _("The AI model was wrong, the rule engine solved it anew"),
        "step_failed": _("A step is wrong"),
        "not_solved": _("Not solved"),
        "fallback": _("The rule engine had to step in"),
        "cut_off": _("No answer: it broke off"),
        "reading_unsure": _("Not sure that it was read right"),
        "answer_unchecked": _("The answer could not be checked"),
        "step_unchecked": _("A step could not be checked"),
    }
