"""Addresses of the websockets."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path, re_path

from homework.consumers.lists import SolutionListSocket
from homework.consumers.live import LiveSocket
from homework.consumers.notices import NoticeSocket
from homework.consumers.sockets import Receive, Send
from homework.consumers.solutions import FollowUpSocket, SolutionSocket


async def no_socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Any other address: accepted and closed with 4404, like a solution that is not there."""
    message = await receive()
    if message["type"] == "websocket.connect":
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 4404})


# Django types these for views; Channels takes ASGI applications here.
_list: Any = SolutionListSocket.as_asgi()
_notices: Any = NoticeSocket.as_asgi()
_solution: Any = SolutionSocket.as_asgi()
_follow_up: Any = FollowUpSocket.as_asgi()
_live: Any = LiveSocket.as_asgi()
_no_socket: Any = no_socket

websocket_urlpatterns: list[URLPattern] = [
    path("ws/solutions/", _list),
    path("ws/notices/", _notices),
    path("ws/solutions/<uuid:solution_id>/", _solution),
    path("ws/solutions/<uuid:solution_id>/follow-ups/<uuid:follow_up_id>/", _follow_up),
    path("ws/teach/live/", _live),
    path("ws/teach/live/<int:classroom_id>/", _live),
    re_path("", _no_socket),
]
