"""What all sockets of the site share: the handshake, limits on what comes in, and the close.

A socket is one object with two coroutines: one reads what the client sends, the other sends what
is new. Only the latter sends, so at any time at most one frame per socket is under way; the
server's `send` returns when the client's connection has room again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from homework.access.credentials import Credential, credential_user
from homework.access.networks import address_of_scope, is_within, server_networks
from homework.access.schools import require_network
from homework.accounts.gate import gate_of
from homework.accounts.models import User
from homework.common.errors import (
    AppError,
    InvalidTokenError,
    NetworkNotAllowedError,
    NotFoundError,
    NotSignedInError,
    PermissionDeniedError,
    TooManyRequestsError,
)
from homework.common.logs import error_facts
from homework.consumers.auth import (
    Scope,
    credential_of_message,
    credential_of_session,
    is_without_origin,
    origin_is_allowed,
    session_key_of,
)
from homework.consumers.database import in_database_thread

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

NORMAL_CLOSURE = 1000
INTERNAL_ERROR = 1011
STALLED = 1013
NONSENSE_CLOSE = 4400
MAX_BAD_MESSAGES = 10
MESSAGES_BURST = 20
MESSAGES_PER_S = 2.0
MAX_MESSAGE_CHARACTERS = 16 * 1024
MAX_SIGNING_IN = 200
"""Connections that have not said yet who they are; strangers may have no more."""

_open_sockets: Counter[int] = Counter()
"""Open sockets by person. Touched on the event loop only."""
_num_signing_in = 0
"""Likewise."""


class CloseSocket(Exception):
    """Ends a socket with a code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _GoneError(Exception):
    """The client left before it said who it is."""


class BadMessageError(Exception):
    """The client sent something that makes no sense."""


class Socket(ABC):
    """One websocket of a person who is signed in. An ASGI application for one connection."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        self._receive = receive
        self._send = send
        self.credential: Credential | None = None
        self._is_over = False
        self._num_bad_messages = 0
        self._allowance = float(MESSAGES_BURST)
        self._allowed_at = time.monotonic()
        self.user_id = 0

    @classmethod
    def as_asgi(cls) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
        """The ASGI application that makes a socket of this class for each connection."""

        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            await cls(scope, receive, send).run()

        return application

    @abstractmethod
    def authorise(self, user: User) -> None:
        """Say that this person may have this socket. In a thread, with the database.

        Called at first and again every WEBSOCKET_RECHECK_S seconds.

        Raises:
            AppError: They may not; its close code ends the socket.
        """

    @abstractmethod
    async def pump(self) -> None:
        """Send what there is to send, until the end. May raise `CloseSocket`."""

    @abstractmethod
    async def handle(self, message: dict[str, Any]) -> None:
        """Take a message from the client. May raise `BadMessageError` or `AppError`."""

    async def opened(self) -> None:  # noqa: B027, most sockets have nothing to do
        """Called when the person is known and allowed."""

    async def closed(self) -> None:  # noqa: B027
        """Called at the end of every socket that was opened."""

    async def send_json(self, message: dict[str, Any]) -> None:
        """Send one frame and wait until the connection has room for another.

        Raises:
            CloseSocket: The client has not read for WEBSOCKET_STALL_S seconds.
        """
        if self._is_over:
            raise CloseSocket(INTERNAL_ERROR)
        text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
        try:
            async with asyncio.timeout(settings.WEBSOCKET_STALL_S):
                await self._send({"type": "websocket.send", "text": text})
        except TimeoutError:
            raise CloseSocket(STALLED) from None

    async def run(self) -> None:
        """Serve the connection from handshake to close."""
        message = await self._receive()
        if message["type"] != "websocket.connect":
            return
        # Browsers hide why a handshake was refused; so it is accepted, and closed with a code.
        await self._send({"type": "websocket.accept"})
        try:
            if not is_within(address_of_scope(self.scope), server_networks()):
                raise NetworkNotAllowedError
            await self._sign_in()
            if _open_sockets[self.user_id] >= settings.WEBSOCKET_MAX_PER_USER:
                raise TooManyRequestsError
            _open_sockets[self.user_id] += 1
        except _GoneError:
            return
        except AppError as error:
            await self._close(error.close_code)
            return
        try:
            await self.opened()
            await self._serve()
        finally:
            _open_sockets[self.user_id] -= 1
            if _open_sockets[self.user_id] <= 0:
                del _open_sockets[self.user_id]
            await self.closed()

    async def _sign_in(self) -> None:
        """Find out who comes, a page by its cookie, a program by its first message, and whether
        they may.

        A browser always sends the origin of its page, so what comes without one and with a cookie
        is neither. A page of an allowed origin may show a ticket instead of a cookie.
        """
        has_origin = not is_without_origin(self.scope)
        if has_origin and not origin_is_allowed(self.scope):
            raise PermissionDeniedError
        session_key = session_key_of(self.scope)
        if session_key:
            if not has_origin:
                raise PermissionDeniedError
            self.user_id = await in_database_thread(self._enter_now, session_key)
            return
        try:
            message = await self._first_message()
        except TimeoutError:
            raise NotSignedInError from None
        if message["type"] == "websocket.disconnect":
            raise _GoneError
        try:
            parsed = _parse(message)
        except BadMessageError:
            raise InvalidTokenError from None
        self.credential = await in_database_thread(credential_of_message, parsed)
        await self._authorise()

    async def _first_message(self) -> dict[str, Any]:
        global _num_signing_in
        if _num_signing_in >= MAX_SIGNING_IN:
            raise TooManyRequestsError
        _num_signing_in += 1
        try:
            async with asyncio.timeout(settings.WEBSOCKET_SIGN_IN_S):
                return await self._receive()
        finally:
            _num_signing_in -= 1

    async def _serve(self) -> None:
        tasks = [
            asyncio.create_task(self._read()),
            asyncio.create_task(self.pump()),
            asyncio.create_task(self._recheck()),
        ]
        try:
            done, _pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # Whoever may no longer see this gets nothing more, even if a task resists its end.
            self._is_over = True
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        code: int | None = None
        for task in done:
            match task.exception():
                case None:
                    # The reader returns when the client is gone: then there is nothing to close.
                    code = code if task is not tasks[0] else None
                    if task is tasks[1]:
                        code = NORMAL_CLOSURE
                case CloseSocket(code=given):
                    code = given
                case AppError(close_code=given):
                    code = given
                case error:
                    logger.error("socket failed", extra=error_facts(error))
                    code = INTERNAL_ERROR
        if code is not None:
            await self._close(code)

    async def _close(self, code: int) -> None:
        await self._send({"type": "websocket.close", "code": code})

    async def _authorise(self) -> None:
        self.user_id = await in_database_thread(self._authorise_now)

    def _authorise_now(self) -> int:
        if self.credential is None:
            raise NotSignedInError
        return self._allow(credential_user(self.credential))

    def _enter_now(self, session_key: str) -> int:
        user, self.credential = credential_of_session(session_key)
        return self._allow(user)

    def _allow(self, user: User) -> int:
        if (first := gate_of(user=user)) is not None:
            raise first
        require_network(user=user, address=address_of_scope(self.scope))
        self.authorise(user)
        return int(user.pk)

    async def _recheck(self) -> None:
        while True:
            await asyncio.sleep(settings.WEBSOCKET_RECHECK_S)
            try:
                await self._authorise()
            except NotFoundError:
                # It was there for them when they came; so this gives nothing away.
                raise PermissionDeniedError from None

    async def _read(self) -> None:
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                return
            self._count_message()
            try:
                await self.handle(_parse(message))
            except BadMessageError:
                self._num_bad_messages += 1
                if self._num_bad_messages >= MAX_BAD_MESSAGES:
                    raise CloseSocket(NONSENSE_CLOSE) from None
                self.bad_message()

    @abstractmethod
    def bad_message(self) -> None:
        """Have the pump answer a message that made no sense."""

    def _count_message(self) -> None:
        now = time.monotonic()
        refill = MESSAGES_PER_S * (now - self._allowed_at)
        self._allowance = min(float(MESSAGES_BURST), self._allowance + refill) - 1
        self._allowed_at = now
        if self._allowance < 0:
            raise TooManyRequestsError


def _parse(message: dict[str, Any]) -> dict[str, Any]:
    text = message.get("text")
    if not isinstance(text, str) or len(text) > MAX_MESSAGE_CHARACTERS:
        raise BadMessageError
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        raise BadMessageError from None
    if not isinstance(parsed, dict):
        raise BadMessageError
    return parsed
