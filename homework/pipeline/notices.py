"""Small notices through the channel layer: "solution X is now in state Y", for lists.

A notice that is lost costs a list one update, so the layer's weak promises suffice. Nothing of a
solution's content goes this way.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from channels.layers import get_channel_layer

from homework.accounts.models import User
from homework.accounts.selectors import teacher_ids_of_student
from homework.common.logs import error_facts
from homework.pipeline.hub import Hub
from homework.solutions.models import Solution

logger = logging.getLogger(__name__)


def notice_group_of(user_id: int) -> str:
    """The group in which the sockets of a person's notices stand."""
    return f"notices.user.{user_id}"


def notify(hub: Hub, user_ids: Iterable[int], **notice: Any) -> None:
    """Tell the open pages of these people that something happened, for them to look.

    Any thread; never fails.

    Args:
        hub: Of this process.
        user_ids: Whom.
        **notice: Small JSON values without any content, with a `kind`.
    """
    layer = get_channel_layer()
    groups = [notice_group_of(user_id) for user_id in user_ids]
    if not groups:
        return
    message = {"type": "notice", "notice": notice}

    async def send() -> None:
        for group in groups:
            await layer.group_send(group, message)

    hub.run_on_loop(send)


def notify_teachers(hub: Hub, student: User) -> None:
    """Tell a student's teachers that their queue has changed. Any thread; never fails."""
    try:
        teachers = teacher_ids_of_student(student=student)
    except Exception as error:
        # What happened is stored; a badge that lags behind must not undo it.
        logger.error("teachers were not notified", extra=error_facts(error))
        return
    notify(hub, teachers, kind="queue")


def group_of(user_id: int) -> str:
    """The group in which the sockets of a person's list stand."""
    return f"solutions.user.{user_id}"


def announce(hub: Hub, solution: Solution, state: str) -> None:
    """Tell the student's lists that a solution changed its state. Any thread; never fails."""
    layer = get_channel_layer()
    group = group_of(solution.student_id)
    message = {"type": "solution.changed", "id": str(solution.id), "state": state}

    async def send() -> None:
        await layer.group_send(group, message)

    hub.run_on_loop(send)
