"""`manage.py serve` that says what CPU its threads have used, and how many statements they sent.

    HH_COST_PORT=9001 python -m benchmarks.costed_server --port 8001

Each connection to HH_COST_PORT is sent one JSON object: `{"cpu_s": {...}, "process_cpu_s",
"statements": {...}, "connections": {...}, "work_s"}`, the first by kind of thread, ended threads
included. The clocks are those of the threads, so other programs change them little; `work_s` is
what a fixed piece of Python costs at that moment, to compare runs on a machine that is not alone.
"""

from __future__ import annotations

# First: it installs the reactor on which everything of Twisted depends.
from homework.common.paced_server import PacedServer  # noqa: F401  # isort: skip

import json
import os
import re
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.core.management import execute_from_command_line
from django.db.backends.signals import connection_created

_ended_s: Counter[str] = Counter()
_statements: Counter[str] = Counter()
_connections: Counter[str] = Counter()
_lock = threading.Lock()


def kind_of(name: str) -> str:
    """What a thread of this name is for."""
    if name == "MainThread":
        return "event loop"
    if name.startswith("ThreadPoolExecutor-"):
        return "sockets' database"
    return re.sub(r"[-_.\d]+$", "", name) or name


def _watch_threads() -> None:
    """Have every thread leave its CPU time behind when it ends."""
    original = threading.Thread._bootstrap_inner  # type: ignore[attr-defined]

    def bootstrap(self: threading.Thread) -> None:
        try:
            original(self)
        finally:
            with _lock:
                _ended_s[kind_of(self.name)] += time.thread_time()

    threading.Thread._bootstrap_inner = bootstrap  # type: ignore[attr-defined]


def _count_statements(connection: Any, **_kwargs: Any) -> None:
    _connections[kind_of(threading.current_thread().name)] += 1
    # The same object is told of again whenever it is connected anew.
    if _count not in connection.execute_wrappers:
        connection.execute_wrappers.append(_count)


def _count(execute: Callable[..., Any], *args: Any) -> Any:
    _statements[kind_of(threading.current_thread().name)] += 1
    return execute(*args)


def _used() -> dict[str, Any]:
    cpu_s = Counter(_ended_s)
    for thread in threading.enumerate():
        if thread.ident is not None and thread is not threading.current_thread():
            clock = time.pthread_getcpuclockid(thread.ident)
            cpu_s[kind_of(thread.name)] += time.clock_gettime(clock)
    began = time.thread_time()
    sum(number * number for number in range(100_000))
    return {
        "cpu_s": cpu_s,
        "process_cpu_s": time.process_time(),
        "statements": _statements,
        "connections": _connections,
        "work_s": time.thread_time() - began,
    }


def _answer(listener: socket.socket) -> None:
    while True:
        connection, _address = listener.accept()
        with connection, _lock:
            connection.sendall(json.dumps(_used()).encode())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homework.settings")
    _watch_threads()
    connection_created.connect(_count_statements)
    _listener = socket.create_server(("127.0.0.1", int(os.environ["HH_COST_PORT"])))
    threading.Thread(target=_answer, args=(_listener,), name="costs", daemon=True).start()
    execute_from_command_line(["manage.py", "serve", *sys.argv[1:]])
