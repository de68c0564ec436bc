"""What a class sees of its solutions: the rule, and the times at which another one holds."""

from __future__ import annotations

from typing import ClassVar

from django.db import transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from homework.access.models import Scope
from homework.accounts.models import Classroom
from homework.accounts.selectors import classroom_get_taught
from homework.api.authentication import IsTeacher
from homework.api.describing import Answer, describe
from homework.api.idempotency import idempotent
from homework.api.inputs import body_of
from homework.api.inputs_teach import PolicyInput, WindowInput
from homework.api.outputs.classes import ClassPolicyOutput, WindowOutput
from homework.api.preconditions import require_match
from homework.api.representations_teach import policy_json, window_json
from homework.api.views.base import ApiView
from homework.common.errors import InvalidInputError, NotFoundError
from homework.pipeline.disclosure import policies_changed
from homework.policy.models import Mode
from homework.policy.selectors import policy_windows
from homework.policy.services import (
    class_policy_set,
    policy_window_create,
    policy_window_delete,
)


class TaughtClassView(ApiView):
    permission_classes = (IsTeacher,)
    scopes: ClassVar = {
        "GET": Scope.CLASSES_READ,
        "PUT": Scope.CLASSES_WRITE,
        "POST": Scope.CLASSES_WRITE,
        "DELETE": Scope.CLASSES_WRITE,
    }

    def classroom(self, class_id: int) -> Classroom:
        """A class that the caller teaches and that is not archived.

        Raises:
            NotFoundError: It is none.
        """
        return classroom_get_taught(teacher=self.caller, classroom_id=class_id)


class PolicyView(TaughtClassView):
    @describe(Answer(200, "The rule and the times.", ClassPolicyOutput))
    def get(self, request: Request, class_id: int) -> Response:
        """Get the rule of a class, and the times of other rules that are on or to come."""
        return Response(policy_json(self.classroom(class_id)))

    @describe(Answer(200, "As it is now.", ClassPolicyOutput), body=PolicyInput, heeds_match=True)
    def put(self, request: Request, class_id: int) -> Response:
        """Set the rule of a class. It holds from now on, also for solutions that are open."""
        classroom = self.classroom(class_id)
        given = body_of(request, PolicyInput)
        with transaction.atomic():
            Classroom.objects.select_for_update().get(pk=classroom.pk)
            require_match(request, policy_json(classroom))
            class_policy_set(classroom=classroom, mode=Mode(given["mode"]), by=self.caller)
        policies_changed()
        return Response(policy_json(classroom))


class WindowsView(TaughtClassView):
    @describe(
        Answer(201, "It is added.", WindowOutput, has_location=True),
        body=WindowInput,
        errors=(InvalidInputError,),
    )
    @idempotent
    def post(self, request: Request, class_id: int) -> Response:
        """Add a time at which another rule holds."""
        classroom = self.classroom(class_id)
        given = body_of(request, WindowInput)
        window = policy_window_create(
            classroom=classroom,
            mode=Mode(given["mode"]),
            starts_at=given["starts_at"],
            ends_at=given["ends_at"],
            time_zone=given["time_zone"],
            by=self.caller,
        )
        policies_changed()
        body = window_json(window, timezone.now())
        return Response(body, status=201, headers={"Location": body["url"]})


class WindowView(TaughtClassView):
    @describe(Answer(200, "The time.", WindowOutput))
    def get(self, request: Request, class_id: int, window_id: int) -> Response:
        """Get such a time."""
        found = policy_windows(classroom=self.classroom(class_id)).filter(pk=window_id).first()
        if found is None:
            raise NotFoundError
        return Response(window_json(found, timezone.now()))

    @describe(Answer(204, "It is gone."))
    def delete(self, request: Request, class_id: int, window_id: int) -> Response:
        """Delete such a time."""
        classroom = self.classroom(class_id)
        policy_window_delete(classroom=classroom, window_id=window_id, by=self.caller)
        policies_changed()
        return Response(status=204)
