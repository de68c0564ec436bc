"""What the calls take in, checked for its shape; whether it makes sense is for the services."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.utils import html

from homework.api.fields import IdField, NumberField, OneOfField, StrictSerializer, TextField
from homework.api.parsers import parse_json
from homework.batches.models import NAME_MAX_CHARACTERS
from homework.common.errors import AppError
from homework.pipeline.attempts import ATTEMPT_MAX_CHARACTERS
from homework.review.services import NOTE_MAX_CHARACTERS
from homework.solutions.models import Solution
from homework.solutions.services import QUESTION_MAX_CHARACTERS
from homework.webhooks.models import URL_MAX_CHARACTERS

MAX_WAIT_S = 30
LANGUAGES = ("en", "zh")
TINY_PHOTO = "data:image/webp;base64,UklGRiQAAABXRUJQVlA4TBcAAAAvP8EPAAfQ//73v/8BAEX6/18i+p/6BwA="
"""For examples: a photo of nothing, which is really one."""
PHOTO_SCHEMA: dict[str, Any] = {
    "type": "string",
    "format": "photo-data-url",
    "description": "A data URL: `data:image/jpeg;base64,...`; JPEG, PNG, WebP or HEIC.",
}


class BoxInput(StrictSerializer):
    """A part of a photo, in fractions of its width and height."""

    x = NumberField(min_value=0, max_value=1)
    y = NumberField(min_value=0, max_value=1)
    width = NumberField(min_value=0, max_value=1)
    height = NumberField(min_value=0, max_value=1)

    rules: ClassVar = StrictSerializer.rules | {
        "properties": {
            "x": {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
            "y": {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
            "width": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
            "height": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        },
        "description": "A part of the photo; it must not reach beyond it.",
    }


class CropField(BoxInput):
    """A box; in a form, its JSON."""

    def get_value(self, dictionary: Any) -> Any:
        if html.is_html_input(dictionary):
            return dictionary.get(self.field_name, serializers.empty)
        return super().get_value(dictionary)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str) and html.is_html_input(self.root.initial_data):
            try:
                data = parse_json(data.encode())
            except (AppError, ValueError):
                raise serializers.ValidationError("This is no JSON object.") from None
        return super().to_internal_value(data)


class ImageField(serializers.Field[Any, Any, Any, Any]):
    """A photo: a file in a form, a data URL in JSON."""

    default_error_messages = {"invalid": "A file in a form, or a data URL."}

    def to_internal_value(self, data: Any) -> Any:
        is_form = html.is_html_input(self.root.initial_data)
        if isinstance(data, str) == is_form or not (isinstance(data, str) or hasattr(data, "read")):
            self.fail("invalid")
        return data


class PhotoInput(StrictSerializer):
    """A photo."""

    image = ImageField()

    examples: ClassVar = {"within JSON": {"image": TINY_PHOTO}}


class SolutionInput(StrictSerializer):
    """A question: a photo that was sent before, a photo, a text, or a text beside a photo."""

    question = TextField(required=False, max_length=QUESTION_MAX_CHARACTERS)
    photo_id = IdField(required=False)
    image = ImageField(required=False)
    language = OneOfField(choices=LANGUAGES, required=False)
    crop = CropField(required=False)
    rotation_deg = NumberField(required=False, min_value=-360, max_value=360)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "image" in attrs and "photo_id" in attrs:
            raise serializers.ValidationError("Either image or photo_id.", code="ambiguous")
        if not {"image", "photo_id", "question"} & set(attrs):
            raise serializers.ValidationError("One of image, photo_id, question.", code="required")
        return attrs

    rules: ClassVar = StrictSerializer.rules | {
        "anyOf": [{"required": [name]} for name in ("question", "photo_id", "image")],
        "not": {"required": ["photo_id", "image"]},
    }
    examples: ClassVar = {
        "typed": {"question": "3x + 5 = 20", "language": "en"},
        "a photo that was sent before": {
            "photo_id": "3bf02c63-a773-4fe8-83c1-66040843febd",
            "crop": {"x": 0.1, "y": 0.2, "width": 0.8, "height": 0.3},
        },
        "a photo": {"image": TINY_PHOTO},
    }


class CorrectionInput(StrictSerializer):
    """How the question really reads."""

    question = TextField(max_length=QUESTION_MAX_CHARACTERS)

    examples: ClassVar = {"corrected": {"question": "3x + 5 = 26"}}


class FollowUpInput(StrictSerializer):
    """What is asked about a solution."""

    question = TextField(max_length=QUESTION_MAX_CHARACTERS)

    examples: ClassVar = {"asked": {"question": "Why did you subtract 5?"}}


class ReportInput(StrictSerializer):
    """What a student tells the teachers of a solution."""

    kind = OneOfField(choices=Solution.Reported.values)
    comment = TextField(required=False, allow_blank=True, max_length=NOTE_MAX_CHARACTERS)

    examples: ClassVar = {"told": {"kind": "confused", "comment": "Why is it negative?"}}


class NextStepInput(StrictSerializer):
    """Which step to open."""

    number = serializers.IntegerField(min_value=1, max_value=999)

    examples: ClassVar = {"the next one": {"number": 1}}


class AttemptInput(StrictSerializer):
    """An answer of one's own."""

    answer = TextField(max_length=ATTEMPT_MAX_CHARACTERS)

    examples: ClassVar = {"tried": {"answer": "x = 4"}}


class NothingInput(StrictSerializer):
    """Nothing so far."""

    examples: ClassVar = {"nothing": {}}


class WebhookInput(StrictSerializer):
    """Where to be told that a batch has ended."""

    target = TextField(
        max_length=URL_MAX_CHARACTERS, help_text="An https address that is reached from anywhere."
    )

    examples: ClassVar = {"an address": {"target": "https://school.example/homework-hook"}}


class FormFileField(serializers.Field[Any, Any, Any, Any]):
    """A file of a form."""

    default_error_messages = {"invalid": "A file."}

    def to_internal_value(self, data: Any) -> Any:
        if not hasattr(data, "read"):
            self.fail("invalid")
        return data


class BatchItemInput(StrictSerializer):
    """A question: a photo that was sent before, a text, or a text beside a photo."""

    name = TextField(
        required=False, max_length=NAME_MAX_CHARACTERS, help_text="By which you know it again."
    )
    question = TextField(required=False, max_length=QUESTION_MAX_CHARACTERS)
    photo_id = IdField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not {"photo_id", "question"} & set(attrs):
            raise serializers.ValidationError("One of photo_id, question.", code="required")
        return attrs

    rules: ClassVar = StrictSerializer.rules | {
        "anyOf": [{"required": [name]} for name in ("question", "photo_id")],
    }


class BatchInput(StrictSerializer):
    """Questions, as texts or by photos that were sent before."""

    items = BatchItemInput(many=True)
    language = OneOfField(choices=LANGUAGES, required=False)

    examples: ClassVar = {
        "texts and a photo": {
            "items": [
                {"name": "7a/1", "question": "3x + 5 = 20"},
                {"name": "7a/2", "photo_id": "3bf02c63-a773-4fe8-83c1-66040843febd"},
            ],
            "language": "en",
        }
    }


class BatchFormInput(StrictSerializer):
    """Photos: a ZIP archive of them, or many files."""

    archive = FormFileField(required=False, help_text="A ZIP archive.")
    images = serializers.ListField(child=FormFileField(), required=False)
    language = OneOfField(choices=LANGUAGES, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("archive" in attrs) == ("images" in attrs):
            raise serializers.ValidationError("Either archive or images.", code="ambiguous")
        return attrs

    rules: ClassVar = StrictSerializer.rules | {
        "oneOf": [{"required": [name]} for name in ("archive", "images")],
    }
    examples: ClassVar = {
        "an archive": {"archive": "photos.zip", "language": "en"},
        "files": {"images": ["1.jpg", "2.jpg"]},
    }


# Queries.


class WaitQuery(StrictSerializer):
    wait = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=MAX_WAIT_S,
        default=0,
        help_text="Seconds for which the line is held.",
    )


class FieldsQuery(StrictSerializer):
    fields_ = serializers.CharField(
        required=False, max_length=400, default="", help_text="Only these, and `id`."
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # `fields` is taken in a serializer.
        found = super().get_fields()
        return {name.rstrip("_"): field for name, field in found.items()}


class PageQuery(FieldsQuery):
    cursor = serializers.CharField(
        required=False, max_length=200, default="", help_text="Stands in `next` of a page."
    )
    limit = serializers.IntegerField(
        required=False, min_value=1, max_value=100, default=25, help_text="Rows of a page."
    )


class SolutionListQuery(PageQuery):
    q = serializers.CharField(required=False, max_length=200, default="", allow_blank=True)
    state = OneOfField(choices=("running", *Solution.State.values), required=False, default="")
    language = OneOfField(choices=LANGUAGES, required=False, default="")
    photo_id = IdField(required=False, default=None)
    created_after = serializers.DateTimeField(required=False, default=None)
    created_before = serializers.DateTimeField(required=False, default=None)


class EventsQuery(WaitQuery):
    offset = serializers.RegexField(
        r"^[0-9]{1,6}\.([0-9]{1,9}|end)\Z",
        required=False,
        default="",
        help_text="Of the last frame.",
    )


def query_of(request: Request, kind: type[StrictSerializer]) -> dict[str, Any]:
    """The checked query of a request.

    Raises:
        ValidationError: DRF's.
    """
    # As a plain mapping: a parameter that is given but empty is wrong, not absent.
    query = kind(data=dict(request.query_params.items()))
    query.is_valid(raise_exception=True)
    values: dict[str, Any] = query.validated_data
    return values


def body_of(request: Request, kind: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The checked body of a request.

    Raises:
        ValidationError: DRF's.
    """
    body = kind(data=request.data)
    body.is_valid(raise_exception=True)
    values: dict[str, Any] = body.validated_data
    return values
