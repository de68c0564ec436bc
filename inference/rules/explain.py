"""The sentences of the rules, in every language. A rule without its sentences is a bug that the
tests find; a new topic adds its rules to both tables, or a table of its own with both languages.
"""

from __future__ import annotations

from collections.abc import Mapping

from inference.rules import (
    explain_angles,
    explain_calculus,
    explain_en,
    explain_equations,
    explain_functions,
    explain_numbers,
    explain_powers,
    explain_quantities,
    explain_words,
    explain_zh,
)
from inference.types import Language

_PAIRS: Mapping[str, tuple[str, str]] = {
    **explain_numbers.SENTENCES,
    **explain_equations.SENTENCES,
    **explain_powers.SENTENCES,
    **explain_angles.SENTENCES,
    **explain_quantities.SENTENCES,
    **explain_functions.SENTENCES,
    **explain_calculus.SENTENCES,
    **explain_words.SENTENCES,
}

TABLES: Mapping[Language, Mapping[str, str]] = {
    "en": {**explain_en.SENTENCES, **{rule: pair[0] for rule, pair in _PAIRS.items()}},
    "zh": {**explain_zh.SENTENCES, **{rule: pair[1] for rule, pair in _PAIRS.items()}},
}


def sentence(rule: str, language: Language, values: Mapping[str, str]) -> str:
    """What a teacher says when applying `rule`.

    Args:
        rule: Identifier of the rule.
        language: Which table to use.
        values: What the sentence mentions, by name, ready for display.
    """
    return TABLES[language][rule].format(**values)
