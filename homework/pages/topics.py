"""What the solver covers, as a student would name it, with an example to try for each."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of question. `example` is in the notation of the text field, `latex` shows it."""

    name: str | Promise
    example: str
    latex: str


TOPICS = (
    Topic(_("Linear equations"), "3x + 5 = 20", "3x+5=20"),
    Topic(_("Quadratic equations"), "x^2 - 5x + 6 = 0", "x^2-5x+6=0"),
    Topic(_("Two equations"), "x + y = 7; x - y = 1", r"\begin{cases}x+y=7\\x-y=1\end{cases}"),
    Topic(_("Fractions"), "1/2 + 3/4 * 2", r"\tfrac{1}{2}+\tfrac{3}{4}\cdot 2"),
    Topic(_("Simplify and expand"), "Expand: (x + 3)(x - 2)", "(x+3)(x-2)"),
    Topic(_("Factor"), "Factor: x^2 - 9", "x^2-9"),
    Topic(_("Inequalities"), "|2x - 1| > 5", "|2x-1|>5"),
    Topic(_("Functions"), "Find the domain of sqrt(x - 3)", r"\sqrt{x-3}"),
    Topic(_("Derivatives"), "Differentiate: x^3 - 4x", r"\tfrac{d}{dx}(x^3-4x)"),
    Topic(_("Integrals"), "Integrate: 3x^2 + 2x", r"\int (3x^2+2x)\,dx"),
    Topic(_("Limits"), "lim x->2 (x^2 - 4)/(x - 2)", r"\lim_{x\to 2}\tfrac{x^2-4}{x-2}"),
    Topic(
        _("Determinants"),
        "Find the determinant of [[2, 1], [3, 4]]",
        r"\begin{vmatrix}2&1\\3&4\end{vmatrix}",
    ),
)
