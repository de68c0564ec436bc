"""Every socket of the site, asked for by everybody of the cast: who may have it, and by which code
the others learn that they may not. What happens on the wire is tested in tests/homework/consumers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from homework.common.errors import AppError
from homework.consumers.auth import credential_of_session
from homework.consumers.lists import SolutionListSocket
from homework.consumers.live import LiveSocket
from homework.consumers.notices import NoticeSocket
from homework.consumers.routing import no_socket, websocket_urlpatterns
from homework.consumers.sockets import Socket
from homework.consumers.solutions import FollowUpSocket, SolutionSocket
from tests.homework.permissions.matrix import PERSONS, World
from tests.live import sign_in

OPENS = 0
SIGNED_IN = "alice bob charlie terry dora tina ada"
OWN = {SIGNED_IN: OPENS, "anonymous": 4401}

SOCKETS: dict[str, tuple[type[Socket], Callable[[World], dict[str, Any]], Mapping[str, int]]] = {
    "ws/solutions/": (SolutionListSocket, lambda world: {}, OWN),
    "ws/notices/": (NoticeSocket, lambda world: {}, OWN),
    "ws/solutions/<uuid:solution_id>/": (
        SolutionSocket,
        lambda world: {"solution_id": world.solution.pk},
        {"alice terry": OPENS, "bob charlie dora tina ada": 4404, "anonymous": 4401},
    ),
    "ws/solutions/<uuid:solution_id>/follow-ups/<uuid:follow_up_id>/": (
        FollowUpSocket,
        lambda world: {"solution_id": world.solution.pk, "follow_up_id": world.follow_up.pk},
        {"alice terry": OPENS, "bob charlie dora tina ada": 4404, "anonymous": 4401},
    ),
    "ws/teach/live/": (
        LiveSocket,
        lambda world: {},
        {"terry dora tina": OPENS, "alice bob charlie ada": 4403, "anonymous": 4401},
    ),
    "ws/teach/live/<int:classroom_id>/": (
        LiveSocket,
        lambda world: {"classroom_id": world.classroom.pk},
        {"terry": OPENS, "dora tina": 4404, "alice bob charlie ada": 4403, "anonymous": 4401},
    ),
}


def test_every_socket_has_a_row() -> None:
    routes = {str(pattern.pattern) for pattern in websocket_urlpatterns}

    assert routes - {""} == SOCKETS.keys()
    assert websocket_urlpatterns[-1].callback is no_socket


@pytest.mark.django_db
@pytest.mark.parametrize("route", SOCKETS)
def test_everybody_is_let_in_or_turned_away_as_the_row_says(route: str, world: World) -> None:
    kind, arguments, answers = SOCKETS[route]
    found = {}
    for name in PERSONS:
        scope = {
            "headers": [],
            "client": ("127.0.0.1", 1),
            "query_string": b"",
            "url_route": {"kwargs": arguments(world)},
        }
        socket = kind(scope, never, never)
        try:
            key = "" if name == "anonymous" else sign_in(world.person(name))
            _user, socket.credential = credential_of_session(key)
            socket._authorise_now()
        except AppError as error:
            found[name] = error.close_code
        else:
            found[name] = OPENS

    wanted = {
        name: next(code for names, code in answers.items() if name in names.split())
        for name in PERSONS
    }
    assert found == wanted


async def never(*_arguments: Any) -> Any:
    """Nothing is received or sent before somebody is let in."""
    raise AssertionError
