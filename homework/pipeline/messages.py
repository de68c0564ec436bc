"""What a person is told when a question could not be solved, by the stable code of the failure.

Said in the language in which the solution was asked for, whoever looks at it later.
"""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext_noop

_MESSAGES = {
    "no_question_found": gettext_noop("I could not find a question in this photo."),
    "not_understood": gettext_noop(
        "I could not make sense of what I read. Please correct it, then I will solve it."
    ),
    "unsupported_problem": gettext_noop("I do not know how to solve this kind of question yet."),
    "out_of_range": gettext_noop("The AI model has not learnt questions of this kind."),
    "photos_only": gettext_noop("The AI model here answers photos only."),
    "no_solution_found": gettext_noop("I could not find a solution to this question."),
    "cannot_converse": gettext_noop(
        "There is no AI model here right now that could talk about this. You can ask about a step, "
        "for example: explain step 1."
    ),
    "follow_up_withheld": gettext_noop(
        "Your teacher lets you find the way yourself first. I explain only what you can see, for "
        "example: explain step 1."
    ),
    "math_syntax": gettext_noop("This is not written as mathematics that I understand."),
    "queue_full": gettext_noop("Many questions are waiting right now. Please try again."),
    "timeout": gettext_noop("This took too long. Please try again."),
    "gave_up": gettext_noop("This question could not be solved. Please try again."),
    "photo_missing": gettext_noop("The photo is no longer there. Please take it again."),
    "engine_not_ready": gettext_noop("The solver is not ready. Please try again in a minute."),
    "engine_error": gettext_noop("The solver failed. Please try again."),
    "sandbox_crashed": gettext_noop("The solver failed. Please try again."),
    "internal_error": gettext_noop("Something went wrong. Please try again."),
}
_RETRYABLE = frozenset(
    {
        "queue_full",
        "timeout",
        "gave_up",
        "engine_not_ready",
        "engine_error",
        "sandbox_crashed",
        "internal_error",
    }
)
_LOCALES = {"en": "en", "zh": "zh-hans"}


def error_message(code: str, language: str) -> str:
    """The message of a code in `en` or `zh`; of an unknown code, that of `internal_error`."""
    message = _MESSAGES.get(code, _MESSAGES["internal_error"])
    with translation.override(_LOCALES.get(language, "en")):
        return translation.gettext(message)


def is_retryable(code: str) -> bool:
    """Whether the same question may succeed when it is asked again."""
    return code in _RETRYABLE
