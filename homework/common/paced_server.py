"""Daphne with a bound on what waits for a slow websocket.

Daphne's `send` writes to a buffer without end and returns at once, so an application that streams
to a client that does not read fills the memory. Here `send` returns when the connection has room
again, which lets the application wait, and give up. The other way round, a client that sends
faster than its messages are handled is cut off.
"""

from __future__ import annotations

# First: it installs the reactor on which everything of Twisted depends.
from homework.common.bounded_server import BoundedServer  # isort: skip

import asyncio
import socket
from collections.abc import Callable
from typing import Any, Final

from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

SEND_BUFFER_BYTES: Final = 64 * 1024
"""The kernel's share for one socket; by itself it grows to megabytes."""
MAX_UNHANDLED_MESSAGES: Final = 64
TOO_MANY_CLOSE: Final = 4429
CLOSE_HANDSHAKE_S: Final = 10.0


@implementer(IPushProducer)
class _Pacer:
    """What the transport tells that its buffer is full (64 KiB) or empty again."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self.has_room = asyncio.Event()
        self.has_room.set()

    def pauseProducing(self) -> None:
        self.has_room.clear()

    def resumeProducing(self) -> None:
        self.has_room.set()
        if self._transport.disconnecting:
            # A transport with a producer would wait for it to finish before it closes.
            self._transport.unregisterProducer()

    def stopProducing(self) -> None:
        self.has_room.set()


class PacedWebSocketProtocol(WebSocketProtocol):
    """One websocket connection. Lives on the reactor's thread."""

    pacer: _Pacer | None = None
    maxMessagePayloadSize: int
    _is_closing = False

    def onOpen(self) -> None:
        # The HTTP connection that this one grew out of is still registered.
        self.transport.unregisterProducer()
        self.pacer = _Pacer(self.transport)
        self.transport.registerProducer(self.pacer, True)
        handle = self.transport.getHandle()
        if handle is not None:
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        super().onOpen()

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        if self._is_closing:
            return
        if self.application_queue.qsize() >= MAX_UNHANDLED_MESSAGES:
            self.serverClose(code=TOO_MANY_CLOSE)
            return
        super().onMessage(payload, isBinary)

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:
        if self.pacer is not None:
            self.pacer.has_room.set()
        super().onClose(wasClean, code, reason)

    def sendMessage(self, payload: bytes, isBinary: bool = False, **options: Any) -> None:
        # Autobahn holds what we send to the bound on what we accept.
        bound, self.maxMessagePayloadSize = self.maxMessagePayloadSize, 0
        try:
            super().sendMessage(payload, isBinary, **options)
        finally:
            self.maxMessagePayloadSize = bound

    def serverClose(self, code: int | None = None) -> None:
        self._is_closing = True
        if self.state == self.STATE_OPEN:
            # Not `sendClose`, which refuses the codes that a server needs (1011 to 1013).
            self.sendCloseFrame(code=1000 if code is None else code, isReply=False)


class PacedServer(BoundedServer):
    """The site's server: bounded bodies, paced websockets, and an orderly end."""

    def __init__(self, application: Callable[..., Any], **options: Any) -> None:
        super().__init__(application, **options)
        self.ports: list[Any] = []
        self.has_listen_failed = False

    # As with the HTTP factory: `Server.run` assigns Daphne's own, the one seam it leaves.
    @property
    def ws_factory(self) -> WebSocketFactory:
        return self._ws_factory

    @ws_factory.setter
    def ws_factory(self, factory: WebSocketFactory) -> None:
        factory.protocol = PacedWebSocketProtocol
        # By default a message that is too large ends in a reset, and a client that takes more than
        # a second to answer a close loses the code that told it why.
        factory.setProtocolOptions(failByDrop=False, closeHandshakeTimeout=CLOSE_HANDSHAKE_S)
        self._ws_factory = factory

    def listen_success(self, port: Any) -> None:
        self.ports.append(port)
        super().listen_success(port)

    def listen_error(self, failure: Any) -> None:
        self.has_listen_failed = True
        super().listen_error(failure)

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """Pass on what the application sends; return when the client can take more."""
        await super().handle_reply(protocol, message)
        pacer = getattr(protocol, "pacer", None)
        if message["type"] == "websocket.send" and pacer is not None:
            await pacer.has_room.wait()

    def stop_listening(self) -> None:
        """Take no new connections."""
        for port in self.ports:
            port.stopListening()
        self.ports = []

    def close_websockets(self, code: int) -> None:
        """Close every open websocket."""
        for protocol in list(self.connections):
            if isinstance(protocol, PacedWebSocketProtocol):
                protocol.serverClose(code)

    @property
    def num_busy(self) -> int:
        """Connections on which something is under way: open websockets, requests unanswered."""
        return sum("disconnected" not in details for details in self.connections.values())
