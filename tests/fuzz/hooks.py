"""What the fuzzer cannot make up by itself: values whose format is ours."""

from __future__ import annotations

import base64
import io
import re
import uuid
import zipfile
from typing import Any

import schemathesis
from hypothesis import strategies as st
from PIL import Image

from homework.api.schema.shared import PARAMETERS


def _photo(colour: tuple[int, int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(file, "JPEG")
    return file.getvalue()


def _archive(photos: list[bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, photo in enumerate(photos):
            archive.writestr(f"{number}.jpg", photo)
    return file.getvalue()


PHOTOS = [_photo(colour) for colour in ((255, 255, 255), (200, 30, 30), (30, 30, 200))]
KEY = re.compile(PARAMETERS["IdempotencyKey"]["schema"]["pattern"])
FILES = {"photo.jpg": PHOTOS[0], "photos.zip": _archive(PHOTOS)}
BY_TIME = ("/api/v1/photos", "/api/v1/solutions", "/api/v1/batches")
"""Lists that go on after a moment and an id."""
photos = st.sampled_from(PHOTOS)

schemathesis.openapi.format(
    "photo-data-url",
    photos.map(lambda photo: "data:image/jpeg;base64," + base64.b64encode(photo).decode()),
)
for media_type in ("image/jpeg", "image/png", "image/webp", "image/heic"):
    schemathesis.openapi.media_type(media_type, photos)
schemathesis.openapi.format(
    "cursor",
    st.builds(
        lambda at, pk: base64.urlsafe_b64encode(f"{at}.{pk}".encode()).decode().rstrip("="),
        st.integers(0, 2**52),
        st.builds(uuid.uuid4),
    ),
)


@schemathesis.hook
def map_body(context: schemathesis.HookContext, body: Any) -> Any:
    """Mend what a schema cannot say: where a crop ends is the sum of two numbers."""
    fields = getattr(body, "body", body)  # a form's stand within
    if isinstance(fields, dict) and is_box(crop := fields.get("crop")):
        fields["crop"] = {**crop, "width": 1 - crop["x"], "height": 1 - crop["y"]}
    return body


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: Any) -> None:
    """Mend what differs from call to call."""
    headers = case.headers or {}
    if KEY.match(str(headers.get("Idempotency-Key", ""))):
        # The same key in two calls is refused, and should be.
        headers["Idempotency-Key"] = str(uuid.uuid4())
    query = case.query or {}
    if is_our_cursor(query.get("cursor")) and case.path not in BY_TIME:
        del query["cursor"]  # of a list that goes on after something else
    if "days" in query and "week" in query:
        del query["week"]  # either, which no schema of parameters can say
    for name in {"week", "since", "until"} & query.keys():
        if re.fullmatch(r"\d{4}-\d\d-\d\d", str(query[name])):
            query[name] = f"20{str(query[name])[2:]}".replace("-02-29", "-02-28")
    if isinstance(case.body, dict):
        for name, value in case.body.items():
            if isinstance(value, str) and value in FILES:  # of an example
                case.body[name] = FILES[value]


def is_our_cursor(cursor: object) -> bool:
    """Whether it is one that we have made up."""
    text = str(cursor or "")
    try:
        decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return False
    return re.fullmatch(rb"[0-9]+\.[0-9a-f-]{36}", decoded) is not None


def is_box(value: object) -> bool:
    """Whether it has the form of a crop."""
    return isinstance(value, dict) and all(
        type(value.get(name)) in (int, float) and is_there(value[name])
        for name, is_there in {
            "x": lambda x: 0 <= x < 1,
            "y": lambda y: 0 <= y < 1,
            "width": lambda width: 0 < width <= 1,
            "height": lambda height: 0 < height <= 1,
        }.items()
    )
