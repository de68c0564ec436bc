"""Worker processes for untrusted mathematics, with limits on time, memory and everything else.

`SandboxPool.run` is the only way in which the site computes with what a student or a model wrote.
The processes themselves are described in `zygote.py`.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import queue
import select
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from inference.errors import (
    EngineNotReadyError,
    SandboxCrashedError,
    SandboxTimeoutError,
)
from inference.verify import wire
from inference.verify.wire import Json
from inference.verify.worker import rebuild_error

ALLOWED_TASKS = (
    "inference.rules.tasks:solve",
    "inference.verify.tasks:check_step",
    "inference.verify.tasks:check_answer",
)
"""Every function that a worker will run, as `module:function`. Arguments and results are JSON."""

_PACKAGE_PARENT = Path(__file__).resolve().parents[2]
_START_TIMEOUT_S = 60.0
_STOP_TIMEOUT_S = 5.0
_MIN_MEMORY_BYTES = 128 * 1024 * 1024


@dataclass(slots=True)
class _Worker:
    """Owned by one caller at a time: by whoever took its slot from the queue."""

    pid: int
    connection: socket.socket
    num_tasks: int = 0

    def is_fit(self) -> bool:
        """Whether it is silent and its process holds the other end: the state between tasks."""
        poller = select.poll()
        poller.register(self.connection, select.POLLIN)
        return not poller.poll(0)


class SandboxPool:
    """A fixed number of worker processes that compute allowed tasks.

    All methods may be called from any thread. `stop` may run beside `run`: computations in flight
    end in `EngineNotReadyError`.
    """

    def __init__(
        self,
        workers: int,
        memory_bytes: int,
        max_tasks_per_worker: int,
        *,
        allowed_tasks: tuple[str, ...] = ALLOWED_TASKS,
    ) -> None:
        """Make a pool; nothing is started yet.

        Args:
            workers: How many tasks may run at the same time.
            memory_bytes: Address space of one worker. SymPy alone takes about 60 MB.
            max_tasks_per_worker: A worker is replaced after so many, as SymPy's caches grow.
            allowed_tasks: `module:function` names; tests bring their own.
        """
        if workers < 1 or max_tasks_per_worker < 1:
            raise ValueError("workers and max_tasks_per_worker must be at least 1")
        if memory_bytes < _MIN_MEMORY_BYTES:
            raise ValueError(f"memory_bytes must be at least {_MIN_MEMORY_BYTES}")
        self._num_workers = workers
        self._memory_bytes = memory_bytes
        self._max_tasks_per_worker = max_tasks_per_worker
        self._allowed_tasks = frozenset(allowed_tasks)
        self._ids = itertools.count(1)
        self._lock = threading.Lock()  # guards the two below
        self._zygote: _ZygoteHandle | None = None
        self._is_running = False
        # One entry per slot; None stands for a slot whose worker has yet to be forked. A new queue
        # for each start, so that a caller left over from before `stop` cannot touch it.
        self._slots: queue.LifoQueue[_Worker | None] = queue.LifoQueue()

    def start(self) -> None:
        """Start the processes and wait until all are warm (about a second). Idempotent.

        Raises:
            EngineNotReadyError: The processes cannot be started on this machine.
        """
        with self._lock:
            if self._is_running:
                return
            self._zygote = zygote = _ZygoteHandle(self._memory_bytes, self._allowed_tasks)
            try:
                workers = [zygote.fork() for _ in range(self._num_workers)]
            except _ZygoteGoneError as error:
                zygote.close()
                raise EngineNotReadyError("The maths workers could not be started.") from error
            self._slots = queue.LifoQueue()
            for worker in workers:
                self._slots.put(worker)
            self._is_running = True

    def stop(self) -> None:
        """End all processes at once. Idempotent."""
        with self._lock:
            self._is_running = False
            zygote, self._zygote = self._zygote, None
            slots = self._slots
        if zygote is None:
            return
        zygote.close()
        with contextlib.suppress(queue.Empty):
            while True:
                worker = slots.get_nowait()
                if worker is not None:
                    worker.connection.close()
        # Callers that wait for a slot wake up, find the pool stopped and pass the wake-up on.
        slots.put(None)

    def run(self, task: str, *args: Json, timeout_s: float, wait_s: float = 30.0) -> Json:
        """Compute a task in a worker and return its result.

        Args:
            task: One of the allowed names.
            *args: Plain JSON data.
            timeout_s: Wall-clock seconds the computation may take; then its process is killed.
            wait_s: Seconds to wait for a worker before the computation begins.

        Raises:
            ValueError: The task is not on the list, or an argument is not JSON.
            SandboxTimeoutError: It took longer than `timeout_s`, or no worker came free.
            SandboxCrashedError: The process died, ran out of memory, or the task has a bug.
            EngineNotReadyError: The pool is not running.
            InferenceError: Whatever error of that family the task itself raised.
        """
        if task not in self._allowed_tasks:
            raise ValueError(f"{task!r} is not an allowed task")
        request: dict[str, Json] = {
            "id": next(self._ids),
            "task": task,
            "args": list(args),
            "cpu_s": math.ceil(timeout_s),
        }
        try:
            wire.encode(request)
        except wire.WireError as error:
            raise ValueError("the arguments are not JSON, or too large") from error
        slots = self._slots
        worker = self._take(slots, wait_s)
        try:
            reply = self._ask(worker, request, timeout_s)
        finally:
            self._give_back(slots, worker)
        match reply:
            case {"result": result}:
                return result
            case {"error": description}:
                raise rebuild_error(description)
        raise SandboxCrashedError("The computation failed.")

    def _take(self, slots: queue.LifoQueue[_Worker | None], wait_s: float) -> _Worker:
        if not self._is_running:
            raise EngineNotReadyError("The maths workers are not running.")
        try:
            worker = slots.get(timeout=wait_s)
        except queue.Empty:
            raise SandboxTimeoutError("All maths workers were busy for too long.") from None
        if slots is not self._slots or not self._is_running:
            self._give_back(slots, worker)
            raise EngineNotReadyError("The maths workers are not running.")
        if worker is None or not worker.is_fit():
            try:
                worker = self._replace(worker)
            except BaseException:
                self._give_back(slots, None)
                raise
        return worker

    def _ask(self, worker: _Worker, request: dict[str, Json], timeout_s: float) -> Json:
        """Leaves `worker.num_tasks` at -1 when the worker must not be used again."""
        num_tasks, worker.num_tasks = worker.num_tasks, -1
        deadline = time.monotonic() + timeout_s
        try:
            wire.send(worker.connection, request, deadline=deadline)
            reply = wire.receive(worker.connection, deadline=deadline)
        except TimeoutError:
            raise SandboxTimeoutError("The computation took too long.") from None
        except wire.WireError:
            if not self._is_running:
                raise EngineNotReadyError("The maths workers are not running.") from None
            raise SandboxCrashedError("The computation failed.") from None
        if not isinstance(reply, dict) or reply.get("id") != request["id"]:
            raise SandboxCrashedError("The computation failed.")
        if "crash" not in reply:
            worker.num_tasks = num_tasks + 1
        return reply

    def _give_back(self, slots: queue.LifoQueue[_Worker | None], worker: _Worker | None) -> None:
        is_worn = worker is not None and not 0 <= worker.num_tasks < self._max_tasks_per_worker
        if is_worn:
            try:
                worker = self._replace(worker)
            except (EngineNotReadyError, SandboxCrashedError):
                worker = None  # the next caller tries again
        with self._lock:
            if slots is self._slots and self._is_running:
                slots.put(worker)
                return
        if worker is not None:
            worker.connection.close()
        slots.put(None)

    def _replace(self, worker: _Worker | None) -> _Worker:
        """Kill the worker if there is one and fork another."""
        with self._lock:
            if not self._is_running or self._zygote is None:
                if worker is not None:
                    worker.connection.close()
                raise EngineNotReadyError("The maths workers are not running.")
            try:
                if worker is not None:
                    worker.connection.close()
                    self._zygote.kill(worker.pid)
                return self._zygote.fork()
            except _ZygoteGoneError:
                pass
            # The zygote died, and its workers with it; the other slots notice when they are used.
            self._zygote.close()
            self._zygote = _ZygoteHandle(self._memory_bytes, self._allowed_tasks)
            try:
                return self._zygote.fork()
            except _ZygoteGoneError as error:
                raise SandboxCrashedError("The maths workers could not be started.") from error


class _ZygoteGoneError(Exception):
    """The zygote does not answer."""


class _ZygoteHandle:
    """The server's end of one zygote process. The pool's lock serialises its methods."""

    def __init__(self, memory_bytes: int, tasks: frozenset[str]) -> None:
        """Start the program and wait until it has loaded the tasks.

        Raises:
            EngineNotReadyError: It did not come up; the message names the module that failed.
        """
        # SOCK_SEQPACKET keeps commands apart without framing.
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        options = {
            "control_fd": theirs.fileno(),
            "memory_bytes": memory_bytes,
            "tasks": sorted(tasks),
        }
        command = [sys.executable, "-X", "utf8", "-m", "inference.verify.zygote"]
        try:
            self._process = subprocess.Popen(
                [*command, json.dumps(options)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=_PACKAGE_PARENT,
                # The same order of sets in each worker: a verdict must not depend on chance.
                env={"PYTHONHASHSEED": "0"},
                pass_fds=[theirs.fileno()],
                # Ctrl-C in the terminal is for the server; it then closes the control socket.
                start_new_session=True,
            )
        except OSError as error:
            self._control.close()
            raise EngineNotReadyError("The maths workers could not be started.") from error
        finally:
            theirs.close()
        try:
            greeting = self._receive(_START_TIMEOUT_S)
        except _ZygoteGoneError:
            greeting = {}
        if "ready" not in greeting:
            self.close()
            reason = greeting.get("error", "no answer")
            raise EngineNotReadyError(f"The maths workers could not be started: {reason}")

    def fork(self) -> _Worker:
        ours, theirs = socket.socketpair()
        try:
            socket.send_fds(self._control, [b'{"do": "fork"}'], [theirs.fileno()])
            pid = self._receive(_STOP_TIMEOUT_S)["pid"]
        except (OSError, KeyError, _ZygoteGoneError) as error:
            ours.close()
            raise _ZygoteGoneError from error
        finally:
            theirs.close()
        return _Worker(pid=int(str(pid)), connection=ours)

    def kill(self, pid: int) -> None:
        try:
            self._control.send(json.dumps({"do": "kill", "pid": pid}).encode())
        except OSError as error:
            raise _ZygoteGoneError from error
        self._receive(_STOP_TIMEOUT_S)

    def close(self) -> None:
        """End the process and those of its workers."""
        self._control.close()
        try:
            self._process.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _receive(self, timeout_s: float) -> dict[str, object]:
        self._control.settimeout(timeout_s)
        try:
            data = self._control.recv(4096)
        except OSError as error:
            raise _ZygoteGoneError from error
        if not data:
            raise _ZygoteGoneError
        message: dict[str, object] = json.loads(data)
        return message
