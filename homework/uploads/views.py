"""Serving photos: privately, and so that nothing but an image can come of it."""

from __future__ import annotations

import logging
import uuid

from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from homework.accounts.audit import AuditAction, audit_view
from homework.accounts.models import User
from homework.common.errors import NotFoundError
from homework.uploads.models import Photo
from homework.uploads.selectors import photo_get_visible

logger = logging.getLogger(__name__)


@require_safe
def photo_image(request: HttpRequest, photo_id: uuid.UUID) -> HttpResponse:
    """The sanitised photo, for its owner and their teachers; 404 for everybody else."""
    photo = _visible(request, photo_id)
    if isinstance(request.user, User):
        audit_view(
            viewer=request.user, action=AuditAction.PHOTO_VIEWED, target=photo, owner=photo.owner
        )
    return image_response(photo.file, "photo.jpg")


@require_safe
def photo_thumbnail(request: HttpRequest, photo_id: uuid.UUID) -> HttpResponse:
    """The thumbnail, under the same rules."""
    return image_response(_visible(request, photo_id).thumbnail, "thumbnail.jpg")


def _visible(request: HttpRequest, photo_id: uuid.UUID) -> Photo:
    try:
        return photo_get_visible(viewer=request.user, photo_id=photo_id)
    except NotFoundError:
        raise Http404 from None


def image_response(file: FieldFile, shown_name: str) -> HttpResponse:
    """The answer that carries a stored image; ask before who is looking.

    Raises:
        Http404: The file is gone.
    """
    try:
        # At most about 2 MB, since photos are shrunk before they are stored. A streamed answer
        # would hold one of the server's threads for as long as the slowest phone reads.
        with file.open("rb") as opened:
            content = opened.read()
    except FileNotFoundError:
        logger.error("photo file is missing")
        raise Http404 from None
    return HttpResponse(
        content,
        content_type="image/jpeg",
        headers={
            "Content-Disposition": f'inline; filename="{shown_name}"',
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )
