"""Batches."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from homework.api.outputs.base import Output
from homework.api.outputs.photos import PHOTO_ID
from homework.api.outputs.solutions import SolutionOutput
from homework.batches.selectors import BATCH_STATES, ITEM_STATES

BATCH_ID = "7d9b6a52-0f5e-4c0e-9a41-2f9a6f0f3c11"
_URL = f"/api/v1/batches/{BATCH_ID}"
_COUNTS = dict.fromkeys(ITEM_STATES, 0)

_RUNNING: dict[str, Any] = {
    "id": BATCH_ID,
    "url": _URL,
    "results_url": f"{_URL}/results",
    "csv_url": f"{_URL}/results.csv",
    "state": "running",
    "language": "en",
    "num_items": 30,
    "counts": _COUNTS | {"queued": 18, "running": 1, "done": 10, "refused": 1},
    "created_at": "2026-03-01T12:00:00.000000Z",
    "started_at": "2026-03-01T12:00:01.000000Z",
    "finished_at": None,
    "expires_at": "2026-03-02T12:00:00.000000Z",
}


class CountsOutput(Output):
    """How many items are in each state."""

    queued = serializers.IntegerField(min_value=0, help_text="Waiting for an idle moment.")
    running = serializers.IntegerField(min_value=0)
    done = serializers.IntegerField(min_value=0)
    failed = serializers.IntegerField(min_value=0, help_text="Asked and not solved.")
    refused = serializers.IntegerField(min_value=0, help_text="Never asked; see its code.")
    cancelled = serializers.IntegerField(min_value=0)


class BatchOutput(Output):
    """Many questions at once."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    results_url = serializers.CharField()
    csv_url = serializers.CharField()
    state = serializers.ChoiceField(choices=BATCH_STATES)
    language = serializers.ChoiceField(choices=("en", "zh"))
    num_items = serializers.IntegerField(min_value=1)
    counts = CountsOutput()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(
        help_text="What has not been begun by then is refused (`batch_expired`)."
    )

    examples: ClassVar = {
        "running": _RUNNING,
        "finished": _RUNNING
        | {
            "state": "finished",
            "counts": _COUNTS | {"done": 28, "failed": 1, "refused": 1},
            "finished_at": "2026-03-01T12:01:00.000000Z",
        },
    }


class ItemErrorOutput(Output):
    """Why an item was refused or failed."""

    code = serializers.CharField(help_text="As in problem documents, or as of solutions.")
    message = serializers.CharField(help_text="For people, in the language of `Accept-Language`.")


class ResultOutput(Output):
    """What has become of one item."""

    index = serializers.IntegerField(min_value=0, help_text="Its place in what was sent.")
    name = serializers.CharField(help_text="Its file's, with its folders in an archive, or yours.")
    question = serializers.CharField(help_text="As typed; empty for a photo.")
    photo_id = serializers.UUIDField(allow_null=True, help_text="null until it is decoded.")
    state = serializers.ChoiceField(choices=ITEM_STATES)
    error = ItemErrorOutput(allow_null=True)
    solution = SolutionOutput(allow_null=True)


class ResultsOutput(Output):
    """All items of a batch, in their order."""

    data = ResultOutput(many=True)  # type: ignore[assignment]

    examples: ClassVar = {
        "one solved and one refused": {
            "data": [
                {
                    "index": 0,
                    "name": "7a/lin.jpg",
                    "question": "",
                    "photo_id": PHOTO_ID,
                    "state": "done",
                    "error": None,
                    "solution": SolutionOutput.examples["finished"] | {"photo_id": PHOTO_ID},
                },
                {
                    "index": 1,
                    "name": "7a/notes.txt",
                    "question": "",
                    "photo_id": None,
                    "state": "refused",
                    "error": {
                        "code": "unsupported_format",
                        "message": "Please choose a JPEG, PNG, WebP or HEIC photo.",
                    },
                    "solution": None,
                },
            ]
        }
    }
