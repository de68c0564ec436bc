"""What questions are about, in words. The values are those of the classifier of the rules."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    """The chapter of the book. A question that nobody understood has none."""

    ARITHMETIC = "arithmetic", _("Arithmetic")
    FRACTIONS = "fractions", _("Fractions")
    PERCENTAGES = "percentages", _("Percentages")
    POWERS_AND_ROOTS = "powers_and_roots", _("Powers and roots")
    LINEAR_EQUATIONS = "linear_equations", _("Linear equations")
    QUADRATIC_EQUATIONS = "quadratic_equations", _("Quadratic equations")
    FRACTION_EQUATIONS = "fraction_equations", _("Equations with fractions")
    OTHER_EQUATIONS = "other_equations", _("Other equations")
    SYSTEMS = "systems", _("Systems of equations")
    INEQUALITIES = "inequalities", _("Inequalities")
    EXPRESSIONS = "expressions", _("Simplify and expand")
    FACTORING = "factoring", _("Factor")
    DERIVATIVES = "derivatives", _("Derivatives")
    INTEGRALS = "integrals", _("Integrals")
    TRUE_OR_FALSE = "true_or_false", _("True or false")
    STATISTICS = "statistics", _("Statistics")
    COUNTING = "counting", _("Counting possibilities")
    COORDINATES = "coordinates", _("Points and lines")
    FUNCTIONS = "functions", _("Functions")
    LIMITS = "limits", _("Limits")
    MATRICES = "matrices", _("Matrices and determinants")
    WORD_PROBLEMS = "word_problems", _("Word problems")
