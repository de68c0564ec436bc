"""A refusal is short, says what is wrong with this problem, and speaks the student's language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import inference.rules
from inference.errors import UnsupportedProblemError
from inference.rules import parse_problem
from inference.rules.refusals import OPEN_REASONS, PLAIN_REASONS, RefusedError, refusal
from inference.rules.solver import solve_problem
from inference.types import Language

MAX_CHARACTERS = 155
_RAISED = re.compile(r"RefusedError\(([^)]*)\)")


@pytest.mark.parametrize("reason", [*PLAIN_REASONS, *OPEN_REASONS])
def test_a_refusal_is_two_short_sentences_in_each_language(reason: str) -> None:
    english, chinese = (refusal(RefusedError(reason), each).message for each in ("en", "zh"))
    assert len(english) <= MAX_CHARACTERS and english.count(". ") <= 1
    assert len(chinese) <= MAX_CHARACTERS / 2 and chinese.count("。") <= 2
    assert english.isascii() or set(re.findall(r"[^\x00-\x7f]", english)) <= set("×π“”")
    assert re.search(r"[\u4e00-\u9fff]", chinese)


def test_every_reason_is_given_somewhere_and_has_words() -> None:
    folder = Path(inference.rules.__file__).parent
    raised = {
        reason
        for path in folder.rglob("*.py")
        for arguments in _RAISED.findall(path.read_text(encoding="utf-8"))
        for reason in re.findall(r'"([a-z_]+)"', arguments)
    }
    assert raised | {"kind"} == {*PLAIN_REASONS, *OPEN_REASONS}


@pytest.mark.parametrize(
    ("language", "message"),
    [
        (
            "en",
            "Derivatives of such functions are not covered. Covered: arithmetic, algebra, "
            "functions, calculus, matrices, statistics.",
        ),
        (
            "zh",
            "还不会求这种函数的导数。目前能做：计算、代数、方程、函数、微积分、矩阵、统计。",
        ),
    ],
)
def test_the_solver_refuses_in_the_language_of_the_request(
    language: Language, message: str
) -> None:
    with pytest.raises(UnsupportedProblemError) as caught:
        solve_problem(parse_problem("Differentiate x^x"), language=language)
    assert caught.value.message == message
    assert type(caught.value) is UnsupportedProblemError
