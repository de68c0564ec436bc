"""Real servers in processes of their own, and clients for their sockets.

The server and the test share one database: the test's own, which the server opens by its address.
"""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from homework.accounts.models import User
from tests.frames import check_frame

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT_S = 60.0
TIMEOUT_S = 40.0
SERVE = (str(ROOT / "manage.py"), "serve", "--port", "0")


class LiveSite:
    """A server process."""

    def __init__(self, *command: str, **env: str) -> None:
        """Start it and wait until it listens and is ready.

        Args:
            *command: What Python runs; `SERVE` unless given.
            **env: Settings beside those of the test.
        """
        self.process = subprocess.Popen(
            [sys.executable, *(command or SERVE)],
            cwd=ROOT,
            env=os.environ | _environment() | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self.log: list[str] = []
        threading.Thread(target=self._read_stdout, daemon=True).start()
        threading.Thread(target=self._read_stderr, daemon=True).start()
        self.host = self._await_address()
        self.url = f"http://{self.host}"
        try:
            self.await_ready()
        except BaseException:
            self.kill()
            raise

    def _read_stdout(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _read_stderr(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(line)

    def _await_address(self) -> str:
        while True:
            line = self._lines.get(timeout=START_TIMEOUT_S)
            if line is None:
                self.process.wait(TIMEOUT_S)
                raise AssertionError(f"the server did not start: {''.join(self.log)[-2000:]}")
            match = re.search(r"http://(\S+)/", line)
            if match:
                return match.group(1)

    def await_ready(self) -> None:
        """Wait until /readyz says so."""
        halted = threading.Event()
        for _ in range(int(START_TIMEOUT_S / 0.1)):
            if self.get("/readyz")[0] == 200:
                return
            assert self.process.poll() is None, "".join(self.log)[-2000:]
            halted.wait(0.1)
        raise AssertionError("the server is not ready")

    def get(self, path: str) -> tuple[int, Any]:
        """Status and JSON of a page."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=TIMEOUT_S) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    @property
    def rss_kb(self) -> int:
        """Resident memory of the process."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))  # type: ignore[union-attr]

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.wait()

    def wait(self) -> int:
        """The exit code, when it comes."""
        code = self.process.wait(TIMEOUT_S)
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        return code

    def socket(
        self,
        path: str,
        *,
        session: str = "",
        origin: str | None = "",
        **options: Any,
    ) -> ClientConnection:
        """Open a websocket; `origin` is that of the site's own pages unless given."""
        headers = options.pop("additional_headers", {})
        if session:
            headers["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={session}"
        return connect(
            f"ws://{self.host}{path}",
            origin=self.url if origin == "" else origin,  # type: ignore[arg-type]
            additional_headers=headers,
            open_timeout=TIMEOUT_S,
            compression=None,
            max_size=None,
            **options,
        )


def _environment() -> dict[str, str]:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format_map(database)
    return {
        "HH_DATABASE_URL": url,
        "HH_DATA_DIR": str(settings.DATA_DIR),
        "HH_SECRET_KEY": settings.SECRET_KEY,
        "HH_STATIC_MANIFEST": "0",
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
    }


def sign_in(user: User) -> str:
    """The key of a session in which this person is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    assert session.session_key is not None
    return session.session_key


def next_frame(socket: ClientConnection) -> dict[str, Any]:
    """The next frame, parsed."""
    frame: dict[str, Any] = json.loads(socket.recv(timeout=TIMEOUT_S))
    return frame


def close_code(socket: ClientConnection) -> int:
    """Read everything that still comes and say with which code the server closed."""
    try:
        while True:
            socket.recv(timeout=TIMEOUT_S)
    except ConnectionClosed as closed:
        assert closed.rcvd is not None
        return closed.rcvd.code


class Follower:
    """What a client knows of a solution, by the rules of docs/stream-protocol.md.

    Written anew here rather than taken from the site, so that both must agree with the document.
    """

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}
        self.position: int | None = None
        self.is_done = False
        self.num_frames = 0
        self.num_snapshots = 0
        self.attempts: list[int] = []

    def take(self, frame: dict[str, Any]) -> None:
        """Apply one frame."""
        check_frame(frame)
        self.num_frames += 1
        if frame["events"][0]["type"] != "snapshot":
            assert frame["from"] == self.position, "a gap"
        for event in frame["events"]:
            self._apply(event)
        self.position = frame["to"]

    def _apply(self, event: dict[str, Any]) -> None:
        assert not self.is_done, "something after done"
        rest = {name: value for name, value in event.items() if name != "type"}
        match event["type"]:
            case "snapshot":
                self.num_snapshots += 1
                self.attempts.append(event["attempt"])
                assert event["offset"] == len(event["text"])
                self.state = rest
            case "delta":
                assert event["offset"] == len(self.state["text"])
                self.state["text"] += event["text"]
                self.state["offset"] = len(self.state["text"])
            case "step":
                steps = {step["index"]: step for step in self.state["steps"]}
                steps[event["index"]] = rest
                self.state["steps"] = [steps[index] for index in sorted(steps)]
            case "answer" | "reading" | "error":
                self.state[event["type"]] = rest
            case "state":
                self.state["state"] = event["state"]
            case "engine":
                self.state |= {"engine": event["to"], "text": "", "offset": 0}
                self.state |= {"steps": [], "answer": None}
            case "done":
                self.is_done = True
                self.state["finish_reason"] = event["finish_reason"]
                self.state["usage"] = event["usage"]
            case "queued":
                pass

    def follow(self, socket: ClientConnection) -> dict[str, Any]:
        """Read to the end; the server must close with 1000 after `done`."""
        try:
            while True:
                self.take(json.loads(socket.recv(timeout=TIMEOUT_S)))
        except ConnectionClosed as closed:
            assert closed.rcvd is not None
            assert closed.rcvd.code == 1000, closed.rcvd
        assert self.is_done
        return self.state
