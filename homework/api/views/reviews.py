"""The teachers' queue and verdicts. A verdict names the version that it was decided on: of two
teachers the later one is refused, and what they wrote is kept as their draft."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from homework.access.models import Scope
from homework.accounts.audit import AuditAction, audit_view
from homework.api.authentication import IsTeacher
from homework.api.describing import VERDICT_ERRORS, Answer, describe, page_of
from homework.api.idempotency import idempotent
from homework.api.inputs import FieldsQuery, WaitQuery, body_of
from homework.api.inputs_teach import (
    ApprovalInput,
    ApprovalsInput,
    DraftInput,
    PartsCorrectionInput,
    ReadingInput,
    RejectionInput,
    ReviewListQuery,
)
from homework.api.outputs.reviews import (
    ApprovalsOutput,
    CheckedDraftOutput,
    ReviewDetailsOutput,
    ReviewItemOutput,
    VerdictOutput,
)
from homework.api.outputs.solutions import SolutionOutput
from homework.api.pagination import cursor_response, no_cursor
from homework.api.preconditions import versioned_etag, wanted_version
from homework.api.representations import sparse
from homework.api.representations_teach import (
    draft_json,
    review_details_json,
    review_item_json,
    verdict_json,
    work_json,
)
from homework.api.views.base import ApiView
from homework.common.errors import (
    AppError,
    ConflictError,
    DisprovedCorrectionError,
    InvalidInputError,
    PreconditionFailedError,
    QueueFullError,
    UnreadableCorrectionError,
)
from homework.judging.services import (
    TypedPart,
    approval_give,
    approvals_give,
    correction_give,
    reading_give,
    rejection_give,
    work_check,
)
from homework.review.models import Review
from homework.review.parts import all_parts_of
from homework.review.queue import Cursor, QueueFilter, queue_page
from homework.review.selectors import draft_of, solution_attempts, solution_get_for_review
from homework.review.services import draft_discard
from homework.solutions.models import Solution


class ReviewingView(ApiView):
    permission_classes = (IsTeacher,)
    scopes: ClassVar = {
        "GET": Scope.REVIEWS_READ,
        "POST": Scope.REVIEWS_WRITE,
        "PUT": Scope.REVIEWS_WRITE,
        "DELETE": Scope.REVIEWS_WRITE,
    }

    def solution(self, solution_id: uuid.UUID) -> Solution:
        """A solution of a student whom the caller teaches.

        Raises:
            NotFoundError: It is none.
        """
        return solution_get_for_review(teacher=self.caller, solution_id=solution_id)

    def details(self, solution: Solution) -> dict[str, Any]:
        """An item with everything that helps to judge it."""
        return review_details_json(
            solution,
            viewer=self.caller,
            draft=draft_of(teacher=self.caller, solution=solution),
            attempts=solution_attempts(solution=solution),
        )

    def judge(
        self, request: Request, given: dict[str, Any], give: Callable[[int], Review]
    ) -> Review:
        """Give a verdict on the version that the caller saw.

        Raises:
            PreconditionFailedError: Another one came in between, and they said so by `If-Match`.
            ConflictError: The same, and they said so by `version`.
        """
        version = wanted_version(request, given)
        try:
            return give(version)
        except ConflictError as error:
            if "If-Match" not in request.headers:
                raise
            raise PreconditionFailedError(error.message, **error.detail) from None


class ReviewsView(ReviewingView):
    queries: ClassVar = {"GET": ReviewListQuery}

    @describe(Answer(200, "A page.", page_of(ReviewItemOutput)))
    def get(self, request: Request) -> Response:
        """List what waits, the doubtful first; or what was reviewed, the latest first."""
        query = self.query
        cursor = Cursor.parse(query["cursor"]) if query["cursor"] else None
        if query["cursor"] and cursor is None:
            raise no_cursor()
        page = queue_page(
            teacher=self.caller,
            given=QueueFilter(
                classroom_id=query["class_id"],
                student_id=query["student_id"],
                topic=query["topic"],
                since=query["since"],
                until=query["until"],
                engine=query["engine"],
                verdict=query["verdict"],
                review=query["review"],
                search=query["q"],
            ),
            cursor=cursor,
            num_items=query["limit"],
        )
        return cursor_response(
            request,
            [sparse(review_item_json(item), query["fields"]) for item in page.items],
            None if page.next is None else str(page.next),
        )


class ApprovalsView(ReviewingView):
    @describe(Answer(200, "What became of each.", ApprovalsOutput), body=ApprovalsInput)
    @idempotent
    def post(self, request: Request) -> Response:
        """Approve many at once. What somebody else was faster with is skipped and named."""
        given = body_of(request, ApprovalsInput)
        done = approvals_give(
            teacher=self.caller, items=[(item["id"], item["version"]) for item in given["items"]]
        )
        return Response(
            {
                "approved": [str(key) for key in done.approved],
                "skipped": [str(key) for key in done.skipped],
            }
        )


class ReviewView(ReviewingView):
    queries: ClassVar = {"GET": FieldsQuery}

    @describe(Answer(200, "The item.", ReviewDetailsOutput))
    def get(self, request: Request, solution_id: uuid.UUID) -> Response:
        """Get an item with everything that helps to judge it. Its ETag names its version."""
        solution = self.solution(solution_id)
        audit_view(
            viewer=self.caller,
            action=AuditAction.SOLUTION_VIEWED,
            target=solution,
            owner=solution.student,
        )
        body = sparse(self.details(solution), self.query["fields"])
        return Response(body, headers={"ETag": versioned_etag(body, solution.review_version)})


class ApproveView(ReviewingView):
    @describe(
        Answer(201, "The verdict.", VerdictOutput),
        body=ApprovalInput,
        errors=VERDICT_ERRORS,
        heeds_match=True,
    )
    @idempotent
    def post(self, request: Request, solution_id: uuid.UUID) -> Response:
        """Say that a solution is right as it stands; a note to the student may go with it."""
        solution = self.solution(solution_id)
        given = body_of(request, ApprovalInput)
        review = self.judge(
            request,
            given,
            lambda version: approval_give(
                teacher=self.caller, solution=solution, version=version, note=given["note"]
            ),
        )
        return Response(verdict_json(review), status=201)


class RejectView(ReviewingView):
    @describe(
        Answer(201, "The verdict.", VerdictOutput),
        body=RejectionInput,
        errors=VERDICT_ERRORS,
        heeds_match=True,
    )
    @idempotent
    def post(self, request: Request, solution_id: uuid.UUID) -> Response:
        """Say that a solution is of no use, and why. The student is told."""
        solution = self.solution(solution_id)
        given = body_of(request, RejectionInput)
        review = self.judge(
            request,
            given,
            lambda version: rejection_give(
                teacher=self.caller, solution=solution, version=version, reason=given["reason"]
            ),
        )
        return Response(verdict_json(review), status=201)


class CorrectView(ReviewingView):
    @describe(
        Answer(201, "The verdict.", VerdictOutput),
        body=PartsCorrectionInput,
        errors=(*VERDICT_ERRORS, UnreadableCorrectionError, DisprovedCorrectionError),
        heeds_match=True,
    )
    @idempotent
    def post(self, request: Request, solution_id: uuid.UUID) -> Response:
        """Put your words in the place of steps or of the answer, add steps, take some out."""
        solution = self.solution(solution_id)
        given = body_of(request, PartsCorrectionInput)

        def give(version: int) -> Review:
            work, _draft = work_check(
                teacher=self.caller,
                solution=solution,
                version=version,
                typed=typed_parts(solution, given["parts"]),
                removed=given["removed"],
                note=given["note"],
            )
            try:
                return correction_give(
                    teacher=self.caller,
                    solution=solution,
                    version=version,
                    work=work,
                    note=given["note"],
                    overrules=given["overrules"],
                )
            except AppError as error:
                error.detail["parts"] = work_json(work)
                raise

        review = self.judge(request, given, give)
        return Response(verdict_json(review), status=201)


class RereadView(ReviewingView):
    queries: ClassVar = {"POST": WaitQuery}

    @describe(
        Answer(202, "The new solution goes on.", SolutionOutput, has_location=True),
        Answer(201, "It has ended within `wait`.", SolutionOutput, has_location=True),
        body=ReadingInput,
        errors=(*VERDICT_ERRORS, QueueFullError),
        heeds_match=True,
    )
    @idempotent
    def post(self, request: Request, solution_id: uuid.UUID) -> Response:
        """Say what really stands on the paper; the new solution of that is the answer."""
        solution = self.solution(solution_id)
        given = body_of(request, ReadingInput)
        self.count("solve")
        review = self.judge(
            request,
            given,
            lambda version: reading_give(
                teacher=self.caller,
                solution=solution,
                version=version,
                reading=given["reading"],
                note=given["note"],
            ),
        )
        assert review.replacement is not None
        return self.solution_answer(review.replacement, created=True)


class DraftView(ReviewingView):
    @describe(
        Answer(200, "What the checker says.", CheckedDraftOutput),
        body=DraftInput,
        errors=(InvalidInputError,),
        heeds_match=True,
    )
    def put(self, request: Request, solution_id: uuid.UUID) -> Response:
        """Have what you write read and checked, and kept as your draft."""
        solution = self.solution(solution_id)
        given = body_of(request, DraftInput)
        work, draft = work_check(
            teacher=self.caller,
            solution=solution,
            version=wanted_version(request, {"version": solution.review_version} | given),
            typed=typed_parts(solution, given["parts"]),
            removed=given["removed"],
            note=given["note"],
            reading=given["reading"],
        )
        return Response(
            {
                "version": solution.review_version,
                "draft": None if draft is None else draft_json(draft),
                "parts": work_json(work),
            }
        )

    @describe(Answer(204, "There is none any more."))
    def delete(self, request: Request, solution_id: uuid.UUID) -> Response:
        """Throw your draft away."""
        draft_discard(teacher=self.caller, solution=self.solution(solution_id))
        return Response(status=204)


def typed_parts(solution: Solution, given: list[dict[str, Any]]) -> list[TypedPart]:
    """The parts of a body. A title that is not given stays as it is."""
    titles = {part.index: part.title for part in all_parts_of(solution)}
    return [
        TypedPart(
            index=part["index"],
            title=part.get("title", titles.get(part["index"], "")),
            lines=part["lines"],
            follows=part.get("follows"),
        )
        for part in given
    ]
