"""Try a checkpoint on a photo, without site and database:

    python -m inference.chat MODEL PHOTO [--revision R] [--lang zh] [--prompt describe]

The answer appears while it is written; then further questions about the same photo may be asked.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO, get_args

from inference.config import EngineConfig, LocalConfig
from inference.engine import Engine
from inference.errors import InferenceError
from inference.solution_text import ParsedEvent, SolutionTextParser, VisibleText
from inference.types import (
    Delta,
    Done,
    Failed,
    Language,
    PromptKind,
    Request,
    SamplingParams,
    Turn,
)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    given = _parser().parse_args(arguments)
    from inference.local import LocalEngine  # loads torch: not for --help

    try:
        photo = given.photo.read_bytes()
    except OSError as error:
        print(f"{given.photo} cannot be read: {error.strerror}", file=sys.stderr)
        return 2
    local = LocalConfig(
        model=given.model,
        revision=given.revision,
        device=given.device,
        dtype=given.dtype,
        num_slots=2,  # the photo's keys and values stay in one while the next question is read
        max_len=given.max_len,
    )
    engine = LocalEngine(EngineConfig(), local)
    try:
        print("Loading…", file=sys.stderr)
        engine.start()
        return _converse(engine, given, photo, sys.stdin, sys.stdout)
    except InferenceError as error:
        print(error.message, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        engine.stop()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m inference.chat", description="Try a GLM-4.xV checkpoint on a photo."
    )
    parser.add_argument("model", metavar="MODEL", help="checkpoint directory or hub id")
    parser.add_argument("photo", metavar="PHOTO", type=Path)
    parser.add_argument("--revision", help="commit of a hub id")
    parser.add_argument("--lang", choices=get_args(Language), default="en")
    parser.add_argument("--prompt", choices=get_args(PromptKind), default="solve")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--max-len", type=int, default=4096, help="tokens of question and answer")
    parser.add_argument("--max-new-tokens", type=int, default=1536)
    parser.add_argument("--temperature", type=float, default=0.0)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--thinking", action="store_true", help="show what the model thinks, too")
    return parser


def _converse(
    engine: Engine, given: argparse.Namespace, photo: bytes, questions: TextIO, out: TextIO
) -> int:
    """The first answer, then one for each line of `questions` until an empty one."""
    history: tuple[Turn, ...] = ()
    prompt: PromptKind = given.prompt
    for number in range(sys.maxsize):
        answer = _answer(
            engine,
            Request(
                request_id=str(number),
                problem="",
                language=given.lang,
                image=photo,
                prompt=prompt,
                history=history,
                max_new_tokens=given.max_new_tokens,
                deadline_s=3600.0,
                sampling=SamplingParams(temperature=given.temperature, seed=given.seed),
            ),
            out,
            shows_thinking=given.thinking,
        )
        if answer is None:
            return 1
        history = (*history, Turn("assistant", answer))
        if questions.isatty():
            print("\n> ", end="", file=out, flush=True)
        question = questions.readline().strip()
        if not question:
            return 0
        history = (*history, Turn("user", question))
        prompt = "follow_up"
    return 0


def _answer(engine: Engine, request: Request, out: TextIO, *, shows_thinking: bool) -> str | None:
    """Print an answer while it is written; None when there is none."""
    parser = SolutionTextParser()
    for event in engine.submit(request):
        match event:
            case Delta(text=text):
                shown = parser.feed(text)
                print(text if shows_thinking else _visible(shown), end="", file=out, flush=True)
            case Failed(message=message):
                print(f"\n{message}", file=sys.stderr)
                return None
            case Done(finish_reason=reason, usage=usage):
                print(_visible(parser.close()), file=out)
                print(
                    f"[{reason}: {usage.tokens} tokens, first after {usage.ttft_ms:.0f} ms, "
                    f"then {usage.tokens_per_s:.1f} a second]",
                    file=sys.stderr,
                )
                return parser.visible_text
    return None


def _visible(events: Sequence[ParsedEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, VisibleText))


if __name__ == "__main__":
    sys.exit(main())
