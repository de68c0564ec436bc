"""Asking in other people's words: a question and perhaps a picture, and a text for an answer.

What such a client writes beside a picture is as often "please solve this" as it is mathematics.
What reads as mathematics is the question; anything else is a request about the picture, and says
at most in which language to answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from homework.accounts.models import User
from homework.api.data_urls import photo_of_data_url
from homework.common.errors import AnswersHiddenError
from homework.pipeline.disclosure import may_search_answers
from homework.pipeline.events import Event
from homework.pipeline.services import question_preview, solution_submit
from homework.solutions.models import Solution
from homework.solutions.services import QUESTION_MAX_CHARACTERS
from homework.uploads.services import photo_create

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Asked:
    """A text, and a picture as a data URL or nothing."""

    text: str
    image: str = ""


def ask(*, student: User, asked: Asked, language: str) -> Solution:
    """Ask a question.

    Args:
        student: Who asks.
        asked: What.
        language: Of the explanation, unless the text is Chinese.

    Raises:
        AnswersHiddenError: The class opens answers step by step, which this way cannot.
        AppError: What `photo_create` and `solution_submit` raise.
    """
    if not may_search_answers(viewer=student):
        raise AnswersHiddenError
    text = asked.text.strip()
    photo = None
    if asked.image:
        photo, _created = photo_create(owner=student, data=photo_of_data_url(asked.image))
        is_short = 0 < len(text) <= QUESTION_MAX_CHARACTERS
        is_question = is_short and question_preview(text=text)["error"] is None
        question = text if is_question else ""
    else:
        question = text
    return solution_submit(
        student=student,
        photo=photo,
        question_text=question,
        language="zh" if _CHINESE.search(text) else language,
    )


def answer_text(snapshot: Event) -> str:
    """What a client that takes a text is given of a solution that has ended.

    Raises:
        AnswersHiddenError: A policy came in between.
    """
    if "policy" in snapshot:
        raise AnswersHiddenError
    error = snapshot["error"]
    text = str(snapshot["text"]).strip()
    if error is None:
        return text
    return f"{text}\n\n{error['message']}".strip()
