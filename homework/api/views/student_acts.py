"""What a student does with a solution beside asking: tell the teacher, and find the answer step by
step where a class sees hints first."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from homework.api.describing import Answer, describe, page_of
from homework.api.idempotency import idempotent
from homework.api.inputs import AttemptInput, NextStepInput, ReportInput, body_of
from homework.api.outputs.follow_ups import AttemptOutput, StudentReportOutput
from homework.api.outputs.solutions import SolutionOutput
from homework.api.representations import attempt_json, report_json, solution_json
from homework.api.views.base import READ_WRITE, ApiView
from homework.api.views.solutions import own_solution
from homework.common.errors import (
    AttemptNeededError,
    ConflictError,
    EngineBusyError,
    InvalidInputError,
    PermissionDeniedError,
    StepWithheldError,
    TooManyRequestsError,
)
from homework.pipeline.attempts import answer_show, attempt_submit, step_show
from homework.pipeline.hub import hub
from homework.pipeline.notices import notify_teachers
from homework.review.services import report_submit


class ReportsView(ApiView):
    scopes: ClassVar = READ_WRITE

    @describe(
        Answer(201, "It is told.", StudentReportOutput),
        body=ReportInput,
        errors=(InvalidInputError,),
    )
    @idempotent
    def post(self, request: Request, solution_id: uuid.UUID) -> Response:
        """Tell your teachers that a solution is wrong, or that you do not understand it.

        Saying it again replaces the words.
        """
        given = body_of(request, ReportInput)
        report = report_submit(
            student=self.caller,
            solution_id=solution_id,
            kind=given["kind"],
            comment=given.get("comment", ""),
        )
        transaction.on_commit(lambda: notify_teachers(hub, self.caller))
        return Response(report_json(report), status=201)


class StepsView(ApiView):
    scopes: ClassVar = READ_WRITE

    @describe(
        Answer(200, "The solution, one step more of it open.", SolutionOutput),
        body=NextStepInput,
        errors=(PermissionDeniedError, StepWithheldError, ConflictError),
    )
    def post(self, request: Request, solution_id: uuid.UUID) -> Response:
        """Open the next step, where a class sees hints first: `policy.next_step`."""
        number = body_of(request, NextStepInput)["number"]
        solution = step_show(viewer=self.caller, solution_id=solution_id, number=number)
        return Response(solution_json(solution, viewer=self.caller))


class AttemptsView(ApiView):
    scopes: ClassVar = READ_WRITE

    @describe(Answer(200, "All of them, in their order.", page_of(AttemptOutput)))
    def get(self, request: Request, solution_id: uuid.UUID) -> Response:
        """List your own answers to a question."""
        found = own_solution(self.caller, solution_id).own_attempts.all()
        return Response({"data": [attempt_json(attempt) for attempt in found], "next": None})

    @describe(
        Answer(201, "It is checked.", AttemptOutput),
        body=AttemptInput,
        errors=(PermissionDeniedError, InvalidInputError, TooManyRequestsError, EngineBusyError),
    )
    @idempotent
    def post(self, request: Request, solution_id: uuid.UUID) -> Response:
        """Have an answer of your own checked. Right or wrong, ours may be shown after it."""
        attempt = attempt_submit(
            viewer=self.caller,
            solution_id=solution_id,
            text=body_of(request, AttemptInput)["answer"],
        )
        return Response(attempt_json(attempt), status=201)


class AnswerView(ApiView):
    scopes: ClassVar = READ_WRITE

    @describe(
        Answer(200, "The whole solution.", SolutionOutput),
        errors=(PermissionDeniedError, AttemptNeededError),
    )
    def post(self, request: Request, solution_id: uuid.UUID) -> Response:
        """See the whole solution after an answer of your own."""
        solution = answer_show(viewer=self.caller, solution_id=solution_id)
        return Response(solution_json(solution, viewer=self.caller))
