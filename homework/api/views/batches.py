"""Batches: many photos or questions in one call, worked off in idle moments."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils import html

from homework.access.models import Scope
from homework.api.describing import Answer, describe, page_of
from homework.api.idempotency import idempotent
from homework.api.inputs import (
    BatchFormInput,
    BatchInput,
    FieldsQuery,
    NothingInput,
    PageQuery,
    body_of,
)
from homework.api.outputs.batches import BatchOutput, ResultsOutput
from homework.api.pagination import page_response
from homework.api.parsers import BatchFormParser, ListJSONParser
from homework.api.representations import sparse
from homework.api.representations_batches import (
    batch_json,
    results_csv,
    results_json,
)
from homework.api.views.base import READ, READ_WRITE, ApiView
from homework.api.views.solutions import language_of_caller
from homework.batches.models import Batch
from homework.batches.selectors import batch_get
from homework.batches.services import (
    NewItem,
    batch_cancel,
    batch_create,
    items_of_archive,
    items_of_files,
)
from homework.common import errors
from homework.uploads.models import Photo

_CREATE_ERRORS = (
    errors.AnswersClosedError,
    errors.ArchiveDuplicateError,
    errors.ArchiveEncryptedError,
    errors.ArchiveError,
    errors.ArchiveLinkError,
    errors.ArchiveNameError,
    errors.ArchiveTooLargeError,
    errors.EmptyBatchError,
    errors.QueueFullError,
    errors.TooManyBatchesError,
    errors.TooManyItemsError,
    errors.UploadsBusyError,
)


class BatchesView(ApiView):
    scopes: ClassVar = READ_WRITE
    queries: ClassVar = {"GET": PageQuery}
    parser_classes = (ListJSONParser, BatchFormParser)

    @describe(Answer(200, "A page.", page_of(BatchOutput)))
    def get(self, request: Request) -> Response:
        """List your batches, the newest first."""
        return page_response(
            request,
            Batch.objects.filter(student=self.caller),
            cursor=self.query["cursor"],
            limit=self.query["limit"],
            as_json=lambda batch: sparse(batch_json(batch), self.query["fields"]),
        )

    @describe(
        Answer(202, "It was taken in, all of it.", BatchOutput, has_location=True),
        body=BatchInput,
        form=BatchFormInput,
        errors=_CREATE_ERRORS,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Ask many questions for which nobody waits.

        As a ZIP archive of photos (`archive`), as many photos (`images`), or as a JSON list of
        texts and of photos that were sent before. What is not a photo is refused for itself; an
        archive that plays tricks is refused as a whole.
        """
        self.count("batch")
        if html.is_html_input(request.data):
            given = body_of(request, BatchFormInput)
            if "archive" in given:
                items = items_of_archive(given["archive"].file)
            else:
                items = list(items_of_files(given["images"]))
        else:
            given = body_of(request, BatchInput)
            items = self._listed(given["items"])
        batch = batch_create(
            student=self.caller,
            language=given.get("language") or language_of_caller(),
            items=items,
        )
        body = batch_json(batch)
        return Response(body, status=202, headers={"Location": body["url"]})

    def _listed(self, given: list[dict[str, Any]]) -> list[NewItem]:
        """The items of a list, whose photos must be the caller's own.

        Raises:
            ValidationFailedError: One is not.
        """
        wanted = {item["photo_id"] for item in given if "photo_id" in item}
        photos = Photo.objects.filter(owner=self.caller).in_bulk(wanted)
        missing = [
            {
                "field": f"items.{index}.photo_id",
                "code": errors.NotFoundError.code,
                "message": str(errors.NotFoundError.message),
            }
            for index, item in enumerate(given)
            if "photo_id" in item and item["photo_id"] not in photos
        ]
        if missing:
            raise errors.ValidationFailedError(None, errors=missing[:20])
        return [
            NewItem(
                name=item.get("name", ""),
                question_text=item.get("question", ""),
                photo=photos[item["photo_id"]] if "photo_id" in item else None,
            )
            for item in given
        ]


class BatchView(ApiView):
    scopes: ClassVar = READ
    queries: ClassVar = {"GET": FieldsQuery}

    @describe(Answer(200, "The batch, as it stands this moment.", BatchOutput))
    def get(self, request: Request, batch_id: uuid.UUID) -> Response:
        """Get a batch."""
        batch = batch_get(student=self.caller, batch_id=batch_id)
        return Response(sparse(batch_json(batch), self.query["fields"]))


class BatchCancelView(ApiView):
    scopes: ClassVar = {"POST": Scope.WRITE}

    @describe(Answer(200, "Nothing more of it is begun.", BatchOutput), body=NothingInput)
    def post(self, request: Request, batch_id: uuid.UUID) -> Response:
        """Cancel a batch.

        What runs is stopped at its next token; what is done stays.
        """
        body_of(request, NothingInput)
        batch_cancel(batch=batch_get(student=self.caller, batch_id=batch_id))
        return Response(batch_json(batch_get(student=self.caller, batch_id=batch_id)))


class BatchResultsView(ApiView):
    scopes: ClassVar = READ

    @describe(Answer(200, "All items, in their order.", ResultsOutput))
    def get(self, request: Request, batch_id: uuid.UUID) -> Response:
        """Get what has become of each item so far."""
        batch = batch_get(student=self.caller, batch_id=batch_id)
        return Response({"data": results_json(batch, viewer=self.caller)})


class BatchTableView(ApiView):
    scopes: ClassVar = READ

    @describe(Answer(200, "A table in UTF-8.", media={"text/csv": ""}))
    def get(self, request: Request, batch_id: uuid.UUID) -> HttpResponse:
        """Get the results as a table for spreadsheets.

        A text that a spreadsheet would take for a formula has an apostrophe before it.
        """
        batch = batch_get(student=self.caller, batch_id=batch_id)
        return HttpResponse(
            results_csv(batch, viewer=self.caller),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="batch-{batch.pk}.csv"'},
        )
