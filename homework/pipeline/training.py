"""The conversation that a model is trained on: word for word the one that it is asked in."""

from __future__ import annotations

from typing import Any

from homework.pipeline.engine import Language, Request
from inference.prompts import PROMPT_VERSION, build_messages

__all__ = ["PROMPT_VERSION", "training_messages"]


def training_messages(
    *, problem: str, language: Language, image: bytes | None, answer: str
) -> list[dict[str, Any]]:
    """Question and answer as chat messages with parts, a photo as `{"type": "image"}`.

    Args:
        problem: The question as text.
        language: Of the answer.
        image: What the model sees, if there is a photo.
        answer: The whole solution, in the format of engines.
    """
    request = Request(request_id="export", problem=problem, language=language, image=image)
    return [
        *build_messages(request),
        {"role": "assistant", "content": [{"type": "text", "text": answer}]},
    ]
