"""Answers in words, as they are written in each language."""

from __future__ import annotations

from collections.abc import Mapping

from inference.rules.nodes import PhraseKind
from inference.types import Language

PHRASES: Mapping[Language, Mapping[PhraseKind, str]] = {
    "en": {
        "no_solution": "no solution",
        "no_real_solution": "no real solution",
        "all_reals": "all real numbers",
        "infinitely_many": "infinitely many solutions",
        "true": "true",
        "false": "false",
        "no_mode": "no mode",
        "no_limit": "the limit does not exist",
        "no_extrema": "no extrema",
    },
    "zh": {
        "no_solution": "无解",
        "no_real_solution": "无实数解",
        "all_reals": "全体实数",
        "infinitely_many": "有无数组解",
        "true": "正确",
        "false": "错误",
        "no_mode": "没有众数",
        "no_limit": "极限不存在",
        "no_extrema": "没有极值",
    },
}
