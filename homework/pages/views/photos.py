"""Taking in a photo, and finding the question on it for the crop frame."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from homework.common.errors import InvalidInputError
from homework.common.failures import wants_json
from homework.pages.advice import quality_advice
from homework.pages.answers import for_signed_in, viewer_of
from homework.pipeline.services import photo_locate, solution_submit
from homework.uploads.models import Photo
from homework.uploads.selectors import photo_get_visible
from homework.uploads.services import photo_create


@require_POST
@for_signed_in
def upload(request: HttpRequest) -> HttpResponse:
    """Store a photo. A browser without scripts goes on to its solution at once."""
    file = request.FILES.get("photo")
    if file is None:
        raise InvalidInputError(_("Please choose a photo."))
    viewer = viewer_of(request)
    photo, created = photo_create(owner=viewer, data=file)
    if wants_json(request):
        return JsonResponse(_photo_json(photo), status=201 if created else 200)
    solution = solution_submit(student=viewer, photo=photo)
    return redirect("pages:solution", solution.id)


@require_POST
@for_signed_in
def locate(request: HttpRequest, photo_id: uuid.UUID) -> HttpResponse:
    """Say where the question stands: `{"box": {...} | null, "rotation_deg": ...}`."""
    photo = photo_get_visible(viewer=viewer_of(request), photo_id=photo_id)
    located = photo_locate(photo=photo)
    return JsonResponse(located or {"box": None, "rotation_deg": 0.0})


def _photo_json(photo: Photo) -> dict[str, object]:
    return {
        "id": str(photo.id),
        "image_url": reverse("uploads:photo", args=[photo.id]),
        "thumbnail_url": reverse("uploads:thumbnail", args=[photo.id]),
        "locate_url": reverse("pages:locate", args=[photo.id]),
        "quality": {
            "is_good": photo.quality["is_good"],
            "issues": quality_advice(photo.quality),
        },
    }
