"""Threads that answer requests, kept from one request to the next with their database connections.

Django's ASGI handler makes a thread for each request, which opens a connection of its own and
closes it, and a second thread that waits for the first one's end; and as nearly all middleware and
all views block, a request goes from the loop to its thread and back twice. Here it borrows a thread
that waits already, and is answered in one visit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, ParamSpec, TypeVar

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

P = ParamSpec("P")
T = TypeVar("T")
Application = Callable[..., Awaitable[None]]

MAX_IDLE: Final = 16
"""Threads that wait for requests; what more of them were needed at once end with their request."""


class _RequestThread(ThreadPoolExecutor):
    """One thread, which knows whether it has something to do."""

    def __init__(self) -> None:
        super().__init__(max_workers=1, thread_name_prefix="request")
        self._last: Future[Any] | None = None

    @property
    def is_idle(self) -> bool:
        """On the event loop, where everything is submitted: one thread works in that order."""
        return self._last is None or self._last.done()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future = super().submit(fn, *args, **kwargs)
        self._last = future
        return future


class BlockingHandler(ASGIHandler):
    """Django's handler, whose middleware and views all run in the request's thread.

    A view that is a coroutine works here, too, at the cost of a way back to the loop.
    """

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, from one call in the thread."""
        return await sync_to_async(self.get_response)(request)


class RequestThreads:
    """An ASGI application around another one, whose blocking parts run in threads that are kept.

    Args:
        application: Answers HTTP requests.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        # Touched on the event loop only. The last one is taken first: its connection is warm.
        self._idle: list[_RequestThread] = []

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        thread = self._idle.pop() if self._idle else _RequestThread()
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self._application(scope, receive, send)
        finally:
            # A request that was given up may have left its thread at work.
            if thread.is_idle and len(self._idle) < MAX_IDLE:
                self._idle.append(thread)
            else:
                thread.shutdown(wait=False)
