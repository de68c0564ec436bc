"""The examples in docs/maths.md run, and say what they say."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from inference.rules import parse_problem

_PAGE = Path(__file__).parents[3] / "docs" / "maths.md"


def test_the_python_examples_run() -> None:
    results = doctest.testfile(str(_PAGE), module_relative=False, encoding="utf-8")
    assert results.attempted > 20
    assert results.failed == 0


def _questions() -> list[str]:
    """What the tables give as examples, save those with dots for what is left out."""
    tables = [line for line in _PAGE.read_text().splitlines() if line.startswith("|")]
    found = [quoted for line in tables for quoted in re.findall(r"`([^`]+)`", line)]
    return [quoted for quoted in found if "..." not in quoted and " " in quoted]


@pytest.mark.parametrize("text", sorted(set(_questions())))
def test_the_questions_in_the_tables_are_understood(text: str) -> None:
    assert parse_problem(text).text
