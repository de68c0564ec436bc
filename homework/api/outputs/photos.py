"""Photos."""

from __future__ import annotations

from typing import ClassVar

from rest_framework import serializers

from homework.api.outputs.base import Output
from homework.uploads.quality import ISSUE_CODES

PHOTO_ID = "3bf02c63-a773-4fe8-83c1-66040843febd"
_URL = f"/api/v1/photos/{PHOTO_ID}"


class QualityOutput(Output):
    """Whether the photo is good enough to be read."""

    is_good = serializers.BooleanField()
    issues = serializers.ListField(child=serializers.ChoiceField(choices=ISSUE_CODES))


class PhotoOutput(Output):
    """A photo's facts."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    image_url = serializers.CharField()
    thumbnail_url = serializers.CharField()
    width = serializers.IntegerField(min_value=1, help_text="Pixels, upright.")
    height = serializers.IntegerField(min_value=1)
    size_bytes = serializers.IntegerField(min_value=1)
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", help_text="Of the photo as it is kept.")
    quality = QualityOutput()
    created_at = serializers.DateTimeField()

    examples: ClassVar = {
        "a good photo": {
            "id": PHOTO_ID,
            "url": _URL,
            "image_url": f"{_URL}/image",
            "thumbnail_url": f"{_URL}/thumbnail",
            "width": 1200,
            "height": 1500,
            "size_bytes": 163053,
            "sha256": "fd59f971eb918f310523f7d8ff472a8c5caa699ae2e76878d5e08905c9c656a0",
            "quality": {"is_good": True, "issues": []},
            "created_at": "2026-03-01T12:00:00.000000Z",
        }
    }


class BoxOutput(Output):
    """A part of a photo, in fractions of its width and height."""

    x = serializers.FloatField(min_value=0, max_value=1)
    y = serializers.FloatField(min_value=0, max_value=1)
    width = serializers.FloatField(min_value=0, max_value=1)
    height = serializers.FloatField(min_value=0, max_value=1)


class LocationOutput(Output):
    """Where the question stands."""

    box = BoxOutput(allow_null=True, help_text="null where none was found.")
    rotation_deg = serializers.FloatField(
        help_text="Clockwise, by which the photo is to be turned."
    )

    examples: ClassVar = {
        "found": {
            "box": {"x": 0.12, "y": 0.3, "width": 0.7, "height": 0.2},
            "rotation_deg": 0.0,
        },
        "not found": {"box": None, "rotation_deg": 0.0},
    }
