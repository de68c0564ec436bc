"""Daphne, with a bound on request bodies, and on how many of them are in memory.

Daphne collects a whole body before the application sees its first byte, so nothing in Django can
refuse a large one in time: 200 MB sent were 200 MB of memory. Here a body is refused as soon as
its declared or its received length passes the bound. The few addresses that take more
(`large_bodies`) have theirs on disk.
"""

from __future__ import annotations

# First: it installs the reactor on which everything of Twisted below depends.
from daphne.server import Server  # isort: skip

import json
import logging
import tempfile
from collections.abc import Callable
from http import HTTPStatus
from io import SEEK_END, BytesIO
from typing import IO, Any, Final

from daphne.http_protocol import HTTPFactory, WebRequest
from django.conf import settings
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header
from twisted.internet import reactor as _reactor
from twisted.internet.threads import deferToThread
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel

from homework.common.body_turns import MAX_INSIDE, SMALL_BYTES, BodyTurns, Turn
from homework.common.errors import (
    AppError,
    BodyTooLargeError,
    InternalError,
    MalformedRequestError,
    NotSignedInError,
    UploadsBusyError,
)
from homework.common.large_bodies import LargeBodies, handing_out, with_file
from homework.common.problems import (
    CONTENT_TYPE,
    OPENAI_PREFIX,
    PROGRAM_PREFIXES,
    openai_error_json,
    problem_json,
)

reactor: Any = _reactor  # its own type lacks the methods of the reactor that is installed
logger = logging.getLogger(__name__)

LINGER_S: Final = 30.0
MAX_WAITING_BYTES: Final = 2 * 1024**3
HOLD_S: Final = 10.0
RETRY_AFTER_S: Final = 10
WEBSOCKET_MAX_FRAME_BYTES: Final = 16 * 1024


class BoundedRequest(WebRequest):
    """A request that stops collecting its body at the bound of its address.

    Lives on the reactor's thread. A refused request never reaches the application.
    """

    content: IO[bytes]

    def __init__(self, channel: HTTPChannel, *args: Any, **kwargs: Any) -> None:
        super().__init__(channel, *args, **kwargs)
        # Twisted would parse forms on the reactor's thread, into memory, for nobody: Django does.
        self._parsePOSTFormSubmission = False
        self._is_refused = False
        self._is_complete = False
        self._deadline: Any = None
        self._max_bytes: int = self.channel.factory.max_body_bytes
        self.large_body: IO[bytes] | None = None
        self._has_large_place = False
        self._factory: BoundedHTTPFactory = channel.factory
        self._turns: BodyTurns = self.channel.factory.turns
        self._turn: Turn | None = None

    def gotLength(self, length: int | None) -> None:
        """The headers are complete; `length` is None for a chunked body."""
        super().gotLength(length)
        timeout_s = self.channel.factory.body_timeout_s
        if length is None or length > self._max_bytes:
            large: LargeBodies = self.channel.factory.large_bodies
            path = self.channel._path.partition(b"?")[0].decode("latin-1")
            if self.channel._command == b"POST" and path in large.paths:
                self._max_bytes, timeout_s = large.paths[path], large.timeout_s
                self._take_large(large)
        if self._is_refused:
            return
        if length is not None and length > self._max_bytes:
            self._refuse(BodyTooLargeError(None, max_bytes=self._max_bytes))
        elif length != 0:
            self._deadline = reactor.callLater(timeout_s, self._give_up, self.channel)

    def _take_large(self, large: LargeBodies) -> None:
        """Collect the body on disk, and ask meanwhile whether its sender is known."""
        factory = self.channel.factory
        if factory.num_large >= large.max_at_once:
            self._refuse(UploadsBusyError(None, retry_after_s=30))
            return
        factory.num_large += 1
        self._has_large_place = True
        self.notifyFinish().addBoth(lambda _end: self._leave_large_place())
        self.content.close()
        self.large_body = tempfile.TemporaryFile(dir=large.folder)  # noqa: SIM115, it outlives us
        self.content = self.large_body
        header = (self.requestHeaders.getRawHeaders(b"Authorization") or [b""])[0]
        asked = deferToThread(large.may_send, header.decode("latin-1"))
        asked.addCallbacks(self._heard_of_sender, self._could_not_ask)

    def _leave_large_place(self) -> None:
        if self._has_large_place:
            self._has_large_place = False
            self._factory.num_large -= 1

    def _heard_of_sender(self, is_known: bool) -> None:
        # Of one that has come in whole meanwhile, the application says the same.
        if not (is_known or self._is_complete or self._is_refused or self._disconnected):
            self._refuse(NotSignedInError())

    def _could_not_ask(self, failure: Failure) -> None:
        logger.error("sender not asked", extra={"error": type(failure.value).__name__})
        self._heard_of_sender(False)

    def handleContentChunk(self, data: bytes) -> None:
        """The next piece of the body."""
        if self._is_refused:
            return  # read only so that the sender gets as far as our answer
        if self.content.tell() + len(data) > self._max_bytes:
            self._refuse(BodyTooLargeError(None, max_bytes=self._max_bytes))
            return
        super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        """The body is complete."""
        self._cancel_deadline()
        if self._is_refused:
            self.channel.loseConnection()
            return
        self._is_complete = True
        if self.large_body is not None:
            self.large_body.seek(0)
            self.content = BytesIO()  # Daphne reads all of it
        super().requestReceived(command, path, version)

    def process(self) -> Any:
        """The request is complete: hand it to the application, or wait for a place."""
        num_bytes = self.content.seek(0, SEEK_END)
        self.content.seek(0)
        if num_bytes <= SMALL_BYTES:
            return super().process()
        self._turn = Turn(num_bytes, self._begin)
        if not self._turns.enter(self._turn):
            self._tell(UploadsBusyError(None, retry_after_s=RETRY_AFTER_S))
        return None

    def _begin(self) -> None:
        # A call that waits for its answer long after its body was read holds no place.
        self._deadline = reactor.callLater(HOLD_S, self._hold_no_longer)
        super().process()

    def _hold_no_longer(self) -> None:
        self._deadline = None
        self._leave()

    def _leave(self) -> None:
        self._cancel_deadline()
        turn, self._turn = self._turn, None
        if turn is not None:
            self._turns.leave(turn)

    def handle_reply(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._leave()
        super().handle_reply(message)

    def connectionLost(self, reason: Any) -> None:
        self._leave()
        super().connectionLost(reason)

    def _refuse(self, error: AppError) -> None:
        """Answer at once and throw away what is still on its way.

        Closing at once would send a reset, and with it the sender loses our answer: browsers
        then report a broken connection. So the connection lingers, as in nginx, for a while.
        """
        self._is_refused = True
        self._cancel_deadline()
        self.content.close()
        # While the connection lingers nothing is kept: strangers must not shut the others out.
        self._leave_large_place()
        # Twisted looks at this right after `gotLength`; we do not want the body.
        self.requestHeaders.removeHeader(b"Expect")
        content_type, body = _told(self, self.channel._path, error)
        phrase = HTTPStatus(error.http_status).phrase
        fields = [
            f"HTTP/1.1 {error.http_status} {phrase}",
            f"Content-Type: {content_type}",
            f"Content-Length: {len(body)}",
            "Cache-Control: no-store",
            "X-Content-Type-Options: nosniff",
            "Connection: close",
        ]
        if isinstance(error, NotSignedInError):
            fields.append("WWW-Authenticate: Bearer")
        if "retry_after_s" in error.detail:
            fields.append(f"Retry-After: {error.detail['retry_after_s']}")
        self.channel.transport.write("\r\n".join([*fields, "", ""]).encode() + body)
        self._deadline = reactor.callLater(LINGER_S, self._give_up, self.channel)
        logger.info("body refused", extra={"max_bytes": self._max_bytes, "code": error.code})

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """Daphne's own refusals, as of a header with control characters."""
        self._tell(InternalError() if status >= 500 else MalformedRequestError())

    def _tell(self, error: AppError) -> None:
        content_type, told = _told(self, self.uri, error)
        headers = [(b"Content-Type", content_type.encode()), (b"Cache-Control", b"no-store")]
        if "retry_after_s" in error.detail:
            headers.append((b"Retry-After", str(error.detail["retry_after_s"]).encode()))
        status = error.http_status
        self.handle_reply({"type": "http.response.start", "status": status, "headers": headers})
        self.handle_reply({"type": "http.response.body", "body": told})

    def _give_up(self, channel: Any) -> None:
        self._deadline = None
        channel.transport.abortConnection()

    def _cancel_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def _told(request: WebRequest, path: bytes, error: AppError) -> tuple[str, bytes]:
    """The answer's content type and body: a problem for programs, else what the sender takes."""
    accepted = (request.requestHeaders.getRawHeaders(b"Accept") or [b""])[0].decode("latin-1")
    languages = (request.requestHeaders.getRawHeaders(b"Accept-Language") or [b""])[0]
    with translation.override(_language(languages.decode("latin-1"))):
        problem = problem_json(error)
    message = problem["detail"]
    if path.startswith(OPENAI_PREFIX.encode()):
        return "application/json", json.dumps(openai_error_json(problem)).encode()
    if path.startswith(tuple(prefix.encode() for prefix in PROGRAM_PREFIXES)):
        return CONTENT_TYPE, json.dumps(problem).encode()
    if "text/html" in accepted:
        title = error.http_status
        page = f"<!doctype html><meta charset=utf-8><title>{title}</title><p>{message}</p>"
        return "text/html; charset=utf-8", page.encode()
    told = {"code": error.code, "message": message, "max_bytes": error.detail.get("max_bytes")}
    return "application/json", json.dumps(told).encode()


def _language(accept_language: str) -> str:
    for tag, _priority in parse_accept_lang_header(accept_language):
        try:
            return translation.get_supported_language_variant(tag)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


class BoundedHTTPFactory(HTTPFactory):
    """Builds connections whose requests are bounded."""

    def __init__(
        self,
        server: Server,
        *,
        max_body_bytes: int,
        body_timeout_s: float,
        large_bodies: LargeBodies,
    ) -> None:
        super().__init__(server)
        self.max_body_bytes = max_body_bytes
        self.body_timeout_s = body_timeout_s
        self.large_bodies = large_bodies
        self.num_large = 0
        self.turns = BodyTurns(max_inside=MAX_INSIDE, max_waiting_bytes=MAX_WAITING_BYTES)

    def buildProtocol(self, addr: object) -> object:
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedRequest
        return protocol


class BoundedServer(Server):
    """Daphne's server, which answers a body that is too large with 413.

    Args:
        application: The ASGI application.
        max_body_bytes: The largest body, multipart framing included.
        body_timeout_s: A body that takes longer to arrive is dropped.
        large_bodies: Addresses that take more.
        **options: Anything that `daphne.server.Server` takes.
    """

    connections: dict[WebRequest, dict[str, Any]]

    def __init__(
        self,
        application: Callable[..., Any],
        *,
        max_body_bytes: int,
        body_timeout_s: float,
        large_bodies: LargeBodies | None = None,
        **options: Any,
    ) -> None:
        super().__init__(handing_out(application), **options)
        self._large_bodies = large_bodies or LargeBodies()
        self._max_body_bytes = max_body_bytes
        self._body_timeout_s = body_timeout_s

    # `Server.run` names its factory class outright and assigns it here: the one seam it leaves.
    @property
    def http_factory(self) -> BoundedHTTPFactory:
        return self._http_factory

    @http_factory.setter
    def http_factory(self, _daphnes_own: HTTPFactory) -> None:
        self._http_factory = BoundedHTTPFactory(
            self,
            max_body_bytes=self._max_body_bytes,
            body_timeout_s=self._body_timeout_s,
            large_bodies=self._large_bodies,
        )

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """As Daphne's; the application is handed a large body from its file."""
        large_body = getattr(protocol, "large_body", None)
        if large_body is not None:
            with_file(scope, large_body)
        return super().create_application(protocol, scope)

    def kill_all_applications(self) -> Any:
        """As Daphne's, which fails on a connection whose body is still coming in."""
        self.connections = {
            protocol: details
            for protocol, details in self.connections.items()
            if "application_instance" in details
        }
        return super().kill_all_applications()
