"""Serves the embedded checkpoint with vLLM, as it is, and holds its texts against our engine's.

    python -m benchmarks.peers.vllm_setup /tmp/vllm
    python -m benchmarks.peers.embedded_on_vllm /tmp/vllm

Both get the questions of tests/photos, cut out as the model was trained on, one after the other.
Prints what differs and exits with 1 when it is more than a share that rounding explains: both
multiply in bfloat16, each in its own order, and now and then that decides between two tokens.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.peers import vllm_setup
from benchmarks.processes import free_port
from inference.confidence import joined
from inference.config import EngineConfig, LocalConfig, RemoteConfig
from inference.engine import Engine
from inference.errors import NoQuestionFoundError
from inference.local import LocalEngine, cutter
from inference.prompts import OUT_OF_RANGE
from inference.remote import RemoteEngine
from inference.types import Delta, Request

ROOT = Path(__file__).resolve().parents[2]
_START_TIMEOUT_S = 400.0
_MAX_TOKENS = 300
_SAME_SHARE = 0.9


def main() -> int:
    """Compare and print. Returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("vllm", type=Path, help="where benchmarks.peers.vllm_setup installed it")
    parser.add_argument("--model", type=Path, default=ROOT / "inference/nano/checkpoint")
    parser.add_argument("--photos", type=Path, default=ROOT / "tests/photos")
    args = parser.parse_args()
    questions = dict(_questions(sorted(args.photos.glob("*.jpg"))))
    ours = LocalEngine(EngineConfig(), LocalConfig(model=str(args.model), cuts_questions=False))
    ours.start()
    try:
        written = {name: _ask(ours, name, canvas) for name, canvas in questions.items()}
    finally:
        ours.stop()
    num_same = 0
    with _on_vllm(args.vllm, args.model.resolve()) as theirs:
        for name, canvas in questions.items():
            text = _ask(theirs, name, canvas)
            num_same += text == written[name]
            if text != written[name]:
                print(f"{name}\n  ours: {written[name]!r}\n  vLLM: {text!r}")
    print(f"{num_same} of {len(questions)} texts are the same")
    return 0 if num_same >= _SAME_SHARE * len(questions) else 1


def _questions(files: list[Path]) -> Iterator[tuple[str, bytes]]:
    cut = cutter()
    for file in files:
        try:
            yield file.stem, cut(file.read_bytes())
        except NoQuestionFoundError:
            continue


@contextmanager
def _on_vllm(directory: Path, checkpoint: Path) -> Iterator[Engine]:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="vllm-") as temporary:
        log = Path(temporary) / "log"
        engine = RemoteEngine(
            EngineConfig(),
            RemoteConfig(endpoints=(f"http://127.0.0.1:{port}/v1",), model=str(checkpoint)),
        )
        process = vllm_setup.serve(directory, checkpoint, port=port, log=log, max_model_len=1024)
        try:
            process.await_ready(f"http://127.0.0.1:{port}/health", timeout_s=_START_TIMEOUT_S)
            engine.start()
            yield engine
            engine.stop()
        finally:
            process.stop()


def _ask(engine: Engine, name: str, canvas: bytes) -> str:
    request = Request(request_id=name, problem="", image=canvas, max_new_tokens=_MAX_TOKENS)
    text = joined([each for each in engine.submit(request) if isinstance(each, Delta)]).text
    # Our engine turns this word into a refusal.
    return text.replace(OUT_OF_RANGE, "").strip()


if __name__ == "__main__":
    sys.exit(main())
