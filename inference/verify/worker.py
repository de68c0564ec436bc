"""What runs inside a maths worker: take a task, compute, reply, until recycled or killed."""

from __future__ import annotations

import math
import resource
import socket
from collections.abc import Callable, Mapping
from typing import Any

from inference import errors
from inference.verify import wire

WORKER_FD = 3
"""The number of the one socket that a worker holds."""

_MAX_ERROR_CHARACTERS = 500


def serve(connection: socket.socket, tasks: Mapping[str, Callable[..., wire.Json]]) -> None:
    """Answer requests in order until the server closes the connection."""
    while True:
        try:
            request = wire.receive(connection)
            assert isinstance(request, dict)
            _limit_cpu(request["cpu_s"])
            reply, is_healthy = _run(tasks[request["task"]], request["args"])
            wire.send(connection, {"id": request["id"], **reply})
        except wire.WireError:
            return
        if not is_healthy:
            return


def _limit_cpu(cpu_s: float) -> None:
    """Allow so many more seconds, then SIGXCPU: the net for when nobody is left to kill us."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    allowed = math.ceil(usage.ru_utime + usage.ru_stime + cpu_s) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.RLIM_INFINITY))


def _run(task: Callable[..., wire.Json], args: list[Any]) -> tuple[dict[str, Any], bool]:
    """Returns the reply and whether this process is still fit for another task."""
    try:
        result = task(*args)
        wire.encode(result)
    except errors.InferenceError as error:
        return {"error": describe_error(error)}, True
    except Exception:
        # Out of memory, too deep, a bug in a library: what it was would leak internals, and the
        # state of this process is not to be trusted any more.
        return {"crash": True}, False
    return {"result": result}, True


def describe_error(error: errors.InferenceError) -> dict[str, Any]:
    """Plain data from which `rebuild_error` makes the same error again."""
    public = next(kind for kind in type(error).__mro__ if _ERRORS.get(kind.__name__) is kind)
    description: dict[str, Any] = {
        "class": public.__name__,
        "message": error.message[:_MAX_ERROR_CHARACTERS],
    }
    if isinstance(error, errors.MathSyntaxError):
        description |= {"position": error.position, "reason": error.reason}
    return description


def rebuild_error(description: Any) -> errors.InferenceError:
    """The error that a worker described; `SandboxCrashedError` when it makes no sense."""
    match description:
        case {"class": "MathSyntaxError", "message": str(message), **fields}:
            match fields:
                case {"position": int(position), "reason": str(reason)}:
                    return errors.MathSyntaxError(message, position=position, reason=reason)
        case {"class": str(name), "message": str(message)} if name in _ERRORS:
            return _ERRORS[name](message)
    return errors.SandboxCrashedError("The computation failed.")


_ERRORS: dict[str, type[errors.InferenceError]] = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.InferenceError)
}
