"""Servers under measurement: started, asked what they cost, held still while another's turn is."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class ServerProcess:
    """A server and all processes that it starts, in a session of their own.

    Args:
        command: What is run.
        cwd: Where.
        env: Variables beside ours.
        log: Takes what it prints.
    """

    def __init__(self, command: list[str], *, cwd: Path, env: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("wb") as file:
            self._process = subprocess.Popen(
                command,
                cwd=cwd,
                env=os.environ | env,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    def await_ready(self, url: str, *, timeout_s: float) -> None:
        """Return when `url` answers with 200.

        Raises:
            RuntimeError: It ended, or did not come up in time; with the end of its log.
        """
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with urllib.request.urlopen(url, timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise RuntimeError(f"{url} does not answer:\n{self.log.read_text()[-3000:]}")

    @property
    def cpu_s(self) -> float:
        """CPU seconds of all its processes, those included that have ended."""
        ticks = 0
        for pid in self._pids():
            fields = _stat(pid)
            ticks += sum(int(field) for field in fields[11:15])  # own and waited-for children's
        return ticks / _TICKS_PER_S

    @property
    def memory_bytes(self) -> int:
        """What all its processes hold, shared pages counted once (proportional set size)."""
        total_kb = 0
        for pid in self._pids():
            try:
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            except OSError:
                continue  # it has just ended
            total_kb += sum(
                int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")
            )
        return total_kb * 1024

    def pause(self) -> None:
        """Hold all its processes still, so that it takes nothing from another's measurement."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let them go on."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it, with force if need be."""
        self.resume()
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self._process.wait()
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        for pid in self._pids():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue

    def _pids(self) -> list[int]:
        """Every process of its session or below it: some servers' workers begin sessions."""
        parents: dict[int, int] = {}
        found: set[int] = set()
        for entry in os.listdir("/proc"):
            if entry.isdigit() and (fields := _stat(int(entry))):
                parents[int(entry)] = int(fields[1])
                if int(fields[3]) == self._process.pid:
                    found.add(int(entry))
        grows = True
        while grows:
            below = {pid for pid, parent in parents.items() if parent in found} - found
            grows = bool(below)
            found |= below
        return sorted(found)


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the state on; empty when it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split()
