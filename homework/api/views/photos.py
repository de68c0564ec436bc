"""Photos: sent as a form or within JSON, listed, looked at."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from homework.accounts.audit import AuditAction, audit_view
from homework.api.data_urls import photo_of_data_url
from homework.api.describing import PHOTO_ERRORS, Answer, describe, page_of
from homework.api.idempotency import idempotent
from homework.api.inputs import FieldsQuery, PageQuery, PhotoInput, body_of
from homework.api.outputs.photos import LocationOutput, PhotoOutput
from homework.api.pagination import page_response
from homework.api.parsers import MultiPartParser, PhotoJSONParser
from homework.api.representations import photo_json, sparse
from homework.api.views.base import READ, READ_WRITE, ApiView
from homework.pipeline.services import photo_locate
from homework.uploads.models import Photo
from homework.uploads.selectors import photo_get_visible
from homework.uploads.services import photo_create
from homework.uploads.views import image_response


def photo_bytes(image: Any) -> Any:
    """What `photo_create` takes, of what came as `image`."""
    return photo_of_data_url(image) if isinstance(image, str) else image


class PhotosView(ApiView):
    scopes: ClassVar = READ_WRITE
    queries: ClassVar = {"GET": PageQuery}
    parser_classes = (PhotoJSONParser, MultiPartParser)

    @describe(Answer(200, "A page.", page_of(PhotoOutput)))
    def get(self, request: Request) -> Response:
        """List your photos, the newest first."""
        return page_response(
            request,
            Photo.objects.filter(owner=self.caller),
            cursor=self.query["cursor"],
            limit=self.query["limit"],
            as_json=lambda photo: sparse(photo_json(photo), self.query["fields"]),
        )

    @describe(
        Answer(201, "The photo was taken.", PhotoOutput, has_location=True),
        Answer(200, "The same photo was there already.", PhotoOutput, has_location=True),
        body=PhotoInput,
        errors=PHOTO_ERRORS,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Send a photo."""
        self.count("upload")
        image = body_of(request, PhotoInput)["image"]
        photo, created = photo_create(owner=self.caller, data=photo_bytes(image))
        body = photo_json(photo)
        return Response(body, status=201 if created else 200, headers={"Location": body["url"]})


class PhotoView(ApiView):
    scopes: ClassVar = READ
    queries: ClassVar = {"GET": FieldsQuery}

    @describe(Answer(200, "The photo's facts.", PhotoOutput))
    def get(self, request: Request, photo_id: uuid.UUID) -> Response:
        """Get a photo's facts."""
        photo = photo_get_visible(viewer=self.caller, photo_id=photo_id)
        return Response(sparse(photo_json(photo), self.query["fields"]))


class PhotoImageView(ApiView):
    scopes: ClassVar = READ

    @describe(Answer(200, "The photo.", media={"image/jpeg": ""}, is_kept=False))
    def get(self, request: Request, photo_id: uuid.UUID) -> HttpResponse:
        """Get the photo itself, as JPEG."""
        photo = photo_get_visible(viewer=self.caller, photo_id=photo_id)
        audit_view(
            viewer=self.caller, action=AuditAction.PHOTO_VIEWED, target=photo, owner=photo.owner
        )
        return image_response(photo.file, "photo.jpg")


class PhotoThumbnailView(ApiView):
    scopes: ClassVar = READ

    @describe(Answer(200, "A small picture.", media={"image/jpeg": ""}, is_kept=False))
    def get(self, request: Request, photo_id: uuid.UUID) -> HttpResponse:
        """Get a small picture of the photo, as JPEG."""
        photo = photo_get_visible(viewer=self.caller, photo_id=photo_id)
        return image_response(photo.thumbnail, "thumbnail.jpg")


class PhotoLocationView(ApiView):
    scopes: ClassVar = READ

    @describe(Answer(200, "The place, or null.", LocationOutput))
    def get(self, request: Request, photo_id: uuid.UUID) -> Response:
        """Find where on the photo the question stands."""
        photo = photo_get_visible(viewer=self.caller, photo_id=photo_id)
        located = photo_locate(photo=photo)
        return Response(located or {"box": None, "rotation_deg": 0.0})
