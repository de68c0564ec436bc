"""The site's end of `decode_zygote`: a process for every photo, without its start-up."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
import threading
import weakref
from dataclasses import asdict
from pathlib import Path
from typing import IO, Final

from homework.common.errors import DecodeTimeoutError
from homework.uploads.limits import DecodeLimits

_PACKAGE_ROOT: Final = Path(__file__).resolve().parents[2]
_START_TIMEOUT_S: Final = 30.0
_SEALS: Final = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL


class ZygoteGoneError(Exception):
    """The zygote does not answer, so nobody knows what became of a photo."""


class DecodeProcesses:
    """Decoders, each forked for one file. The zygote is started with the first; any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._zygote: _Zygote | None = None

    def run(self, data: bytes, limits: DecodeLimits, output: IO[bytes]) -> int:
        """Decode one file into `output`, as `decode_worker` writes it.

        Returns:
            The exit code of the decoder, negative for the signal that ended it.

        Raises:
            DecodeTimeoutError: It took longer than `limits.wall_s` and was killed.
            ZygoteGoneError: The processes cannot be started on this machine.
        """
        try:
            exit_code = self._started().run(data, limits, output)
        except ZygoteGoneError:
            # It died, which is not this photo's fault. A new one gets the photo.
            self.close()
            output.seek(0)  # the decoder wrote through the same offset
            output.truncate()
            exit_code = self._started().run(data, limits, output)
        if exit_code < 0:
            # Forks of one zygote have one memory layout. Who crashes a decoder to learn of it
            # meets another the next time.
            self.close()
        return exit_code

    def close(self) -> None:
        """Start no more decoders from this zygote; those that run come to their end."""
        with self._lock:
            zygote, self._zygote = self._zygote, None
        if zygote is not None:
            zygote.close()

    def _started(self) -> _Zygote:
        with self._lock:
            if self._zygote is None:
                self._zygote = _Zygote()
            return self._zygote


class _Zygote:
    def __init__(self) -> None:
        # SOCK_SEQPACKET keeps orders apart without framing.
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "homework.uploads.decode_zygote", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=_PACKAGE_ROOT,
                env=_environment(),
                pass_fds=[theirs.fileno()],
                # Ctrl-C in the terminal is for the server; it then closes the control socket.
                start_new_session=True,
            )
        except OSError as error:
            self._control.close()
            raise ZygoteGoneError from error
        finally:
            theirs.close()
        self.close = weakref.finalize(self, _close, self._control, self._process)
        self._control.settimeout(_START_TIMEOUT_S)
        try:
            is_ready = self._control.recv(16) == b"ready"
        except OSError as error:
            raise ZygoteGoneError from error
        if not is_ready:
            raise ZygoteGoneError

    def run(self, data: bytes, limits: DecodeLimits, output: IO[bytes]) -> int:
        file_fd = os.memfd_create("photo", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        ours, theirs = socket.socketpair()
        with ours:
            try:
                with open(file_fd, "wb", closefd=False) as file:
                    file.write(data)
                os.lseek(file_fd, 0, os.SEEK_SET)
                # Or a decoder that a file has taken over could fill the memory through it.
                fcntl.fcntl(file_fd, fcntl.F_ADD_SEALS, _SEALS)
                order = json.dumps(asdict(limits)).encode()
                socket.send_fds(self._control, [order], [file_fd, output.fileno(), theirs.fileno()])
            except OSError as error:
                raise ZygoteGoneError from error
            finally:
                os.close(file_fd)
                theirs.close()
            ours.settimeout(limits.wall_s)
            try:
                exit_code = ours.recv(16)
            except TimeoutError:
                raise DecodeTimeoutError from None
            except OSError as error:
                raise ZygoteGoneError from error
        if not exit_code:
            raise ZygoteGoneError
        return int(exit_code)


def _close(control: socket.socket, process: subprocess.Popen[bytes]) -> None:
    control.close()
    # It ends once its last decoder has; nobody should have to wait for that.
    threading.Thread(target=process.wait, name="zygote-end", daemon=True).start()


def _environment() -> dict[str, str]:
    """Nothing of the site's environment: it holds the secret key and the database's password."""
    kept = ("PATH", "LD_LIBRARY_PATH", "LANG")
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "ignore",
    }
