"""What is wrong with a typed question, in words that help to mend it."""

from __future__ import annotations

from django.utils.translation import gettext as _

_MAX_SHOWN = 12


def syntax_hint(*, text: str, error: str, position: int | None) -> str:
    """The words for an error of `question_preview`.

    Args:
        text: The question as typed.
        error: The stable code of the reason.
        position: The first character that does not fit, if there is one.
    """
    rest = text[position:].strip() if position is not None else ""
    shown = rest if len(rest) <= _MAX_SHOWN else rest[:_MAX_SHOWN] + "…"
    match error:
        case "empty":
            return _("There is no formula here yet.")
        case "too_long":
            return _("This is too long. Type one question only.")
        case "too_deep":
            return _("There are too many brackets within brackets.")
        case "number_too_large":
            return _("A number here is too large for me.")
        case "unbalanced":
            return _("A bracket has no partner.")
        case "ambiguous":
            return _("This can be read in two ways. Add brackets or a multiplication sign.")
        case "story":
            return _(
                "I understand only a few word problems, and not this one. Type the calculation or "
                "the equation itself."
            )
        case "unknown_symbol" if shown:
            return _("I do not know this sign: %(rest)s") % {"rest": shown}
    if shown:
        return _("I do not understand it from here on: %(rest)s") % {"rest": shown}
    return _("Something is missing at the end.")
