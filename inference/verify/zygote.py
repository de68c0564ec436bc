"""The process that maths workers are forked from: it has imported SymPy once and nothing else.

The server is multi-threaded and has models loaded, so it must never fork itself. It starts this
program instead and asks it for workers over a socket; a fork of this single thread takes
milliseconds, and its pages are shared by all workers. The idea is Android's zygote.

    server --(control socket)--> zygote --fork--> worker --(its own socket)--> server

The zygote ends when the control socket closes, however the server died; the kernel then kills its
workers (PR_SET_PDEATHSIG).
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import resource
import selectors
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from inference.verify import wire
from inference.verify.worker import WORKER_FD, serve

_PR_SET_PDEATHSIG = 1
_MAX_OPEN_FILES = 32
_FILE_DESCRIPTORS_CLOSED = 65_536


def main(arguments: Sequence[str]) -> int:
    """Serve forks on the control socket given by number until it closes.

    Args:
        arguments: One JSON object: `control_fd`, `memory_bytes`, `tasks`.
    """
    options = json.loads(arguments[0])
    control = socket.socket(fileno=options["control_fd"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.clear()
    try:
        tasks = _load(options["tasks"])
    except Exception as error:
        # Only the operator sees this; it names the module that does not load.
        control.send(json.dumps({"error": f"{type(error).__name__}: {error}"[:500]}).encode())
        return 1
    # What was imported is never freed, so keep the collector from touching (and copying) it.
    gc.collect()
    gc.freeze()
    control.send(json.dumps({"ready": True}).encode())
    _Zygote(control, tasks, options["memory_bytes"]).run()
    return 0


def _load(names: Sequence[str]) -> dict[str, Callable[..., wire.Json]]:
    tasks: dict[str, Callable[..., wire.Json]] = {}
    modules = {}
    for name in names:
        module_name, _, function_name = name.partition(":")
        modules[module_name] = module = importlib.import_module(module_name)
        tasks[name] = getattr(module, function_name)
    for module in modules.values():
        warm_up = getattr(module, "warm_up", None)
        if warm_up is not None:
            warm_up()
    return tasks


class _Zygote:
    def __init__(
        self,
        control: socket.socket,
        tasks: dict[str, Callable[..., wire.Json]],
        memory_bytes: int,
    ) -> None:
        self._control = control
        self._tasks = tasks
        self._memory_bytes = memory_bytes
        # Holds exactly the children not yet waited for, so no number in it can have been reused.
        self._alive: set[int] = set()
        self._libc = ctypes.CDLL(None)
        self._pid = os.getpid()

    def run(self) -> None:
        wakeup_read, wakeup_write = socket.socketpair()
        wakeup_read.setblocking(False)
        wakeup_write.setblocking(False)
        # The handler does nothing; its wake-up byte makes the loop reap.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakeup_write.fileno(), warn_on_full_buffer=False)
        selector = selectors.DefaultSelector()
        selector.register(self._control, selectors.EVENT_READ)
        selector.register(wakeup_read, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if wakeup_read in ready:
                with contextlib.suppress(BlockingIOError):
                    wakeup_read.recv(4096)
                self._reap()
            if self._control in ready and not self._obey():
                break
        for pid in tuple(self._alive):
            self._kill(pid)

    def _obey(self) -> bool:
        """Carry out one command; returns False when the server is gone."""
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, 4096, 1)
        except ConnectionError:
            return False
        if not data:
            return False
        command = json.loads(data)
        reply: dict[str, int] = {}
        if command["do"] == "fork":
            reply["pid"] = self._fork(descriptors[0])
        elif command["do"] == "kill":
            self._kill(command["pid"])
        try:
            self._control.send(json.dumps(reply).encode())
        except ConnectionError:
            return False
        return True

    def _fork(self, connection_fd: int) -> int:
        pid = os.fork()
        if pid == 0:
            self._become_worker(connection_fd)
        os.close(connection_fd)
        self._alive.add(pid)
        return pid

    def _kill(self, pid: int) -> None:
        if pid in self._alive:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            self._alive.discard(pid)

    def _reap(self) -> None:
        while self._alive:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._alive.discard(pid)

    def _become_worker(self, connection_fd: int) -> NoReturn:
        # Nothing may propagate into the zygote's own frames, hence the exit in `finally`.
        status = 1
        try:
            self._libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != self._pid:  # the zygote died before the line above
                os._exit(1)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            if connection_fd != WORKER_FD:
                os.dup2(connection_fd, WORKER_FD, inheritable=False)
            os.closerange(WORKER_FD + 1, _FILE_DESCRIPTORS_CLOSED)
            # If memory runs out on this machine, a worker goes first.
            with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
                file.write("1000")
            _limit_resources(self._memory_bytes)
            sys.dont_write_bytecode = True
            serve(socket.socket(fileno=WORKER_FD), self._tasks)
            status = 0
        finally:
            os._exit(status)


def _limit_resources(memory_bytes: int) -> None:
    """Bound what is left to a worker for life; its CPU time is bounded per task."""
    limits = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_NOFILE: _MAX_OPEN_FILES,
    }
    for kind, limit in limits.items():
        resource.setrlimit(kind, (limit, limit))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
