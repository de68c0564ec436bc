from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from homework.accounts.models import User
from homework.solutions.models import Solution, Step
from homework.uploads.images import PhotoDecoder, SanitisedPhoto
from homework.uploads.models import Photo
from homework.uploads.services import photo_create, photo_decoder
from tests.homework.uploads import pictures

TEXT = (
    "**Problem.** $3x + 5 = 20$\n\n"
    "**Step 1.** Subtract $5$ from both sides.\n$3x = 15$\n\n"
    "**Step 2.** Divide both sides by 3.\n$x = 5$\n\n"
    "**Answer.** $x = 5$\n"
)
READING = {
    "text": "3x + 5 = 20",
    "latex": "3x + 5 = 20",
    "confidence": 0.9,
    "uncertain": [{"start": 5, "end": 6, "confidence": 0.5, "alternatives": ["6"]}],
    "source": "ocr",
    "box": {"x": 0.1, "y": 0.1, "width": 0.5, "height": 0.2},
    "rotation_deg": 0.0,
    "parse_error": None,
}
JSON = {"Accept": "application/json"}


@pytest.fixture(scope="session")
def clean() -> SanitisedPhoto:
    return photo_decoder().sanitise(pictures.jpeg())


@pytest.fixture
def photo(alice: User, clean: SanitisedPhoto, monkeypatch: pytest.MonkeyPatch) -> Photo:
    with monkeypatch.context() as patched:
        patched.setattr(PhotoDecoder, "sanitise", lambda self, data: clean)
        return photo_create(owner=alice, data=b"decoded once for all tests")[0]


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def make_solution(student: User, **fields: Any) -> Solution:
    """A finished solution as the pipeline stores it; `fields` replace what is given here."""
    values: dict[str, Any] = {
        "question_text": "3x+5=20",
        "state": Solution.State.FINISHED,
        "reading": READING,
        "text": TEXT,
        "engine": "rules",
        "answer_latex": "x = 5",
        "answer_check": {"verdict": "verified", "reason": "substitution", "detail": {}},
        "finish_reason": "stop",
    } | fields
    solution = Solution.objects.create(student=student, **values)
    if solution.text:
        first, second = TEXT.index("**Step 1"), TEXT.index("**Step 2")
        check = {"verdict": "verified", "reason": "same_solutions", "detail": {}}
        Step.objects.bulk_create(
            [
                Step(
                    solution=solution,
                    index=1,
                    start=first,
                    end=second,
                    title="Subtract $5$ from both sides.",
                    formulas=["3x = 15"],
                    step_check=check,
                ),
                Step(
                    solution=solution,
                    index=2,
                    start=second,
                    end=TEXT.index("**Answer"),
                    title="Divide both sides by 3.",
                    formulas=["x = 5"],
                    step_check=check | {"verdict": "not_checkable", "reason": "timeout"},
                ),
            ]
        )
    return solution


@pytest.fixture
def solution(alice: User) -> Solution:
    return make_solution(alice)
