"""Tasks that do in a worker whatever a worker should survive, or its pool should."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from inference.errors import (
    InferenceError,
    MathSyntaxError,
    QueueFullError,
    UnsupportedProblemError,
)


def echo(value: Any) -> Any:
    return value


def pid() -> int:
    return os.getpid()


def loop_forever() -> None:
    while True:
        pass


def loop_inside_c() -> int:
    return pow(3, 10**10)


def sleep_ignoring_signals() -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGXCPU, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    signal.pause()


def take_memory() -> int:
    return len(bytearray(8 * 1024**3))


def take_memory_in_pieces() -> int:
    pieces = []
    while True:
        pieces.append([0] * 1_000_000)


def recurse() -> None:
    recurse()


def exit_at_once() -> None:
    os._exit(0)


def raise_system_exit() -> None:
    sys.exit("secret")


def fail_with_secret() -> None:
    raise RuntimeError("secret /etc/passwd")


def raise_syntax_error() -> None:
    raise MathSyntaxError("Unexpected ')'", position=7, reason="unexpected")


def raise_unsupported() -> None:
    raise UnsupportedProblemError("Only quadratics.")


def raise_queue_full() -> None:
    raise QueueFullError("full")


class _PrivateError(InferenceError):
    code = "private"


def raise_private_error() -> None:
    raise _PrivateError("a private kind")


def return_no_json() -> object:
    return {"x": object()}


def return_nan() -> float:
    return float("nan")


def return_too_much() -> str:
    return "x" * 5_000_000


def write_garbage() -> None:
    os.write(3, b"\xff\xff\xff\xff garbage")


def write_deep_json() -> None:
    body = b"[" * 200_000
    os.write(3, len(body).to_bytes(4, "big") + body)


def write_forged_reply() -> None:
    body = b'{"id": 0, "result": "forged"}'
    os.write(3, len(body).to_bytes(4, "big") + body)


def write_after_reply() -> str:
    body = b'{"id": 999999, "result": "forged"}'
    if os.fork() == 0:  # outlives the reply and speaks between tasks
        os.write(3, len(body).to_bytes(4, "big") + body)
        os._exit(0)
    os.wait()
    return "spoke out of turn"


def print_things() -> str:
    print("to stdout")
    print("to stderr", file=sys.stderr)
    return "done"


def describe_surroundings() -> dict[str, Any]:
    descriptors = {}
    for name in os.listdir("/proc/self/fd"):
        try:
            descriptors[name] = os.readlink(f"/proc/self/fd/{name}")
        except OSError:
            continue
    return {
        "environment": dict(os.environ),
        "descriptors": descriptors,
        "modules": sorted(sys.modules),
        "parent": os.getppid(),
    }


def try_to_write_a_file(path: str) -> str:
    try:
        with open(path, "w") as file:
            file.write("x" * 100_000)
    except OSError as error:
        return type(error).__name__
    return "written"
