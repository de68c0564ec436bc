"""A running site of its own and a real browser for the flows.

Nothing is replaced: `manage.py serve` with its engine in a process, static files collected as in
production, and Chromium. The rule engine writes at a pace at which a person could read along.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

BASE = Path(__file__).resolve().parents[2]
PHOTOS = BASE / "tests" / "photos"
START_TIMEOUT_S = 120.0
TOKENS_PER_S = "40"
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@dataclass(frozen=True)
class Site:
    """Where it listens, and where it keeps its data."""

    url: str
    data_dir: Path

    @property
    def port(self) -> int:
        return int(self.url.rstrip("/").rsplit(":", 1)[1])


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir = tmp_path_factory.mktemp("site")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("HH_", "DJANGO_"))
    } | {
        "HH_DATA_DIR": str(data_dir),
        "HH_DEMO": "1",
        "HH_RULES_TOKENS_PER_S": TOKENS_PER_S,
        "HH_ANSWER_CACHE_MB": "0",
        "HF_HUB_OFFLINE": "1",
        "PYTHONUNBUFFERED": "1",
    }

    def manage(*arguments: str) -> list[str]:
        return [sys.executable, str(BASE / "manage.py"), *arguments]

    for command in (["migrate"], ["collectstatic", "--noinput"], ["seed_demo"]):
        subprocess.run(
            manage(*command, "--verbosity", "0"),
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    log = (data_dir / "server.log").open("w")
    with subprocess.Popen(
        manage("serve", "--port", "0"),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    ) as server:
        watchdog = threading.Timer(START_TIMEOUT_S, server.kill)
        watchdog.start()
        try:
            assert server.stdout is not None
            for line in server.stdout:
                if found := re.search(r"http://\S+", line):
                    break
            else:
                pytest.fail(f"the server did not start:\n{(data_dir / 'server.log').read_text()}")
            watchdog.cancel()
            yield Site(found[0], data_dir)
        finally:
            watchdog.cancel()
            server.terminate()


@pytest.fixture(scope="package")
def browser(site: Site) -> Iterator[Browser]:
    executable = shutil.which("chromium")
    assert executable, "Chromium is part of the set-up for tests"
    # After the site, hence closed before it: a server that stops waits for open connections.
    # Package scope: outside of this folder the loop that Playwright keeps running would be in
    # the way of the asynchronous tests.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """Collects what a browser complains about: console errors, and with them every violation of
    the content policy, and exceptions of scripts."""

    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """The test provokes complaints like this one."""
        self.expected.append(pattern)

    def attach(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))
        page.on("console", self._heard)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")

    @property
    def unexpected(self) -> list[str]:
        return [
            complaint
            for complaint in self.complaints
            if not any(re.search(pattern, complaint) for pattern in self.expected)
        ]


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    assert watch.unexpected == []


class Visit:
    """Opens pages for one test, signed in or not, and closes them."""

    def __init__(self, browser: Browser, site: Site, watch: Watch, stack: ExitStack) -> None:
        self._browser, self._site, self._watch, self._stack = browser, site, watch, stack

    def _sign_in(self, username: str) -> None:
        """Sign in over the form, and keep the session for the tests to come."""
        context = self._browser.new_context(base_url=self._site.url, locale="en-GB")
        page = context.new_page()
        page.goto("/accounts/login/")
        page.fill("[name=login]", username)
        page.fill("[name=password]", f"demo-{username}")
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/")
        path = self._site.data_dir / f"session-{username}.json"
        context.storage_state(path=path)
        context.close()

    def __call__(
        self,
        *,
        username: str | None = "alice",
        phone: bool = False,
        locale: str = "en-GB",
        scheme: str = "light",
        base_url: str = "",
        javascript: bool = True,
    ) -> Page:
        session = self._site.data_dir / f"session-{username}.json"
        if username and not session.exists():
            self._sign_in(username)
        context: BrowserContext = self._browser.new_context(
            base_url=base_url or self._site.url,
            storage_state=str(session) if username else None,
            viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 900},
            is_mobile=phone,
            has_touch=phone,
            locale=locale,
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=javascript,
        )
        self._stack.callback(context.close)
        context.set_default_timeout(20_000)
        page = context.new_page()
        self._watch.attach(page)
        if username:
            page.goto("/")
        return page


@pytest.fixture
def visit(browser: Browser, site: Site, watch: Watch) -> Iterator[Visit]:
    with ExitStack() as stack:
        yield Visit(browser, site, watch, stack)


class Cable:
    """The network between browser and site, which can be cut: a proxy that passes bytes on."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._is_cut = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break every connection; new ones are refused until `mend`."""
        with self._lock:
            self._is_cut = True
            for connection in self._open:
                with suppress(OSError):  # its other end was faster
                    connection.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Let new connections through again."""
        self._is_cut = False

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if self._is_cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._target))
                self._open |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):  # cut
            while data := source.recv(65536):
                sink.sendall(data)
        with self._lock, suppress(OSError):
            # What one side has ended is over for the other one, too; HTTP and websockets both
            # say so themselves before.
            sink.shutdown(socket.SHUT_RDWR)
            self._open.discard(source)


@pytest.fixture
def cable(site: Site) -> Iterator[Cable]:
    cable = Cable(site.port)
    yield cable
    cable.close()
