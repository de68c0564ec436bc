"""Solutions in the form of OpenAI's chat completions, at once or as a stream of chunks."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

from homework.common.errors import AnswersHiddenError, AppError
from homework.pipeline.events import Event
from homework.pipeline.following import Load, follow

MODEL = "homework-helper"
_REASONS = {"length": "length", "timeout": "length"}
_NEW_TEXT = "\n\n---\n\n"
"""Between what an engine wrote that failed and what the next one writes: nothing is taken back
that was sent."""


def usage_json(usage: Event | None) -> dict[str, int]:
    """OpenAI's count of tokens. What the prompt took is not known to every engine."""
    num_tokens = int((usage or {}).get("tokens", 0))
    return {"prompt_tokens": 0, "completion_tokens": num_tokens, "total_tokens": num_tokens}


def completion_json(
    *, solution_id: uuid.UUID, created: int, snapshot: Event, text: str
) -> dict[str, Any]:
    """A solution that has ended, as a completion."""
    return {
        "id": f"chatcmpl-{solution_id}",
        "object": "chat.completion",
        "created": created,
        "model": MODEL,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text},
                "finish_reason": _REASONS.get(snapshot["finish_reason"], "stop"),
                "logprobs": None,
            }
        ],
        "usage": usage_json(snapshot["usage"]),
    }


class _Chunks:
    """Makes chunks of frames, and remembers what was sent."""

    def __init__(self, solution_id: uuid.UUID, created: int) -> None:
        self._head = {
            "id": f"chatcmpl-{solution_id}",
            "object": "chat.completion.chunk",
            "created": created,
            "model": MODEL,
        }
        self._sent = ""
        self.usage: Event | None = None

    def chunk(self, delta: dict[str, str], finish_reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}
        return self._head | {"choices": [choice]}

    def take(self, event: Event) -> list[dict[str, Any]]:
        match event["type"]:
            case "snapshot":
                if "policy" in event:
                    raise AnswersHiddenError
                return self._become(event["text"]) + self._tell(event["error"])
            case "delta":
                self._sent += event["text"]
                return [self.chunk({"content": event["text"]})]
            case "engine":
                return self._become("")
            case "error":
                return self._tell(event)
            case "done":
                self.usage = event["usage"]
                return [self.chunk({}, _REASONS.get(event["finish_reason"], "stop"))]
        return []

    def _become(self, text: str) -> list[dict[str, Any]]:
        is_more = text.startswith(self._sent)
        new = text[len(self._sent) :] if is_more else _NEW_TEXT + text
        self._sent = text
        return [self.chunk({"content": new})] if new else []

    def _tell(self, error: Event | None) -> list[dict[str, Any]]:
        return [] if error is None else [self.chunk({"content": error["message"]})]


async def completion_chunks(
    *, solution_id: uuid.UUID, created: int, load: Load, includes_usage: bool
) -> AsyncIterator[bytes]:
    """The stream of a solution, as `chat.completion.chunk`s."""
    chunks = _Chunks(solution_id, created)
    yield _line(chunks.chunk({"role": "assistant", "content": ""}))
    try:
        async for marked in follow(solution_id, load=load):
            if marked is None:
                yield b": nothing new\n\n"
                continue
            for event in marked.frame.events:
                for chunk in chunks.take(event):
                    yield _line(chunk)
    except AppError as error:
        told = {"message": str(error.message), "type": "server_error", "code": error.code}
        yield _line({"error": told | {"param": None}})
        return
    if includes_usage:
        yield _line(chunks.chunk({}) | {"choices": [], "usage": usage_json(chunks.usage)})
    yield b"data: [DONE]\n\n"


def _line(value: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()
