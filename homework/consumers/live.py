"""The socket of a teacher's live view: the whole list, again whenever something in it changes."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from homework.accounts.models import User
from homework.accounts.selectors import students_taught_by
from homework.common.errors import PermissionDeniedError
from homework.consumers.auth import Scope
from homework.consumers.database import in_database_thread
from homework.consumers.listening import ListeningSocket
from homework.consumers.sockets import Receive, Send
from homework.insight.live import live_items
from homework.pipeline.notices import group_of

INTERVAL_S = 1.0
"""At most one list in this time, however many questions a class asks at once."""
REFRESH_S = 15.0
"""A list is sent after this time without a notice, too: notices may be lost."""


class LiveSocket(ListeningSocket):
    """Sends `{"type": "live", "items": [...]}`: what `live_items` says of the teacher's classes.

    With a class in its address, of that class only; with `screen=1` in its query, without names.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self._classroom_id: int | None = scope["url_route"]["kwargs"].get("classroom_id")
        self._is_screen = b"screen=1" in scope.get("query_string", b"").split(b"&")
        self._user: User | None = None
        self._students: set[int] = set()

    def authorise(self, user: User) -> None:
        if user.role != User.Role.TEACHER:
            raise PermissionDeniedError
        self._user = user
        # Also finds that the class is not theirs, or no longer.
        live_items(teacher=user, classroom_id=self._classroom_id)
        self._students = set(students_taught_by(teacher=user).values_list("pk", flat=True))

    async def pump(self) -> None:
        while True:
            # What happens to the questions of the students there are now.
            await self.listen_to({group_of(student_id) for student_id in self._students})
            items = await in_database_thread(self._items)
            await self.send_json({"type": "live", "items": items})
            sent_at = time.monotonic()
            await self._notice_or_time()
            await asyncio.sleep(max(0.0, sent_at + INTERVAL_S - time.monotonic()))

    def _items(self) -> list[dict[str, Any]]:
        assert self._user is not None
        return live_items(
            teacher=self._user, classroom_id=self._classroom_id, with_names=not self._is_screen
        )

    async def _notice_or_time(self) -> None:
        task = asyncio.ensure_future(self.next_notice())
        try:
            await asyncio.wait([task], timeout=REFRESH_S)
        finally:
            task.cancel()
