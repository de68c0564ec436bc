"""The process that photo decoders are forked from: it has loaded Pillow and NumPy and nothing else.

Starting Python and importing NumPy costs more than decoding a photo. Here that is paid once, and
each photo still gets a process of its own, forked from one that never sees a photo:

    server --(control socket: limits, file, output, job socket)--> zygote --fork--> decoder

The job socket is the life of one decoder. The zygote writes its exit code there; when the server
closes its end, the decoder is killed. When the control socket closes and no job is left, the
zygote ends, and with it (PR_SET_PDEATHSIG) whatever it has forked.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import selectors
import signal
import socket
import sys
from dataclasses import dataclass
from typing import NoReturn

from homework.uploads import decode_worker

_PR_SET_PDEATHSIG = 1
_FILE_DESCRIPTORS_CLOSED = 65_536
_STDIN, _STDOUT, _STDERR = range(3)


@dataclass(frozen=True, slots=True)
class _Job:
    pid: int
    socket: socket.socket


def main(arguments: list[str]) -> int:
    """Fork decoders as the control socket, given by its number, asks for them."""
    control = socket.socket(fileno=int(arguments[0]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    decode_worker.load()
    # What was imported is never freed, so keep the collector from touching (and copying) it.
    gc.collect()
    gc.freeze()
    control.send(b"ready")
    _Zygote(control).run()
    return 0


class _Zygote:
    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._jobs: dict[int, _Job] = {}  # by the number of the job's socket
        self._libc = ctypes.CDLL(None)
        self._pid = os.getpid()
        self._selector = selectors.DefaultSelector()

    def run(self) -> None:
        wakeup_read, wakeup_write = socket.socketpair()
        wakeup_read.setblocking(False)
        wakeup_write.setblocking(False)
        # The handler does nothing; its wake-up byte makes the loop reap.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakeup_write.fileno(), warn_on_full_buffer=False)
        self._selector.register(wakeup_read, selectors.EVENT_READ)
        self._selector.register(self._control, selectors.EVENT_READ)
        is_asked = True
        while is_asked or self._jobs:
            ready = [key.fileobj for key, _ in self._selector.select()]
            if wakeup_read in ready:
                with contextlib.suppress(BlockingIOError):
                    wakeup_read.recv(4096)
                self._reap()
            for each in ready:
                if each is self._control:
                    is_asked = self._obey()
                elif isinstance(each, socket.socket) and each.fileno() in self._jobs:
                    # The server never writes here: it has closed its end.
                    os.kill(self._jobs[each.fileno()].pid, signal.SIGKILL)
                    self._selector.unregister(each)

    def _obey(self) -> bool:
        """Start one decoder; returns False when the server wants no more."""
        try:
            limits, descriptors, _, _ = socket.recv_fds(self._control, 4096, 3)
        except ConnectionError:
            limits = b""
        if not limits:
            self._selector.unregister(self._control)
            return False
        file_fd, output_fd, job_fd = descriptors
        pid = os.fork()
        if pid == 0:
            self._become_decoder(limits.decode(), file_fd, output_fd)
        os.close(file_fd)
        os.close(output_fd)
        job = _Job(pid, socket.socket(fileno=job_fd))
        self._jobs[job_fd] = job
        self._selector.register(job.socket, selectors.EVENT_READ)
        return True

    def _reap(self) -> None:
        for number, job in list(self._jobs.items()):
            pid, status = os.waitpid(job.pid, os.WNOHANG)
            if pid == 0:
                continue
            del self._jobs[number]
            with contextlib.suppress(KeyError):  # the server had closed its end before
                self._selector.unregister(job.socket)
            with contextlib.suppress(OSError):
                job.socket.send(str(os.waitstatus_to_exitcode(status)).encode())
            job.socket.close()

    def _become_decoder(self, limits: str, file_fd: int, output_fd: int) -> NoReturn:
        # Nothing may propagate into the zygote's own frames, hence the exit in `finally`.
        status = 1
        try:
            self._libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != self._pid:  # the zygote died before the line above
                os._exit(1)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(file_fd, _STDIN)
            os.dup2(output_fd, _STDOUT)
            os.closerange(_STDERR + 1, _FILE_DESCRIPTORS_CLOSED)
            status = decode_worker.main([limits])
        finally:
            os._exit(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
