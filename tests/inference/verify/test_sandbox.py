"""The worker processes outlive whatever runs in them, and nothing outlives the pool."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from inference.errors import (
    EngineNotReadyError,
    InferenceError,
    MathSyntaxError,
    QueueFullError,
    SandboxCrashedError,
    SandboxTimeoutError,
    UnsupportedProblemError,
)
from inference.verify.sandbox import ALLOWED_TASKS, SandboxPool

MODULE = "tests.inference.verify.hostile_tasks"
NAMES = [
    "echo",
    "pid",
    "loop_forever",
    "loop_inside_c",
    "sleep_ignoring_signals",
    "take_memory",
    "take_memory_in_pieces",
    "recurse",
    "exit_at_once",
    "raise_system_exit",
    "fail_with_secret",
    "raise_syntax_error",
    "raise_unsupported",
    "raise_queue_full",
    "raise_private_error",
    "return_no_json",
    "return_nan",
    "return_too_much",
    "write_garbage",
    "write_deep_json",
    "write_forged_reply",
    "write_after_reply",
    "print_things",
    "describe_surroundings",
    "try_to_write_a_file",
]
TASKS = {name: f"{MODULE}:{name}" for name in NAMES}
MEMORY_BYTES = 300 * 1024 * 1024
REPO = Path(__file__).resolve().parents[3]


def make_pool(workers: int = 1, max_tasks_per_worker: int = 1000) -> SandboxPool:
    return SandboxPool(
        workers, MEMORY_BYTES, max_tasks_per_worker, allowed_tasks=tuple(TASKS.values())
    )


@pytest.fixture(scope="module")
def pool() -> Iterator[SandboxPool]:
    pool = make_pool()
    pool.start()
    yield pool
    pool.stop()


def run(pool: SandboxPool, name: str, *args: Any, timeout_s: float = 20.0) -> Any:
    return pool.run(TASKS[name], *args, timeout_s=timeout_s)


def is_alive(pid: int) -> bool:
    """A zombie counts as dead: it holds nothing but its number."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def ignores_sigterm(pid: int) -> bool:
    (line,) = re.findall(r"SigIgn:\s*([0-9a-f]+)", Path(f"/proc/{pid}/status").read_text())
    return bool(int(line, 16) >> (signal.SIGTERM - 1) & 1)


def wait_until(condition: Callable[[], bool], limit_s: float = 20.0) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)


def children_of(pid: int) -> set[int]:
    children = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            children |= {int(child) for child in (task / "children").read_text().split()}
    return children


@pytest.mark.parametrize(
    "value", [None, True, 0, -1.5, "", "x² ≤ 5，好", [], [1, [2, {}]], {"a": {"b": None}}]
)
def test_it_passes_json_in_and_out_unchanged(pool: SandboxPool, value: Any) -> None:
    assert run(pool, "echo", value) == value


@pytest.mark.parametrize("name", ["loop_forever", "loop_inside_c", "sleep_ignoring_signals"])
def test_it_kills_what_takes_too_long_and_serves_the_next_task(
    pool: SandboxPool, name: str
) -> None:
    worker = run(pool, "pid")
    with pytest.raises(SandboxTimeoutError):
        run(pool, name, timeout_s=0.2)
    assert not is_alive(worker)
    assert run(pool, "echo", "next") == "next"


@pytest.mark.parametrize(
    "name",
    [
        "take_memory",
        "take_memory_in_pieces",
        "recurse",
        "exit_at_once",
        "raise_system_exit",
        "fail_with_secret",
        "return_no_json",
        "return_nan",
        "return_too_much",
        "write_garbage",
        "write_deep_json",
        "write_forged_reply",
    ],
)
def test_it_reports_a_crash_without_internals_and_serves_the_next_task(
    pool: SandboxPool, name: str
) -> None:
    with pytest.raises(SandboxCrashedError) as caught:
        run(pool, name)
    assert "secret" not in str(caught.value)
    assert "Traceback" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert run(pool, "echo", "next") == "next"


def test_a_worker_that_speaks_between_tasks_is_replaced_and_not_believed(
    pool: SandboxPool,
) -> None:
    worker = run(pool, "pid")
    with contextlib.suppress(SandboxCrashedError):
        run(pool, "write_after_reply")
    assert run(pool, "echo", "true") == "true"
    assert run(pool, "pid") != worker


def test_an_error_of_ours_arrives_as_the_same_class(pool: SandboxPool) -> None:
    with pytest.raises(MathSyntaxError) as caught:
        run(pool, "raise_syntax_error")
    assert (caught.value.message, caught.value.position, caught.value.reason) == (
        "Unexpected ')'",
        7,
        "unexpected",
    )
    with pytest.raises(UnsupportedProblemError, match=r"^Only quadratics\.$"):
        run(pool, "raise_unsupported")
    with pytest.raises(QueueFullError):
        run(pool, "raise_queue_full")


def test_an_error_class_that_only_the_task_knows_arrives_as_its_public_parent(
    pool: SandboxPool,
) -> None:
    with pytest.raises(InferenceError, match="a private kind") as caught:
        run(pool, "raise_private_error")
    assert type(caught.value) is InferenceError


def test_an_error_of_ours_does_not_cost_the_worker(pool: SandboxPool) -> None:
    worker = run(pool, "pid")
    with pytest.raises(UnsupportedProblemError):
        run(pool, "raise_unsupported")
    assert run(pool, "pid") == worker


def test_it_refuses_a_task_that_is_not_on_the_list(pool: SandboxPool) -> None:
    with pytest.raises(ValueError, match="not an allowed task"):
        pool.run("os:system", "true", timeout_s=1)
    with pytest.raises(ValueError, match="not an allowed task"):
        pool.run(f"{MODULE}:os", timeout_s=1)


def test_it_refuses_arguments_that_are_not_json(pool: SandboxPool) -> None:
    arguments: list[Any] = [object(), float("inf"), "x" * 5_000_000]
    for argument in arguments:
        with pytest.raises(ValueError, match="not JSON"):
            run(pool, "echo", argument)
    assert run(pool, "echo", 1) == 1


def test_a_worker_holds_no_environment_no_foreign_descriptor_and_no_site_code(
    pool: SandboxPool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_PASSWORD", "secret")
    with open(tmp_path / "open-in-the-server", "w") as file:
        os.set_inheritable(file.fileno(), True)
        own = make_pool()
        own.start()
        try:
            seen = run(own, "describe_surroundings")
        finally:
            own.stop()
    assert seen["environment"] == {}
    links = dict(seen["descriptors"])
    assert {links.pop(name) for name in ("0", "1", "2")} == {"/dev/null"}
    assert links.pop("3").startswith("socket:")
    # What is left is the listing of the directory itself.
    assert all("open-in-the-server" not in link and "socket" not in link for link in links.values())
    assert len(links) <= 1
    assert not {"django", "torch", "onnxruntime"} & set(seen["modules"])


def test_a_worker_cannot_write_files(pool: SandboxPool, tmp_path: Path) -> None:
    target = tmp_path / "file"
    assert run(pool, "try_to_write_a_file", str(target)) == "OSError"
    assert not target.exists() or target.stat().st_size == 0


def test_what_a_task_prints_goes_nowhere(
    pool: SandboxPool, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(pool, "print_things") == "done"
    assert capfd.readouterr() == ("", "")


def test_a_worker_killed_from_outside_between_tasks_is_not_noticed_by_callers(
    pool: SandboxPool,
) -> None:
    worker = run(pool, "pid")
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: not is_alive(worker))
    assert run(pool, "echo", "next") == "next"


def test_a_worker_killed_from_outside_in_a_task_is_a_crash(pool: SandboxPool) -> None:
    worker = run(pool, "pid")
    outcome: queue.Queue[BaseException | None] = queue.Queue()

    def compute() -> None:
        try:
            run(pool, "sleep_ignoring_signals")
        except BaseException as error:
            outcome.put(error)

    thread = threading.Thread(target=compute)
    thread.start()
    wait_until(lambda: ignores_sigterm(worker))  # so it is in the middle of its task
    os.kill(worker, signal.SIGKILL)
    thread.join()
    assert isinstance(outcome.get_nowait(), SandboxCrashedError)
    assert run(pool, "echo", "next") == "next"


def test_it_survives_the_death_of_the_process_that_forks() -> None:
    pool = make_pool(workers=2)
    pool.start()
    try:
        worker = run(pool, "pid")
        zygote = run(pool, "describe_surroundings")["parent"]
        os.kill(zygote, signal.SIGKILL)
        wait_until(lambda: not is_alive(worker))
        assert [run(pool, "echo", number) for number in range(3)] == [0, 1, 2]
    finally:
        pool.stop()


def test_a_worker_is_replaced_after_its_number_of_tasks() -> None:
    pool = make_pool(max_tasks_per_worker=3)
    pool.start()
    try:
        workers = [run(pool, "pid") for _ in range(9)]
    finally:
        pool.stop()
    assert [len(set(workers[i : i + 3])) for i in (0, 3, 6)] == [1, 1, 1]
    assert len(set(workers)) == 3
    assert not any(is_alive(worker) for worker in workers)


def test_threads_share_few_workers_and_each_gets_its_own_result() -> None:
    pool = make_pool(workers=2, max_tasks_per_worker=7)
    pool.start()
    results: queue.Queue[tuple[int, Any]] = queue.Queue()

    def compute(start: int) -> None:
        for number in range(start, start + 10):
            results.put((number, run(pool, "echo", number)))

    threads = [threading.Thread(target=compute, args=(10 * i,)) for i in range(8)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        pool.stop()
    pairs = [results.get_nowait() for _ in range(80)]
    assert all(number == result for number, result in pairs)
    assert {number for number, _ in pairs} == set(range(80))


def test_who_waits_too_long_for_a_worker_is_told_so() -> None:
    pool = make_pool()
    pool.start()

    def occupy() -> None:
        with contextlib.suppress(InferenceError):
            run(pool, "sleep_ignoring_signals", timeout_s=30)

    thread = threading.Thread(target=occupy)
    thread.start()
    try:
        wait_until(lambda: not pool._slots.qsize())
        with pytest.raises(SandboxTimeoutError, match="busy"):
            pool.run(TASKS["echo"], 1, timeout_s=5, wait_s=0.05)
    finally:
        pool.stop()
        thread.join()


def test_stop_ends_tasks_in_flight_and_those_that_wait() -> None:
    pool = make_pool()
    pool.start()
    worker = run(pool, "pid")
    outcomes: queue.Queue[BaseException] = queue.Queue()

    def compute() -> None:
        try:
            run(pool, "sleep_ignoring_signals", timeout_s=60)
        except BaseException as error:
            outcomes.put(error)

    threads = [threading.Thread(target=compute) for _ in range(3)]
    for thread in threads:
        thread.start()
    wait_until(lambda: not pool._slots.qsize())
    pool.stop()
    for thread in threads:
        thread.join()
    assert [type(outcomes.get_nowait()) for _ in threads] == [EngineNotReadyError] * 3
    assert not is_alive(worker)
    with pytest.raises(EngineNotReadyError):
        run(pool, "echo", 1)


def test_it_can_be_stopped_twice_and_started_again() -> None:
    pool = make_pool()
    with pytest.raises(EngineNotReadyError):
        run(pool, "echo", 1)
    pool.start()
    pool.start()
    assert run(pool, "echo", 1) == 1
    pool.stop()
    pool.stop()
    pool.start()
    assert run(pool, "echo", 2) == 2
    pool.stop()


def test_a_task_module_that_does_not_load_stops_the_start_with_its_name() -> None:
    pool = SandboxPool(1, MEMORY_BYTES, 10, allowed_tasks=("tests.no_such_module:task",))
    with pytest.raises(EngineNotReadyError, match="no_such_module"):
        pool.start()


def test_it_leaks_no_process_and_no_descriptor_over_hundreds_of_tasks() -> None:
    pool = make_pool(workers=2, max_tasks_per_worker=5)
    pool.start()
    try:
        zygote = run(pool, "describe_surroundings")["parent"]

        def count() -> tuple[int, int]:
            return len(os.listdir("/proc/self/fd")), len(os.listdir(f"/proc/{zygote}/fd"))

        before = count()
        for number in range(300):
            if number % 20 == 0:
                with pytest.raises(SandboxCrashedError):
                    run(pool, "exit_at_once")
            assert run(pool, "echo", number) == number
        assert count() == before
        # The zygote has waited for each of its dead: no zombie is left.
        wait_until(lambda: len(children_of(zygote)) == 2)
    finally:
        pool.stop()
    assert not is_alive(zygote)


SERVER = """
import signal, sys, threading
from inference.verify.sandbox import SandboxPool
# Tests that run in the background of a shell hand an ignored SIGINT down.
signal.signal(signal.SIGINT, signal.default_int_handler)
pool = SandboxPool(2, 300 * 1024 * 1024, 100, allowed_tasks=({echo!r}, {loop!r}, {pid!r}))
# Started in a thread that ends, as a server would; the workers must not end with it.
thread = threading.Thread(target=pool.start)
thread.start()
thread.join()
first = pool.run({pid!r}, timeout_s=20)
def compute():
    pool.run({loop!r}, timeout_s=600)
threading.Thread(target=compute, daemon=True).start()
print(pool._zygote._process.pid, first, flush=True)
signal.pause()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_when_the_server_dies_in_the_middle_of_a_task(
    number: signal.Signals,
) -> None:
    code = SERVER.format(echo=TASKS["echo"], loop=TASKS["loop_forever"], pid=TASKS["pid"])
    server = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=REPO,
        text=True,
    )
    assert server.stdout is not None
    with server, contextlib.closing(server.stdout) as output:
        zygote, worker = (int(word) for word in output.readline().split())
        workers = children_of(zygote)
        assert worker in workers
        assert len(workers) == 2
        server.send_signal(number)
        server.wait(20)
    wait_until(lambda: not any(is_alive(pid) for pid in {zygote, *workers}))


def test_the_default_list_names_tasks_of_this_package_only() -> None:
    assert all(name.startswith("inference.") for name in ALLOWED_TASKS)
