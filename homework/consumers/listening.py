"""What the sockets share that only listen to the channel layer: a channel, and groups to hear."""

from __future__ import annotations

from typing import Any

from channels.layers import get_channel_layer

from homework.consumers.auth import Scope
from homework.consumers.sockets import BadMessageError, Receive, Send, Socket
from homework.pipeline.hub import hub


class ListeningSocket(Socket):
    """A socket that takes no messages from its client and hears notices of the channel layer."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self._groups: set[str] = set()

    async def opened(self) -> None:
        hub.attach_loop()
        self._layer = get_channel_layer()
        self._channel: str = await self._layer.new_channel()

    async def closed(self) -> None:
        await self.listen_to(set())

    async def listen_to(self, groups: set[str]) -> None:
        """Hear what is sent to these groups from here on, and to no others."""
        for group in groups - self._groups:
            await self._layer.group_add(group, self._channel)
        for group in self._groups - groups:
            await self._layer.group_discard(group, self._channel)
        self._groups = groups

    async def next_notice(self) -> dict[str, Any]:
        """Wait for a notice."""
        notice: dict[str, Any] = await self._layer.receive(self._channel)
        return notice

    async def handle(self, message: dict[str, Any]) -> None:
        raise BadMessageError

    def bad_message(self) -> None:
        """Nothing is expected of the client here, so there is nothing to explain."""
