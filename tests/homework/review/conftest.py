from __future__ import annotations

from typing import Any

import pytest

from homework.accounts.models import User
from homework.solutions.models import Solution
from tests.homework.pages.conftest import make_solution


def open_solution(student: User, **fields: Any) -> Solution:
    """A finished solution that waits in the queue."""
    values: dict[str, Any] = {
        "asked_text": "3x + 5 = 20",
        "review_state": Solution.ReviewState.OPEN,
        "verdict": "verified",
        "topic": "linear_equations",
    } | fields
    return make_solution(student, **values)


@pytest.fixture
def waiting(alice: User) -> Solution:
    return open_solution(alice)
