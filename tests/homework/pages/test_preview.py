"""The live preview: the formula as the server's parser has it, or what is wrong in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from homework.pages.syntax import syntax_hint
from tests.homework.pages.conftest import JSON

pytestmark = pytest.mark.django_db


def preview(client: Client, text: str, **headers: str) -> dict[str, Any]:
    response = client.post("/preview/", {"text": text}, headers=JSON | headers)
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def test_a_question_becomes_a_formula(as_alice: Client) -> None:
    answer = preview(as_alice, "1/2 + x^2")

    assert "\\frac{1}{2}" in answer["latex"]
    assert not answer["hint"]


def test_a_mistake_is_shown_where_it_is(as_alice: Client) -> None:
    answer = preview(as_alice, "3x + = 20")

    assert answer["latex"] == ""
    assert answer["hint"] == "I do not understand it from here on: = 20"


def test_a_mistake_is_told_in_the_readers_language(as_alice: Client) -> None:
    answer = preview(as_alice, "3x + = 20", **{"Accept-Language": "zh-CN"})

    assert answer["hint"] == "从这里开始我看不懂：= 20"


@pytest.mark.parametrize("text", ["", "x" * 10_000, "(" * 200, "9" * 100, "().__class__", "<b>"])
def test_whatever_is_typed_gets_a_hint(as_alice: Client, text: str) -> None:
    assert preview(as_alice, text)["hint"]


def test_a_stranger_gets_no_preview(client: Client) -> None:
    assert client.post("/preview/", {"text": "x"}, headers=JSON).status_code == 401


@pytest.mark.parametrize(
    "error",
    [
        "empty",
        "too_long",
        "too_deep",
        "number_too_large",
        "unexpected",
        "unbalanced",
        "ambiguous",
        "unknown_symbol",
        "story",
        "a code of the future",
    ],
)
@pytest.mark.parametrize("position", [None, 0, 3, 99])
def test_every_reason_has_words(error: str, position: int | None) -> None:
    assert syntax_hint(text="x + y", error=error, position=position)


def test_a_long_rest_is_cut() -> None:
    hint = syntax_hint(text="=" * 100, error="unexpected", position=0)

    assert len(hint) < 60
